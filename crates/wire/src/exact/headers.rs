//! What the head of an answer says of its body.

use skillstat_domain::WatchState;

/// Which shape the body has, and which program made it: another release may find other things, or say
/// them in other words, so its answer is not the same answer. The last number counts the shapes of one
/// release.
pub const EXACT_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "/2");

/// The header with [`EXACT_VERSION`].
pub const EXACT_VERSION_HEADER: &str = "skillstat-exact";

/// The header with the fingerprint of what the service looks at: search roots, depth, excludes and
/// collections.
pub const FINGERPRINT_HEADER: &str = "skillstat-fingerprint";

/// The header that says whether every change before the question is in the answer: [`LIVE`] if so.
pub const WATCH_HEADER: &str = "skillstat-watch";

/// What [`WATCH_HEADER`] says when nothing can be missing. In a question: only such an answer is wanted,
/// and likewise with [`FINGERPRINT_HEADER`]; a service that cannot give it answers with status 412.
pub const LIVE: &str = WatchState::Live.as_str();

/// The header with the milliseconds since the oldest thing was read that the answer was made from.
pub const AGE_HEADER: &str = "skillstat-age-ms";
