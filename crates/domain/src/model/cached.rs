//! An answer and how fresh it is.

use std::sync::Arc;

use crate::Moment;

/// Something that was read at some time, and is shared.
#[derive(Debug)]
pub struct Cached<T> {
    /// The value.
    pub value: Arc<T>,
    /// When the oldest thing was read that it was made from.
    pub as_of: Moment,
    /// A number that no other value of this process has, so that what is made from the value can be
    /// kept beside it.
    pub version: u64,
}

impl<T> Clone for Cached<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), as_of: self.as_of, version: self.version }
    }
}
