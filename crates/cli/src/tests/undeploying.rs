//! `skillstat undeploy`.

use insta::assert_snapshot;
use skillstat_domain::testing::MockDeploymentCommands;
use skillstat_domain::{Action, DeployError, NeedsForce, Profiles, UndeployOrder};

use super::support::{Machine, id};
use crate::Exit;

fn usual(machine: &Machine) -> UndeployOrder {
    UndeployOrder {
        artifacts: vec![id("skill:pdf")],
        projects: vec![machine.project("shop")],
        profiles: Profiles::Usual,
        force: false,
        keep_copies: false,
        dry_run: false,
    }
}

#[test]
fn the_order_is_what_the_command_line_says() {
    let machine = Machine::new();
    let check = |arguments: &[&str], change: &dyn Fn(&mut UndeployOrder)| {
        let mut expected = usual(&machine);
        change(&mut expected);
        assert_eq!(machine.undeploy(arguments).unwrap(), expected, "{arguments:?}");
    };
    // The name is another artifact's too, but not in this project.
    check(&["pdf", "--project", "shop"], &|_| ());
    check(&["pdf", "--project", "old/blog"], &|order| {
        order.artifacts = vec![id("command:pdf")];
        order.projects = vec![machine.project("old/blog")];
    });
    check(&["skill:pdf", "--project", "shop", "./blog", "--project", "shop"], &|order| {
        order.projects = vec![machine.project("shop"), machine.project("blog")];
    });
    check(&["pdf", "--project", "shop", "--profile", "codex"], &|order| {
        order.profiles = Profiles::These(vec!["codex".parse().unwrap()]);
    });
    check(&["pdf", "--project", "shop", "--all-profiles", "-f", "-n"], &|order| {
        order.profiles = Profiles::All;
        (order.force, order.dry_run) = (true, true);
    });
    check(&["command:pdf", "--project", "shop"], &|order| {
        order.artifacts = vec![id("command:pdf")];
    });
}

#[test]
fn what_makes_no_sense_is_refused_with_what_would() {
    let machine = Machine::new();
    let check = |arguments: &[&str], text: &str| {
        let answer = machine.undeploy(arguments).unwrap_err();
        assert_eq!((answer.exit, answer.out.as_str()), (Exit::Usage, ""), "{arguments:?}");
        assert!(answer.err.contains(text), "{arguments:?}: {}", answer.err);
    };
    check(
        &["pdf", "--project", "shop", "old/blog"],
        "`pdf` is the name of several artifacts; say which: command:pdf, skill:pdf\n",
    );
    check(&["nobody", "--project", "shop"], "no artifact is called `nobody`");
    check(
        &["pdf", "--project", "new"],
        "no project `new` was found; `skillstat projects` lists all",
    );
    check(&["pdf", "--project", ""], "a value is required for '--project");
    check(&["pdf"], "--project");
}

#[test]
fn what_was_taken_away_is_told() {
    let machine = Machine::new();
    let why = NeedsForce::LocallyModified;
    let needs = DeployError::NeedsForce { path: "[root]/blog/.claude/skills/pdf".to_owned(), why };
    let nowhere =
        DeployError::NotDeployed { artifact: id("skill:chart"), project: machine.project("shop") };
    let reports = vec![
        machine.done("skill:pdf", "shop", Action::Remove),
        machine.failed("skill:pdf", "blog", needs),
        machine.failed("skill:chart", "shop", nowhere),
        machine.done("skill:chart", "blog", Action::RemoveRecord),
    ];
    let mut commands = MockDeploymentCommands::new();
    commands.expect_undeploy().returning(move |_, _| Ok(reports.clone()));
    let arguments = ["undeploy", "pdf", "skill:chart", "--project", "shop", "blog"];
    let answer = machine.run(commands, &arguments);
    assert_snapshot!(answer.text());
    assert_eq!(answer.exit, Exit::Failure);
}

#[test]
fn copies_in_other_profile_roots_are_named() {
    let machine = Machine::new();
    let agents = machine.root().join("shop/.agents");
    std::fs::create_dir(&agents).unwrap();
    let tracker = ".skillmeat-deployed.toml";
    std::fs::copy(machine.root().join("shop/.claude").join(tracker), agents.join(tracker)).unwrap();
    let run = |more: &[&str]| {
        let reports = vec![machine.done("skill:pdf", "shop", Action::Remove)];
        let mut commands = MockDeploymentCommands::new();
        commands.expect_undeploy().returning(move |_, _| Ok(reports.clone()));
        machine.run(commands, &[&["undeploy", "pdf", "--project", "shop"], more].concat()).err
    };
    let note = "skill:pdf in shop is in .agents too, and stays there; name it with --profile codex, or all with \
                --all-profiles\n";
    assert_eq!(run(&[]), note);
    assert_eq!(run(&["--all-profiles"]), "");
    assert_eq!(run(&["--profile", "claude_code"]), "");
}
