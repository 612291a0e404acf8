//! File systems that tell nobody of changes made elsewhere.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// File systems whose changes come from other machines too, or from a program that tells nobody. Names as
/// in `/proc/self/mountinfo`; those with a dot after them name a program behind FUSE.
const SILENT: [&str; 14] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "ceph",
    "afs",
    "9p",
    "virtiofs",
    "fuse",
    "glusterfs",
    "lustre",
    "beegfs",
    "ocfs2",
];

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    /// Where it is mounted.
    pub(super) path: PathBuf,
    /// Its type.
    pub(super) kind: String,
}

impl Mount {
    /// Tells whether changes in it may go untold.
    pub(super) fn is_silent(&self) -> bool {
        let kind = self.kind.split('.').next().unwrap_or_default();
        SILENT.contains(&kind)
    }
}

/// Reads what is mounted; nothing where the system does not say.
pub(super) fn mounts() -> Vec<Mount> {
    parse(&fs::read("/proc/self/mountinfo").unwrap_or_default())
}

/// Returns the silent mounts that a directory lies on, or that lie below it.
pub(super) fn silent<'a>(mounts: &'a [Mount], directory: &Path) -> Vec<&'a Mount> {
    let on = mounts.iter().rev().filter(|mount| directory.starts_with(&mount.path));
    let on = on.max_by_key(|mount| mount.path.components().count());
    let below = mounts
        .iter()
        .filter(|mount| mount.path.starts_with(directory) && mount.path.as_path() != directory);
    on.into_iter().chain(below).filter(|mount| mount.is_silent()).collect()
}

/// Reads the lines of `mountinfo`: the fifth field is the place, and the first after a lone dash the type.
/// Source: `proc_pid_mountinfo(5)`.
fn parse(text: &[u8]) -> Vec<Mount> {
    let lines = text.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| {
            let mut fields = line.split(|byte| *byte == b' ');
            let path = unescaped(fields.nth(4)?);
            let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
            let path = PathBuf::from(std::ffi::OsStr::from_bytes(&path));
            Some(Mount { path, kind: String::from_utf8_lossy(kind).into_owned() })
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
        assert_eq!(names("/"), ["/mnt/team share", "/home/me/dev/far"]);
    }
}
