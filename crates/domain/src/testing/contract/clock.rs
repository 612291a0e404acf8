//! The contract of [`Clock`].

use crate::{Clock, Moment};

/// Runs the suite; `advance` makes the time go on, or waits until it has.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn clock(clock: &dyn Clock, advance: &dyn Fn()) {
    let mut last = Moment::default();
    for _ in 0..100_000 {
        let now = clock.now();
        assert!(now >= last, "it never goes back");
        last = now;
    }
    advance();
    assert!(clock.now() > last, "it goes on");
}
