//! The table of states, every row, and the table of kinds.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::testing::CopySketch;
use crate::{ContentHash, Problem, ProblemKind, StateName};

/// A hash that tells contents apart; which one does not matter here.
fn toy_hash(copy: &CopySketch) -> ContentHash {
    let mut bytes = [0_u8; 32];
    let mut eat = |more: &[u8]| {
        for byte in more {
            let mut carry = *byte;
            for (place, sum) in bytes.iter_mut().enumerate() {
                carry = carry.wrapping_mul(31).wrapping_add(u8::try_from(place).unwrap());
                *sum = sum.rotate_left(3).wrapping_mul(5) ^ carry;
            }
        }
    };
    match copy {
        CopySketch::Missing => {}
        CopySketch::File(content) => eat(content),
        CopySketch::Directory(files) => files.iter().for_each(|(path, content)| {
            eat(path.as_bytes());
            eat(content);
        }),
    }
    ContentHash::from_bytes(bytes)
}

/// A directory of such files, or one file when its only path is empty.
fn content(files: Files<'_>) -> CopySketch {
    let files: BTreeMap<_, _> = files
        .iter()
        .map(|(path, content)| (String::from(*path), content.as_bytes().to_vec()))
        .collect();
    match files.get("") {
        Some(content) => CopySketch::File(content.clone()),
        None => CopySketch::Directory(files),
    }
}

fn traits(files: Files<'_>) -> ContentTraits {
    content(files).traits(toy_hash)
}

type Files<'a> = &'a [(&'a str, &'a str)];

/// Explains a copy; nothing of the original is at hand without one.
fn explained(copy: Files<'_>, baseline: Files<'_>, original: Option<Files<'_>>) -> CopyState {
    let baseline = toy_hash(&content(baseline));
    let assessment = match content(copy).difference(baseline, toy_hash) {
        None => Assessment::AsDeployed,
        Some(difference) => Assessment::Differs(Arc::new(difference)),
    };
    explain(assessment, &Baseline::new(&baseline.to_string()), original.map(traits).as_ref())
}

