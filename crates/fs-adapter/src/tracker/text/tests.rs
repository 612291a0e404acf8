//! Editing trackers: what is asked for is there afterwards, and all else is as it was.

mod properties;

use skillstat_domain::ContentHash;

use super::super::properties::with_new;
use super::super::usual_form;
use super::*;

const HASH: &str = "7d958bbef5503e69026dae885dd98e8c66caea6eb3be232cbd517509a9a2271a";

fn pdf() -> ArtifactId {
    "skill:pdf".parse().unwrap()
}

fn parse(text: &str) -> TrackerText {
    TrackerText::parse("tracker", text.as_bytes()).unwrap()
}

/// A record that a peer of long ago wrote.
fn old(name: &str) -> String {
    format!(
        "[[deployed]]\nartifact_name = \"{name}\"\nartifact_type = \"skill\"\n\
         from_collection = \"default\"\ndeployed_at = \"2026-01-02T03:04:05\"\n\
         artifact_path = \"skills/{name}\"\ncollection_sha = \"{HASH}\"\nlocal_modifications = true\n"
    )
}

fn fresh() -> String {
    with_new(|record| record.fresh("\n"))
}

#[track_caller]
fn written(before: &str, blocks: &[String], after: &str) {
    let new = parse(before).with(&pdf(), blocks).unwrap();
    assert_eq!(String::from_utf8(new.into_bytes()).unwrap(), after);
}

#[test]
fn a_fresh_record_is_as_skillmeat_writes_it() {
    let ab = "ab".repeat(32);
    let expected = format!(
        "[[deployed]]\nartifact_name = \"pdf\"\nartifact_type = \"skill\"\nfrom_collection = \"work\"\n\
         deployed_at = \"2026-11-25T10:00:00.500000\"\nartifact_path = \"skills/pdf\"\n\
         content_hash = \"{ab}\"\nlocal_modifications = false\nmerge_base_snapshot = \"{ab}\"\n\
         deployment_profile_id = \"claude_code\"\nplatform = \"claude_code\"\n\
         profile_root_dir = \".claude\"\ncollection_sha = \"{ab}\"\n"
    );
    assert_eq!(fresh(), expected);
    assert_eq!(usual_form::read(&fresh(), |_, _| ()), Some(()));
}

#[test]
fn a_record_comes_to_the_end() {
    let record = fresh();
    let one = [record.clone()];
    written("", &one, &record);
    written("deployed = []\n", &one, &record);
    written(
        "# none\ndeployed = [] # yet\nx = 1\n",
        &one,
        &format!("# none\n # yet\nx = 1\n\n{record}"),
    );
    written(&old("x"), &one, &format!("{}\n{record}", old("x")));
    written(&format!("{}\n", old("x")), &one, &format!("{}\n{record}", old("x")));
    let others = format!("{}[other]\nk = 1", old("x"));
    written(&others, &one, &format!("{others}\n\n{record}"));
    written("\u{feff}x = 1\n", &one, &format!("\u{feff}x = 1\n\n{record}"));
}

#[test]
fn a_record_goes_and_what_is_around_it_stays() {
    let none: [String; 0] = [];
    written(&old("pdf"), &none, "deployed = []\n");
    written(&format!("{}\n{}", old("x"), old("pdf")), &none, &old("x"));
    written(&format!("{}\n{}", old("pdf"), old("x")), &none, &old("x"));
    let three = |middle: &str| format!("{}\n{middle}{}", old("a"), old("z"));
    written(&three(&format!("{}\n", old("pdf"))), &none, &three(""));
    let comments = |middle: &str| {
        format!("# of a\n{}# after a\n\n# of pdf\n{middle}# of z\n{}", old("a"), old("z"))
    };
    written(&comments(&old("pdf")), &none, &comments(""));
    written(&format!("x = 1\n\n{}", old("pdf")), &none, "x = 1\n\ndeployed = []\n");
    written(&format!("[other]\nk = 1\n\n{}", old("pdf")), &none, "deployed = []\n[other]\nk = 1\n");
    written("", &none, "");
}

#[test]
fn a_record_is_changed_where_it_stands() {
    let noted = old("pdf")
        .replace(
            "artifact_name = \"pdf\"\n",
            "artifact_name = 'pdf.md' # my favourite\nmine = { a = 1 }\n",
        )
        .replace(
            "local_modifications",
            "version_lineage = [\n    \"a\",\n    \"b\",\n]\nlocal_modifications",
        )
        + "[deployed.notes]\nwhy = \"x\"\n";
    let before = format!("{}\n# mine\n{noted}\n{}", old("a"), old("z"));
    let block = with_new(|record| record.updated(&noted)).unwrap();
    let ab = "ab".repeat(32);
    let expected = format!(
        "[[deployed]]\nartifact_name = 'pdf.md' # my favourite\nmine = {{ a = 1 }}\nartifact_type = \"skill\"\n\
         from_collection = \"work\"\ndeployed_at = \"2026-11-25T10:00:00.500000\"\n\
         artifact_path = \"skills/pdf\"\ncollection_sha = \"{ab}\"\nlocal_modifications = false\n\
         content_hash = \"{ab}\"\nmerge_base_snapshot = \"{ab}\"\n\
         deployment_profile_id = \"claude_code\"\nplatform = \"claude_code\"\n\
         profile_root_dir = \".claude\"\n[deployed.notes]\nwhy = \"x\"\n"
    );
    assert_eq!(block, expected);
    let after = format!("{}\n# mine\n{block}\n{}", old("a"), old("z"));
    written(&before, &[block], &after);
}

