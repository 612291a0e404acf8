//! Walking the search roots.

mod exclude;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::{fs, io};

use camino::Utf8Path;
use exclude::Exclude;
pub use exclude::ExcludeError;
use skillstat_domain::{Problem, ProblemKind, ProjectDiscovery, ProjectPath, Scanned, Workers};
use walkdir::WalkDir;

use crate::fault::{cannot_be_read, is_absence, make_readable, printable};
use crate::layout::TRACKER_FILE;

/// A directory below which projects are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRoot {
    /// Where it is; a link is followed.
    pub path: PathBuf,
    /// Whether somebody asked for it by name, so that its absence is a problem and not just a
    /// default that does not apply here.
    pub required: bool,
}

/// What [`WalkdirDiscovery`] looks at.
#[derive(Debug, Clone)]
pub struct DiscoveryOptions {
    /// The search roots; they may overlap.
    pub roots: Vec<SearchRoot>,
    /// How many directories below a root a project may lie; the root itself is 0.
    pub max_depth: usize,
    /// Globs of directories that are left out. Without a slash a glob is matched with the
    /// directory's name, with one with its absolute path.
    pub exclude: Vec<String>,
}

/// Finds projects by walking each root down to the depth limit, and no deeper.
///
/// Hidden directories, `node_modules` and `.git` are entered like any other: a project may lie
/// there. Links to directories are not followed, except a root itself; a profile root may be a link.
#[derive(Debug)]
pub struct WalkdirDiscovery {
    roots: Vec<SearchRoot>,
    max_depth: usize,
    exclude: Exclude,
    workers: Arc<dyn Workers>,
}

impl WalkdirDiscovery {
    /// Prepares a walk; `workers` walk the directories directly below the roots side by side.
    ///
    /// # Errors
    ///
    /// - [`ExcludeError`] when an exclude glob is malformed.
    pub fn new(options: DiscoveryOptions, workers: Arc<dyn Workers>) -> Result<Self, ExcludeError> {
        let exclude = Exclude::new(&options.exclude)?;
        Ok(Self { roots: options.roots, max_depth: options.max_depth, exclude, workers })
    }
}

impl ProjectDiscovery for WalkdirDiscovery {
    fn discover(&self) -> Scanned<Vec<ProjectPath>> {
        let mut found = Found::default();
        let mut branches = Vec::new();
        for root in &self.roots {
            match resolve(root) {
                Ok(Some(root)) => {
                    // Directly below the root first; what lies deeper is walked side by side.
                    self.walk(&Branch { top: root, depth: 0 }, 1, &mut found, |branch| {
                        branches.push(branch);
                    });
                }
                Ok(None) => {}
                Err(problem) => found.problems.push(problem),
            }
        }
        // Held only to append what one branch found.
        let all = Mutex::new(found);
        self.workers.for_each(branches.len(), &|index| {
            let mut found = Found::default();
            self.walk(&branches[index], usize::MAX, &mut found, drop);
            all.lock().expect("appending does not panic").append(found);
        });
        all.into_inner().expect("appending does not panic").finish()
    }
}

/// A directory to walk, and how far below its search root it is.
struct Branch {
    top: PathBuf,
    depth: usize,
}

impl WalkdirDiscovery {
    /// Looks at everything at most `levels` below a branch, within the depth limit. Directories at
    /// the last level are handed to `deeper` when they may hold projects.
    fn walk(
        &self,
        branch: &Branch,
        levels: usize,
        found: &mut Found,
        mut deeper: impl FnMut(Branch),
    ) {
        // The children of a project at the limit are its profile roots: one level more is listed.
        let listed = (self.max_depth + 1).saturating_sub(branch.depth).min(levels);
        let entries = WalkDir::new(&branch.top).min_depth(1).max_depth(listed).into_iter();
        for entry in entries.filter_entry(|entry| !self.exclude.covers(entry)) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    found.unreadable(&error);
                    continue;
                }
            };
            let kind = entry.file_type();
            if !kind.is_dir() && !kind.is_symlink() {
                continue;
            }
            if entry.file_name().as_bytes().starts_with(b".") {
                found.probe(entry.path());
            }
            let depth = branch.depth + entry.depth();
            if kind.is_dir() && entry.depth() == levels && depth <= self.max_depth {
                deeper(Branch { top: entry.into_path(), depth });
            }
        }
    }
}

