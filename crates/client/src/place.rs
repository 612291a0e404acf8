//! Whether a socket is one that only its owner can have put there.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use rustix::process::geteuid;
use tokio::net::UnixStream;

use crate::fault::Fault;

/// The bits that let group and others write.
const OTHERS_WRITE: u32 = 0o022;

/// Looks at the socket and its directory: whoever can write there could answer in the owner's place.
///
/// Between this look and connecting only the owner can put something else there.
pub(crate) fn check(socket: &Path) -> Result<(), Fault> {
    let directory = socket.parent().ok_or(Fault::Absent)?;
    check_one(directory, &fs::metadata(directory).map_err(absence)?)?;
    // What a link leads to is not in the directory that was looked at.
    let found = fs::symlink_metadata(socket).map_err(absence)?;
    if !found.file_type().is_socket() {
        return Err(not_private(socket, "is no socket"));
    }
    check_one(socket, &found)
}

fn check_one(path: &Path, found: &Metadata) -> Result<(), Fault> {
    if found.uid() != geteuid().as_raw() {
        Err(not_private(path, "belongs to another user"))
    } else if found.mode() & OTHERS_WRITE != 0 {
        Err(not_private(path, "can be written by others"))
    } else {
        Ok(())
    }
}

/// Asks the system whose process listens; root's may be one that a service manager has opened the
/// socket in.
pub(crate) fn check_peer(stream: &UnixStream) -> Result<(), Fault> {
    let peer = stream.peer_cred()?.uid();
    if peer == geteuid().as_raw() || peer == 0 { Ok(()) } else { Err(Fault::Foreign) }
}

/// Tells that nothing is there from that it cannot be reached.
pub(crate) fn absence(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::ConnectionRefused => Fault::Absent,
        _ => Fault::Io(error),
    }
}

fn not_private(path: &Path, why: &'static str) -> Fault {
    Fault::NotPrivate { path: path.display().to_string(), why }
}
