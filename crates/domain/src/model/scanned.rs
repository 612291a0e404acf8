//! A result that also says what it lacks.

use crate::Problem;

/// A value, and what was skipped or could not be verified on the way to it.
///
/// A partial failure is data: one unreadable project neither loses the other forty nor vanishes
/// into a log line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scanned<T> {
    /// What was found.
    pub value: T,
    /// What is missing from it, in no particular order.
    pub problems: Vec<Problem>,
}

impl<T> Scanned<T> {
    /// Wraps a value that lacks nothing.
    pub fn whole(value: T) -> Self {
        Self { value, problems: Vec::new() }
    }
}
