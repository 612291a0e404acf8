//! Projects on disk, with records as SkillMeat writes them.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

/// A search root, which goes when this goes.
pub(crate) struct Tree(TempDir);

impl Tree {
    /// Writes so many projects, each with all of so many commands.
    pub(crate) fn new(projects: usize, artifacts: usize) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for project in 0..projects {
            let profile_root = directory.path().join(format!("group/project-{project}/.claude"));
            let commands = profile_root.join("commands");
            fs::create_dir_all(&commands).expect("writable");
            let mut tracker = String::new();
            for artifact in 0..artifacts {
                let name = format!("name-{artifact}");
                fs::write(commands.join(format!("{name}.md")), "edited\n").expect("writable");
                tracker.push_str(&record(&name));
            }
            fs::write(profile_root.join(".skillmeat-deployed.toml"), tracker).expect("writable");
        }
        Self(directory)
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.0.path().to_owned()
    }
}

fn record(name: &str) -> String {
    let hash = "ab".repeat(32);
    let mut record = "[[deployed]]\n".to_owned();
    for (key, value) in [
        ("artifact_name", name),
        ("artifact_type", "command"),
        ("from_collection", "default"),
        ("deployed_at", "2026-01-02T03:04:05.678901"),
        ("artifact_path", &format!("commands/{name}.md")),
        ("content_hash", &hash),
        ("deployment_profile_id", "claude_code"),
        ("platform", "claude_code"),
        ("profile_root_dir", ".claude"),
        ("collection_sha", &hash),
    ] {
        writeln!(record, "{key} = {value:?}").expect("a String");
    }
    record.push('\n');
    record
}
