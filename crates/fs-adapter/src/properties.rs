//! What holds of any input, for tests only. Each function panics where it does not: proptest calls it with
//! random input, the fuzzer with input that reaches code that none has reached before.

pub use crate::collection::properties::manifest;
pub use crate::contained::properties::containment;
pub use crate::deploy::properties::intent;
pub use crate::index::properties::index;
pub use crate::tracker::properties::{tracker, tracker_edit};
