//! An intent is read as it was written, and tells what has changed places.

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use proptest::prelude::*;

use super::*;
use crate::properties;
use crate::test_support::TempTree;

fn root(tree: &TempTree) -> Beneath {
    Beneath::new(
        Dir::open_ambient_dir(tree.path(""), ambient_authority()).unwrap(),
        "/x".to_owned(),
    )
}

fn intent(new: Option<Identity>, old: Option<Identity>) -> Intent {
    Intent {
        artifact: "skill:pdf".parse().unwrap(),
        blocks: vec!["[[deployed]]\nx = \"é\\\\\"\n".to_owned()],
        backup: Some("20260102T030405-000000-1-0".parse().unwrap()),
        made: vec!["skills".into()],
        swaps: vec![Swap { path: "skills/pdf".into(), new, old }],
        phase: Phase::Swapping,
    }
}

#[test]
fn it_is_written_in_one_step_and_read_back() {
    let tree = TempTree::new();
    let root = root(&tree);
    assert_eq!(Intent::read(&root, INTENT_FILE).unwrap(), Found::None);
    let written = intent(Some(Identity(u64::MAX)), None);
    written.write(&root).unwrap();
    written.write(&root).unwrap();
    assert_eq!(Intent::read(&root, INTENT_FILE).unwrap(), Found::Intent(written));
    assert!(!tree.path(INTENT_DRAFT_FILE).try_exists().unwrap());
    Intent::mark_done(&root).unwrap();
    assert_eq!(Intent::read(&root, INTENT_FILE).unwrap(), Found::None);
    assert!(matches!(Intent::read(&root, INTENT_DONE_FILE).unwrap(), Found::Intent(_)));
}

#[test]
fn what_is_no_intent_is_garbled() {
    let tree = TempTree::new();
    let good = intent(None, Some(Identity(2))).to_text();
    let bad = [
        String::new(),
        good.replace("version = 1", "version = 2"),
        good.replace("\"swapping\"", "\"dancing\""),
        good.replace("skills/pdf", "../pdf"),
        good.replace("made = [\"skills\"]", "made = [\"/etc\"]"),
        good.replace("skill:pdf", "skill"),
        good.replace("20260102", "../../"),
        good.replace("old = ", "new = \"x\"\n#"),
        good.replace("old = ", "# "),
        good.replace("old = \"2\"", "old = \"1 2\""),
        format!("{good}# {}", "x".repeat(MAX_BYTES)),
    ];
    for text in bad {
        tree.file(INTENT_FILE, &text);
        assert_eq!(Intent::read(&root(&tree), INTENT_FILE).unwrap(), Found::Garbled, "{text:.300}");
    }
}

/// Makes what `there` names, each with a file of its own, and asks about a swap whose new copy is the
/// file made for `new` and whose old one is that made for `old`.
#[track_caller]
fn check(there: &[&str], new: Option<&str>, old: Option<&str>, expected: Moved) {
    let tree = TempTree::new();
    tree.directory("skills/.skillstat-staging");
    for path in there {
        tree.file(path, "");
    }
    let root = root(&tree);
    let identity = |path: Option<&str>| {
        path.map(|path| Identity::of(&root.locate(Utf8Path::new(path)).unwrap()).unwrap().unwrap())
    };
    let intent = intent(identity(new), identity(old));
    assert_eq!(intent.moved(&root, 0).unwrap(), expected, "{there:?} {new:?} {old:?}");
}

#[test]
fn it_tells_what_has_changed_places() {
    const PLACE: &str = "skills/pdf";
    const STAGED: &str = "skills/.skillstat-staging/0";
    const ASIDE: &str = "skills/.skillstat-staging/0.old";
    // Something takes the place of something.
    check(&[PLACE, STAGED], Some(STAGED), Some(PLACE), Moved::No);
    check(&[PLACE, STAGED], Some(PLACE), Some(STAGED), Moved::Yes);
    check(&[STAGED, ASIDE], Some(STAGED), Some(ASIDE), Moved::Half);
    check(&[PLACE, ASIDE], Some(PLACE), Some(ASIDE), Moved::Yes);
    // Something comes.
    check(&[STAGED], Some(STAGED), None, Moved::No);
    check(&[PLACE], Some(PLACE), None, Moved::Yes);
    // Something goes.
    check(&[PLACE], None, Some(PLACE), Moved::No);
    check(&[STAGED], None, Some(STAGED), Moved::Yes);
    // A copy of a project, in which nothing is what it was.
    check(&[PLACE, STAGED, "new", "old"], Some("new"), Some("old"), Moved::Unknown);
    check(&[PLACE, ASIDE, "old"], Some(PLACE), Some("old"), Moved::Unknown);
    check(&[PLACE, "old"], Some(PLACE), Some("old"), Moved::Unknown);
    // Of nothing it is not known.
    check(&[PLACE], None, None, Moved::Unknown);
}

/// A line of an intent, or nearly one.
fn line() -> impl Strategy<Value = String> {
    let path =
        prop::sample::select(vec!["skills/x", "../x", "/etc", "a/../../b", "", ".", "a\\u0000"]);
    let quoted =
        |key: &'static str| path.clone().prop_map(move |path| format!("{key} = \"{path}\"\n"));
    prop_oneof![
        Just("version = 1\nphase = \"staging\"\nartifact = \"skill:x\"\nblocks = []\n".to_owned()),
        path.clone().prop_map(|path| format!("made = [\"{path}\"]\n")),
        quoted("[[swap]]\npath"),
        quoted("backup"),
        "(new|old) = \"[0-9]{1,3}\"\n",
        "[ -~]{0,12}\n",
    ]
}

proptest! {
    #[test]
    fn any_intent_is_read_back(
        name in "[a-z:é\"\\\\]{1,8}(\\.md){0,2}",
        blocks in prop::collection::vec("[ -~\\n\\r\\té]{0,40}", 0..3),
        path in "[a-zé\"]{1,5}(/[a-z \\\\]{1,5}){0,2}",
        identities in any::<(Option<u64>, Option<u64>)>(),
        staging: bool,
    ) {
        let identity = |id: Option<u64>| id.map(Identity);
        prop_assume!(staging || identities != (None, None));
        let intent = Intent {
            artifact: ArtifactId::new("skill", &name).unwrap(),
            blocks,
            backup: None,
            made: vec![Utf8PathBuf::from(&path)],
            swaps: vec![Swap { path: path.into(), new: identity(identities.0), old: identity(identities.1) }],
            phase: if staging { Phase::Staging } else { Phase::Swapping },
        };
        prop_assert_eq!(Intent::from_text(&intent.to_text()), Some(intent));
    }

    #[test]
    fn any_text_is_an_intent_that_leads_nowhere_else_or_none(
        lines in prop::collection::vec(line(), 0..8),
    ) {
        properties::intent(&lines.concat());
    }
}
