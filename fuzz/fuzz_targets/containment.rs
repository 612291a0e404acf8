//! Staying inside a profile root, whatever links there are.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| skillstat_fs_adapter::properties::containment(text));
