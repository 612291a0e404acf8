//! The testbed's tree, made once.

use std::path::PathBuf;
use std::process::Command;

/// What the testbed is asked for.
pub(crate) struct Size {
    pub(crate) projects: u32,
    pub(crate) artifacts: u32,
    pub(crate) deploy_fraction: f32,
    pub(crate) noise_files: u32,
    pub(crate) seed: u32,
    pub(crate) profiles: bool,
}

/// A search root and how many projects a scanner finds in it.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    pub(crate) projects: usize,
}

/// Builds the tree, or takes the one an earlier run has built.
pub(crate) fn build(size: &Size) -> Tree {
    let directory = variable("BENCH_DIR", PathBuf::from("/dev/shm"));
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let script = variable("TESTBED", workspace.join("../shared/tools/testbed.py"));
    let Size { projects, artifacts, deploy_fraction, noise_files, seed, profiles } = size;
    let name = format!("skillstat-bench-{projects}-{artifacts}-{seed}");
    let out = directory.join(name);
    let expected = out.join("expected.json");
    if !expected.is_file() {
        let arguments = format!(
            "--projects {projects} --artifacts {artifacts} --deploy-fraction {deploy_fraction} --files-per-skill 6 \
             --noise-files {noise_files} --seed {seed} --modified-fraction 0.15{}",
            if *profiles { " --profiles" } else { "" }
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
