//! `skillstat restore`, and what `doctor` knows of writing.

use insta::assert_snapshot;
use skillstat_domain::testing::MockDeploymentCommands;
use skillstat_domain::{
    Action, Backup, DeployError, NeedsForce, Outcome, Problem, ProblemKind, RestoreOrder,
    RestoreReport, Scanned,
};

use super::support::{Machine, claude, done, id};
use crate::Exit;

fn backup(machine: &Machine, name: &str, paths: &[&str], size_bytes: u64) -> Backup {
    Backup {
        id: name.parse().unwrap(),
        at: "2026-01-02T03:04:05Z".parse().unwrap(),
        artifact: id("skill:pdf"),
        project: machine.project("shop"),
        profile_root: claude(),
        paths: paths.iter().map(Into::into).collect(),
        recorded: true,
        size_bytes,
    }
}

fn listing(backups: Scanned<Vec<Backup>>) -> MockDeploymentCommands {
    let mut commands = MockDeploymentCommands::new();
    commands.expect_backups().times(1).returning(move || Ok(backups.clone()));
    commands
}

#[test]
fn the_list_tells_what_can_be_brought_back() {
    let machine = Machine::new();
    let problem = Problem {
        kind: ProblemKind::MalformedRecord,
        path: "/state/b-3".to_owned(),
        line: None,
        reason: "is no backup".to_owned(),
        fix: "remove it".to_owned(),
        artifact: None,
    };
    let backups = || Scanned {
        value: vec![
            backup(&machine, "b-2", &["skills/pdf"], 1_234_567),
            backup(&machine, "b-1", &["skills/pdf", "skills/old"], 7),
        ],
        problems: vec![problem.clone()],
    };
    assert_snapshot!(machine.run(listing(backups()), &["restore"]).text());
    let list = machine.run(listing(backups()), &["restore"]).out;
    assert_eq!(list, machine.run(listing(backups()), &["restore"]).out);
    let answer = machine.run(listing(backups()), &["restore", "--json"]);
    assert_snapshot!(answer.out);
    let none = machine.run(listing(Scanned::whole(Vec::new())), &["restore"]);
    assert_eq!((none.exit, none.out.as_str()), (Exit::Fine, ""));
    assert!(none.err.starts_with("nothing was replaced"), "{}", none.err);
}

#[test]
fn backups_are_brought_back_by_name() {
    let machine = Machine::new();
    let mut restored = done(machine.plan("skill:pdf", "shop", Action::Restore));
    restored.backup = "b-9".parse().ok();
    let why = NeedsForce::LocallyModified;
    let needs = DeployError::NeedsForce { path: "[root]/blog/.claude/skills/pdf".to_owned(), why };
    let gone = DeployError::BackupNotFound { backup: "b-3".parse().unwrap() };
    let reports = vec![
        RestoreReport { backup: "b-1".parse().unwrap(), outcome: Outcome::Done(restored) },
        RestoreReport { backup: "b-2".parse().unwrap(), outcome: Outcome::Failed(needs) },
        RestoreReport { backup: "b-3".parse().unwrap(), outcome: Outcome::Failed(gone) },
    ];
    let order = RestoreOrder {
        backups: ["b-1", "b-2", "b-3"].map(|id| id.parse().unwrap()).into(),
        force: false,
        dry_run: false,
    };
    let commands = || {
        let mut commands = MockDeploymentCommands::new();
        let (order, reports) = (order.clone(), reports.clone());
        commands
            .expect_restore()
            .withf(move |asked, _| *asked == order)
            .times(1)
            .returning(move |_, _| Ok(reports.clone()));
        let kept = Scanned::whole(vec![backup(&machine, "b-2", &["skills/pdf"], 7)]);
        commands.expect_backups().returning(move || Ok(kept.clone()));
        commands
    };
    let answer = machine.run(commands(), &["restore", "b-1", "b-2", "b-1", "b-3"]);
    assert_snapshot!(answer.text());
    let json = machine.run(commands(), &["--json", "restore", "b-1", "b-2", "b-3"]).json();
    assert_eq!((&json["done"], &json["failed"]), (&1.into(), &2.into()));
    assert_eq!(json["items"][1]["error"], "needs_force");
    let fix = json["items"][1]["fix"].as_str().unwrap();
    assert!(fix.starts_with("`skillstat restore b-2 --force`"), "{fix}");
}

#[test]
fn a_name_that_cannot_be_one_is_refused() {
    let machine = Machine::new();
    let answer = machine.run(MockDeploymentCommands::new(), &["restore", "../x"]);
    assert_eq!(answer.exit, Exit::Usage);
    assert!(answer.err.contains("`../x` is no backup"), "{}", answer.err);
    let empty = machine.run(MockDeploymentCommands::new(), &["restore", ""]);
    assert_eq!(empty.exit, Exit::Usage, "{empty:?}");
}

#[test]
fn doctor_names_the_records_that_have_vanished() {
    let machine = Machine::new();
    let problem = Problem {
        kind: ProblemKind::VanishedRecord,
        path: machine.root().join("shop/.claude/.skillmeat-deployed.toml").display().to_string(),
        line: None,
        reason: "another program took the record of skill:chart away".to_owned(),
        fix: "`skillstat deploy skill:chart --project shop`".to_owned(),
        artifact: Some(id("skill:chart")),
    };
    let mut commands = MockDeploymentCommands::new();
    commands.expect_vanished_records().returning(move || Ok(vec![problem.clone()]));
    let answer = machine.run(commands, &["--max-depth", "9", "doctor", "--exit-code"]);
    assert_eq!(answer.exit, Exit::Drift, "copies are missing");
    let (_, problems) = answer.out.split_once("1 problem:\n").expect("there is one");
    assert_snapshot!(problems);
}
