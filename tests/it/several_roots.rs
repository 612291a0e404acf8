//! What the testbed does not hold: one artifact in two profile roots of a project, and a collection.

use serde_json::json;
use skillstat_domain::testing::{
    CollectionSketch, CopySketch, RecordSketch, Sketch, TrackerSketch,
};

use crate::support::{OnDisk, Skillstat, hash_copy};

fn record(name: &str, content: &str, deployed_at: &str) -> RecordSketch {
    let copy = CopySketch::File(content.as_bytes().to_vec());
    RecordSketch {
        kind: "command".to_owned(),
        name: name.to_owned(),
        path: format!("commands/{name}"),
        deployed_at: deployed_at.to_owned(),
        baseline: Some(hash_copy(&CopySketch::File(b"text".to_vec())).to_string()),
        copy,
    }
}

fn tracker(records: Vec<RecordSketch>) -> TrackerSketch {
    TrackerSketch::Records(records)
}

#[test]
fn a_project_with_two_copies_is_one_entry_and_its_worst_state_counts() {
    let disk = OnDisk::new(
        &Sketch::default()
            .tracker("shop", ".agents", tracker(vec![record("review.md", "edited", "2026-01-01")]))
            .tracker(
                "shop",
                ".claude",
                tracker(vec![record("review.md", "text", "2026-01-02T03:04:05")]),
            ),
        false,
    );
    let status = Skillstat::status(&disk.root);
    let review = &status["artifacts"][0];
    assert_eq!(review["artifact"], "command:review");
    assert_eq!(
        (&review["total_deployments"], &review["modified_deployments"]),
        (&json!(1), &json!(1))
    );
    let shop = &review["projects"][0];
    assert_eq!(shop["deployed_at"], "2026-01-02T03:04:05", "that of the copy in .claude");
    assert_eq!((&shop["is_modified"], &shop["state"]), (&json!(true), &json!("modified")));
    let copies: Vec<_> = shop["copies"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|copy| (copy["profile_root"].as_str(), copy["state"].as_str(), copy["path"].as_str()))
        .collect();
    let expected = [
        (Some(".claude"), Some("synced"), Some("commands/review.md")),
        (Some(".agents"), Some("modified"), Some("commands/review.md")),
    ];
    assert_eq!(copies, expected);
    assert_eq!(
        shop["copies"][1]["current"],
        hash_copy(&CopySketch::File(b"edited".to_vec())).to_string()
    );

    let projects = Skillstat::at("/").json(&["--root", disk.root.as_str(), "projects"]);
    let shop = &projects["projects"][0];
    assert_eq!(
        (&shop["deployment_count"], &shop["modified_count"]),
        (&json!(2), &json!(1)),
        "copies"
    );
}

#[test]
fn all_adds_what_only_the_collection_has() {
    let entry = |name: &str| ("command".to_owned(), name.to_owned(), format!("commands/{name}"));
    let collection = CollectionSketch {
        artifacts: vec![entry("review.md"), entry("idle.md")],
        bad_entries: 1,
        ..CollectionSketch::default()
    };
    let mut sketch = Sketch::default().tracker(
        "shop",
        ".claude",
        tracker(vec![record("review", "text", "2026-01-01")]),
    );
    sketch.collections.insert("default".to_owned(), collection);
    let disk = OnDisk::new(&sketch, false);
    let status = |arguments: &[&str]| {
        let global = ["--root", disk.root.as_str(), "--skillmeat-home", disk.home.as_str()];
        Skillstat::at("/").json(&[&global, arguments].concat())
    };
    let ids = |status: &serde_json::Value| -> Vec<String> {
        let artifacts = status["artifacts"].as_array().expect("an array");
        artifacts
            .iter()
            .map(|artifact| artifact["artifact"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(ids(&status(&["status"])), ["command:review"]);
    let all = status(&["status", "--all"]);
    assert_eq!(ids(&all), ["command:idle", "command:review"]);
    assert_eq!(all["artifacts"][0]["total_deployments"], 0);
    assert_eq!(all["problems"][0]["kind"], "malformed_manifest");
    // An artifact of the collection is a name to ask for, wherever it is not deployed.
    let idle = Skillstat::at("/").run(&[
        "--root",
        disk.root.as_str(),
        "--skillmeat-home",
        disk.home.as_str(),
        "show",
        "idle",
    ]);
    assert_eq!(idle.out, "command:idle: in 0 projects, modified in 0\n");
}
