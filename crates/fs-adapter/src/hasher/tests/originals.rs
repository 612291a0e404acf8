//! What copies were deployed from: examined without leaving the collection.

use super::*;

const COLLECTION: &str = "home/collections/work";

fn examine(tree: &TempTree) -> Result<ContentTraits, HashError> {
    let collection = tree.path(COLLECTION);
    finishes(move || {
        Sha256Hasher.examine(&OriginalLocation {
            collection: Utf8Path::from_path(&collection).unwrap(),
            path: Utf8Path::new("skills/x"),
        })
    })
}

#[test]
fn it_has_the_hash_that_its_copy_would_have() {
    let tree = TempTree::new();
    for root in [COPY, "home/collections/work/skills/x"] {
        tree.file(format!("{root}/SKILL.md"), "a\r\n").file(format!("{root}/lib/x.py"), "1");
        tree.file(format!("{root}/../shared"), "2").link(format!("{root}/b"), "../shared");
    }
    assert_eq!(examine(&tree).map(|traits| traits.hash()), contained(&tree));
    assert_eq!(
        examine(&tree).map(|traits| traits.with_lf()),
        Ok(expected(&[("SKILL.md", "a\n"), ("b", "2"), ("lib/x.py", "1")]))
    );
}

#[test]
fn a_link_that_leaves_the_collection_is_never_followed() {
    for target in ["../../../secret", "/etc/hostname", "../../../../secret"] {
        let tree = TempTree::new();
        tree.file("home/collections/secret", "s").file("home/secret", "s");
        tree.file(format!("{COLLECTION}/skills/x/a"), "1");
        tree.link(format!("{COLLECTION}/skills/x/link"), target);
        let Err(HashError::Unverified { path, reason, fix }) = examine(&tree) else {
            panic!("{target} was followed");
        };
        assert_eq!(path, tree.path(COLLECTION).join("skills/x/link").to_str().unwrap());
        assert!(reason.contains("leaves the collection"), "{reason}");
        assert!(!fix.is_empty());
    }
}

#[test]
fn nothing_is_missing_and_a_fifo_is_not_opened() {
    let tree = TempTree::new();
    assert_eq!(examine(&tree), Err(HashError::Missing));
    tree.directory(COLLECTION);
    assert_eq!(examine(&tree), Err(HashError::Missing));
    tree.fifo(format!("{COLLECTION}/skills/x"));
    let Err(HashError::Unverified { reason, .. }) = examine(&tree) else { panic!("it has a hash") };
    assert!(reason.contains("neither a file nor a directory"), "{reason}");
}
