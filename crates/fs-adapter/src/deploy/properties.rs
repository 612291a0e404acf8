//! What holds of any intent.

use camino::Utf8Path;

use super::intent::Intent;

/// An intent is refused, or names only what lies below the profile root, and is written as it is read.
///
/// # Panics
///
/// Panics when that does not hold of `text`.
pub fn intent(text: &str) {
    let Some(read) = Intent::from_text(text) else { return };
    let swaps = read.swaps.iter().map(|swap| swap.path.as_path());
    for path in read.made.iter().map(camino::Utf8PathBuf::as_path).chain(swaps) {
        let inside = |path: &Utf8Path| path.components().all(|it| it.as_str() != "..");
        assert!(path.is_relative() && inside(path) && !path.as_str().is_empty(), "{path:?}");
    }
    assert_eq!(Intent::from_text(&read.to_text()).as_ref(), Some(&read));
}
