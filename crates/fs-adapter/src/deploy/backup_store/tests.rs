//! Names of backups, and what a backup says of itself.

use skillstat_domain::testing::MockWallClock;

use super::*;
use crate::entry::Copied;
use crate::test_support::{TempTree, name};

fn store(tree: &TempTree, now: &'static str) -> BackupStore {
    let mut clock = MockWallClock::new();
    clock.expect_utc().returning(|| now.parse().unwrap());
    let limits = BackupLimits { count: 10, age: Duration::from_hours(1) };
    BackupStore::new(tree.path("backups"), limits, Arc::new(clock))
}

#[test]
fn names_are_in_the_order_of_time() {
    let tree = TempTree::new();
    let id = |now| store(&tree, now).next_id(false);
    let ids = [
        id("2026-01-02T03:04:05Z"),
        id("2026-01-02T03:04:05.000001Z"),
        id("2026-01-02T03:04:05.1Z"),
        id("2026-01-02T03:04:06Z"),
        id("2026-11-02T03:04:06Z"),
    ];
    assert!(ids.is_sorted(), "{ids:?}");
    assert!(ids[0].as_str().starts_with("20260102T030405-000000-"), "{}", ids[0]);
    let store = store(&tree, "2026-01-02T03:04:05Z");
    assert_ne!(store.next_id(true), store.next_id(true));
}

#[test]
fn a_backup_is_read_as_it_was_written() {
    let meta = Meta {
        at: "2026-01-02T03:04:05.000001Z".parse().unwrap(),
        artifact: "skill:a \"b\"".parse().unwrap(),
        project: ProjectPath::new(camino::Utf8Path::new("/dev/x\ny")).unwrap(),
        profile_root: ProfileRoot::new(".claude").unwrap(),
        blocks: vec!["[[deployed]]\r\nx = \"\\u0001\"\n".to_owned()],
        places: vec![
            KeptPlace {
                path: "skills/a".into(),
                copied: Some(Copied { fingerprint: [7; 32], size: 9 }),
            },
            KeptPlace { path: "skills/dev/a".into(), copied: None },
        ],
    };
    assert_eq!(Meta::from_text(&meta.to_text()), Some(meta.clone()));
    // A name of which one extension is left: none is taken off again.
    let artifact = ArtifactId::new("command", "a.md.md").unwrap();
    let doubled = Meta { artifact, ..meta.clone() };
    assert_eq!(Meta::from_text(&doubled.to_text()), Some(doubled));
    let leaving = meta.to_text().replace("skills/dev/a", "../../x");
    assert_eq!(Meta::from_text(&leaving), None);
    let backup = meta.backup("x".parse().unwrap());
    assert_eq!(
        (backup.paths, backup.size_bytes, backup.recorded),
        (vec!["skills/a".into()], 9, true)
    );
}

#[test]
fn what_another_left_unfinished_is_deleted() {
    let tree = TempTree::new();
    tree.file("backups/.unfinished-1/0", "half");
    let store = store(&tree, "2026-01-02T03:04:05Z");
    let project = tree.project("shop");
    let keep = Keep {
        artifact: &"skill:pdf".parse().unwrap(),
        project: &project,
        profile_root: &ProfileRoot::new(".claude").unwrap(),
        blocks: &[],
        places: Vec::new(),
    };
    let id = store.next_id(false);
    let patience = Patience { limit: Duration::ZERO, pause: &crate::Sleep };
    store.keep(&id, &keep, patience).unwrap();
    assert!(!tree.path("backups/.unfinished-1").try_exists().unwrap());
    assert_eq!(store.list().value[0].id, id);
    // Only what belongs to the project is given up.
    store.discard(&id, &tree.project("other"), patience);
    assert_eq!(store.list().value.len(), 1);
    store.discard(&id, &project, patience);
    assert_eq!(store.list().value.len(), 0);
}

#[test]
fn only_what_has_a_name_of_ours_is_deleted() {
    let tree = TempTree::new();
    let old = ["20200102T030405-000000-1f-0", "20200102T030405-000000-1f-1-e"];
    let strange = [
        "before-the-move",
        "20200102T030405-000000-1f-0.bak",
        "20200102T030405-000000-1f-0-x",
        "20200102T030405-000000-1f",
        "20200102T030405",
        "2020",
        "20200102x030405-000000-1f-0",
    ];
    for name in old.into_iter().chain(strange) {
        tree.file(format!("backups/{name}/0"), "x");
    }
    let store = store(&tree, "2026-01-02T03:04:05Z");
    store.tidy(&[], Patience { limit: Duration::ZERO, pause: &crate::Sleep });
    for name in old {
        assert!(!tree.path(format!("backups/{name}")).try_exists().unwrap(), "{name}");
    }
    for name in strange {
        assert!(tree.path(format!("backups/{name}/0")).try_exists().unwrap(), "{name}");
    }
    assert!(is_name(store.next_id(true).as_str()) && is_name(store.next_id(false).as_str()));
}

#[test]
fn a_problem_names_the_store_letter_by_letter() {
    let tree = TempTree::new();
    let at = |path: &[u8]| {
        let limits = BackupLimits { count: 10, age: Duration::from_hours(1) };
        let path = tree.path(name(path));
        BackupStore::new(path, limits, Arc::new(MockWallClock::new()))
    };
    tree.file(name(b"file-\xff"), "").directory(name(b"\xff/odd.one"));
    tree.file(name(b"\xff/20260102T030405-000000-1-0/meta.toml"), "");
    let paths = |store: &BackupStore| -> Vec<_> {
        store.list().problems.into_iter().map(|problem| problem.path).collect()
    };
    let base = tree.path("").to_str().unwrap().to_owned();
    let expected =
        [r"\xff/odd.one", r"\xff/20260102T030405-000000-1-0"].map(|path| format!("{base}/{path}"));
    assert_eq!(paths(&at(b"\xff")), expected);
    assert_eq!(paths(&at(b"file-\xff")), [format!(r"{base}/file-\xff")]);
    let id = "20260102T030405-000000-1-0".parse().unwrap();
    let error = at(b"\xff").stored(&id).unwrap_err();
    assert!(error.to_string().contains(&expected[1]), "{error}");
}
