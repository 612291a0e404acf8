//! A socket that only its owner can open.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

/// What group and others may do with a file.
const OTHERS: u32 = 0o077;

/// The file of a socket; it is removed when this goes.
///
/// A lock beside it says whose it is: the kernel lets go of it with the process, however that ends,
/// so what a killed service left behind is told from what a running one listens on.
#[derive(Debug)]
pub struct PrivateSocket {
    path: PathBuf,
    _lock: File,
}

impl PrivateSocket {
    /// Listens at `path`, mode 600, in a directory that is its owner's alone; the directory is made
    /// if it is not there.
    ///
    /// # Errors
    ///
    /// Fails when another service listens there, when others may enter the directory, when there is
    /// something else than a socket, or when the socket cannot be made; says what to do.
    pub fn bind(path: &Path) -> anyhow::Result<(Self, UnixListener)> {
        let shown = path.display();
        let directory = path.parent().with_context(|| format!("`{shown}` is in no directory"))?;
        make_private(directory)?;
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.with_added_extension("lock"))
            .with_context(|| format!("failed to make the lock of `{shown}`"))?;
        if lock.try_lock().is_err() {
            bail!("another service listens on `{shown}`");
        }
        remove_stale(path)?;
        let listener =
            UnixListener::bind(path).with_context(|| format!("failed to listen on `{shown}`"))?;
        fs::set_permissions(path, PermissionsExt::from_mode(0o600))
            .with_context(|| format!("failed to close `{shown}` to others"))?;
        Ok((Self { path: path.to_owned(), _lock: lock }, listener))
    }
}

impl Drop for PrivateSocket {
    fn drop(&mut self) {
        // Whoever removed it already, or its directory, has done what this is for.
        let _gone = fs::remove_file(&self.path);
    }
}

/// Makes a directory for the user alone, or looks whether it is one.
fn make_private(directory: &Path) -> anyhow::Result<()> {
    let shown = directory.display();
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .with_context(|| format!("failed to make `{shown}`"))?;
    let metadata =
        fs::metadata(directory).with_context(|| format!("failed to look at `{shown}`"))?;
    let user = rustix::process::geteuid().as_raw();
    ensure!(
        metadata.uid() == user,
        "`{shown}` belongs to another user, who could replace a socket in it"
    );
    ensure!(
        metadata.mode() & OTHERS == 0,
        "others may enter `{shown}`: `chmod 700 {shown}`, or choose another place with `--socket`"
    );
    Ok(())
}

/// Removes a socket that nobody listens on any more.
fn remove_stale(path: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("failed to look at `{shown}`")),
        Ok(found) if !found.file_type().is_socket() => {
            bail!("`{shown}` is there and no socket: remove it, or choose another place")
        }
        // One that was not made here has no lock.
        Ok(_) if UnixStream::connect(path).is_ok() => bail!("another service listens on `{shown}`"),
        Ok(_) => fs::remove_file(path).with_context(|| format!("failed to replace `{shown}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("skillstat/a.sock");
        (directory, path)
    }

    #[track_caller]
    fn refused(path: &Path) -> String {
        format!("{:#}", PrivateSocket::bind(path).unwrap_err())
    }

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn it_is_its_owners_alone_and_gone_in_the_end() {
        let (_directory, path) = place();
        let (socket, listener) = PrivateSocket::bind(&path).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        UnixStream::connect(&path).unwrap();
        drop((socket, listener));
        assert!(fs::symlink_metadata(&path).is_err());
    }

    #[test]
    fn what_a_killed_service_left_is_replaced() {
        let (_directory, path) = place();
        DirBuilder::new().mode(0o700).create(path.parent().unwrap()).unwrap();
        drop(UnixListener::bind(&path).unwrap());
        assert!(fs::symlink_metadata(&path).is_ok(), "the file outlives its listener");
        let (_socket, _listener) = PrivateSocket::bind(&path).unwrap();
        UnixStream::connect(&path).unwrap();
    }

    #[test]
    fn what_another_listens_on_is_left_alone() {
        let (_directory, path) = place();
        let (_socket, listener) = PrivateSocket::bind(&path).unwrap();
        assert!(refused(&path).contains("another service listens"));
        drop(listener);
        assert!(refused(&path).contains("another service listens"), "it may be about to");
        let foreign = path.with_file_name("b.sock");
        let _listener = UnixListener::bind(&foreign).unwrap();
        assert!(refused(&foreign).contains("another service listens"));
        UnixStream::connect(&foreign).unwrap();
    }

    #[test]
    fn a_file_is_not_replaced() {
        let (_directory, path) = place();
        DirBuilder::new().mode(0o700).create(path.parent().unwrap()).unwrap();
        fs::write(&path, "precious").unwrap();
        assert!(refused(&path).contains("no socket"));
        assert_eq!(fs::read(&path).unwrap(), b"precious");
    }

    #[test]
    fn a_directory_that_others_may_enter_is_refused() {
        let (directory, path) = place();
        DirBuilder::new().mode(0o750).create(path.parent().unwrap()).unwrap();
        assert!(refused(&path).contains("chmod 700"));
        let mut of_another = PathBuf::from("/");
        if rustix::process::geteuid().is_root() {
            of_another = directory.path().join("other");
            DirBuilder::new().mode(0o700).create(&of_another).unwrap();
            std::os::unix::fs::chown(&of_another, Some(65_534), None).unwrap();
        }
        assert!(refused(&of_another.join("a.sock")).contains("another user"));
    }
}
