//! An index that is not as it was written: never a wrong answer, never an error.

use std::os::unix::fs::PermissionsExt;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::properties;

/// Checks that the index is not used, that it is said why, and that it is put right.
#[track_caller]
fn check_rebuilt(tree: &TempTree, why: &str) {
    let reason = IndexedHasher::content(&directory(tree)).entries.unwrap_err();
    assert!(reason.contains(why), "{reason}");
    check(tree, READ);
    let again = process(tree);
    hash(&again, tree).unwrap();
    assert!(again.keep().unwrap());
    check(tree, VOUCHED);
}

fn file(tree: &TempTree) -> PathBuf {
    directory(tree).join(FILE)
}

#[test]
fn one_that_is_cut_off_anywhere_is_none() {
    let tree = known();
    let whole = fs::read(file(&tree)).unwrap();
    for length in 0..whole.len() {
        fs::write(file(&tree), &whole[..length]).unwrap();
        check(&tree, READ);
    }
    check_rebuilt(&tree, "damaged");
}

#[test]
fn one_with_any_bit_flipped_is_none() {
    let tree = known();
    let whole = fs::read(file(&tree)).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        fs::write(file(&tree), damaged).unwrap();
        check(&tree, READ);
    }
    check_rebuilt(&tree, "damaged");
}

#[test]
fn garbage_is_none() {
    let tree = known();
    let whole = fs::read(file(&tree)).unwrap();
    let more = [&whole[..], b"\0"].concat();
    for garbage in [Vec::new(), vec![0; 10_000], vec![0xff; 33], whole.repeat(2), more] {
        fs::write(file(&tree), garbage).unwrap();
        check(&tree, READ);
    }
    check_rebuilt(&tree, "damaged");
}

/// Writes a file with one slice, of this row but for its length and checksum, whose checksums are right.
fn write(tree: &TempTree, header: &[u8], row: Row, slice: &[u8]) {
    let row = Row::new(row.key, row.day, row.count(), slice).unwrap();
    let beginning = table::beginning(&[row]);
    let contents = &beginning[table::header().len()..beginning.len() - 32];
    let all = [header, contents].concat();
    let checksum = Sha256::digest(&all);
    fs::write(file(tree), [&all[..], checksum.as_slice(), slice].concat()).unwrap();
}

/// Returns the row of the only slice, and its bytes.
fn only_slice(tree: &TempTree) -> (Row, Vec<u8>) {
    let table = Table::read(&file(tree)).unwrap();
    let row = table.rows()[0];
    (row, table.bytes_of(&row).unwrap())
}

#[test]
fn one_whose_entries_make_no_sense_is_no_danger() {
    let tree = known();
    let (row, slice) = only_slice(&tree);
    // Each byte of it, and each length of it, with checksums that are right.
    for at in 0..slice.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut other = slice.clone();
            other[at] = value;
            write(&tree, &table::header(), row, &other);
            // What it says may be anything; that nothing panics or hangs is what is looked at.
            let _any = hash(&process(&tree), &tree);
        }
    }
    for length in 0..slice.len() {
        write(&tree, &table::header(), row, &slice[..length]);
        check(&tree, READ);
    }
    write(&tree, &table::header(), row, &slice);
    check(&tree, VOUCHED);
}

#[test]
fn one_of_another_user_machine_or_release_is_none() {
    let tree = known();
    let (row, slice) = only_slice(&tree);
    let header = String::from_utf8(table::header()).unwrap();
    let others = [
        header.replace("index ", "index 9"),
        header.replace(env!("CARGO_PKG_VERSION"), "999.0.0"),
        header.replace(std::env::consts::ARCH, "pdp11"),
        header.replace("user ", "user 1"),
        header.replace("in [", "in [4294967294, "),
    ];
    for other in others {
        assert_ne!(other, header);
        write(&tree, other.as_bytes(), row, &slice);
        check_rebuilt(&tree, "another release, machine or user");
    }
}

#[test]
fn one_that_others_can_write_is_not_trusted() {
    let tree = known();
    for mode in [0o620, 0o602] {
        fs::set_permissions(file(&tree), fs::Permissions::from_mode(mode)).unwrap();
        check_rebuilt(&tree, "could have been written by somebody else");
        let mode = fs::metadata(file(&tree)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_is_no_file_is_none() {
    let tree = known();
    let elsewhere = tree.path("elsewhere");
    fs::rename(file(&tree), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, file(&tree)).unwrap();
    let before = fs::read(&elsewhere).unwrap();
    check_rebuilt(&tree, "cannot be read");
    assert_eq!(fs::read(&elsewhere).unwrap(), before, "the link was replaced, not followed");
    fs::remove_file(file(&tree)).unwrap();
    tree.fifo("cache/skillstat/fingerprints");
    check_rebuilt(&tree, "no regular file");
    fs::remove_file(file(&tree)).unwrap();
    fs::create_dir(file(&tree)).unwrap();
    check(&tree, READ);
    let other = process(&tree);
    hash(&other, &tree).unwrap();
    assert!(other.keep().is_err(), "a directory is nothing to replace");
}

proptest! {
    #[test]
    fn one_that_says_anything_with_checksums_that_are_right_is_no_danger(
        count in 0_u32..3,
        bytes in vec(prop_oneof![Just(0), any::<u8>()], 0..200),
    ) {
        properties::index(&[&count.to_le_bytes()[..], &bytes].concat());
        properties::index(&bytes);
    }
}
