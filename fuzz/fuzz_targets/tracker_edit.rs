//! Writing into trackers.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| skillstat_fs_adapter::properties::tracker_edit(bytes));
