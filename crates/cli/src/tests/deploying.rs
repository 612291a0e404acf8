//! `skillstat deploy`.

use std::time::Duration;

use insta::assert_snapshot;
use skillstat_domain::testing::MockDeploymentCommands;
use skillstat_domain::{
    Action, DeployError, DeployOrder, NeedsForce, NeverFound, Outcome, Problem, ProblemKind,
    ProfileRoot, Profiles, QueryError, Replace, Skipped, StateName, Targets,
};

use super::support::{Machine, deploying, done, id};
use crate::{Exit, Size};

fn usual(machine: &Machine) -> DeployOrder {
    DeployOrder {
        artifacts: vec![id("skill:pdf")],
        collection: None,
        targets: into(machine, &["shop"], Profiles::Usual),
        dest_path: None,
        replace: Replace::Unmodified,
        create_projects: false,
        dry_run: false,
    }
}

fn into(machine: &Machine, projects: &[&str], profiles: Profiles) -> Targets {
    let projects = projects.iter().map(|project| machine.project(project)).collect();
    Targets::Projects { projects, profiles }
}

#[test]
fn the_order_is_what_the_command_line_says() {
    let machine = Machine::new();
    let check = |arguments: &[&str], change: &dyn Fn(&mut DeployOrder)| {
        let mut expected = usual(&machine);
        change(&mut expected);
        assert_eq!(machine.deploy(arguments).unwrap(), expected, "{arguments:?}");
    };
    check(&["pdf", "--project", "shop"], &|_| ());
    check(&["--project", "shop", "--", "skill:pdf", "pdf.md"], &|_| ());
    check(&["pdf", "chart", "--project", "shop", "new"], &|order| {
        order.artifacts = vec![id("skill:pdf"), id("skill:chart")];
        order.targets = into(&machine, &["shop", "new"], Profiles::Usual);
    });
    check(
        &["pdf", "--project", "shop", "--project", "./shop", "--project", "old/blog"],
        &|order| {
            order.targets = into(&machine, &["shop", "old/blog"], Profiles::Usual);
        },
    );
    check(&["chart", "--project=shop", "--collection", "work"], &|order| {
        order.artifacts = vec![id("skill:chart")];
        order.collection = Some("work".to_owned());
    });
    check(&["pdf", "--project", "shop", "--profile", "codex", "--profile", ".mine"], &|order| {
        let profiles = vec!["codex".parse().unwrap(), ".mine".parse().unwrap()];
        order.targets = into(&machine, &["shop"], Profiles::These(profiles));
    });
    check(&["pdf", "--project", "shop", "--all-profiles"], &|order| {
        order.targets = into(&machine, &["shop"], Profiles::All);
    });
    check(&["pdf", "--project", "shop", "--dest", ".claude/x", "--force"], &|order| {
        order.dest_path = Some(".claude/x".to_owned());
        order.replace = Replace::Anything;
    });
    check(&["pdf", "--project", "shop", "-n"], &|order| order.dry_run = true);
    check(&["pdf", "--all-synced", "--dry-run"], &|order| {
        order.targets = Targets::AllSynced;
        order.dry_run = true;
    });
    // An id that no collection has is for the one who writes to answer.
    check(&["skill:nobody", "--project", "shop"], &|order| {
        order.artifacts = vec![id("skill:nobody")];
    });
}

