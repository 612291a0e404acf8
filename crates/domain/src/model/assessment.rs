//! What a look at a copy found out, before anybody looks at a collection.

use std::sync::Arc;

use crate::{Difference, Problem};

/// A copy against its baseline. What it means also depends on the collection, so that
/// [`explain`](crate::explain) makes the [`CopyState`](crate::CopyState) of it.
///
/// An error is `Unreadable`: never as deployed and never different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assessment {
    /// The content is what was deployed.
    AsDeployed,
    /// The content is another one.
    Differs(Arc<Difference>),
    /// There is nothing at the recorded path.
    Missing,
    /// The content could not be verified; the problem says why.
    Unreadable(Box<Problem>),
}
