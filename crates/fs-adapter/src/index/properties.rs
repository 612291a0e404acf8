//! What holds of any index whose checksums are right; of all others nothing is believed.

use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::fstat;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::fingerprint::unchanged;
use super::known::Known;
use super::opened::Located;
use super::slice::Slice;
use super::table::{Table, header};
use crate::discovery::properties::remembered;
use crate::stamp::Stamp;

/// A file that says anything, with checksums that are right, is read to its end or is none; and so are the
/// entries that it holds, of copies and of walks.
///
/// # Panics
///
/// Panics when that does not hold of `bytes`: of a file, of a slice of it and of the lines of an entry.
pub fn index(bytes: &[u8]) {
    let directory = tempfile::tempdir().expect("a directory");
    let opened: OwnedFd = std::fs::File::open(directory.path()).expect("it is there").into();
    let top = Stamp::new(&fstat(&opened).expect("it is there"));
    let located = Located { within: opened.as_fd(), name: "", top };
    let _any = unchanged(&located, bytes);
    remembered(bytes);

    let look = |slice: &Slice| {
        for (entry, _) in slice.entries() {
            assert_eq!(slice.get(entry.key).map(<[u8]>::len), Some(entry.bytes.len()));
            let _any = Known::of(entry.bytes, &located).map(|known| known.map(|it| it.traits()));
        }
    };
    if let Some(slice) = Slice::parse(bytes.to_vec()) {
        look(&slice);
    }

    let mut file = NamedTempFile::new().expect("a file");
    let (rows, slices) = bytes.split_at(bytes.len().min(56));
    let beginning = [&header()[..], rows].concat();
    let checksum = Sha256::digest(&beginning);
    file.write_all(&[&beginning, checksum.as_slice(), slices].concat()).expect("it is written");
    if let Ok(table) = Table::read(file.path()) {
        let _either = table.is_sound();
        table.rows().iter().filter_map(|row| table.slice(row.key)).for_each(look);
    }
}
