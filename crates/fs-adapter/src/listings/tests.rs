//! What is recorded, taken and verified, and when.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use camino::Utf8Path;
use rustix::fs::FileType;
use skillstat_domain::{ProfileRoot, ProjectPath};

use super::*;
use crate::TomlDeploymentReader;

/// What is in a directory: those whose names end with a slash are directories, the others links.
fn entries(names: &[&str]) -> Entries {
    let mut entries = Entries::default();
    for name in names {
        match name.strip_suffix('/') {
            Some(name) => entries.note(name.as_bytes(), FileType::Directory),
            None => entries.note(name.as_bytes(), FileType::Symlink),
        }
    }
    entries
}

/// Records directories, and says what is to be taken of them.
fn recorded(directories: &[(&str, &[&str])]) -> Listings {
    let listings = Listings::new();
    let first = listings.begin().unwrap();
    for (directory, names) in directories {
        first.report(Path::new(directory), &entries(names));
    }
    listings.set_up_begins();
    listings
}

fn take(listings: &Listings, directory: &str) -> Option<Entries> {
    listings.take(Path::new(directory))
}

fn report(listings: &Listings, directory: &str, names: &[&str]) {
    listings.begin().unwrap().report(Path::new(directory), &entries(names));
}

/// Returns for how much there is room.
fn room(listings: &Listings) -> (usize, usize) {
    let held = listings.held();
    (held.records.capacity(), held.bytes.capacity())
}

fn news(directory: &str, names: &[&str]) -> News {
    News::Directory(directory.into(), names.iter().map(OsString::from).collect())
}

#[test]
fn what_was_recorded_last_is_taken_during_the_set_up_and_at_no_other_time() {
    let listings = Listings::new();
    report(&listings, "/a", &["old/"]);
    report(&listings, "/a", &["b/", "link"]);
    report(&listings, "/a/b", &[]);
    assert_eq!(take(&listings, "/a"), None, "it is still recorded");
    listings.set_up_begins();
    assert!(listings.begin().is_none(), "nobody wants to know");
    assert_eq!(take(&listings, "/a"), Some(entries(&["b/", "link"])));
    assert_eq!(take(&listings, "/a"), Some(entries(&["b/", "link"])), "again, after room was made");
    assert_eq!(take(&listings, "/a/b"), Some(entries(&[])));
    assert_eq!(take(&listings, "/a/c"), None);
    listings.set_up_ends();
    assert_eq!(take(&listings, "/a"), None, "watches that are made again are made by listing");
}

#[test]
fn what_is_found_as_it_was_taken_is_done_with_and_what_is_not_is_told_once() {
    let listings = recorded(&[("/a", &["b/", "c/"]), ("/a/b", &[]), ("/d", &["e/", "f", "g"])]);
    for directory in ["/a", "/a/b", "/d"] {
        take(&listings, directory).unwrap();
    }
    listings.set_up_ends();
    let told = Arc::new(AtomicUsize::new(0));
    let tells = Arc::clone(&told);
    listings.on_news(move || {
        tells.fetch_add(1, Ordering::SeqCst);
    });
    // In another order, as a system may list it.
    report(&listings, "/a", &["c/", "b/"]);
    report(&listings, "/never-taken", &["x/"]);
    assert!(!listings.has_news() && told.load(Ordering::SeqCst) == 0);
    report(&listings, "/d", &["e", "f", "h/"]);
    report(&listings, "/d", &["e", "f", "h/", "later/"]);
    assert!(listings.has_news() && told.load(Ordering::SeqCst) == 1);
    assert_eq!(listings.news(), [news("/d", &["e", "g", "h"])]);
    assert!(!listings.has_news() && listings.news().is_empty());
    assert!(listings.begin().is_some(), "one is still to be verified");
    report(&listings, "/a/b", &[]);
    assert!(listings.begin().is_none(), "nobody wants to know any more");
    assert_eq!(room(&listings), (0, 0));
}

#[test]
fn a_scan_that_began_before_all_watches_stood_verifies_nothing() {
    let listings = Listings::new();
    let early = listings.begin().unwrap();
    early.report(Path::new("/a"), &entries(&["b/"]));
    listings.set_up_begins();
    early.report(Path::new("/a"), &entries(&["c/"]));
    assert_eq!(take(&listings, "/a"), Some(entries(&["b/"])), "the set-up has begun");
    listings.set_up_ends();
    early.report(Path::new("/a"), &entries(&["b/"]));
    report(&listings, "/a", &["b/", "c/"]);
    assert_eq!(listings.news(), [news("/a", &["c"])]);
}

