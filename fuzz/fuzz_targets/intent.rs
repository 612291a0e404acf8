//! Reading what an interrupted write has left.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| skillstat_fs_adapter::properties::intent(text));