#[test]
fn a_record_says_in_which_root_it_is() {
    let elsewhere = format!("{}profile_root_dir = \".codex\"\n", old("pdf"));
    let block = with_new(|record| record.updated(&elsewhere)).unwrap();
    assert!(
        block.contains("\nprofile_root_dir = \".claude\"\n") && !block.contains(".codex"),
        "{block}"
    );
}

#[test]
fn ends_of_lines_stay() {
    let before = old("pdf").replace('\n', "\r\n");
    let text = parse(&before);
    assert_eq!(text.newline(), "\r\n");
    let block = with_new(|record| record.updated(&text.blocks(&pdf())[0])).unwrap();
    assert_eq!(block.matches('\n').count(), block.matches("\r\n").count());
    let after =
        format!("{}\r\n{}", old("x").replace('\n', "\r\n"), with_new(|new| new.fresh("\r\n")));
    written(&old("x").replace('\n', "\r\n"), &[with_new(|new| new.fresh("\r\n"))], &after);
}

#[test]
fn records_in_brackets_stay_in_brackets() {
    let record = |name: &str| {
        format!(
            "{{artifact_name = \"{name}\", artifact_type = \"skill\", version_lineage = [\"a\"], \
             deployed_at = \"2026-01-02\", artifact_path = \"skills/{name}\", content_hash = \"{HASH}\", parent_hash = \"x\"}}"
        )
    };
    let before =
        format!("deployed = [\n  {}, # a\n  {},\n]\n[other]\nk = 1\n", record("a"), record("pdf"));
    written(&before, &[], &before.replace(&format!(", # a\n  {}", record("pdf")), ""));
    let block = with_new(|new| new.updated(&parse(&before).blocks(&pdf())[0])).unwrap();
    let new = parse(&before).with(&pdf(), &[block]).unwrap();
    let text = String::from_utf8(new.clone().into_bytes()).unwrap();
    assert_eq!(text.matches(&record("a")).count(), 1, "{text}");
    assert!(text.contains("# a\n") && text.ends_with(",\n]\n[other]\nk = 1\n"), "{text}");
    assert_eq!(
        (text.matches("parent_hash").count(), text.matches("version_lineage").count()),
        (1, 1)
    );
    assert_eq!(new.records()[1].baseline.hash(), Some(ContentHash::from_bytes([0xab; 32])));
    // A record of the one form goes into a file of the other.
    let one = parse(&format!("deployed = [{}]\n", record("a"))).with(&pdf(), &[fresh()]).unwrap();
    assert_eq!(one.records().len(), 2);
    let two = parse(&old("x")).with(&pdf(), &one.blocks(&pdf())).unwrap();
    assert_eq!(two.records().len(), 2);
    written(&format!("deployed = [{}]\n", record("pdf")), &[], "deployed = []\n");
}

#[test]
fn malformed_records_and_duplicates_are_left_alone() {
    let bad = "[[deployed]]\nartifact_name = \"pdf\"\nartifact_type = 1 # what?\n";
    let elsewhere = old("pdf").replace("skills/pdf", "skills/other");
    let before = format!("{bad}\n{}\n{elsewhere}\n{bad}", old("pdf"));
    written(&before, &[], &before.replacen(&format!("{}\n", old("pdf")), "", 1));
    written(&before, &[fresh()], &before.replacen(&old("pdf"), &fresh(), 1));
}

#[test]
fn what_cannot_be_written_safely_is_refused_with_its_line() {
    let refuses = |text: &[u8], expected: Option<u32>| {
        let refused = TrackerText::parse("tracker", text);
        let Err(DeployError::Tracker { line, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(line, expected);
    };
    refuses(b"x = 1\ny = = 2\n", Some(2));
    refuses(b"x = 1\ny = \"\xff\"\n", Some(2));
    refuses(b"x = 1\n\ndeployed = \"none\"\n", Some(3));
    refuses(b"\xef\xbb\xbfx = 1\nx = 2\n", Some(2));
    // The second half of the record stands behind another table, which would go with it.
    let pieces = format!("{}[other]\nk = 1\n[deployed.notes]\nwhy = 1\n", old("pdf"));
    let refused = parse(&pieces).with(&pdf(), &[]);
    assert!(matches!(refused, Err(DeployError::Tracker { line: None, .. })), "{refused:?}");
    let refused = parse("").with(&pdf(), &["x = 1\n".to_owned()]);
    assert!(refused.is_err(), "a block that is no record");
}
