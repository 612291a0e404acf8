//! Dates without an offset are those of this machine's time zone.

use crate::Sandbox;
use crate::daemon::{Daemon, project_of, skillstatd};

/// Returns the names of the projects, the one deployed to last first, as seen in a time zone.
fn in_order(time_zone: &str) -> Vec<String> {
    let sandbox = Sandbox::new();
    project_of(&sandbox.tree().join("naive"), "2026-01-02T03:00:00");
    project_of(&sandbox.tree().join("utc"), "2026-01-02T00:00:00+00:00");
    let daemon = Daemon::start(skillstatd(&sandbox).args(["--root", "."]).env("TZ", time_zone));
    let (status, body) = daemon.ask("GET /api/v1/projects", "");
    assert_eq!(status, 200, "{body}");
    let answer: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let items = answer["items"].as_array().expect("an array").iter();
    items.map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn a_date_without_offset_is_sorted_as_local_time() {
    assert_eq!(in_order("UTC0"), ["naive", "utc"]);
    assert_eq!(in_order("JST-9"), ["utc", "naive"], "three in Tokyo is six the day before");
}