/// Follows links to a root; nothing when it is not there and nobody asked for it.
fn resolve(root: &SearchRoot) -> Result<Option<PathBuf>, Problem> {
    let problem = |reason: String, fix: &str| Problem {
        path: printable(&root.path),
        line: None,
        kind: ProblemKind::MissingRoot,
        reason,
        fix: fix.to_owned(),
        artifact: None,
    };
    match fs::canonicalize(&root.path).and_then(|path| Ok((fs::metadata(&path)?.is_dir(), path))) {
        Ok((true, path)) => Ok(Some(path)),
        Ok((false, _)) if !root.required => Ok(None),
        Ok((false, _)) => Err(problem(
            "is a file; a search root is a directory".to_owned(),
            "name the directory that holds your projects",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !root.required => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(problem(
            "does not exist, so it was not searched".to_owned(),
            "create it, or take it out of the search roots (`skillstat config` tells where it is set)",
        )),
        Err(error) => Err(problem(cannot_be_read(&error), make_readable(&error))),
    }
}

/// What a walk has found so far.
#[derive(Default)]
struct Found {
    projects: Vec<ProjectPath>,
    problems: Vec<Problem>,
}

impl Found {
    /// Adds the parent of `profile_root` if there is a tracker, of whatever kind and condition.
    fn probe(&mut self, profile_root: &Path) {
        let Some(project) = profile_root.parent() else { return };
        match fs::symlink_metadata(profile_root.join(TRACKER_FILE)) {
            Ok(_) => {}
            // Not there, not a directory, a link that leads nowhere or round: no profile root.
            Err(error) if is_absence(&error) => return,
            Err(error) => return self.problem(profile_root.as_os_str(), &error),
        }
        let utf8 = Utf8Path::from_path(project);
        match utf8.and_then(|project| ProjectPath::new(project).ok()) {
            Some(project) => self.projects.push(project),
            None => self.problems.push(Problem {
                path: printable(project),
                line: None,
                kind: ProblemKind::NonUtf8Path,
                reason: "holds a tracker, but its path is not UTF-8, so it cannot be reported"
                    .to_owned(),
                fix: "rename the directory whose name is not UTF-8".to_owned(),
                artifact: None,
            }),
        }
    }

    /// Reports what the walk could not enter; what vanished under it is simply not there.
    fn unreadable(&mut self, error: &walkdir::Error) {
        if let (Some(path), Some(error)) = (error.path(), error.io_error())
            && error.kind() != io::ErrorKind::NotFound
        {
            self.problem(path.as_os_str(), error);
        }
    }

    fn problem(&mut self, path: &OsStr, error: &io::Error) {
        self.problems.push(Problem {
            path: printable(path),
            line: None,
            kind: ProblemKind::UnreadableDirectory,
            reason: format!("{}; projects in it are unknown", cannot_be_read(error)),
            fix: format!("{}, or leave it out with `exclude`", make_readable(error)),
            artifact: None,
        });
    }

    fn append(&mut self, mut other: Self) {
        self.projects.append(&mut other.projects);
        self.problems.append(&mut other.problems);
    }

    /// Each project once, sorted; overlapping roots and several profile roots find some twice.
    fn finish(mut self) -> Scanned<Vec<ProjectPath>> {
        self.projects.sort_unstable();
        self.projects.dedup();
        self.problems.sort_unstable();
        self.problems.dedup();
        Scanned { value: self.projects, problems: self.problems }
    }
}

#[cfg(test)]
mod tests;
