//! Reading trackers against reading them as TOML into structs: `cargo bench -p skillstat-tests --bench
//! parse`.
//!
//! All trackers of the tree of `cold`, in memory, in turn on one thread. Ours makes records that are
//! checked and own what they hold; the structs borrow it, and nothing is looked at.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "../cold/floor.rs"]
mod floor;
#[path = "../cold/interleave.rs"]
mod interleave;
#[path = "../cold/tree.rs"]
mod tree;

use std::fs;

use interleave::{Side, compare};
use serde::Deserialize;
use skillstat_domain::ProfileRoot;
use skillstat_fs_adapter::TomlDeploymentReader;

/// A tracker as SkillMeat writes it.
#[derive(Deserialize)]
struct Tracker<'a> {
    #[serde(borrow, default)]
    deployed: Vec<Record<'a>>,
}

/// A record with all that the testbed's trackers say.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only read into")]
struct Record<'a> {
    artifact_name: &'a str,
    artifact_type: &'a str,
    from_collection: &'a str,
    deployed_at: &'a str,
    artifact_path: &'a str,
    content_hash: Option<&'a str>,
    local_modifications: Option<bool>,
    version_lineage: Option<Vec<&'a str>>,
    merge_base_snapshot: Option<&'a str>,
    deployment_profile_id: Option<&'a str>,
    platform: Option<&'a str>,
    profile_root_dir: Option<&'a str>,
    artifact_uuid: Option<&'a str>,
    collection_sha: &'a str,
}

fn main() {
    // Cargo runs benches for `cargo test` too, which only asks whether they work.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let tree = tree::build("medium");
    let trackers = floor::trackers(&tree.root, 3);
    let texts: Vec<_> = trackers
        .iter()
        .map(|tracker| fs::read_to_string(tracker).expect("the tracker is readable"))
        .collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{} projects, {} trackers, {bytes} bytes", tree.projects, texts.len());

    let profile_root = ProfileRoot::new(".claude").expect("it starts with a dot");
    let ours = || {
        let records = texts.iter().map(|text| {
            let read = TomlDeploymentReader::read_bytes("tracker", &profile_root, text.as_bytes());
            assert!(read.problems.is_empty());
            read.value.len()
        });
        records.sum()
    };
    let structs = || {
        let records = texts.iter().map(|text| {
            let tracker: Tracker<'_> = toml::from_str(text).expect("it is a tracker");
            tracker.deployed.len()
        });
        records.sum()
    };
    assert_eq!(ours(), structs());
    compare(
        "trackers into records / TOML into structs",
        21,
        &Side::new("skillstat", ours),
        &Side::new("toml", structs),
    );
}
