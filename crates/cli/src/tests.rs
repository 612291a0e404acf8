//! The commands that write, over somebody who writes as a test says.

mod deploying;
mod restoring;
mod support;
mod undeploying;
