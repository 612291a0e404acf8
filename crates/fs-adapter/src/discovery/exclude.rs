//! Directories the user does not want walked.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs by what they are matched with.
#[derive(Debug)]
pub(crate) struct Exclude {
    names: Globs,
    paths: Globs,
}

/// Compiled globs, and as they were written, in the same order.
#[derive(Debug)]
struct Globs {
    set: GlobSet,
    texts: Vec<String>,
}

impl Exclude {
    /// Compiles the globs; `*` does not cross a slash, `**` does.
    pub(crate) fn new(globs: &[String]) -> Result<Self, ExcludeError> {
        let (mut names, mut paths) =
            ((GlobSetBuilder::new(), Vec::new()), (GlobSetBuilder::new(), Vec::new()));
        for glob in globs {
            let fail = |source| ExcludeError { glob: glob.clone(), source: Box::new(source) };
            let compiled =
                GlobBuilder::new(glob.trim_end_matches('/')).literal_separator(true).build();
            let (set, texts) =
                if glob.trim_end_matches('/').contains('/') { &mut paths } else { &mut names };
            set.add(compiled.map_err(fail)?);
            texts.push(glob.clone());
        }
        let build = |(set, texts): (GlobSetBuilder, Vec<String>)| {
            let fail = |source| ExcludeError { glob: globs.join(" "), source: Box::new(source) };
            Ok(Globs { set: set.build().map_err(fail)?, texts })
        };
        Ok(Self { names: build(names)?, paths: build(paths)? })
    }

    /// Tells whether a directory is left out, and all below it with it; its path is only asked for
    /// when a glob needs it.
    pub(crate) fn covers(&self, name: &OsStr, path: impl FnOnce() -> PathBuf) -> bool {
        (!self.names.set.is_empty() && self.names.set.is_match_candidate(&Candidate::new(name)))
            || (!self.paths.set.is_empty() && self.paths.set.is_match(path()))
    }

    /// Returns all globs as they were written: those for names, those for paths.
    pub(super) fn texts(&self) -> (&[String], &[String]) {
        (&self.names.texts, &self.paths.texts)
    }

    /// Returns the glob that leaves a directory out, for telling it.
    pub(crate) fn glob(&self, directory: &Path) -> Option<&str> {
        let of = |globs: &'_ Globs, matched: &OsStr| globs.set.matches(matched).first().copied();
        let name = directory.file_name()?;
        let by_name = of(&self.names, name).map(|index| &*self.names.texts[index]);
        by_name.or_else(|| of(&self.paths, directory.as_os_str()).map(|i| &*self.paths.texts[i]))
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