#[test]
fn what_nobody_took_is_not_verified() {
    let listings = recorded(&[("/a", &["b/"]), ("/c", &["d/"])]);
    listings.set_up_ends();
    assert!(listings.begin().is_none());
    // As when all watches are made a second time before all was verified.
    let listings = recorded(&[("/a", &["b/"])]);
    take(&listings, "/a").unwrap();
    listings.set_up_ends();
    report(&listings, "/a", &[]);
    listings.set_up_begins();
    assert!(listings.has_news(), "until all is listed");
    listings.set_up_ends();
    assert!(!listings.has_news() && listings.begin().is_none());
}

#[test]
fn what_is_not_certain_is_not_recorded_and_verifies_nothing() {
    let mut uncertain = Entries::default();
    uncertain.note(b"b", FileType::Unknown);
    let listings = Listings::new();
    let first = listings.begin().unwrap();
    for directory in ["/a", "/c"] {
        first.report(Path::new(directory), &entries(&["b/"]));
    }
    first.report(Path::new("/a"), &uncertain);
    listings.set_up_begins();
    assert_eq!(take(&listings, "/a"), None);
    take(&listings, "/c").unwrap();
    listings.set_up_ends();
    listings.begin().unwrap().report(Path::new("/c"), &uncertain);
    assert_eq!(listings.news(), [news("/c", &["b"])]);
}

/// What a copy holds: what each directory does, each before those in it.
fn listing(directories: &[&[&str]]) -> CopyListing {
    let mut listing = CopyListing::default();
    for names in directories {
        listing.add(&entries(names));
    }
    listing
}

#[test]
fn what_is_listed_of_a_copy_says_the_same_in_whatever_order_and_is_read_as_it_was_written() {
    let listed = listing(&[&["b/", "a/", "link"], &[], &["c/"], &["."], &[]]);
    assert_eq!(listed, listing(&[&["link", "a/", "b/"], &[], &["c/"], &["."], &[]]));
    assert_ne!(listed, listing(&[&["link", "a/", "b/"], &["c/"], &["."], &[], &[]]));
    let mut directories = listed.directories();
    let mut next = || {
        let holds = directories.next_holds();
        holds.map(|it| (it.name.to_str().unwrap(), it.kind)).collect::<Vec<_>>()
    };
    let directory = FileType::Directory;
    assert_eq!(next(), [("a", directory), ("b", directory), ("link", FileType::Symlink)]);
    assert_eq!(next(), []);
    assert_eq!(next(), [("c", directory)]);
    assert_eq!(next(), [(".", FileType::Symlink)], "a name, and no end");
    assert_eq!((next(), next()), (vec![], vec![]));
    assert!(!listed.is_file() && CopyListing::file().is_file());
}

#[test]
fn a_copy_that_is_not_as_it_was_taken_or_was_not_read_is_told_whole() {
    let listed = listing(&[&["a/"], &["b/"], &[]]);
    let (deeper, file) = (listing(&[&["a/"], &["b/"], &["c/"], &[]]), CopyListing::file());
    let copy = Path::new("/shop/x");
    let cases = [
        (&listed, Some(&listed), vec![]),
        (&file, Some(&file), vec![]),
        (&listed, Some(&deeper), vec![News::Copy("/shop/x".into())]),
        (&listed, Some(&file), vec![News::Copy("/shop/x".into())]),
        (&listed, None, vec![News::Copy("/shop/x".into())]),
        (&file, None, vec![News::Copy("/shop/x".into())]),
    ];
    for (before, now, expected) in cases {
        let listings = Listings::new();
        let first = listings.begin().unwrap();
        first.report_copy(copy, Some(before));
        // The same path, as the walk lists it, is another thing.
        first.report(copy, &entries(&["walked/"]));
        listings.set_up_begins();
        assert_eq!(listings.take_copy(copy).as_ref(), Some(before));
        listings.set_up_ends();
        listings.begin().unwrap().report(copy, &entries(&["other/"]));
        assert_eq!(listings.news(), []);
        listings.begin().unwrap().report_copy(copy, now);
        assert_eq!(listings.news(), expected, "{before:?} {now:?}");
        assert!(listings.begin().is_none());
    }
}

