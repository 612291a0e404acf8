//! What the head of an answer says of its body.

/// Which shape the body has, and which program made it: another release may find other things, or say
/// them in other words, so its answer is not the same answer. The last number counts the shapes of one
/// release.
pub const EXACT_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "/1");

/// The header with [`EXACT_VERSION`].
pub const EXACT_VERSION_HEADER: &str = "skillstat-exact";

/// The header with the fingerprint of what the service looks at: search roots, depth, excludes and
/// collections.
pub const FINGERPRINT_HEADER: &str = "skillstat-fingerprint";

/// The header that says whether every change before the question is in the answer: `live` if so.
pub const WATCH_HEADER: &str = "skillstat-watch";

/// The header with the milliseconds since the oldest thing was read that the answer was made from.
pub const AGE_HEADER: &str = "skillstat-age-ms";
