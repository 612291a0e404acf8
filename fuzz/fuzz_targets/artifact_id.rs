//! Artifact ids.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| skillstat_domain::testing::properties::artifact_id(text));