#[test]
fn a_copy_that_was_not_read_or_of_which_not_all_kinds_are_told_is_not_recorded() {
    let mut uncertain = Entries::default();
    uncertain.note(b"b", FileType::Unknown);
    let mut unsure = listing(&[&["a/"]]);
    unsure.add(&uncertain);
    for last in [None, Some(&unsure)] {
        let listings = Listings::new();
        let first = listings.begin().unwrap();
        first.report_copy(Path::new("/x"), Some(&CopyListing::file()));
        first.report_copy(Path::new("/x"), last);
        listings.set_up_begins();
        assert_eq!(listings.take_copy(Path::new("/x")), None);
    }
}

#[test]
fn whether_a_directory_has_a_tracker_is_compared_where_it_was_relied_on() {
    let noted = |tracker: Option<Option<bool>>| {
        let mut entries = Entries::default();
        match tracker {
            Some(tracker) => entries.note_probed(b".x", tracker),
            None => entries.note(b".x", FileType::Directory),
        }
        let told = entries.followed().map(|it| (it.kind, it.tracker)).collect::<Vec<_>>();
        assert_eq!(told, [(FileType::Directory, tracker.flatten())]);
        entries
    };
    let probed = [None, Some(None), Some(Some(false)), Some(Some(true))];
    for before in probed {
        for later in probed {
            let names = noted(before).difference(&noted(later));
            // Who has not looked relies on nothing.
            let is_same = before.is_none() || before == later;
            assert_eq!(names.is_empty(), is_same, "{before:?} {later:?}");
        }
        assert_eq!(noted(before).difference(&entries(&[".x"])), [".x"], "a link");
        assert_eq!(entries(&[".x"]).difference(&noted(before)), [".x"]);
    }
}

#[test]
fn room_is_given_back_and_the_rest_stays_as_it_was() {
    let listings = Listings::new();
    let paths: Vec<_> = (0..1000).map(|number| format!("/{number}")).collect();
    for path in &paths {
        report(&listings, path, &[&format!("in{path}/")]);
    }
    listings.set_up_begins();
    for path in &paths {
        take(&listings, path).unwrap();
    }
    listings.set_up_ends();
    let before = room(&listings);
    for path in &paths[10..] {
        report(&listings, path, &[&format!("in{path}/")]);
    }
    assert!(!listings.has_news());
    let after = room(&listings);
    assert!(after.0 < before.0 / 10 && after.1 < before.1 / 10, "{before:?} {after:?}");
    for path in &paths[..10] {
        report(&listings, path, &[&format!("in{path}/"), "new/"]);
    }
    assert_eq!(
        listings.news(),
        (0..10).map(|it| news(&format!("/{it}"), &["new"])).collect::<Vec<_>>()
    );
}

#[test]
fn what_trackers_say_is_compared_with_what_was_relied_on() {
    let records = |copies: &[&str]| {
        let record = |copy: &&str| {
            format!(
                "[[deployed]]\nartifact_name = \"{copy}\"\nartifact_type = \"skill\"\nfrom_collection = \"x\"\n\
                 deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = \"skills/{copy}\"\ncontent_hash = \"0\"\n"
            )
        };
        let text: String = copies.iter().map(record).collect();
        let root = ProfileRoot::new(".claude").unwrap();
        let records = TomlDeploymentReader::read_bytes("tracker", &root, text.as_bytes()).value;
        assert_eq!(records.len(), copies.len());
        let project = ProjectPath::new(Utf8Path::new("/shop")).unwrap();
        ProjectRecords { project, records, problems: Vec::new() }
    };
    for (now, found) in [(&["a", "b"][..], vec![]), (&["a"], vec![News::Project("/shop".into())])] {
        let listings = Listings::new();
        let early = listings.begin().unwrap();
        early.report_records(&records(&["a"]));
        listings.set_up_begins();
        listings.rely_on(&records(&["a", "b"]));
        listings.set_up_ends();
        early.report_records(&records(&["a"]));
        listings.begin().unwrap().report_records(&records(now));
        assert_eq!(listings.news(), found);
        assert!(listings.begin().is_none(), "nothing is left");
    }
}
