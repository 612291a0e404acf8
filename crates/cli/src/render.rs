//! How answers look to a person.

pub(crate) mod diffstat;
pub(crate) mod outcomes;
pub(crate) mod patch;
pub(crate) mod places;
pub(crate) mod plain;
pub(crate) mod problems;
pub(crate) mod report;
pub(crate) mod size;
pub(crate) mod states;
pub(crate) mod table;