#[track_caller]
fn check(
    (copy, baseline, original): (Files<'_>, Files<'_>, Option<Files<'_>>),
    state: StateName,
    kind: Option<DriftKind>,
) {
    let found = explained(copy, baseline, original);
    assert_eq!((found.name(), found.kind()), (state, kind), "{copy:?} {baseline:?} {original:?}");
}

const A: Files<'_> = &[("SKILL.md", "a\n"), ("lib/x.py", "1\n")];
const B: Files<'_> = &[("SKILL.md", "b\n"), ("lib/x.py", "1\n")];
const C: Files<'_> = &[("SKILL.md", "c\n"), ("lib/x.py", "1\n")];

#[test]
fn every_row_of_the_table_of_states() {
    let unexplained = Some(DriftKind::Unexplained);
    // Copy, baseline and collection as letters.
    check((A, A, None), StateName::Synced, None);
    check((A, A, Some(A)), StateName::Synced, None);
    check((A, A, Some(B)), StateName::Outdated, None);
    check((B, A, None), StateName::Modified, unexplained);
    check((B, A, Some(A)), StateName::Modified, Some(DriftKind::Content));
    check((B, A, Some(B)), StateName::Modified, Some(DriftKind::UnrecordedUpdate));
    check((B, A, Some(C)), StateName::Conflict, unexplained);
}

#[test]
fn what_has_no_content_is_what_it_is_whatever_the_collection_holds() {
    let problem = Problem {
        path: "/x".to_owned(),
        line: None,
        kind: ProblemKind::UnreadableCopy,
        reason: "is a FIFO".to_owned(),
        fix: "remove it".to_owned(),
        artifact: None,
    };
    for original in [None, Some(traits(A)), Some(traits(B))] {
        for baseline in [toy_hash(&content(A)).to_string(), "no hash".to_owned()] {
            let baseline = Baseline::new(&baseline);
            let missing = explain(Assessment::Missing, &baseline, original.as_ref());
            assert_eq!(missing, CopyState::Missing);
            let unreadable = Assessment::Unreadable(Box::new(problem.clone()));
            let unreadable = explain(unreadable, &baseline, original.as_ref());
            assert_eq!(unreadable, CopyState::Unreadable(Box::new(problem.clone())));
        }
    }
}

#[test]
fn the_hash_of_the_content_as_it_is_stays() {
    for original in [None, Some(A), Some(B), Some(C)] {
        let (CopyState::Modified { current, .. } | CopyState::Conflict { current, .. }) =
            explained(B, A, original)
        else {
            panic!("it differs");
        };
        assert_eq!(current, toy_hash(&content(B)));
    }
}

/// Checks the kind without the collection, with what was deployed in it, and with something newer.
#[track_caller]
fn check_kind(copy: Files<'_>, deployed: Files<'_>, kinds: [DriftKind; 3]) {
    let newer: Files<'_> = &[("new", "new")];
    check((copy, deployed, None), StateName::Modified, Some(kinds[0]));
    check((copy, deployed, Some(deployed)), StateName::Modified, Some(kinds[1]));
    check((copy, deployed, Some(newer)), StateName::Conflict, Some(kinds[2]));
}

const UNEXPLAINED: DriftKind = DriftKind::Unexplained;

#[test]
fn the_table_of_kinds() {
    use DriftKind::{AdditionsOnly, Content, IgnoredFilesOnly, LineEndingsOnly, RemovalsOnly};
    let pyc = ("lib/__pycache__/x.pyc", "\0");
    let crlf: Files<'_> = &[("SKILL.md", "a\r\n"), ("lib/x.py", "1\r\n")];
    let partly: Files<'_> = &[("SKILL.md", "a\r\n"), ("lib/x.py", "1\n")];

    check_kind(&[A[0], A[1], pyc, (".DS_Store", "x")], A, [IgnoredFilesOnly; 3]);
    check_kind(crlf, A, [LineEndingsOnly; 3]);
    check_kind(partly, A, [LineEndingsOnly; 3]);
    check_kind(A, crlf, [LineEndingsOnly; 3]);
    check_kind(partly, crlf, [LineEndingsOnly; 3]);
    check_kind(&[("", "a\r\nb")], &[("", "a\nb")], [LineEndingsOnly; 3]);
    check_kind(&[A[0], A[1], ("more", "")], A, [UNEXPLAINED, AdditionsOnly, UNEXPLAINED]);
    check_kind(&[A[0]], A, [UNEXPLAINED, RemovalsOnly, UNEXPLAINED]);
    check_kind(&[], A, [UNEXPLAINED, RemovalsOnly, UNEXPLAINED]);
    check_kind(B, A, [UNEXPLAINED, Content, UNEXPLAINED]);
    check_kind(&[A[0], ("more", "")], A, [UNEXPLAINED, Content, UNEXPLAINED]);
    check_kind(&[B[0], A[1], pyc], A, [UNEXPLAINED, Content, UNEXPLAINED]);
    check_kind(&[("", "a")], &[("", "b")], [UNEXPLAINED, Content, UNEXPLAINED]);
    check_kind(&[("", "a")], &[("a", "b")], [UNEXPLAINED, Content, UNEXPLAINED]);
    // What is ignored is neither an addition nor keeps a removal from being one.
    check_kind(&[A[0], A[1], ("more", ""), pyc], A, [UNEXPLAINED, AdditionsOnly, UNEXPLAINED]);
    check_kind(&[A[0], pyc], A, [UNEXPLAINED, RemovalsOnly, UNEXPLAINED]);
    // A file that is called like one that is ignored in a directory is an artifact like any other.
    check_kind(&[("", "x")], &[("", "")], [UNEXPLAINED, Content, UNEXPLAINED]);
}

#[test]
fn with_what_was_deployed_at_hand_its_own_litter_and_mixed_ends_are_seen_through() {
    use DriftKind::{IgnoredFilesOnly, LineEndingsOnly};
    let pyc = ("lib/__pycache__/x.pyc", "\0");
    // It was deployed with what is usually left out, and that went.
    let littered: Files<'_> = &[A[0], A[1], pyc];
    check((A, littered, None), StateName::Modified, Some(UNEXPLAINED));
    check((A, littered, Some(littered)), StateName::Modified, Some(IgnoredFilesOnly));
    // It had both ends of lines, and now has one.
    let mixed: Files<'_> = &[("SKILL.md", "a\r\nb\n")];
    for one in [&[("SKILL.md", "a\nb\n")], &[("SKILL.md", "a\r\nb\r\n")]] {
        check((one, mixed, None), StateName::Modified, Some(UNEXPLAINED));
        check((one, mixed, Some(mixed)), StateName::Modified, Some(LineEndingsOnly));
    }
}

#[test]
fn what_deploying_leaves_out_makes_no_collection_newer() {
    let littered: Files<'_> = &[A[0], A[1], (".git/HEAD", "x")];
    check((A, A, Some(littered)), StateName::Synced, None);
    check((B, A, Some(littered)), StateName::Modified, Some(DriftKind::Content));
    let newer: Files<'_> = &[B[0], B[1], (".git/HEAD", "x")];
    check((A, A, Some(newer)), StateName::Outdated, None);
    check((B, A, Some(newer)), StateName::Modified, Some(DriftKind::UnrecordedUpdate));
    check((newer, A, Some(newer)), StateName::Modified, Some(DriftKind::UnrecordedUpdate));
    check((C, A, Some(newer)), StateName::Conflict, Some(UNEXPLAINED));
}

#[test]
fn names_are_apart_and_the_worst_state_is_a_conflict() {
    let mut kinds: Vec<_> = DriftKind::ALL.iter().map(|kind| kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), DriftKind::ALL.len());
    assert!(DriftKind::ALL.iter().all(|kind| kind.as_str().parse() == Ok(*kind)));
    assert_eq!("".parse::<DriftKind>(), Err(crate::DriftKindError));
    let states: Vec<_> = StateName::ALL.iter().rev().map(|state| state.as_str()).collect();
    let worst_first = ["conflict", "modified", "unreadable", "missing", "outdated", "synced"];
    assert_eq!(states, worst_first);
    assert!(StateName::ALL.is_sorted());
}