#[test]
fn a_directory_is_named_by_its_path_or_by_its_name_where_that_is_clear() {
    let machine = Machine::new();
    let root = machine.root();
    std::fs::create_dir_all(root.join("old/new")).unwrap();
    std::os::unix::fs::symlink(root.join("shop"), root.join("link")).unwrap();
    let check = |directory: &str, wanted: &str, expected: Result<&str, &str>| {
        let mut commands = MockDeploymentCommands::new();
        let (tell, told) = std::sync::mpsc::channel();
        commands.expect_deploy().returning(move |order, _| {
            tell.send(order.targets).unwrap();
            Ok(Vec::new())
        });
        let arguments = ["deploy", "pdf", "--project", wanted];
        let answer = machine.run_at(&root.join(directory), None, commands, &arguments);
        match expected {
            Ok(project) => {
                let expected = into(&machine, &[project], Profiles::Usual);
                assert_eq!(told.try_recv(), Ok(expected), "{wanted}: {answer:?}");
            }
            Err(text) => {
                assert_eq!(
                    (answer.exit, answer.err.contains(text)),
                    (Exit::Usage, true),
                    "{answer:?}"
                );
            }
        }
    };
    check("", "shop", Ok("shop"));
    check("new", "shop", Ok("shop"));
    check("", "./new", Ok("new"));
    check("", "new", Ok("new"));
    check("new", ".", Ok("new"));
    check("", "link", Ok("shop"));
    check("", root.join("shop/").to_str().unwrap(), Ok("shop"));
    // The project of that name that is here.
    check("", "blog", Ok("blog"));
    check("old", "blog", Ok("old/blog"));
    check("new", "blog", Err("`blog` may be several; say which: [root]/blog, [root]/old/blog\n"));
    // A directory here is no project yet, one elsewhere is.
    std::fs::create_dir(root.join("old/shop")).unwrap();
    check("old", "shop", Err("`shop` may be several; say which: [root]/shop, [root]/old/shop\n"));
    let text =
        "there is no project and no directory `nowhere`; name it by its path; `skillstat projects`";
    check("", "nowhere", Err(text));
    std::fs::write(root.join("file"), "").unwrap();
    std::os::unix::fs::symlink("gone", root.join("dangling")).unwrap();
    check("", "./file", Err("`./file` is there and is no directory; name the directory of"));
    check("", "./dangling", Err("`./dangling` is a link that leads nowhere; make what"));
    check("", "./a b", Err("`./a b` is no directory; make it with `mkdir -p './a b'`"));
    check("", "./nowhere", Err("`./nowhere` is no directory; make it with `mkdir -p ./nowhere`"));
    check("", "shop/.claude/.skillmeat-deployed.toml", Err("is there and is no directory"));
    for project in ["shop", "blog", "old/blog"] {
        std::fs::remove_dir_all(root.join(project).join(".claude")).unwrap();
    }
    check("", "nowhere", Err("no directory `nowhere`; name it by its path\n"));
}

#[test]
fn what_makes_no_sense_is_refused_with_what_would() {
    let machine = Machine::new();
    let check = |arguments: &[&str], text: &str| {
        let answer = machine.deploy(arguments).unwrap_err();
        assert_eq!((answer.exit, answer.out.as_str()), (Exit::Usage, ""), "{arguments:?}");
        assert!(answer.err.contains(text), "{arguments:?}: {}", answer.err);
    };
    check(
        &["review", "--project", "shop"],
        "`review` is the name of several artifacts; say which: agent:review, command:review\n",
    );
    check(&["nobody", "--project", "shop"], "no artifact is called `nobody`");
    // What is only deployed cannot be deployed again.
    check(
        &["chart", "--project", "shop", "--collection", "default"],
        "no artifact is called `chart`",
    );
    check(
        &["pdf", "--project", "shop", "--collection", "nope"],
        "there is no collection `nope`; there are: default, work\n",
    );
    check(&["pdf"], "--project");
    check(&["--project", "shop"], "ARTIFACT");
    check(&["pdf", "--project", ""], "a value is required for '--project");
    check(&["pdf", "--project", "shop", "--profile", "zzz"], "`zzz` is no deployment profile");
    check(&["pdf", "--project", "shop", "--profile", "codex", "--all-profiles"], "cannot be used");
    for more in [
        &["--project", "shop"][..],
        &["--force"],
        &["--dest", ".claude/x"],
        &["--profile", "codex"],
        &["--all-profiles"],
    ] {
        check(&[&["pdf", "--all-synced"], more].concat(), "cannot be used with");
    }
}

