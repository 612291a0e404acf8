//! The adapter over a real `redis-server`, which each test starts for itself.

mod faults;
mod hostile;
mod keys;
mod leases;
mod support;
