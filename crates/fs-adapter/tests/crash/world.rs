//! A directory with a collection and a project, as the example takes it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use camino::Utf8Path;
use skillstat_domain::{DirectStates, ProblemKind, ProjectPath, ProjectStates, explain};
use skillstat_fs_adapter::{Sha256Hasher, TomlDeploymentReader};
use tempfile::TempDir;

/// What is done while something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Deploy,
    Overwrite,
    Undeploy,
    Restore,
}

impl Operation {
    /// Returns the arguments of the example in this world.
    pub(crate) fn arguments(self, world: &World) -> Vec<String> {
        let words: Vec<String> = match self {
            Self::Deploy => vec!["deploy".to_owned(), "skill:pdf".to_owned()],
            Self::Overwrite => vec!["overwrite".to_owned(), "skill:pdf".to_owned()],
            Self::Undeploy => vec!["undeploy".to_owned(), "skill:pdf".to_owned()],
            Self::Restore => {
                let (_, backups) = world.run(&["backups"]);
                vec!["restore".to_owned(), backups.lines().next().unwrap().to_owned()]
            }
        };
        [vec![world.base().to_str().unwrap().to_owned()], words].concat()
    }
}

/// What the project holds, as a reader sees it: the content of the copy, or that there is none, and the
/// state of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) copy: Option<String>,
    pub(crate) states: Vec<String>,
}

pub(crate) struct World {
    directory: TempDir,
}

impl World {
    /// Makes the world in which an operation is to be done.
    pub(crate) fn before(operation: Operation) -> Self {
        let world = Self::empty();
        world.write("collection/skills/other/SKILL.md", "other");
        world.write("collection/commands/note.md", "note");
        world.version("one");
        world.done(&["deploy", "skill:other"]);
        match operation {
            Operation::Deploy => {
                // So that the directory of the copy must be made too.
                fs::remove_dir_all(world.path("projects/app/.claude/skills")).unwrap();
            }
            Operation::Overwrite | Operation::Undeploy => {
                world.done(&["deploy", "skill:pdf"]);
                world.version("two");
            }
            Operation::Restore => {
                world.done(&["deploy", "skill:pdf"]);
                world.write("projects/app/.claude/skills/pdf/SKILL.md", "edited");
                world.version("two");
                world.done(&["overwrite", "skill:pdf"]);
            }
        }
        world
    }

    /// Makes a world without artifacts.
    pub(crate) fn empty() -> Self {
        let world = Self { directory: tempfile::tempdir().unwrap() };
        fs::create_dir_all(world.path("projects/app")).unwrap();
        world
    }

    /// Returns another that is the same.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self { directory: tempfile::tempdir().unwrap() };
        copy_tree(self.base(), copy.base());
        // Receipts and backups know the project by its path.
        for file in files(&copy.path("state")) {
            if let Ok(text) = fs::read_to_string(&file) {
                let (old, new) = (self.base().to_str().unwrap(), copy.base().to_str().unwrap());
                fs::write(file, text.replace(old, new)).unwrap();
            }
        }
        copy
    }

    pub(crate) fn base(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.base().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Puts a version of the skill into the collection.
    pub(crate) fn version(&self, version: &str) {
        self.write("collection/skills/pdf/SKILL.md", version);
        self.write("collection/skills/pdf/lib/run.py", version);
    }

    /// Runs the example, and returns whether it succeeded and what it said.
    pub(crate) fn run(&self, words: &[&str]) -> (bool, String) {
        said(&Command::new(example()).arg(self.base()).args(words).output().unwrap())
    }

    #[track_caller]
    pub(crate) fn done(&self, words: &[&str]) {
        let (success, said) = self.run(words);
        assert!(success, "{words:?}: {said}");
    }

    /// Returns what a reader sees.
    pub(crate) fn seen(&self) -> Seen {
        let states = DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher));
        let app = self.path("projects/app");
        let app = ProjectPath::new(Utf8Path::from_path(&app).unwrap()).unwrap();
        let records = states.records(&app);
        let other = |kind| kind != ProblemKind::Interrupted;
        assert!(records.problems.iter().all(|p| !other(p.kind)), "{:?}", records.problems);
        let of_pdf = |&index: &usize| records.records[index].artifact.name() == "pdf";
        let state = |index: usize| {
            let baseline = &records.records[index].baseline;
            explain(states.state(&records, index), baseline, None).name().to_string()
        };
        let copy = self.path("projects/app/.claude/skills/pdf/SKILL.md");
        Seen {
            copy: fs::read_to_string(copy).ok(),
            states: (0..records.records.len()).filter(of_pdf).map(state).collect(),
        }
    }

    /// Lists all files of the project with their content, but for lock files.
    pub(crate) fn project(&self) -> Vec<(PathBuf, String)> {
        let app = self.path("projects/app");
        let relative = |path: &Path| path.strip_prefix(&app).unwrap().to_owned();
        let mut listed: Vec<_> = files(&app)
            .into_iter()
            .filter(|path| !path.to_str().unwrap().ends_with(".skillmeat-lock"))
            .map(|path| (relative(&path), fs::read_to_string(&path).unwrap()))
            .collect();
        listed.sort();
        listed
    }

    /// Fails when something lies about that is no copy, tracker or lock file, or a backup is not whole.
    #[track_caller]
    pub(crate) fn nothing_lies_about(&self) {
        let ours = |path: &PathBuf| path.to_str().unwrap().contains(".skillstat");
        let left: Vec<_> = entries(&self.path("projects")).into_iter().filter(ours).collect();
        assert!(left.is_empty(), "{left:?}");
        let unfinished = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with('.') && name != ".lock"
        };
        let left: Vec<_> = entries(&self.path("state")).into_iter().filter(unfinished).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// Returns the path of the example, which is built together with its tests.
pub(crate) fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let example = test.parent().unwrap().parent().unwrap().join("examples/deploy");
    assert!(example.is_file(), "{} is built with the tests", example.display());
    example
}

/// Returns whether a program succeeded and what it said.
pub(crate) fn said(output: &Output) -> (bool, String) {
    let mut said = String::new();
    for mut stream in [&*output.stdout, &*output.stderr] {
        stream.read_to_string(&mut said).unwrap();
    }
    (output.status.success(), said)
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Lists everything below a directory; nothing when it is not there.
pub(crate) fn entries(directory: &Path) -> Vec<PathBuf> {
    let Ok(listing) = fs::read_dir(directory) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in listing {
        let path = entry.unwrap().path();
        if fs::symlink_metadata(&path).unwrap().is_dir() {
            found.extend(entries(&path));
        }
        found.push(path);
    }
    found
}

fn files(directory: &Path) -> Vec<PathBuf> {
    entries(directory).into_iter().filter(|path| path.is_file()).collect()
}
