//! A sketch as files in a temporary directory.

use std::fmt::Write as _;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::RecordedPath;
use skillstat_domain::testing::{
    CollectionSketch, CopySketch, RecordSketch, Sketch, TrackerSketch,
};
use tempfile::TempDir;

/// The directory, which goes when this goes.
#[derive(Debug)]
pub(crate) struct OnDisk {
    /// The search root, links resolved.
    pub(crate) root: Utf8PathBuf,
    /// SkillMeat's home.
    pub(crate) home: Utf8PathBuf,
    _directory: TempDir,
}

impl OnDisk {
    /// Writes everything in the order of the sketch, or backwards.
    pub(crate) fn new(sketch: &Sketch, backwards: bool) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let base = directory.path().canonicalize().expect("it exists");
        let base = Utf8PathBuf::from_path_buf(base).expect("temporary directories are UTF-8");
        let (root, home) = (base.join("root"), base.join("skillmeat"));
        create(&root);
        let mut trackers: Vec<_> = sketch.trackers.iter().collect();
        if backwards {
            trackers.reverse();
        }
        for ((project, profile_root), tracker) in trackers {
            write_tracker(&root.join(project).join(profile_root.as_str()), tracker, backwards);
        }
        if let Some(active) = &sketch.active_collection {
            create(&home);
            write(
                &home.join("config.toml"),
                format!("[settings]\ndefault-collection = {active:?}\n").as_bytes(),
            );
        }
        for (name, collection) in &sketch.collections {
            let directory = home.join("collections").join(name);
            write(&directory.join("collection.toml"), manifest(collection).as_bytes());
            for (path, content) in &collection.contents {
                write_copy(&directory.join(path), content, backwards);
            }
        }
        Self { root, home, _directory: directory }
    }
}

impl OnDisk {
    /// Where all of it lies.
    pub(crate) fn base(&self) -> &Utf8Path {
        self.root.parent().expect("the root lies in it")
    }
}

fn write_tracker(profile_root: &Utf8Path, tracker: &TrackerSketch, backwards: bool) {
    let mut text = String::new();
    match tracker {
        TrackerSketch::Broken => text.push_str("deployed = [\n"),
        TrackerSketch::Records(records) => {
            for record in records {
                text.push_str(&toml(record));
                if let Ok(path) = RecordedPath::new(&record.path).inside() {
                    write_copy(&profile_root.join(path), &record.copy, backwards);
                }
            }
            if records.is_empty() {
                text.push_str("deployed = []\n");
            }
        }
    }
    write(&profile_root.join(".skillmeat-deployed.toml"), text.as_bytes());
}

/// A record as SkillMeat writes it; strings of sketches need no escapes beyond those of Rust.
fn toml(record: &RecordSketch) -> String {
    let RecordSketch { kind, name, path, deployed_at, baseline, copy: _ } = record;
    let mut text = format!(
        "[[deployed]]\nartifact_name = {name:?}\nartifact_type = {kind:?}\nfrom_collection = \"default\"\n\
         deployed_at = {deployed_at:?}\nartifact_path = {path:?}\nlocal_modifications = false\n"
    );
    if let Some(baseline) = baseline {
        write!(text, "content_hash = {baseline:?}\ncollection_sha = {baseline:?}\n")
            .expect("a String");
    }
    text.push('\n');
    text
}

/// Puts something at a path, in the place of what is there.
pub(crate) fn put(path: &Utf8Path, copy: &CopySketch) {
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
        fs::remove_dir_all(path).expect("the directory is writable");
    }
    write_copy(path, copy, false);
}

fn write_copy(path: &Utf8Path, copy: &CopySketch, backwards: bool) {
    match copy {
        CopySketch::Missing => {}
        CopySketch::File(content) => write(path, content),
        CopySketch::Directory(files) => {
            create(path);
            let mut files: Vec<_> = files.iter().collect();
            if backwards {
                files.reverse();
            }
            for (file, content) in files {
                write(&path.join(file), content);
            }
        }
    }
}

fn manifest(collection: &CollectionSketch) -> String {
    let mut text = "[collection]\nname = \"x\"\nversion = \"1.0.0\"\n\n".to_owned();
    for (kind, name, path) in &collection.artifacts {
        write!(
            text,
            "[[artifacts]]\nname = {name:?}\ntype = {kind:?}\npath = {path:?}\norigin = \"local\"\n\
             added = \"2026-01-02T03:04:05\"\n\n"
        )
        .expect("a String");
    }
    text.push_str(&"[[artifacts]]\ntype = \"skill\"\n\n".repeat(collection.bad_entries));
    text
}

fn write(path: &Utf8Path, content: &[u8]) {
    create(path.parent().expect("a file lies in a directory"));
    fs::write(path, content).expect("the directory is writable");
}

fn create(path: &Utf8Path) {
    fs::create_dir_all(path).expect("the directory is writable");
}
