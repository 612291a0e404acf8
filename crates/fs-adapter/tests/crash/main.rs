//! The example program `deploy`, killed and failed at every system call that changes anything, and
//! crowds of it: whatever happens, copy and record are both old or both new.
//!
//! Needs `strace`; `scripts/test` installs it.
#![expect(clippy::unwrap_used, reason = "a test whose world cannot be made has failed")]

mod crowd;
mod faults;
mod kills;
mod strace;
mod unprivileged;
mod world;
