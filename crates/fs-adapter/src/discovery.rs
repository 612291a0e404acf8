//! Walking the search roots.
//!
//! Two walks give the same answer: [`OpenatDiscovery`] lists everything, and [`IndexedDiscovery`] only what has
//! changed. Tests have a second opinion from a third, over the crate walkdir, which costs three times as much.

mod exclude;
mod found;
mod indexed;
mod openat;
#[cfg(any(test, feature = "test-util"))]
pub(crate) mod properties;
mod remembered;
#[cfg(any(test, feature = "test-util"))]
mod walkdir;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::{fs, io};

pub(crate) use exclude::Exclude;
pub use exclude::ExcludeError;
use found::Found;
pub use indexed::IndexedDiscovery;
pub use openat::OpenatDiscovery;
use skillstat_domain::{
    DeployError, InTurn, NeverFound, Problem, ProblemKind, ProfileRoot, ProjectPath, Scanned,
    Workers,
};
#[cfg(any(test, feature = "test-util"))]
pub use walkdir::WalkdirDiscovery;

use crate::fault::{cannot_be_read, is_absence, make_readable, printable};
use crate::layout::DEFAULT_MAX_DEPTH;

/// A directory below which projects are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRoot {
    /// Where it is; a link is followed.
    pub path: PathBuf,
    /// Whether somebody asked for it by name, so that its absence is a problem and not just a
    /// default that does not apply here.
    pub required: bool,
}

/// What a discovery looks at.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DiscoveryOptions {
    /// The search roots; they may overlap.
    pub roots: Vec<SearchRoot>,
    /// How many directories below a root a project may lie; the root itself is 0.
    pub max_depth: usize,
    /// Globs of directories that are left out. Without a slash a glob is matched with the
    /// directory's name, with one with its absolute path.
    pub exclude: Vec<String>,
}

impl DiscoveryOptions {
    /// Looks below these roots, as deep as SkillMeat does, and leaves nothing out.
    pub fn new(roots: Vec<SearchRoot>) -> Self {
        Self { roots, max_depth: DEFAULT_MAX_DEPTH, exclude: Vec::new() }
    }
}

/// A directory to walk, and how many directories below its search root it is.
#[derive(Debug)]
struct Branch {
    top: PathBuf,
    depth: usize,
}

/// What a discovery walks, and with whom.
#[derive(Debug)]
struct Plan {
    roots: Vec<SearchRoot>,
    max_depth: usize,
    exclude: Exclude,
    workers: Arc<dyn Workers>,
}

impl Plan {
    fn new(options: DiscoveryOptions, workers: Arc<dyn Workers>) -> Result<Self, ExcludeError> {
        let exclude = Exclude::new(&options.exclude)?;
        Ok(Self { roots: options.roots, max_depth: options.max_depth, exclude, workers })
    }

    /// Returns all that decides what a walk looks at, but where it begins.
    fn identity(&self) -> Vec<u8> {
        format!("{} {:?}", self.max_depth, self.exclude.texts()).into()
    }

    /// Walks every root: what lies directly below it first, then the directories found there side by
    /// side.
    ///
    /// `walk` looks at everything in a branch that may be a profile root of a project within the depth
    /// limit. Given a list, it does not go below the first level but adds the directories there to it.
    fn discover(
        &self,
        walk: impl Fn(&Branch, &mut Found, Option<&mut Vec<Branch>>) + Sync,
    ) -> Scanned<Vec<ProjectPath>> {
        let mut found = Found::default();
        let mut branches = Vec::new();
        for root in &self.roots {
            match resolve(root) {
                Ok(Some(top)) => walk(&Branch { top, depth: 0 }, &mut found, Some(&mut branches)),
                Ok(None) => {}
                Err(problem) => found.problems.push(problem),
            }
        }
        // Held only to append what one branch found.
        let all = Mutex::new(found);
        self.workers.for_each(branches.len(), &|index| {
            let mut found = Found::default();
            walk(&branches[index], &mut found, None);
            all.lock().expect("appending does not panic").append(found);
        });
        all.into_inner().expect("appending does not panic").finish()
    }

