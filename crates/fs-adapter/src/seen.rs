//! Everything that was read of a copy, to be looked at again in the end: a hash of content that was
//! never there as a whole is none.

use std::ffi::CString;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::fs::{AtFlags, Stat, fstat, statat};

use crate::fault::is_absence;
use crate::links::{Links, Opened};
use crate::stamp::Stamp;

/// How many files and directories are kept open at once, by all threads together. Looking at an open
/// file again costs a fifth of looking at it by name, and most copies have few files; some systems let a
/// process have no more than 256 open.
const MAX_HELD: usize = 128;

/// How many are kept open now. Counted for the process because the system's limit is the process's;
/// it decides only what a second look costs.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// What was read so far.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// What is kept open. A change to it or its name shows in what the system says of it: a file that is
    /// replaced loses a name, and a directory in which a name is replaced has changed.
    held: Vec<(OwnedFd, Stamp)>,
    named: Vec<Named>,
}

/// Something to be found by its name again.
#[derive(Debug)]
struct Named {
    inside: CString,
    through_link: bool,
    stamp: Stamp,
}

impl Seen {
    /// Remembers a file that was read or a directory that was listed, as it was before.
    pub(crate) fn remember(
        &mut self,
        inside: &[u8],
        open: OwnedFd,
        stamp: Stamp,
        through_link: bool,
    ) {
        // The copy itself has no name below itself, so it is kept open whatever the number. What was
        // reached through a link is found by name again: the way there may lead elsewhere by then.
        let room = HELD.fetch_add(1, Ordering::Relaxed) < MAX_HELD && !through_link;
        if room || inside.is_empty() {
            self.held.push((open, stamp));
        } else {
            HELD.fetch_sub(1, Ordering::Relaxed);
            let inside = CString::new(inside).expect("the system's names hold no NUL");
            self.named.push(Named { inside, through_link, stamp });
        }
    }

    /// Tells whether everything is still as it was; names are looked up in the open directory `top`.
    pub(crate) fn unchanged(&self, links: &Links, top: Option<BorrowedFd<'_>>) -> io::Result<bool> {
        for (held, stamp) in &self.held {
            if Stamp::new(&fstat(held)?) != *stamp {
                return Ok(false);
            }
        }
        for named in &self.named {
            match named.stat(links, top) {
                Ok(stat) if Stamp::new(&stat) == named.stamp => {}
                Ok(_) => return Ok(false),
                Err(error) if is_absence(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        HELD.fetch_sub(self.held.len(), Ordering::Relaxed);
    }
}

impl Named {
    fn stat(&self, links: &Links, top: Option<BorrowedFd<'_>>) -> io::Result<Stat> {
        if self.through_link {
            return match links.open(self.inside.as_bytes())? {
                Opened::File { file, .. } => Ok(fstat(&file)?),
                Opened::Directory(_) | Opened::Neither => Err(io::ErrorKind::NotFound.into()),
            };
        }
        let top = top.expect("only what lies in a directory is found by name");
        Ok(statat(top, &self.inside, AtFlags::SYMLINK_NOFOLLOW)?)
    }
}
