//! Hunks between two texts, which a NUL separates.

#![no_main]

use libfuzzer_sys::fuzz_target;
use skillstat_domain::testing::properties::hunks_lead_to_the_other;

fuzz_target!(|texts: &[u8]| {
    let mut texts = texts.splitn(2, |&byte| byte == 0);
    let mut text = || texts.next().unwrap_or_default();
    hunks_lead_to_the_other(text(), text());
});
