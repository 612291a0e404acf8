//! What a deployer keeps and notices is passed on.

use super::*;
use crate::ProblemKind;

#[test]
fn a_record_that_was_taken_away_is_told() {
    let (mut service, _) = service(Sketch::default());
    let vanished = Problem {
        path: "/dev/a/.claude/skills/pdf".to_owned(),
        line: None,
        kind: ProblemKind::VanishedRecord,
        reason: "has no record any more".to_owned(),
        fix: "deploy it again".to_owned(),
        artifact: None,
    };
    let mut deployer = MockDeployer::new();
    let told = vanished.clone();
    deployer.expect_vanished_records().returning(move || vec![told.clone()]);
    service.deployer = Arc::new(deployer);
    assert_eq!(service.vanished_records(), [vanished]);
}

#[test]
fn backups_come_back_in_their_order() {
    let (mut service, _) = service(Sketch::default());
    let mut deployer = MockDeployer::new();
    deployer.expect_carry_out().times(1).returning(|tasks, _| {
        let not_found = |task: &Task| match task {
            Task::Restore(RestoreTask { backup, force: true }) => {
                Err(DeployError::BackupNotFound { backup: backup.clone() })
            }
            task => panic!("{task:?}"),
        };
        tasks.iter().map(not_found).collect()
    });
    service.deployer = Arc::new(deployer);
    let backups = ["2", "1", "2"].map(|id| id.parse().unwrap()).to_vec();
    let reports = service.restore(&RestoreOrder { backups, force: true, dry_run: false }, &());
    let ids: Vec<_> = reports.iter().map(|report| report.backup.as_str()).collect();
    assert_eq!(ids, ["2", "1"]);
    assert!(matches!(reports[0].outcome, Outcome::Failed(DeployError::BackupNotFound { .. })));
}
