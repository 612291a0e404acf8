//! What holds of anything that is remembered of a walk.

use super::remembered::Remembered;

/// It makes sense as it stands, or is nothing: whatever lies below a line comes after it.
///
/// # Panics
///
/// Panics when that does not hold of `bytes`.
pub(crate) fn remembered(bytes: &[u8]) {
    let read = Remembered::parse(bytes);
    let all = (0..=bytes.len()).take_while(|at| read.line(*at).is_some()).count();
    let written: usize = (0..all).map(|at| read.written(at).len()).sum();
    assert!(all == 0 || written == bytes.len());
    for at in 0..all {
        assert!(read.below(at).all(|below| at < below && below < all));
    }
    let _any = read.contradicted(&read);
}