#[test]
fn a_plan_is_a_table() {
    let machine = Machine::new();
    let planned = |artifact, project, action| {
        let plan = machine.plan(artifact, project, action);
        machine.report(artifact, project, Outcome::Planned(plan))
    };
    let moved = Action::Move { from: "skills/old".into() };
    let needs = DeployError::NeedsForce {
        path: format!("{}/.claude/skills/pdf", machine.project("old/blog")),
        why: NeedsForce::LocallyModified,
    };
    let commands = deploying(vec![
        planned("skill:pdf", "shop", Action::Replace),
        planned("skill:pdf", "new", Action::Create),
        planned("skill:pdf", "blog", moved),
        machine.failed("skill:pdf", "old/blog", needs),
        planned("skill:chart", "shop", Action::Record),
        planned("skill:chart", "new", Action::UpToDate),
    ]);
    let arguments =
        ["deploy", "pdf", "chart", "--project", "shop", "new", "blog", "old/blog", "-n"];
    assert_snapshot!(machine.run(commands, &arguments).text());
}

#[test]
fn what_was_done_is_told_with_what_was_skipped_and_why() {
    let machine = Machine::new();
    let mut replaced = machine.done("skill:pdf", "shop", Action::Replace);
    if let Outcome::Done(done) = &mut replaced.outcome {
        done.backup = "b-1".parse().ok();
        done.written_again = 2;
        done.plan.warnings = vec![Problem {
            kind: ProblemKind::MalformedRecord,
            path: machine
                .root()
                .join("shop/.claude/.skillmeat-deployed.toml")
                .display()
                .to_string(),
            line: Some(12),
            reason: "deployed_at is no date".to_owned(),
            fix: "correct the record".to_owned(),
            artifact: None,
        }];
    }
    let skipped = |state| Outcome::Skipped(Skipped::NotSynced(state));
    let commands = deploying(vec![
        replaced,
        machine.done("skill:pdf", "blog", Action::UpToDate),
        machine.report("skill:pdf", "old/blog", skipped(StateName::Modified)),
        machine.report("skill:pdf", "new", Outcome::Skipped(Skipped::UpToDate)),
    ]);
    let answer = machine.run(commands, &["deploy", "pdf", "--all-synced"]);
    assert_snapshot!(answer.text());
    assert_eq!(answer.exit, Exit::Fine);
}

#[test]
fn nothing_to_do_is_said() {
    let machine = Machine::new();
    let answer = machine.run(deploying(Vec::new()), &["deploy", "pdf", "--all-synced"]);
    assert_eq!((answer.exit, answer.out.as_str()), (Exit::Fine, ""));
    assert_eq!(answer.err, "nothing to do: no copy of it is deployed anywhere\n");
}

#[test]
fn each_failure_says_the_command_that_mends_it() {
    let machine = Machine::new();
    let project = || machine.project("new");
    let text = |text: &str| text.to_owned();
    let needs = |why| DeployError::NeedsForce { path: text("[root]/new/.claude/skills/pdf"), why };
    let unverified = NeedsForce::Unverified { reason: text("permission denied") };
    let mut codex = machine.failed("skill:pdf", "new", needs(NeedsForce::LocallyModified));
    codex.profile_root = ProfileRoot::new(".agents").ok();
    let errors = vec![
        needs(NeedsForce::Untracked),
        needs(unverified),
        DeployError::ArtifactNotFound { artifact: id("skill:pdf") },
        DeployError::CollectionNotFound { collection: text("x"), directory: "/c/x".into() },
        DeployError::ProjectMissing { project: project() },
        DeployError::OutsideRoots { project: project() },
        DeployError::NeverFound {
            path: project().to_string(),
            why: NeverFound::TooDeep { depth: 4, max_depth: 2 },
        },
        DeployError::InTheWay {
            path: text("[root]/new/.claude/skills"),
            reason: text("holds the copy of `skill:x`"),
        },
        DeployError::ProfileRootLeaves { path: text("[root]/new/.claude") },
        DeployError::NotDeployed { artifact: id("skill:pdf"), project: project() },
        DeployError::Tracker {
            path: text("[root]/new/.claude/.skillmeat-deployed.toml"),
            line: Some(3),
            reason: text("is no TOML"),
            fix: text("mend line 3"),
        },
        DeployError::Busy {
            lock: text("/l"),
            waited: Duration::from_secs(10),
            holder: Some(text("skillmeat (7)")),
        },
        DeployError::Changed { path: text("[root]/new/.claude/skills/pdf") },
        DeployError::RecordErased { tracker: text("/t"), times: 3, backup: "7".parse().ok() },
        DeployError::Failed {
            path: text("/d"),
            reason: text("has no space left"),
            fix: text("make room"),
        },
    ];
    let failed = errors.into_iter().map(|error| machine.failed("skill:pdf", "new", error));
    let commands = deploying(std::iter::once(codex).chain(failed).collect());
    let arguments = [
        "--max-depth",
        "2",
        "deploy",
        "pdf",
        "--project",
        "new",
        "--collection",
        "default",
        "--dest",
        ".claude/a b",
    ];
    let answer = machine.run(commands, &arguments);
    assert_snapshot!(answer.err);
    assert_eq!(answer.exit, Exit::Failure);
}