    /// Tells whether `walk` would find a project at a directory, by walking that directory alone.
    fn look_at(
        &self,
        directory: &ProjectPath,
        walk: impl Fn(&Branch, &mut Found, Option<&mut Vec<Branch>>),
    ) -> Scanned<bool> {
        let mut found = Found::default();
        let top = directory.as_path().as_std_path();
        if self.enters(top) {
            // At the limit only the profile roots of the directory itself are looked at.
            walk(&Branch { top: top.to_owned(), depth: self.max_depth }, &mut found, None);
        }
        let found = found.finish();
        Scanned { value: !found.value.is_empty(), problems: found.problems }
    }

    /// Tells whether the walk comes to a directory: down from a root, not through a link, not too deep
    /// and past nothing that is left out.
    fn enters(&self, directory: &Path) -> bool {
        if fs::canonicalize(directory).ok().as_deref() != Some(directory) {
            return false;
        }
        matches!(self.way_to(directory), Some(Ok(())))
    }

    /// Tells whether the walk goes down to a directory without links, which need not be there; nothing
    /// when it is below no root.
    fn way_to(&self, directory: &Path) -> Option<Result<(), NeverFound>> {
        let tops = self.roots.iter().filter_map(|root| resolve(root).ok().flatten());
        let ways = tops.filter_map(|top| {
            let below = directory.strip_prefix(&top).ok()?;
            Some(self.way_down(&top, below))
        });
        // One root that leads there is enough.
        ways.reduce(|one, other| one.or_else(|why| other.map_err(|_| why)))
    }

    fn way_down(&self, top: &Path, below: &Path) -> Result<(), NeverFound> {
        let depth = below.iter().count();
        if depth > self.max_depth {
            return Err(NeverFound::TooDeep { depth, max_depth: self.max_depth });
        }
        let mut path = top.to_owned();
        below.iter().try_for_each(|name| {
            path.push(name);
            self.refuse_excluded(&path)
        })
    }

    fn refuse_excluded(&self, directory: &Path) -> Result<(), NeverFound> {
        match self.exclude.glob(directory) {
            Some(glob) => Err(NeverFound::Excluded { glob: glob.to_owned() }),
            None => Ok(()),
        }
    }
}

/// Tells whether a discovery would find what is written.
#[derive(Debug)]
pub(crate) struct Reach(Plan);

impl Reach {
    /// Takes what the discovery takes.
    pub(crate) fn new(options: DiscoveryOptions) -> Result<Self, ExcludeError> {
        Ok(Self(Plan::new(options, Arc::new(InTurn))?))
    }

    /// Tells whether a record in a profile root will be found, so that it counts and can be taken away
    /// again. Neither has to be there; the project's path has no links.
    ///
    /// # Errors
    ///
    /// - [`DeployError::NeverFound`].
    pub(crate) fn check(
        &self,
        project: &ProjectPath,
        profile_root: &ProfileRoot,
    ) -> Result<(), DeployError> {
        let never = |path: String| |why| DeployError::NeverFound { path, why };
        let directory = project.as_path();
        self.0
            .way_to(directory.as_std_path())
            .unwrap_or(Ok(()))
            .map_err(never(project.to_string()))?;
        let inside = directory.join(profile_root.as_str());
        self.0.refuse_excluded(inside.as_std_path()).map_err(never(inside.to_string()))
    }
}

/// Follows links to a root; nothing when it is not there and nobody asked for it.
pub(crate) fn resolve(root: &SearchRoot) -> Result<Option<PathBuf>, Problem> {
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
        Err(error) if is_absence(&error) && !root.required => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(problem(
            "does not exist, so it was not searched".to_owned(),
            "create it, or take it out of the search roots (`skillstat config` tells where it is set)",
        )),
        Err(error) => Err(problem(cannot_be_read(&error), make_readable(&error))),
    }
}

#[cfg(test)]
mod tests;
