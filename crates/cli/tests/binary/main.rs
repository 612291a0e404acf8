//! The real binary, where only a process will do: another user, exit codes, a closed pipe.

mod asking;
mod daemon;
mod fleet;
mod guarding;
mod log;
mod permissions;
mod process;
mod roots;
mod service;
mod serving;
mod sockets;
mod systemd;
mod time_zone;
mod unreadable;
mod vectors;
mod watching;
mod web_client;
mod writing;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A directory in which an unprivileged user may run the binary.
struct Sandbox {
    directory: tempfile::TempDir,
}

/// `nobody` on Linux.
const NOBODY: u32 = 65_534;

impl Sandbox {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        mode(directory.path(), 0o755);
        std::fs::copy(env!("CARGO_BIN_EXE_skillstat"), directory.path().join("skillstat"))
            .expect("copied");
        std::fs::create_dir(directory.path().join("tree")).expect("writable");
        Self { directory }
    }

    fn tree(&self) -> PathBuf {
        self.directory.path().join("tree")
    }

    /// The binary, run by somebody for whom permissions count: by `nobody` if we are root, else by
    /// us. The tree is theirs.
    fn unprivileged(&self) -> Command {
        let mut command = Command::new(self.directory.path().join("skillstat"));
        command.env_clear().current_dir(self.tree());
        if is_root() {
            use std::os::unix::process::CommandExt;
            own(&self.tree());
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("`id` is installed");
    id.stdout == b"0\n"
}

/// Gives a tree to `nobody`, links themselves and not what they lead to.
fn own(path: &Path) {
    std::os::unix::fs::lchown(path, Some(NOBODY), Some(NOBODY)).expect("root may");
    if path.symlink_metadata().expect("it is there").is_dir() {
        for entry in std::fs::read_dir(path).expect("root may") {
            own(&entry.expect("readable").path());
        }
    }
}

fn mode(path: &Path, mode: u32) {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(path, permissions).expect("ours");
}

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the binary runs");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (status.code(), text(&stdout), text(&stderr))
}