#[test]
fn what_was_forced_is_forced_again_when_it_was_only_busy() {
    let machine = Machine::new();
    let waited = Duration::from_secs(10);
    let busy = || DeployError::Busy { lock: "/l".to_owned(), waited, holder: None };
    let reports = || vec![machine.failed("skill:pdf", "shop", busy())];
    let answer =
        machine.run(deploying(reports()), &["deploy", "pdf", "--project", "shop", "--force"]);
    let line = "`skillstat deploy skill:pdf --project ./shop --force`\n";
    assert!(answer.err.ends_with(line), "{}", answer.err);
    let mut commands = MockDeploymentCommands::new();
    let reports = reports();
    commands.expect_undeploy().returning(move |_, _| Ok(reports.clone()));
    let answer = machine.run(commands, &["undeploy", "pdf", "--project", "shop", "-f"]);
    let line = "`skillstat undeploy skill:pdf --project ./shop --force`\n";
    assert!(answer.err.ends_with(line), "{}", answer.err);
}

#[test]
fn json_says_everything_and_the_same_command() {
    let machine = Machine::new();
    let why = NeedsForce::LocallyModified;
    let needs = DeployError::NeedsForce { path: "[root]/x".to_owned(), why };
    let reports = vec![
        machine.done("skill:pdf", "shop", Action::Create),
        machine.failed("skill:pdf", "blog", needs),
        machine.report("skill:pdf", "new", Outcome::Skipped(Skipped::UpToDate)),
    ];
    let arguments = ["--json", "deploy", "pdf", "--project", "shop", "blog", "new"];
    let answer = machine.run(deploying(reports), &arguments);
    assert_eq!((answer.exit, answer.err.as_str()), (Exit::Failure, ""));
    assert_eq!(answer.json()["failed"], 1);
    assert_snapshot!(answer.out);
}

#[test]
fn a_table_of_outcomes_fits_the_terminal_in_colour() {
    let machine = Machine::new();
    let reports = vec![
        machine.done("skill:pdf", "shop", Action::Create),
        machine.report(
            "skill:pdf",
            "blog",
            Outcome::Done(done(machine.plan("skill:pdf", "blog", Action::Replace))),
        ),
    ];
    let size = Some(Size { columns: 40, rows: 20 });
    let arguments = ["deploy", "pdf", "--project", "shop", "blog"];
    let answer = machine.run_at(&machine.root(), size, deploying(reports), &arguments);
    assert!(answer.out.contains("\u{1b}[32mdeployed\u{1b}[0m"), "{:?}", answer.out);
    assert!(answer.out.contains("\u{1b}[32mreplaced\u{1b}[0m"), "{:?}", answer.out);
}

#[test]
fn not_to_know_what_was_written_is_a_failure_that_says_where_to_look() {
    let machine = Machine::new();
    let mut commands = MockDeploymentCommands::new();
    let reason = "it broke".to_owned();
    let error = QueryError::Failed { reason };
    commands.expect_deploy().returning(move |_, _| Err(error.clone()));
    let answer = machine.run(commands, &["deploy", "pdf", "--project", "shop"]);
    assert_eq!(
        (answer.exit, answer.err.as_str()),
        (
            Exit::Failure,
            "skillstat: it is not known what was written: look with `skillstat status`: the computation \
             failed: it broke\n"
        )
    );
}
