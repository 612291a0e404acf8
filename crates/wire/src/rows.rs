//! Lists that are never there as a whole.

use std::fmt::Display;

use serde::{Serialize, Serializer};

/// A list whose rows are made one by one, each when it is its turn to be written: an answer about everything has
/// tens of thousands.
#[derive(Debug)]
pub(crate) struct Rows<'a, T: ?Sized>(pub(crate) &'a T);

/// Makes the rows of one sort of list.
pub(crate) trait Shown {
    /// What a row looks like.
    type Row<'a>: Serialize
    where
        Self: 'a;

    /// Returns the rows in order.
    fn rows(&self) -> impl Iterator<Item = Self::Row<'_>>;
}

impl<T: Shown + ?Sized> Serialize for Rows<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rows())
    }
}

/// A text that is written as it is made.
#[derive(Debug)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
