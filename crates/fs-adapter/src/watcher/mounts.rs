//! File systems that tell nobody of changes made elsewhere.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Where the system says what is mounted, for this process.
const TABLE: &str = "/proc/self/mountinfo";

/// File systems whose changes come from other machines too, or from a program that tells nobody. Names as
/// in `/proc/self/mountinfo`; those with a dot after them name a program behind FUSE.
const SILENT: [&str; 18] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "ceph",
    "afs",
    "9p",
    "virtiofs",
    "vboxsf",
    "prl_fs",
    "fuse",
    "glusterfs",
    "lustre",
    "beegfs",
    "ocfs2",
    "gfs2",
    "gpfs",
];

/// The type that is told of a directory which is shared with other machines, whatever it is on.
const SHARED: &str = "shared";

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mount {
    /// Where it is mounted.
    pub(super) path: PathBuf,
    /// Its type.
    pub(super) kind: String,
    /// Its number: what is mounted in the same place later has another one.
    pub(super) number: u32,
}

impl Mount {
    /// A directory that other machines write to as well; to be put after all that is mounted.
    pub(super) fn shared(path: PathBuf) -> Self {
        Self { path, kind: SHARED.to_owned(), number: 0 }
    }

    /// Tells whether changes in it may go untold.
    pub(super) fn is_silent(&self) -> bool {
        let kind = self.kind.split('.').next().unwrap_or_default();
        kind == SHARED || SILENT.contains(&kind)
    }
}

/// Reads what is mounted, what lies above after what it covers; nothing where the system does not say.
pub(super) fn mounts() -> Vec<Mount> {
    parse(&fs::read(TABLE).unwrap_or_default())
}

/// Returns the silent mounts that a directory lies on, or that lie below it.
pub(super) fn silent<'a>(mounts: &'a [Mount], directory: &Path) -> Vec<&'a Mount> {
    let on = mounts.iter().filter(|mount| directory.starts_with(&mount.path));
    let on = on.max_by_key(|mount| mount.path.components().count());
    let below = mounts
        .iter()
        .filter(|mount| mount.path.starts_with(directory) && mount.path.as_path() != directory);
    on.into_iter().chain(below).filter(|mount| mount.is_silent()).collect()
}

/// What is mounted, and what tells when that changes.
#[derive(Debug)]
pub(super) struct MountTable {
    table: Option<File>,
    mounts: BTreeSet<Mount>,
}

impl MountTable {
    pub(super) fn new() -> Self {
        // In this order: what is mounted from here on is told.
        let table = File::open(TABLE).ok();
        Self { table, mounts: mounts().into_iter().collect() }
    }

    /// Returns what has something urgent to tell when the mounts have changed, once for each time.
    /// Source: `proc_pid_mountinfo(5)`.
    pub(super) fn tells(&self) -> Option<BorrowedFd<'_>> {
        self.table.as_ref().map(AsFd::as_fd)
    }

    /// Looks again; returns where something has been mounted or unmounted.
    pub(super) fn changes(&mut self) -> BTreeSet<PathBuf> {
        let mounts = mounts().into_iter().collect();
        let before = std::mem::replace(&mut self.mounts, mounts);
        before.symmetric_difference(&self.mounts).map(|mount| mount.path.clone()).collect()
    }
}

/// Reads the lines of `mountinfo`: the first field is the number, the fifth the place, and the first after
/// a lone dash the type.
/// Source: `proc_pid_mountinfo(5)`.
fn parse(text: &[u8]) -> Vec<Mount> {
    let lines = text.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| {
            let mut fields = line.split(|byte| *byte == b' ');
            let number = str::from_utf8(fields.next()?).ok()?.parse().ok()?;
            let path = unescaped(fields.nth(3)?);
            let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
            let path = PathBuf::from(std::ffi::OsStr::from_bytes(&path));
            Some(Mount { path, kind: String::from_utf8_lossy(kind).into_owned(), number })
        })
        .collect()
}

/// Takes out `\040` and the like, by which spaces, tabs, line ends and backslashes are written.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut at = 0;
    while at < field.len() {
        let octal = field.get(at + 1..at + 4).and_then(|digits| str::from_utf8(digits).ok());
        let octal = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octal {
            Some(byte) if field[at] == b'\\' => {
                bytes.push(byte);
                at += 4;
            }
            _ => {
                bytes.push(field[at]);
                at += 1;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"\
22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw
30 22 0:26 / /mnt/team\\040share rw - nfs4 server:/x rw,vers=4.2
31 22 0:27 / /home/me/dev/far rw - fuse.sshfs me@far:/ rw
32 22 0:28 / /tmp rw - tmpfs tmpfs rw
33 22 0:29 / /srv rw - tmpfs tmpfs rw
34 33 0:30 / /srv rw - nfs server:/y rw
35 34 0:31 / /srv/here rw - ext4 /dev/disk rw
36 34 0:32 / /srv/both rw - nfs server:/z rw
37 36 0:33 / /srv/both rw - tmpfs tmpfs rw
";

    #[test]
    fn silent_file_systems_are_found_on_the_way_and_below() {
        let mounts = parse(TEXT);
        let names = |directory: &str| {
            let found = silent(&mounts, Path::new(directory));
            found.iter().map(|mount| mount.path.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(names("/mnt/team share/dev"), ["/mnt/team share"]);
        assert_eq!(names("/mnt/team share"), ["/mnt/team share"]);
        assert_eq!(names("/home/me"), ["/home/me/dev/far"]);
        assert_eq!(names("/tmp/x"), Vec::<String>::new());
        assert_eq!(names("/mnt/team"), Vec::<String>::new());
        assert_eq!(names("/home"), ["/home/me/dev/far"]);
        // What is mounted last covers the rest.
        assert_eq!(names("/srv/x"), ["/srv"]);
        assert_eq!(names("/srv/here/x"), Vec::<String>::new());
        assert_eq!(names("/srv/both"), Vec::<String>::new());
    }
}
