//! Dates and times.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| skillstat_domain::testing::properties::date_time(text));
