//! Requests: path, query and body.

#![no_main]
// The world of the tests holds more than is asked for here.
#![expect(dead_code, reason = "shared with the tests of the routes")]

#[path = "../../crates/http/tests/http/any.rs"]
mod any;
#[path = "../../crates/http/tests/http/support.rs"]
mod support;

use libfuzzer_sys::fuzz_target;

thread_local! {
    static ASKED: any::Asked = any::Asked::new();
}

fuzz_target!(|text: &str| ASKED.with(|asked| asked.ask(text)));
