//! The real command, killed at every system call that changes anything and at random: at once for
//! readers, and after the next writer for good, copy and record are both old or both new.
//!
//! Needs `strace`.
#![expect(clippy::unwrap_used, reason = "a test whose world cannot be made has failed")]

mod kills;
mod served;
mod short;
mod strace;
mod world;
