//! SkillMeat's own hashes of 49 trees, recorded from its code: `hash.json`.
//!
//! All run as an unprivileged user, because some depend on permissions.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::{Sandbox, mode, run};

#[test]
fn every_vector_agrees() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("hash.json")).expect("JSON");
    assert_eq!(vectors.len(), 49);
    for vector in &vectors {
        check(vector);
    }
}

fn check(vector: &Value) {
    let name = vector["name"].as_str().expect("a name");
    let sandbox = Sandbox::new();
    for entry in vector["tree"].as_array().expect("an array") {
        build(&sandbox.tree(), entry);
    }
    let mut command = sandbox.unprivileged();
    // Modes come last: a closed directory could not be filled, or handed on.
    for entry in vector["tree"].as_array().expect("an array") {
        if let Some(octal) = entry["mode"].as_str() {
            let octal = u32::from_str_radix(octal, 8).expect("octal");
            mode(&sandbox.tree().join(entry_path(entry)), octal);
        }
    }
    let path = match vector["hash_path"].as_str().expect("a path").strip_prefix("b64:") {
        Some(bytes) => decode(bytes),
        None => vector["hash_path"].as_str().expect("a path").into(),
    };
    let (code, out, err) = run(command.arg("hash").arg(&path));
    match (vector["sha256"].as_str(), vector["error"].as_str()) {
        (Some(hash), _) => {
            assert_eq!((code, out.get(..64)), (Some(0), Some(hash)), "{name}: {out}{err}");
        }
        (None, Some(error)) => {
            let reason = match error {
                "FileNotFoundError" => "does not exist",
                "ValueError" => "is neither a file nor a directory",
                "UnicodeEncodeError" => "not UTF-8",
                "PermissionError" => "permission denied",
                other => panic!("{name}: what is {other}?"),
            };
            assert_eq!((code, out.as_str()), (Some(3), ""), "{name}");
            assert!(err.contains(reason), "{name}: {err}");
        }
        _ => panic!("{name} has neither hash nor error"),
    }
    reopen(&sandbox.tree());
}

fn entry_path(entry: &Value) -> PathBuf {
    match entry["path_b64"].as_str() {
        Some(bytes) => PathBuf::from(decode(bytes)),
        None => PathBuf::from(entry["path"].as_str().expect("a path")),
    }
}

fn build(tree: &Path, entry: &Value) {
    let path = tree.join(entry_path(entry));
    fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
    match entry["type"].as_str().expect("a type") {
        "file" => {
            let content = entry["content_b64"].as_str().unwrap_or_default();
            fs::write(&path, BASE64_STANDARD.decode(content).expect("base64")).expect("writable");
        }
        "dir" => fs::create_dir_all(&path).expect("writable"),
        "symlink" => symlink(entry["target"].as_str().expect("a target"), &path).expect("writable"),
        "fifo" => {
            assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
        }
        other => panic!("what is a {other}?"),
    }
}

/// Opens closed directories again, so that the sandbox can be removed by anyone.
fn reopen(path: &Path) {
    if path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
        // Only an owner can; root need not.
        let _owned = fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755));
        fs::read_dir(path).into_iter().flatten().flatten().for_each(|entry| reopen(&entry.path()));
    }
}

fn decode(base64: &str) -> OsString {
    OsString::from_vec(BASE64_STANDARD.decode(base64).expect("base64"))
}
