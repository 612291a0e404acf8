//! The testbed's tree, made once.

use std::path::PathBuf;
use std::process::Command;

/// What is measured on.
const ARGUMENTS: [&str; 14] = [
    "--projects",
    "200",
    "--artifacts",
    "60",
    "--deploy-fraction",
    "0.2",
    "--files-per-skill",
    "6",
    "--noise-files",
    "50000",
    "--seed",
    "1",
    "--modified-fraction",
    "0.15",
];

/// A search root and how many projects a scanner finds in it.
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    pub(crate) projects: usize,
}

/// Builds the tree, or takes the one an earlier run has built.
pub(crate) fn build() -> Tree {
    let variable =
        |name: &str, default: PathBuf| std::env::var_os(name).map_or(default, PathBuf::from);
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let script = variable("TESTBED", workspace.join("../shared/tools/testbed.py"));
    let out = variable("BENCH_DIR", PathBuf::from("/dev/shm")).join("skillstat-bench-200-60-1");
    let expected = out.join("expected.json");
    if !expected.is_file() {
        let made = Command::new("python3").arg(&script).arg(&out).args(ARGUMENTS).output();
        let made = made.expect("python3 is installed");
        assert!(
            made.status.success(),
            "{}: {}",
            script.display(),
            String::from_utf8_lossy(&made.stderr)
        );
    }
    let expected = std::fs::read(expected).expect("the testbed wrote it");
    let expected: serde_json::Value = serde_json::from_slice(&expected).expect("it is JSON");
    let projects = expected["projects"].as_array().map_or(0, Vec::len);
    Tree { root: out.join("root"), projects }
}
