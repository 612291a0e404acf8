//! The rules of ARCHITECTURE.md that a machine can hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::workspace;

/// Which of our crates may depend on which, normally. A crate that is not here has no place yet.
const EDGES: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("wire", &["domain"]),
    ("fs-adapter", &["domain"]),
    ("cache", &["domain"]),
    ("http", &["domain", "wire"]),
    ("client", &["domain", "wire"]),
    ("fleet", &["domain", "wire"]),
    ("app", &["cache", "client", "domain", "fleet", "fs-adapter"]),
    ("cli", &["app", "domain", "http", "wire"]),
    ("tests", &[]),
];

/// Who may depend on an outside library, normally. A library that is not here has no owner yet.
const OWNERS: [(&str, &[&str]); 58] = [
    ("anstream", &["cli"]),
    ("anstyle", &["cli"]),
    ("anyhow", &["app", "cli"]),
    ("async-trait", &["domain", "cache", "client", "fleet"]),
    ("axum", &["http"]),
    ("base64", &["http"]),
    ("camino", &["domain", "wire", "fs-adapter", "cache", "fleet", "app", "http"]),
    ("cap-std", &["fs-adapter"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("comfy-table", &["cli"]),
    ("foldhash", &["cache", "fs-adapter"]),
    ("globset", &["fs-adapter"]),
    ("form_urlencoded", &["http"]),
    ("futures-util", &["http"]),
    ("http-body-util", &["client"]),
    ("hyper", &["http", "client"]),
    ("hyper-util", &["http", "client"]),
    ("imara-diff", &["domain"]),
    ("indicatif", &["cli"]),
    ("jiff", &["domain", "app", "http"]),
    ("listenfd", &["cli"]),
    ("metrics", &["http"]),
    ("metrics-exporter-prometheus", &["http"]),
    // Optional: the mocks behind feature `test-util`.
    ("mockall", &["domain"]),
    ("notify", &["fs-adapter"]),
    ("postcard", &["fs-adapter"]),
    ("quick_cache", &["cache", "http"]),
    ("redis", &["fleet"]),
    ("rustix", &["fs-adapter", "client", "app", "cli"]),
    ("rustls", &["fleet"]),
    ("sd-notify", &["cli"]),
    ("serde", &["wire", "fs-adapter", "http", "client", "cli"]),
    ("serde_json", &["http", "client", "fleet", "app", "cli"]),
    ("sha2", &["fs-adapter", "app"]),
    // Only with `--cfg shuttle`.
    ("shuttle", &["cache", "fleet"]),
    ("strsim", &["app"]),
    ("subtle", &["http"]),
    // Only with `test-util`.
    ("tempfile", &["fs-adapter"]),
    ("terminal_size", &["cli"]),
    ("thiserror", &["domain", "wire", "fs-adapter", "client", "fleet", "app"]),
    ("tokio", &["cache", "http", "client", "fleet", "app", "cli"]),
    ("toml", &["fs-adapter", "app"]),
    ("tower-http", &["http"]),
    ("tracing", &["http", "cli"]),
    ("tracing-subscriber", &["cli"]),
    ("utoipa", &["http", "wire"]),
    ("utoipa-axum", &["http"]),
    // Only with `test-util`.
    ("walkdir", &["fs-adapter"]),
    ("skillstat-app", &["cli"]),
    ("skillstat-cache", &["app"]),
    ("skillstat-client", &["app"]),
    ("skillstat-domain", &["wire", "fs-adapter", "cache", "http", "client", "fleet", "app", "cli"]),
    ("skillstat-fleet", &["app"]),
    ("skillstat-fs-adapter", &["app"]),
    ("skillstat-http", &["cli"]),
    ("skillstat-wire", &["http", "client", "fleet", "cli"]),
];

#[test]
fn our_crates_depend_on_each_other_as_drawn() {
    let edges: BTreeMap<_, BTreeSet<_>> = EDGES
        .iter()
        .map(|(name, edges)| {
            ((*name).to_owned(), edges.iter().map(|edge| (*edge).to_owned()).collect())
        })
        .collect();
    let mut found = BTreeMap::new();
    for package in packages() {
        let ours = dependencies(&package)
            .filter_map(|dependency| dependency.strip_prefix("skillstat-").map(str::to_owned));
        found.insert(short_name(&package), ours.collect::<BTreeSet<_>>());
    }
    assert_eq!(found, edges);
}

#[test]
fn every_outside_library_has_its_owners() {
    let owners: BTreeMap<_, _> = OWNERS.iter().copied().collect();
    for package in packages() {
        let name = short_name(&package);
        for dependency in dependencies(&package) {
            let owners = owners.get(dependency.as_str());
            let owners = owners
                .unwrap_or_else(|| panic!("`{dependency}` of {name} has no owner: give it one"));
            assert!(
                owners.contains(&name.as_str()),
                "`{dependency}` belongs to {owners:?}, not to {name}"
            );
        }
    }
}

#[test]
fn no_mock_is_in_a_shipped_build() {
    let tree = cargo(&[
        "tree",
        "-p",
        "skillstat-cli",
        "-e",
        "normal",
        "--prefix",
        "none",
        "--locked",
        "--offline",
    ]);
    assert!(tree.contains("skillstat-domain"), "the tree is a tree: {tree}");
    for mock in ["mockall", "tempfile"] {
        assert!(!tree.contains(mock), "{mock} is in the shipped build");
    }
}

#[test]
fn licences_are_permissive() {
    const ALLOWED: [&str; 11] = [
        "MIT",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "ISC",
        "Unicode-3.0",
        "Unlicense",
        "Zlib",
    ];
    let metadata = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--filter-platform",
        "x86_64-unknown-linux-gnu",
        "--locked",
        "--offline",
    ]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo prints JSON");
    for package in metadata["packages"].as_array().expect("an array") {
        let licence = package["license"]
            .as_str()
            .unwrap_or_else(|| panic!("no licence: {}", package["name"]))
            // One package writes the word so.
            .replace(" or ", " OR ");
        // One of several is enough; of those joined by AND each is needed.
        let fine = licence.split(" AND ").all(|part| {
            part.trim_matches(['(', ')'])
                .split(" OR ")
                .flat_map(|one| one.split('/'))
                .any(|one| ALLOWED.contains(&one.trim_matches(['(', ')', ' '])))
        });
        assert!(fine, "{} is licensed {licence}", package["name"]);
    }
}

#[test]
fn files_open_with_a_module_doc_and_are_short() {
    let mut files = 0;
    for path in rust_files() {
        let text = fs::read_to_string(&path).expect("readable");
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//!") || first.starts_with("#![doc"),
            "{} says not what it is for",
            path.display()
        );
        let lines = text.lines().count();
        assert!(lines <= 400, "{} has {lines} lines", path.display());
        assert_ne!(
            path.file_name(),
            Some("mod.rs".as_ref()),
            "{} is to be named after its module",
            path.display()
        );
        for unfinished in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")] {
            assert!(!text.contains(unfinished), "{} holds a {unfinished}", path.display());
        }
        files += 1;
    }
    assert!(files > 60, "only {files} files were looked at");
}

