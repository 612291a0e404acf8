//! Machines that share a volume, each with the whole cache and nobody watching: what one writes is in the next
//! answer of every other, whatever becomes of the way between them. The volume is a directory, the server one in
//! memory, and the time that of the runtime, so that hours of it take seconds and a history can be had again.

mod history;
mod machine;
mod volume;

use machine::Machine;
use volume::{Volume, Witness};
