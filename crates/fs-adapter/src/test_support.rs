//! What the tests of several files need: a tree on disk that a test describes.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, thread};

use camino::Utf8Path;
use rustix::fs::{CWD, Mode, mkfifoat};
use rustix::time::{ClockId, clock_gettime};
use skillstat_domain::ProjectPath;
use tempfile::TempDir;

use crate::index::{self, is_settled};
use crate::layout::TRACKER_FILE;

/// How long something may take that would otherwise take forever.
const PATIENCE: Duration = Duration::from_mins(1);

/// A directory of a test's own, removed in the end.
#[derive(Debug)]
pub(crate) struct TempTree {
    base: PathBuf,
    _directory: TempDir,
}

/// Every method that makes something makes the directories above it too.
impl TempTree {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { base: fs::canonicalize(directory.path()).unwrap(), _directory: directory }
    }

    /// Returns the absolute path; the empty path is the tree itself.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        let relative = relative.as_ref();
        if relative.as_os_str().is_empty() { self.base.clone() } else { self.base.join(relative) }
    }

    pub(crate) fn project(&self, relative: &str) -> ProjectPath {
        let path = self.path(relative);
        ProjectPath::new(Utf8Path::from_path(&path).unwrap()).unwrap()
    }

    pub(crate) fn directory(&self, relative: impl AsRef<Path>) -> &Self {
        fs::create_dir_all(self.path(relative)).unwrap();
        self
    }

    pub(crate) fn file(&self, relative: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.below(relative), content).unwrap();
        self
    }

    /// Makes an empty tracker.
    pub(crate) fn tracker(&self, profile_root: impl AsRef<Path>) -> &Self {
        self.file(profile_root.as_ref().join(TRACKER_FILE), "")
    }

    pub(crate) fn link(&self, relative: impl AsRef<Path>, target: impl AsRef<Path>) -> &Self {
        symlink(target, self.below(relative)).unwrap();
        self
    }

    pub(crate) fn fifo(&self, relative: impl AsRef<Path>) -> &Self {
        mkfifoat(CWD, self.below(relative), Mode::RUSR | Mode::WUSR).unwrap();
        self
    }

    pub(crate) fn socket(&self, relative: impl AsRef<Path>) -> &Self {
        drop(UnixListener::bind(self.below(relative)).unwrap());
        self
    }

    /// Makes a file of zeros that takes no room.
    pub(crate) fn hollow_file(&self, relative: impl AsRef<Path>, bytes: u64) -> &Self {
        fs::File::create(self.below(relative)).unwrap().set_len(bytes).unwrap();
        self
    }

    fn below(&self, relative: impl AsRef<Path>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }
}

/// Waits until what has been changed can be told from what changes now.
pub(crate) fn settle() {
    let now = clock_gettime(ClockId::Realtime);
    let changed = (now.tv_sec, now.tv_nsec | 1);
    while !is_settled(changed, index::now()) {
        thread::yield_now();
    }
}

/// A name that need not be UTF-8.
pub(crate) fn name(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// Runs what must not hang, and fails when it does.
#[track_caller]
pub(crate) fn finishes<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = mpsc::channel();
    let worker = thread::spawn(move || done.send(job()));
    let result = result.recv_timeout(PATIENCE).expect("neither hangs nor panics");
    worker.join().unwrap().unwrap();
    result
}