#[test]
fn the_domain_knows_nothing_that_runs() {
    check_absent(
        "crates/domain/src",
        &[
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::thread",
            "Instant::now",
            "SystemTime",
        ],
    );
}

#[test]
fn the_cache_knows_no_time_but_its_clocks() {
    // So the wall clock, set back or forward, changes nothing.
    check_absent("crates/cache/src", &["Instant", "SystemTime", "Timestamp"]);
}

#[test]
fn only_main_reads_what_the_process_was_started_with() {
    let reading = [
        "env::var",
        "env::args",
        "env::home_dir",
        "env::current_dir",
        "env::temp_dir",
        "io::stdin",
    ];
    check_absent("crates", &reading);
}

/// Looks for words in the shipped code below a directory; `main.rs`, examples and tests may have them.
#[track_caller]
fn check_absent(below: &str, words: &[&str]) {
    let mut files = 0;
    for path in rust_files().iter().filter(|path| path.starts_with(workspace().join(below))) {
        let other = ["tests", "tests.rs", "main.rs", "examples"];
        if path.iter().any(|part| other.iter().any(|other| part == *other)) {
            continue;
        }
        let text = fs::read_to_string(path).expect("readable");
        for word in words {
            assert!(!text.contains(word), "{} holds `{word}`", path.display());
        }
        files += 1;
    }
    assert!(files > 10, "only {files} files were looked at");
}

#[test]
fn every_story_is_told() {
    let main = fs::read_to_string(workspace().join("tests/it/main.rs")).expect("readable");
    for entry in fs::read_dir(workspace().join("tests/it")).expect("readable") {
        let path = entry.expect("readable").path();
        if path.extension() == Some("rs".as_ref()) && path.file_name() != Some("main.rs".as_ref()) {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            assert!(main.contains(&format!("mod {name};")), "{name} is not in main.rs");
        }
    }
}

fn packages() -> Vec<Value> {
    let metadata =
        cargo(&["metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo prints JSON");
    metadata["packages"].as_array().expect("an array").clone()
}

fn short_name(package: &Value) -> String {
    let name = package["name"].as_str().expect("a name");
    name.strip_prefix("skillstat-").expect("our crates share a prefix").to_owned()
}

/// The names of what a package needs to run, without what only its tests need.
fn dependencies(package: &Value) -> impl Iterator<Item = String> + '_ {
    let dependencies = package["dependencies"].as_array().expect("an array").iter();
    dependencies
        .filter(|dependency| dependency["kind"] != "dev")
        .map(|dependency| dependency["name"].as_str().expect("a name").to_owned())
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(workspace())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

fn rust_files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "-co", "--exclude-standard", "*.rs"])
        .current_dir(workspace())
        .output();
    let listed = String::from_utf8(listed.expect("git runs").stdout).expect("our names are UTF-8");
    listed.lines().map(|line| workspace().join(Path::new(line))).collect()
}
