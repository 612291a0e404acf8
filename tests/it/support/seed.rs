//! Where a random history begins.

use proptest::prelude::Rng;
use proptest::test_runner::{Config, TestRunner};

/// Returns a seed of its own each time; a failure names it, and running with this variable takes it again.
pub(crate) fn seed(variable: &str) -> u64 {
    std::env::var(variable).map_or_else(
        |_| u64::from(TestRunner::new(Config::default()).new_rng().next_u32()),
        |text| text.parse().expect("a number"),
    )
}
