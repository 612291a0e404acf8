//! Why there is no answer that is good enough.

use std::io;
use std::time::Duration;

use skillstat_wire::{EXACT_VERSION, Malformed};

/// What is wrong with a service or its answer; `Display` goes on where "the service at …" ends.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// Nobody listens.
    #[error("is not there")]
    Absent,
    /// Somebody else could listen there.
    #[error("is not asked: `{path}` {why}")]
    NotPrivate {
        /// The socket, or its directory.
        path: String,
        /// What about it.
        why: &'static str,
    },
    /// Somebody else does listen there.
    #[error("is not asked: it is another user's")]
    Foreign,
    /// The system does not let us connect, or the connection broke.
    #[error("could not be asked: {0}")]
    Io(#[from] io::Error),
    /// The connection broke, or what came is no HTTP.
    #[error("broke off: {0}")]
    Http(#[from] hyper::Error),
    /// It takes too long.
    #[error("gave no answer within {} ms", .0.as_millis())]
    TooSlow(Duration),
    /// It refuses to answer.
    #[error("answered with status {0}")]
    Status(u16),
    /// It may find other things, or say them in other words.
    #[error("is another release: its answers are `{0}`, and `{EXACT_VERSION}` is wanted")]
    Release(String),
    /// It looks at something else.
    #[error("has other search roots, depth, excludes or collections")]
    Fingerprint,
    /// Its answer may lack a change.
    #[error("does not see every change (`{0}`)")]
    Unwatched(String),
    /// The answer is too large.
    #[error("answered with more than {0} bytes")]
    TooLarge(usize),
    /// The answer is not JSON of the shape.
    #[error("gave an answer that cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The answer is of the shape and says what nobody says.
    #[error("gave an answer that cannot be right: {0}")]
    Malformed(#[from] Malformed),
}
