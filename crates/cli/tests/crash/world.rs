//! A home with a collection, and a project.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const COLLECTION: &str = r#"[collection]
name = "default"
version = "1.0.0"

[[artifacts]]
name = "pdf"
type = "skill"
path = "skills/pdf"
origin = "local"
added = "2026-01-01T00:00:00"

[[artifacts]]
name = "note"
type = "command"
path = "commands/note.md"
origin = "local"
added = "2026-01-01T00:00:00"
"#;

/// What is done while the command is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Deploy,
    Overwrite,
    Undeploy,
}

impl Operation {
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Deploy => &["deploy", "pdf", "--project", "app"],
            Self::Overwrite => &["deploy", "pdf", "--project", "app", "--force"],
            Self::Undeploy => &["undeploy", "pdf", "--project", "app", "--force"],
        }
    }
}

/// What a reader sees: the content of the copy, or that there is none, and the states on record.
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
        let world = Self { directory: tempfile::tempdir().unwrap() };
        let collection = "home/.skillmeat/collections/default";
        world.write(&format!("{collection}/collection.toml"), COLLECTION);
        world.write(&format!("{collection}/commands/note.md"), "note");
        world.version("one");
        fs::create_dir_all(world.path("projects/app")).unwrap();
        world.done(&["deploy", "note", "--project", "app"]);
        if operation != Operation::Deploy {
            world.done(&["deploy", "pdf", "--project", "app"]);
            // What is replaced or taken away was edited.
            world.write("projects/app/.claude/skills/pdf/SKILL.md", "edited");
            world.version("two");
        }
        world
    }

    /// Returns another that is the same.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self { directory: tempfile::tempdir().unwrap() };
        copy_tree(self.base(), copy.base());
        // Receipts and backups know the project by its path.
        for path in entries(&copy.path("home/.local")).into_iter().filter(|path| path.is_file()) {
            if let Ok(text) = fs::read_to_string(&path) {
                let (old, new) = (self.base().to_str().unwrap(), copy.base().to_str().unwrap());
                fs::write(path, text.replace(old, new)).unwrap();
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
        let skill = "home/.skillmeat/collections/default/skills/pdf";
        self.write(&format!("{skill}/SKILL.md"), version);
        self.write(&format!("{skill}/lib/run.py"), version);
    }

    /// Gives a command its home, search root and working directory.
    pub(crate) fn surround(&self, command: &mut Command) {
        command.env_clear().env("HOME", self.path("home"));
        command.env("SKILLSTAT_ROOTS", self.path("projects")).current_dir(self.path("projects"));
    }

    /// Returns the command with these arguments.
    pub(crate) fn skillstat(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skillstat"));
        command.args(arguments);
        self.surround(&mut command);
        command
    }

    #[track_caller]
    pub(crate) fn done(&self, arguments: &[&str]) {
        let output = self.skillstat(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    /// Returns what a reader sees.
    #[track_caller]
    pub(crate) fn seen(&self) -> Seen {
        let output =
            self.skillstat(&["--json", "--no-service", "show", "skill:pdf"]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let projects = shown["projects"].as_array().unwrap();
        let states = projects.iter().flat_map(|project| project["copies"].as_array().unwrap());
        let states = states.map(|copy| copy["state"].as_str().unwrap().to_owned()).collect();
        let copy = self.path("projects/app/.claude/skills/pdf/SKILL.md");
        Seen { copy: fs::read_to_string(copy).ok(), states }
    }

    /// Fails when something lies about that is no copy, tracker or lock file, or a backup is not whole.
    #[track_caller]
    pub(crate) fn nothing_lies_about(&self) {
        let named = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        let expected = ["SKILL.md", "run.py", "note.md", ".skillmeat-deployed.toml"];
        let files = entries(&self.path("projects")).into_iter().filter(|path| path.is_file());
        let stray: Vec<_> = files
            .filter(|path| {
                let name = named(path);
                !expected.contains(&name.as_str()) && !name.ends_with(".skillmeat-lock")
            })
            .collect();
        assert!(stray.is_empty(), "{stray:?}");
        let known = [".lock", ".local"];
        let unfinished = entries(&self.path("home/.local/state")).into_iter().filter(|path| {
            let name = named(path);
            name.starts_with('.') && !known.contains(&name.as_str())
        });
        let unfinished: Vec<_> = unfinished.collect();
        assert!(unfinished.is_empty(), "{unfinished:?}");
    }
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
fn entries(directory: &Path) -> Vec<PathBuf> {
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
