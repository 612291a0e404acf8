//! Each rule, case by case.

use super::*;
use crate::{ContentTraits, Difference};

const NEW: ContentHash = ContentHash::from_bytes([1; 32]);
const OLD: ContentHash = ContentHash::from_bytes([2; 32]);
const EDITED: ContentHash = ContentHash::from_bytes([3; 32]);

fn baseline(hash: ContentHash) -> Baseline {
    Baseline::new(&hash.to_string())
}

fn broken() -> Occupant {
    Occupant::Unverified("holds a link that leaves".to_owned())
}

#[track_caller]
fn deploys(
    recorded: Option<&Baseline>,
    occupant: &Occupant,
    [nothing, unmodified, anything]: [Result<Action, Refusal>; 3],
) {
    let decide = |replace| decide_deploy(recorded, occupant, NEW, replace);
    assert_eq!(decide(Replace::Nothing), nothing, "nothing may be replaced");
    assert_eq!(decide(Replace::Unmodified), unmodified, "what is unmodified may be replaced");
    assert_eq!(decide(Replace::Anything), anything, "anything may be replaced");
}

fn force(why: NeedsForce) -> Result<Action, Refusal> {
    Err(Refusal::NeedsForce(why))
}

fn refused() -> Result<Action, Refusal> {
    Err(Refusal::AlreadyDeployed)
}

#[test]
fn what_is_not_there_is_created() {
    let create = || Ok(Action::Create);
    deploys(None, &Occupant::Nothing, [create(), create(), create()]);
    deploys(Some(&baseline(OLD)), &Occupant::Nothing, [refused(), create(), create()]);
}

#[test]
fn what_no_record_knows_needs_force_unless_it_is_the_very_content() {
    let untracked = || force(NeedsForce::Untracked);
    let replace = || Ok(Action::Replace);
    deploys(None, &Occupant::Content(EDITED), [untracked(), untracked(), replace()]);
    deploys(None, &broken(), [untracked(), untracked(), replace()]);
    deploys(None, &Occupant::Content(NEW), [untracked(), Ok(Action::Record), replace()]);
}

#[test]
fn a_recorded_copy_needs_force_when_it_was_edited() {
    let replace = || Ok(Action::Replace);
    let recorded = baseline(OLD);
    deploys(Some(&recorded), &Occupant::Content(OLD), [refused(), replace(), replace()]);
    let modified = force(NeedsForce::LocallyModified);
    deploys(Some(&recorded), &Occupant::Content(EDITED), [refused(), modified, replace()]);
    let unverified = |reason: &str| force(NeedsForce::Unverified { reason: reason.to_owned() });
    let leaves = unverified("holds a link that leaves");
    deploys(Some(&recorded), &broken(), [refused(), leaves, replace()]);
    let no_hash = unverified("the hash on record is no SHA-256 in hex: `abc`");
    let old = Occupant::Content(OLD);
    deploys(Some(&Baseline::new("abc")), &old, [refused(), no_hash, replace()]);
}

#[test]
fn what_is_as_asked_for_stays() {
    let replace = || Ok(Action::Replace);
    let same = Occupant::Content(NEW);
    deploys(Some(&baseline(NEW)), &same, [refused(), Ok(Action::UpToDate), replace()]);
    // Somebody has copied the new version there by hand.
    deploys(Some(&baseline(OLD)), &same, [refused(), Ok(Action::Record), replace()]);
    deploys(Some(&Baseline::new("abc")), &same, [refused(), Ok(Action::Record), replace()]);
}

#[test]
fn what_is_taken_away_needs_force_when_it_was_edited() {
    let old = baseline(OLD);
    let decide = |occupant, force| decide_removal(&old, &occupant, force);
    assert_eq!(decide(Occupant::Nothing, false), Ok(Action::RemoveRecord));
    assert_eq!(decide(Occupant::Content(OLD), false), Ok(Action::Remove));
    assert_eq!(decide(Occupant::Content(EDITED), false), Err(NeedsForce::LocallyModified));
    assert_eq!(decide(Occupant::Content(EDITED), true), Ok(Action::Remove));
    assert!(matches!(decide(broken(), false), Err(NeedsForce::Unverified { .. })));
    assert_eq!(decide(broken(), true), Ok(Action::Remove));
}

#[test]
fn what_holds_the_copies_of_others_stays_whatever_is_forced() {
    let other: ArtifactId = "skill:other".parse().unwrap();
    let holds = || Occupant::Holds(other.clone());
    let in_the_way = || Err(Refusal::HoldsOther(other.clone()));
    deploys(None, &holds(), [in_the_way(), in_the_way(), in_the_way()]);
    deploys(Some(&baseline(OLD)), &holds(), [refused(), in_the_way(), in_the_way()]);
    for force in [false, true] {
        assert_eq!(decide_removal(&baseline(OLD), &holds(), force), Ok(Action::RemoveRecord));
    }
}

#[track_caller]
fn belong(records: &[(&str, &str)], expected: &[usize]) {
    let records: Vec<(ArtifactId, _)> = records
        .iter()
        .map(|(artifact, path)| (artifact.parse().unwrap(), RecordedPath::new(path)))
        .collect();
    let of_copy = records_of_copy(
        records.iter().map(|(artifact, path)| (artifact, path)),
        &"skill:pdf".parse().unwrap(),
    );
    assert_eq!(of_copy, expected);
}

#[test]
fn the_first_record_decides_and_those_of_its_copy_go_with_it() {
    belong(&[], &[]);
    belong(&[("skill:other", "skills/pdf"), ("command:pdf", "skills/pdf")], &[]);
    let records = [
        ("skill:x", "skills/x"),
        ("skill:pdf.md", "skills/pdf"),
        ("skill:pdf", "skills/dev/pdf"),
        ("skill:pdf", "./skills//pdf/"),
    ];
    belong(&records, &[1, 3]);
    // Paths that lead nowhere are told apart by their text.
    belong(&[("skill:pdf", "../a"), ("skill:pdf", "/a"), ("skill:pdf", "../a")], &[0, 2]);
}

#[test]
fn a_new_version_is_rolled_out_to_synced_copies_only() {
    assert_eq!(rolls_out(&Assessment::AsDeployed), Ok(()));
    let edited = ContentTraits::new(EDITED, EDITED, EDITED, None);
    let edited = Difference::new(edited, EDITED, ContentHash::from_bytes([0; 32]));
    assert_eq!(rolls_out(&Assessment::Differs(edited.into())), Err(StateName::Modified));
    assert_eq!(rolls_out(&Assessment::Missing), Err(StateName::Missing));
}
