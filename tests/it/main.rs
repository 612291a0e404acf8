//! Stories across the crates: the real wiring over temporary directories.

mod architecture;
mod asking;
mod bad_input;
mod cli_output;
mod contracts;
mod deploying;
mod diffs;
mod docs;
mod drift;
mod hostile;
mod index;
mod live;
mod machines;
mod model;
mod patches;
mod reports;
mod several_roots;
mod support;
mod testbed;
mod threats;
