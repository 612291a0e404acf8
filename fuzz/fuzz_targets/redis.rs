//! What comes from Redis.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| skillstat_fleet::testing::holds_of_what_a_server_says(bytes));
