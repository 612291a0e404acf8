//! Trees made by the testbed script, with the right answer beside them.
//!
//! `TESTBED` names the script (default `../shared/tools/testbed.py` beside the workspace). Where it
//! is not there the test says so on stderr, and `scripts/test` before the stories.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Skillstat, workspace};

#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn every_number_flag_path_and_date_is_the_testbeds() {
    let script = std::env::var_os("TESTBED")
        .map_or_else(|| workspace().join("../shared/tools/testbed.py"), PathBuf::from);
    if !script.is_file() {
        eprintln!("NOT RUN: no testbed script at {}; name it with TESTBED", script.display());
        return;
    }
    for seed in 1..=5 {
        check(&script, seed);
    }
}

#[track_caller]
fn check(script: &PathBuf, seed: u32) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let out = directory.path().canonicalize().expect("it exists").join("out");
    let arguments =
        ["--projects", "50", "--artifacts", "30", "--deploy-fraction", "0.3", "--profiles"];
    let made = Command::new("python3")
        .arg(script)
        .arg(&out)
        .args(arguments)
        .args(["--seed", &seed.to_string()])
        .output()
        .expect("python3 is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let expected: Value =
        serde_json::from_slice(&std::fs::read(out.join("expected.json")).expect("written"))
            .expect("JSON");

    let status = Skillstat::status(out.join("root"));
    assert_eq!(status["problems"], json!([]), "seed {seed}");
    assert_eq!(
        status["projects"],
        expected["projects"].as_array().map_or(0, Vec::len),
        "seed {seed}"
    );
    let ours: serde_json::Map<_, _> = array(&status["artifacts"])
        .iter()
        .map(|artifact| {
            (
                artifact["artifact"].as_str().expect("a string").to_owned(),
                seeds_part(artifact, &out),
            )
        })
        .collect();
    // An artifact that is deployed nowhere is in no tracker, so it is not ours to name.
    let theirs: serde_json::Map<_, _> = expected["artifacts"]
        .as_object()
        .expect("an object")
        .iter()
        .filter(|(_, statistics)| statistics["total_deployments"] != 0)
        .map(|(id, statistics)| (id.clone(), statistics.clone()))
        .collect();
    assert_eq!(ours, theirs, "seed {seed}");
    let text = status.to_string();
    for too_deep in array(&expected["too_deep"]) {
        let path = format!("\"{}/{}\"", out.display(), too_deep.as_str().expect("a string"));
        assert!(!text.contains(&path), "seed {seed}: {path} is too deep");
    }
}

/// The fields that the testbed knows, with paths relative to it.
fn seeds_part(artifact: &Value, out: &std::path::Path) -> Value {
    let prefix = format!("{}/", out.display());
    let projects: Vec<_> = array(&artifact["projects"])
        .iter()
        .map(|project| {
            json!({
                "project_name": project["project_name"],
                "project_path": project["project_path"].as_str().and_then(|path| path.strip_prefix(&prefix)),
                "is_modified": project["is_modified"],
                "deployed_at": project["deployed_at"],
            })
        })
        .collect();
    json!({
        "total_deployments": artifact["total_deployments"],
        "modified_deployments": artifact["modified_deployments"],
        "projects": projects,
    })
}

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().expect("an array")
}
