//! The testbed's tree, made once.

use std::path::PathBuf;
use std::process::Command;

/// Projects, artifacts, deploy fraction, noise files and seed of each size in the list of goals.
const SIZES: [(&str, [&str; 5]); 3] = [
    ("small", ["20", "20", "0.5", "5000", "1"]),
    ("medium", ["200", "60", "0.2", "50000", "2"]),
    ("large", ["2000", "150", "0.08", "400000", "3"]),
];

/// A search root and how many projects a scanner finds in it.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    pub(crate) projects: usize,
}

/// Builds the tree of a size, or takes the one an earlier run has built.
pub(crate) fn build(size: &str) -> Tree {
    let directory = variable("BENCH_DIR", PathBuf::from("/dev/shm"));
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let script = variable("TESTBED", workspace.join("../shared/tools/testbed.py"));
    let named = SIZES.iter().find(|(name, _)| *name == size);
    let (_, [projects, artifacts, deploy_fraction, noise_files, seed]) =
        named.expect("a size of the list");
    let name = format!("skillstat-bench-{projects}-{artifacts}-{seed}");
    let out = directory.join(name);
    let expected = out.join("expected.json");
    if !expected.is_file() {
        let arguments = format!(
            "--projects {projects} --artifacts {artifacts} --deploy-fraction {deploy_fraction} --files-per-skill 6 \
             --noise-files {noise_files} --seed {seed} --modified-fraction 0.15 \
             --profiles"
        );
        let arguments = arguments.split_whitespace();
        let made = Command::new("python3").arg(&script).arg(&out).args(arguments).output();
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

fn variable(name: &str, default: PathBuf) -> PathBuf {
    std::env::var_os(name).map_or(default, PathBuf::from)
}
