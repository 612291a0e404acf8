//! Directories the user does not want walked.

use std::ffi::OsStr;
use std::path::PathBuf;

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs by what they are matched with.
#[derive(Debug)]
pub(crate) struct Exclude {
    names: GlobSet,
    paths: GlobSet,
}

impl Exclude {
    /// Compiles the globs; `*` does not cross a slash, `**` does.
    pub(crate) fn new(globs: &[String]) -> Result<Self, ExcludeError> {
        let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for glob in globs {
            let fail = |source| ExcludeError { glob: glob.clone(), source: Box::new(source) };
            let compiled =
                GlobBuilder::new(glob.trim_end_matches('/')).literal_separator(true).build();
            let set =
                if glob.trim_end_matches('/').contains('/') { &mut paths } else { &mut names };
            set.add(compiled.map_err(fail)?);
        }
        let build = |set: GlobSetBuilder| {
            set.build()
                .map_err(|source| ExcludeError { glob: globs.join(" "), source: Box::new(source) })
        };
        Ok(Self { names: build(names)?, paths: build(paths)? })
    }

    /// Tells whether a directory is left out, and all below it with it; its path is only asked for
    /// when a glob needs it.
    pub(crate) fn covers(&self, name: &OsStr, path: impl FnOnce() -> PathBuf) -> bool {
        self.names.is_match_candidate(&Candidate::new(name))
            || (!self.paths.is_empty() && self.paths.is_match(path()))
    }
}

/// An exclude glob that cannot be compiled.
#[derive(Debug, thiserror::Error)]
#[error("`{glob}` is no glob")]
pub struct ExcludeError {
    glob: String,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}
