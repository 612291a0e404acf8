//! Ids of projects in addresses.

#![no_main]
// The world of the tests holds more than is asked for here.
#![expect(dead_code, reason = "shared with the tests of the routes")]

#[path = "../../crates/http/tests/http"]
mod http {
    pub(crate) mod any;
    pub(crate) mod support;
}

use http::{any, support};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static ASKED: any::Asked = any::Asked::new();
}

fuzz_target!(|path: &str| ASKED.with(|asked| asked.project_id(path)));
