//! Locking what is written, by SkillMeat's protocol.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, major, minor, openat};
use skillstat_domain::DeployError;

use crate::Pause;
use crate::fault::{cannot_be, make_writable};

/// How often it is looked whether a lock is free. SkillMeat looks every 50 ms.
const POLL: Duration = Duration::from_millis(10);

/// Holds a lock: an exclusive `flock` on a file beside what is written. The file stays when the lock goes,
/// as everybody must open the same one.
///
/// # Source
///
/// SkillMeat 0.74.0, whose lock files are named by [`lock_file`](crate::layout::lock_file).
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

/// How long to wait for a lock, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience<'a> {
    /// In all.
    pub(crate) limit: Duration,
    /// By this.
    pub(crate) pause: &'a dyn Pause,
}

impl FileLock {
    /// Takes the lock `lock` in an open directory, whose path is for errors.
    ///
    /// # Errors
    ///
    /// - [`DeployError::Busy`] when another held it for the whole time.
    /// - [`DeployError::Failed`] when there can be no lock file.
    pub(crate) fn take(
        directory: BorrowedFd<'_>,
        (path, lock): (&str, &str),
        patience: Patience<'_>,
    ) -> Result<Self, DeployError> {
        let shown = format!("{path}/{lock}");
        let failed = |error: &io::Error| DeployError::Failed {
            path: shown.clone(),
            reason: cannot_be("locked", error),
            fix: make_writable(error).to_owned(),
        };
        let (file, stat) = open(directory, lock).map_err(|error| failed(&error))?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::Error(error)) => return Err(failed(&error)),
                Err(TryLockError::WouldBlock) if waited >= patience.limit => {
                    return Err(DeployError::Busy { lock: shown, waited, holder: holder(&stat) });
                }
                Err(TryLockError::WouldBlock) => {
                    patience.pause.pause(POLL);
                    waited += POLL;
                }
            }
        }
    }

    /// Tells whether somebody holds the lock `lock` now. Makes no file.
    pub(crate) fn is_held(directory: BorrowedFd<'_>, lock: &str) -> bool {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let opened = openat(directory, lock, flags, Mode::empty());
        opened.is_ok_and(|file| {
            matches!(File::from(file).try_lock_shared(), Err(TryLockError::WouldBlock))
        })
    }
}

fn open(directory: BorrowedFd<'_>, lock: &str) -> io::Result<(File, Stat)> {
    let flags =
        OFlags::CREATE | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file: OwnedFd = openat(directory, lock, flags, Mode::from_raw_mode(0o644))?;
    let stat = fstat(file.as_fd())?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    Ok((file.into(), stat))
}

/// Asks the system who holds the lock of a file, by number and name.
fn holder(file: &Stat) -> Option<String> {
    let device = file.st_dev;
    let wanted = format!("{:02x}:{:02x}:{}", major(device), minor(device), file.st_ino);
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let fields = locks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut held =
        fields.filter(|fields| fields.get(1) == Some(&"FLOCK") && fields.get(5) == Some(&&*wanted));
    let process = held.find_map(|fields| fields.get(4)?.parse::<u32>().ok())?;
    let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    Some(match name.trim() {
        "" => format!("process {process}"),
        name => format!("`{name}` (process {process})"),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::Sleep;
    use crate::test_support::TempTree;

    const LOCK: &str = "..tracker.skillmeat-lock";
    const SHORT: Patience<'_> = Patience { limit: Duration::from_millis(30), pause: &Sleep };

    fn take(tree: &TempTree) -> Result<FileLock, DeployError> {
        let directory = File::open(tree.path("")).unwrap();
        FileLock::take(directory.as_fd(), ("/shop/.claude", LOCK), SHORT)
    }

    #[test]
    fn whoever_waits_too_long_is_told_for_what_and_for_whom() {
        let tree = TempTree::new();
        let held = take(&tree).unwrap();
        assert!(tree.path(LOCK).is_file());
        let refused = take(&tree).unwrap_err();
        let DeployError::Busy { lock, waited, holder } = &refused else { panic!("{refused:?}") };
        assert_eq!(lock, "/shop/.claude/..tracker.skillmeat-lock", "two dots, as SkillMeat has it");
        assert_eq!(*waited, SHORT.limit);
        let me = format!("(process {})", std::process::id());
        assert!(holder.as_ref().is_some_and(|holder| holder.ends_with(&me)), "{holder:?}");
        assert!(refused.to_string().contains(&me), "{refused}");
        let directory = File::open(tree.path("")).unwrap();
        assert!(FileLock::is_held(directory.as_fd(), LOCK));
        drop(held);
        assert!(!FileLock::is_held(directory.as_fd(), LOCK));
        take(&tree).unwrap();
    }

    #[test]
    fn waiting_ends_as_soon_as_the_lock_is_free() {
        #[derive(Debug)]
        struct LetsGo(Mutex<(Option<FileLock>, usize)>);
        impl Pause for LetsGo {
            fn pause(&self, _time: Duration) {
                let mut held = self.0.lock().unwrap();
                held.1 += 1;
                if held.1 == 3 {
                    held.0 = None;
                }
            }
        }
        let tree = TempTree::new();
        let pause = LetsGo(Mutex::new((Some(take(&tree).unwrap()), 0)));
        let directory = File::open(tree.path("")).unwrap();
        let patience = Patience { limit: Duration::from_secs(10), pause: &pause };
        FileLock::take(directory.as_fd(), ("/x", LOCK), patience).unwrap();
        assert_eq!(pause.0.lock().unwrap().1, 3);
    }

    #[test]
    fn a_link_in_place_of_the_lock_is_not_followed() {
        let tree = TempTree::new();
        tree.link(LOCK, "elsewhere");
        assert!(matches!(take(&tree), Err(DeployError::Failed { .. })));
        assert!(!tree.path("elsewhere").try_exists().unwrap());
    }
}
