//! Every outcome, as a script reads it.

use serde_json::{Value, json};
use skillstat_domain::{Done, NeedsForce, ProfileRoot, ProjectPath, StateName};

use super::*;

fn plan(action: Action) -> Plan {
    Plan {
        artifact: "skill:pdf".parse().unwrap(),
        project: ProjectPath::new("/p/shop".into()).unwrap(),
        profile_root: ProfileRoot::new(".claude").unwrap(),
        action,
        path: "skills/pdf".into(),
        hash: None,
        warnings: Vec::new(),
    }
}

fn item(outcome: Outcome) -> WrittenItem {
    let Plan { artifact, project, profile_root, .. } = plan(Action::Create);
    (&ItemReport { artifact, project, profile_root: Some(profile_root), outcome }).into()
}

fn done(action: Action) -> Outcome {
    Outcome::Done(Done {
        plan: plan(action),
        deployed_at: "2026-01-02T03:04:05".parse().ok(),
        backup: "b-1".parse().ok(),
        written_again: 2,
    })
}

/// Checks the fields that are not null, without those that say of what the item is.
#[track_caller]
fn check(outcome: Outcome, expected: &Value) {
    let item = serde_json::to_value(item(outcome)).unwrap();
    let mut said = item.as_object().unwrap().clone();
    for of_what in ["artifact", "project_path", "profile_root"] {
        assert!(said.remove(of_what).is_some_and(|value| value.is_string()), "{of_what}");
    }
    said.retain(|_, value| !value.is_null());
    assert_eq!(&Value::Object(said), expected);
}

#[test]
fn what_is_done_says_what_and_what_was_kept() {
    check(
        done(Action::Move { from: "skills/old".into() }),
        &json!({
            "outcome": "done", "action": "move", "path": "skills/pdf", "from": "skills/old",
            "deployed_at": "2026-01-02T03:04:05", "kept_as": "b-1", "written_again": 2, "warnings": [],
        }),
    );
    check(
        Outcome::Planned(plan(Action::RemoveRecord)),
        &json!({
            "outcome": "planned", "action": "remove_record", "path": "skills/pdf",
            "written_again": 0, "warnings": [],
        }),
    );
}

#[test]
fn what_is_not_done_says_why() {
    check(
        Outcome::Skipped(Skipped::NotSynced(StateName::Modified)),
        &json!({"outcome": "skipped", "reason": "modified", "written_again": 0, "warnings": []}),
    );
    let error =
        DeployError::NeedsForce { path: "skills/pdf".to_owned(), why: NeedsForce::LocallyModified };
    check(
        Outcome::Failed(error.clone()),
        &json!({
            "outcome": "failed", "error": "needs_force", "fix": error.fix(), "written_again": 0,
            "reason": "`skills/pdf` was edited since it was deployed", "warnings": [],
        }),
    );
}

#[test]
fn a_backup_that_is_not_there_is_of_nothing() {
    let error = DeployError::BackupNotFound { backup: "b-2".parse().unwrap() };
    let report = |outcome| RestoreReport { backup: "b-2".parse().unwrap(), outcome };
    let failed = WrittenItem::from(&report(Outcome::Failed(error)));
    assert_eq!((failed.artifact, failed.backup.as_deref()), (None, Some("b-2")));
    let restored = WrittenItem::from(&report(done(Action::Restore)));
    assert_eq!(restored.project_path.as_deref(), Some("/p/shop"));
    assert_eq!(restored.profile_root.as_deref(), Some(".claude"));
}

#[test]
fn the_items_are_counted() {
    let error = DeployError::BackupNotFound { backup: "b-2".parse().unwrap() };
    let items = vec![
        item(done(Action::Create)),
        item(Outcome::Planned(plan(Action::Create))),
        item(Outcome::Skipped(Skipped::UpToDate)),
        item(Outcome::Failed(error)),
    ];
    let written = Written::new(true, items);
    assert_eq!((written.done, written.skipped, written.failed), (2, 1, 1));
    let text = serde_json::to_string(&written).unwrap();
    assert_eq!(serde_json::from_str::<Written>(&text).unwrap(), written);
}
