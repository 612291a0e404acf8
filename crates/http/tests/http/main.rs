//! The service over a world that a test makes up: contract, guards, freshness.

mod any;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod diffs;
mod document;
#[cfg(test)]
mod events;
#[cfg(test)]
mod exact;
#[cfg(test)]
mod fleet;
mod freshness;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod page;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod support;
#[cfg(test)]
mod warm;
#[cfg(test)]
mod write_bodies;
#[cfg(test)]
mod write_failures;
#[cfg(test)]
mod writing;
