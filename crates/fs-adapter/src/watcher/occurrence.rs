//! What inotify's flags say.

use std::ffi::OsStr;

use rustix::fs::inotify::ReadFlags;

/// What happened to an entry of a directory, or to the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occurrence {
    /// An entry is there that was not, or is another one.
    Came {
        /// Whether it is a directory, and no link to one.
        directory: bool,
    },
    /// An entry is there no more.
    Went,
    /// A file was written to, or its permissions were set.
    Touched,
    /// The permissions of a directory were set: it may be readable now, or no more.
    Reopened,
    /// The directory itself has been moved or removed.
    Gone {
        /// Whether its watch has ended with that.
        ended: bool,
    },
}

impl Occurrence {
    /// Reads the flags of an event about the entry `name`, which is empty for the directory itself;
    /// nothing when they mean nothing here.
    pub(super) fn new(flags: ReadFlags, name: &OsStr) -> Option<Self> {
        let has = |some: ReadFlags| flags.intersects(some);
        let directory = has(ReadFlags::ISDIR);
        if name.is_empty() {
            return if has(ReadFlags::IGNORED) {
                Some(Self::Gone { ended: true })
            } else if has(ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::UNMOUNT) {
                Some(Self::Gone { ended: false })
            } else {
                None
            };
        }
        if has(ReadFlags::CREATE | ReadFlags::MOVED_TO) {
            Some(Self::Came { directory })
        } else if has(ReadFlags::DELETE | ReadFlags::MOVED_FROM) {
            Some(Self::Went)
        } else if has(ReadFlags::ATTRIB) && directory {
            Some(Self::Reopened)
        } else if has(ReadFlags::MODIFY | ReadFlags::ATTRIB) {
            Some(Self::Touched)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_say_what_happened() {
        use Occurrence::{Came, Gone, Reopened, Touched, Went};
        use ReadFlags as F;
        let cases = [
            (F::CREATE, "a", Some(Came { directory: false })),
            (F::CREATE | F::ISDIR, "a", Some(Came { directory: true })),
            (F::MOVED_TO, "a", Some(Came { directory: false })),
            (F::MOVED_TO | F::ISDIR, "a", Some(Came { directory: true })),
            (F::DELETE | F::ISDIR, "a", Some(Went)),
            (F::MOVED_FROM, "a", Some(Went)),
            (F::MODIFY, "a", Some(Touched)),
            (F::ATTRIB, "a", Some(Touched)),
            (F::ATTRIB | F::ISDIR, "a", Some(Reopened)),
            (F::OPEN, "a", None),
            (F::ATTRIB | F::ISDIR, "", None),
            (F::DELETE_SELF, "", Some(Gone { ended: false })),
            (F::MOVE_SELF, "", Some(Gone { ended: false })),
            (F::UNMOUNT, "", Some(Gone { ended: false })),
            (F::IGNORED, "", Some(Gone { ended: true })),
        ];
        for (flags, name, expected) in cases {
            assert_eq!(Occurrence::new(flags, OsStr::new(name)), expected, "{flags:?} {name:?}");
        }
    }
}
