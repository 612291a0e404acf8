//! What is remembered of copies from one process to the next.

use std::fmt;
use std::sync::Arc;

use anyhow::Context;
use skillstat_domain::Problem;
use skillstat_fs_adapter::{IndexContent, IndexUse, IndexedHasher, Listings};

use crate::{App, Config};

/// What came of the index in one command, in words.
#[derive(Debug)]
pub struct IndexReport {
    used: IndexUse,
    kept: std::io::Result<bool>,
}

impl fmt::Display for IndexReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let IndexUse { vouched, read, .. } = self.used;
        write!(f, "the index knew {vouched} contents, {read} were read; ")?;
        match &self.kept {
            Ok(true) => f.write_str("it has been written"),
            Ok(false) => f.write_str("nothing new to write"),
            Err(error) => write!(f, "it could not be written: {error}"),
        }
    }
}

/// Returns the index that is configured, if one is; it reports to `listings`.
pub(crate) fn index(
    config: &Config,
    listings: Option<&Arc<Listings>>,
) -> Option<Arc<IndexedHasher>> {
    let index = || IndexedHasher::new(config.cache_directory.value.clone());
    let index = config.index.value.then(index)?;
    let index = match listings {
        Some(listings) => index.reporting(Arc::clone(listings)),
        None => index,
    };
    Some(Arc::new(if config.verify { index.checking() } else { index }))
}

/// Looks what the index holds. It need not be in use.
pub fn index_content(config: &Config) -> IndexContent {
    IndexedHasher::content(&config.cache_directory.value)
}

/// Removes the index; tells whether there was one.
///
/// # Errors
///
/// Fails when the system refuses, or while another writes it.
pub fn clear_index(config: &Config) -> anyhow::Result<bool> {
    let directory = &config.cache_directory.value;
    IndexedHasher::clear(directory)
        .with_context(|| format!("failed to remove the index in `{}`", directory.display()))
}

impl App {
    /// Writes what the index has learned, for the next command; nothing when there is none in use. What
    /// cannot be written is found out again.
    pub fn keep_index(&self) -> Option<IndexReport> {
        let index = self.index.as_ref()?;
        Some(IndexReport { used: index.used(), kept: index.keep() })
    }

    /// Returns the copies of which the index was found to say something else than their content; only if
    /// that was looked at (`verify`).
    pub fn untrue_index(&self) -> Vec<Problem> {
        self.index.as_ref().map(|index| index.untrue()).unwrap_or_default()
    }

    /// Adds what the index was found to say wrongly to problems.
    pub(crate) fn add_untrue_index(&self, problems: &mut Vec<Problem>) {
        let untrue = self.untrue_index();
        if !untrue.is_empty() {
            problems.extend(untrue);
            problems.sort();
            problems.dedup();
        }
    }
}
