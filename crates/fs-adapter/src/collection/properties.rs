//! What holds of any manifest.

use skillstat_domain::Scanned;

use super::{MANIFEST_FILE, manifest_in};

/// A manifest is read as artifacts and problems, each problem on a line that exists, with what to do.
///
/// # Panics
///
/// Panics when that does not hold of `bytes`.
pub fn manifest(bytes: &[u8]) {
    let mut read = Scanned::<Vec<_>>::default();
    read.value = manifest_in(MANIFEST_FILE.into(), bytes, &mut read.problems);
    let lines = bytes.split(|&byte| byte == b'\n').count();
    for problem in &read.problems {
        let line = problem.line.and_then(|line| usize::try_from(line).ok());
        assert!(line.is_some_and(|line| (1..=lines).contains(&line)), "{problem:?}");
        assert!(!problem.reason.is_empty() && !problem.fix.is_empty());
    }
}
