//! The key of those who may write, in a file that only its owner can read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, bail, ensure};

/// The shortest key that is taken from a file somebody wrote.
const SHORTEST: usize = 16;

/// What group and others may do with a file.
const OTHERS: u32 = 0o077;

/// Reads the key.
///
/// # Errors
///
/// Fails when there is no file, when others may read it, or when the key is shorter than 16
/// characters; says what to do.
pub fn read_key(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let wanted = format!(": write one of at least {SHORTEST} characters there, mode 600");
    let key = read_private(path, "key", &wanted)?.trim().to_owned();
    if key.len() < SHORTEST {
        bail!("the key in `{shown}` is shorter than {SHORTEST} characters: write a longer one");
    }
    Ok(key)
}

/// Reads a password that somebody else made, of whatever length: the first line of a file.
///
/// # Errors
///
/// Fails when there is no file, when others may read it, or when it is empty; says what to do.
#[cfg(feature = "redis")]
pub(crate) fn read_password(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let text = read_private(path, "password", "")?;
    let password = text.lines().next().unwrap_or_default();
    ensure!(
        !password.is_empty(),
        "there is no password in `{shown}`: write it into the first line"
    );
    Ok(password.to_owned())
}

/// Reads a file that is to be its owner's alone: the very file that was looked at.
fn read_private(path: &Path, what: &str, wanted: &str) -> anyhow::Result<String> {
    let shown = path.display();
    let failed = || format!("failed to read the {what} in `{shown}`{wanted}");
    let file = File::open(path).with_context(failed)?;
    let of_others = file.metadata().with_context(failed)?.permissions().mode() & OTHERS;
    ensure!(of_others == 0, "others may read the {what} in `{shown}`: `chmod 600 {shown}`");
    io::read_to_string(file).with_context(failed)
}

/// Reads the key, and makes one of 256 random bits if there is no file yet or an empty one: the file with
/// mode 600, its directory, if that is not there either, with mode 700.
///
/// # Errors
///
/// As [`read_key`], and when the file cannot be made.
pub fn read_or_make_key(path: &Path) -> anyhow::Result<String> {
    if let Some(directory) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .with_context(|| format!("failed to make `{}`", directory.display()))?;
    }
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    match file {
        Ok(file) => fill(file)
            .with_context(|| format!("failed to write the key into `{}`", path.display()))?,
        // There is one that is only to be read.
        Err(_) if fs::metadata(path).is_ok() => {}
        Err(error) => {
            return Err(error).with_context(|| format!("failed to make `{}`", path.display()));
        }
    }
    read_key(path)
}

/// Writes a key into a file that has none, unless others may read it. Locked, so that who starts at the
/// same time waits for it.
fn fill(mut file: File) -> anyhow::Result<()> {
    if file.metadata()?.len() > 0 {
        return Ok(());
    }
    file.lock()?;
    let metadata = file.metadata()?;
    if metadata.len() == 0 && metadata.permissions().mode() & OTHERS == 0 {
        file.write_all(random_key()?.as_bytes())?;
        file.sync_all()?;
    }
    Ok(())
}

/// Returns 64 random hex digits, which nobody can guess.
///
/// # Errors
///
/// Fails when the system has no random bytes.
pub fn random_key() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    let mut filled = 0;
    while filled < bytes.len() {
        let flags = rustix::rand::GetRandomFlags::empty();
        filled += rustix::rand::getrandom(&mut bytes[filled..], flags)
            .context("failed to get random bytes")?;
    }
    Ok(skillstat_domain::ContentHash::from_bytes(bytes).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_made_once_and_only_its_owner_may_read_it() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("state/skillstat/key");
        let key = read_or_make_key(&path).expect("is made");
        assert_eq!(key.len(), 64);
        assert_eq!(read_or_make_key(&path).expect("is there"), key);
        let mode = |path: &Path| fs::metadata(path).expect("is there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().expect("a parent"))), (0o600, 0o700));
    }

    #[test]
    fn who_starts_at_the_same_time_gets_the_same_key() {
        // Fails when the file is read while another writes it.
        for _ in 0..50 {
            let directory = tempfile::tempdir().expect("a temporary directory");
            let path = directory.path().join("key");
            let keys: Vec<_> = std::thread::scope(|scope| {
                let start = || scope.spawn(|| read_or_make_key(&path).expect("is there"));
                let started: Vec<_> = (0..4).map(|_| start()).collect();
                started.into_iter().map(|it| it.join().expect("it ends")).collect()
            });
            assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        }
    }

    #[test]
    fn a_file_that_was_left_empty_is_filled_and_one_that_cannot_be_written_is_read() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("key");
        fs::write(&path, "").expect("writable");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("ours");
        read_or_make_key(&path).expect_err("others may read it");
        assert_eq!(fs::read(&path).expect("readable"), b"", "nothing is told to them");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("ours");
        let key = read_or_make_key(&path).expect("is made");
        assert_eq!(key.len(), 64);
        fs::set_permissions(&path, PermissionsExt::from_mode(0o400)).expect("ours");
        assert_eq!(read_or_make_key(&path).expect("is there"), key);
    }

    #[test]
    fn a_key_that_others_may_read_or_guess_is_refused() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("key");
        let said =
            |result: anyhow::Result<String>| format!("{:#}", result.expect_err("is refused"));
        assert!(said(read_key(&path)).contains("at least 16 characters"));
        fs::write(&path, "0123456789abcdef\n").expect("writable");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).expect("ours");
        assert!(said(read_key(&path)).contains("chmod 600"));
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("ours");
        assert_eq!(read_key(&path).expect("is good"), "0123456789abcdef");
        fs::write(&path, "short").expect("writable");
        assert!(said(read_key(&path)).contains("shorter than 16"));
    }
}
