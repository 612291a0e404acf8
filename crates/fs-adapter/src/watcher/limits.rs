//! What the system allows, and what is used of it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What Linux allows a user's processes to watch, and what they watch now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WatchLimits {
    /// How many directories (`fs.inotify.max_user_watches`).
    pub watches: Option<u64>,
    /// How many watchers (`fs.inotify.max_user_instances`).
    pub instances: Option<u64>,
    /// How many events may wait for each (`fs.inotify.max_queued_events`).
    pub queued_events: Option<u64>,
    /// How many directories are watched.
    pub watches_used: u64,
    /// How many watchers there are.
    pub instances_used: u64,
}

impl WatchLimits {
    /// Asks the system. The use is that of all processes of this user that may be looked at; no limit
    /// is told where there is no inotify.
    pub fn read() -> Self {
        let limit = |name| {
            let path = Path::new("/proc/sys/fs/inotify").join(name);
            fs::read_to_string(path).ok()?.trim().parse().ok()
        };
        let (instances_used, watches_used) = used();
        Self {
            watches: limit("max_user_watches"),
            instances: limit("max_user_instances"),
            queued_events: limit("max_queued_events"),
            watches_used,
            instances_used,
        }
    }
}

/// Counts the watchers and watches of this user's processes: what the system says of each open
/// descriptor. Source: `proc_pid_fdinfo(5)`.
fn used() -> (u64, u64) {
    let user = rustix::process::geteuid().as_raw();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ours = processes.filter(|process| {
        let number = process.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok());
        number && process.metadata().is_ok_and(|metadata| metadata.uid() == user)
    });
    let (mut instances, mut watches) = (0, 0);
    for process in ours {
        let descriptors = fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        for descriptor in descriptors {
            let leads = fs::read_link(descriptor.path());
            if leads.is_ok_and(|leads| leads.as_os_str() == "anon_inode:inotify") {
                instances += 1;
                let info = process.path().join("fdinfo").join(descriptor.file_name());
                let info = fs::read_to_string(info).unwrap_or_default();
                let lines = info.lines().filter(|line| line.starts_with("inotify ")).count();
                watches += u64::try_from(lines).unwrap_or_default();
            }
        }
    }
    (instances, watches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::TempTree;
    use crate::watcher::kernel::{Inotify, Interest, Kernel};

    #[test]
    fn a_watch_of_ones_own_is_used() {
        let tree = TempTree::new();
        let kernel = Inotify::new().unwrap();
        let interest = Interest { content: false, through_link: false };
        kernel.watch(&tree.path(""), interest).unwrap();
        let limits = WatchLimits::read();
        assert!(limits.watches_used >= 1 && limits.instances_used >= 1, "{limits:?}");
        assert!(limits.watches.is_some_and(|most| most >= limits.watches_used), "{limits:?}");
        assert!(limits.instances.is_some() && limits.queued_events.is_some(), "{limits:?}");
    }
}
