//! Where copies go, and where they do not.

use proptest::prelude::*;

use super::*;

fn claude() -> ProfileRoot {
    ProfileRoot::new(".claude").unwrap()
}

#[track_caller]
fn check(artifact: &str, source: &str, dest_path: Option<&str>, expected: &str) {
    let artifact = artifact.parse().unwrap();
    let found = destination(&artifact, Utf8Path::new(source), &claude(), dest_path);
    assert_eq!(found.as_deref(), Ok(Utf8Path::new(expected)));
}

#[track_caller]
fn refuses(dest_path: &str, expected: &DestinationError) {
    let artifact = "skill:pdf".parse().unwrap();
    let found = destination(&artifact, Utf8Path::new("skills/pdf"), &claude(), Some(dest_path));
    assert_eq!(found.as_ref(), Err(expected), "{dest_path:?}");
}

#[test]
fn each_place_is_in_a_directory_of_artifacts() {
    for (kind, ..) in PLACES {
        let artifact = ArtifactId::new(kind, "x").unwrap();
        let place = destination(&artifact, Utf8Path::new("x"), &claude(), None).unwrap();
        assert!(is_artifact_directory(place.components().next().unwrap().as_str()), "{place}");
    }
    assert!(!is_artifact_directory("docs"));
}

#[test]
fn each_type_has_its_place() {
    check("skill:pdf", "skills/pdf", None, "skills/pdf");
    check("mcp:db", "mcp/db", None, "mcp/db");
    check("command:review", "commands/review.md", None, "commands/review.md");
    check("command:review.md", "commands/review.md", None, "commands/review.md");
    check("agent:planner", "agents/planner", None, "agents/planner.md");
    check("hook:fmt", "hooks/fmt.json", None, "hooks/fmt.md");
    check("orchestration:ship", "workflows/ship.yaml", None, "workflows/ship.yaml");
    check("orchestration:ship", "workflows/ship", None, "workflows/ship");
}

#[test]
fn a_place_can_be_asked_for_below_the_profile_root() {
    check("skill:pdf", "skills/pdf", Some(".claude/skills/dev/"), "skills/dev/pdf");
    check("command:c", "commands/c.md", Some("./.claude//x/."), "x/c.md");
    check("skill:pdf", "skills/pdf", Some(".claude"), "pdf");
    check("skill:pdf", "skills/pdf", Some(""), "skills/pdf");
}

#[test]
fn other_places_are_refused_as_by_skillmeat() {
    for dest_path in ["../x", ".claude/../x", "a..b", ".claude/a..b", "/..", ".."] {
        refuses(dest_path, &DestinationError::Traversal);
    }
    for dest_path in ["/etc", "\\x", "C:\\x", "c:x", "//x"] {
        refuses(dest_path, &DestinationError::Absolute);
    }
    for dest_path in [".claude/\0", ".claude/a\nb", ".claude/a\r", ".claude/\u{7f}"] {
        refuses(dest_path, &DestinationError::InvalidCharacter);
    }
    for dest_path in ["tools/agents", ".codex/skills", ".", "claude"] {
        let outside = DestinationError::OutsideProfileRoot {
            dest_path: dest_path.to_owned(),
            profile_root: claude(),
        };
        refuses(dest_path, &outside);
    }
}

#[test]
fn names_that_no_file_can_have_are_refused() {
    let long = format!("skill:{}", "n".repeat(240));
    for id in
        ["skill:a/b", "skill:a\\b", "skill:.hidden", "skill:..", "skill:a\nb", "skill:\0", &long]
    {
        let found = destination(&id.parse().unwrap(), Utf8Path::new("x"), &claude(), None);
        assert!(matches!(found, Err(DestinationError::UnusableName { .. })), "{id:?}: {found:?}");
    }
    let unknown = destination(&"widget:w".parse().unwrap(), Utf8Path::new("x"), &claude(), None);
    assert_eq!(unknown, Err(DestinationError::NotDeployable { kind: "widget".to_owned() }));
}

#[test]
fn names_are_as_long_as_a_file_and_its_lock_file_can_have() {
    let place = |name: usize, directory: usize| {
        let artifact = ArtifactId::new("skill", &"n".repeat(name)).unwrap();
        let dest_path = format!(".claude/{}", "d".repeat(directory));
        destination(&artifact, Utf8Path::new("x"), &claude(), Some(&dest_path)).is_ok()
    };
    assert!(place(239, 255));
    assert!(!place(240, 255) && !place(239, 256));
}

#[test]
fn a_copy_stays_where_its_record_says() {
    let place = |asked: Option<&str>, recorded: Option<&str>| {
        place_of_copy(
            asked.map(Utf8PathBuf::from),
            recorded.map(RecordedPath::new).as_ref(),
            "skills/pdf".into(),
        )
    };
    assert_eq!(place(None, None), "skills/pdf");
    assert_eq!(place(None, Some("skills/dev/pdf")), "skills/dev/pdf");
    assert_eq!(place(Some("x/pdf"), Some("skills/dev/pdf")), "x/pdf");
    assert_eq!(place(None, Some("../elsewhere")), "skills/pdf", "no copy can be there");
}

proptest! {
    /// Whatever is asked for, a place is below the profile root and has its artifact's name.
    #[test]
    fn every_place_is_inside(name in "[ -~]{1,12}", dest_path in "(\\.claude)?[ -~]{0,16}") {
        let artifact = ArtifactId::new("skill", &name).unwrap();
        if let Ok(place) = destination(&artifact, Utf8Path::new("x"), &claude(), Some(&dest_path)) {
            let inside = RecordedPath::new(place.as_str()).inside();
            prop_assert_eq!(inside.as_deref(), Ok(&*place));
            prop_assert_eq!(place.file_name(), Some(artifact.name()));
        }
    }
}
