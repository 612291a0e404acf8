//! The socket that takes no key: whose it is, how long it is there, and who finds it.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;

use crate::daemon::{Daemon, project, skillstatd};
use crate::{Sandbox, run};

const INVALIDATE: &str = "POST /api/v1/cache/invalidate";

fn fleet() -> Sandbox {
    let sandbox = Sandbox::new();
    project(&sandbox.tree().join("shop"));
    sandbox
}

/// The service with its runtime directory in the sandbox.
fn service(sandbox: &Sandbox) -> Command {
    let mut command = skillstatd(sandbox);
    command.args(["--root", "."]).env("XDG_RUNTIME_DIR", sandbox.tree().join(".run"));
    command
}

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("it is there").permissions().mode() & 0o777
}

fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

#[test]
fn it_takes_no_key_and_is_gone_in_the_end() {
    let sandbox = fleet();
    let mut daemon = Daemon::start(&mut service(&sandbox));
    let socket = daemon.socket.clone().expect("it has one");
    assert_eq!(socket.parent(), Some(&*sandbox.tree().join(".run/skillstat")));
    assert_eq!((mode_of(&socket), mode_of(socket.parent().expect("a parent"))), (0o600, 0o700));
    assert_eq!(daemon.ask(INVALIDATE, "").0, 401);
    assert_eq!(daemon.ask_privately(INVALIDATE).0, 200);
    assert_eq!(daemon.end(Signal::TERM), Some(0));
    assert!(!is_there(&socket));
}

#[test]
fn both_sockets_are_one_service() {
    let sandbox = fleet();
    let daemon = Daemon::start(&mut service(&sandbox));
    daemon.ask("GET /nowhere", "");
    daemon.ask_privately("GET /nowhere");
    let (_, metrics) = daemon.ask("GET /metrics", "");
    let counted = "skillstat_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"} 2\n";
    assert!(metrics.contains(counted), "{metrics}");
}

#[test]
fn who_has_the_same_settings_finds_it_and_nobody_else() {
    let sandbox = fleet();
    let one = Daemon::start(&mut service(&sandbox));
    let two = Daemon::start(service(&sandbox).args(["--max-depth", "2"]));
    let shown = |more: &[&str]| -> PathBuf {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skillstat"));
        command.env_clear().env("HOME", sandbox.tree()).current_dir(sandbox.tree());
        command.env("XDG_RUNTIME_DIR", sandbox.tree().join(".run"));
        let (_, out, err) = run(command.args(["--json", "config", "--root", "."]).args(more));
        let settings: serde_json::Value = serde_json::from_str(&out).expect(&err);
        settings["socket"]["value"].as_str().expect("a path").into()
    };
    assert_eq!(one.socket, Some(shown(&[])));
    assert_eq!(two.socket, Some(shown(&["--max-depth", "2"])));
    assert_ne!(one.socket, two.socket);
}

#[test]
fn what_a_killed_service_left_is_replaced_and_a_living_one_is_left_alone() {
    let sandbox = fleet();
    let mut killed = Daemon::start(&mut service(&sandbox));
    killed.end(Signal::KILL);
    let socket = killed.socket.clone().expect("it has one");
    assert!(is_there(&socket), "nobody removed it");

    let living = Daemon::start(&mut service(&sandbox));
    assert_eq!(living.ask_privately("GET /health").0, 200);

    let third = Daemon::start(&mut service(&sandbox));
    assert_eq!(third.socket, None);
    let warned = third.start.iter().any(|event| {
        event["level"] == "WARN" && event.to_string().contains("another service listens")
    });
    assert!(warned, "{:?}", third.start);
    drop(third);
    assert_eq!(living.ask_privately("GET /health").0, 200);

    let asked = run(service(&sandbox).arg("--socket").arg(&socket));
    assert_eq!(asked.0, Some(3));
    assert!(asked.2.contains("another service listens"), "{}", asked.2);
}

#[test]
fn a_place_that_others_may_enter_is_refused() {
    let sandbox = fleet();
    let open = sandbox.directory.path().join("open");
    fs::DirBuilder::new().mode(0o755).create(&open).expect("writable");
    let (code, _, err) = run(service(&sandbox).arg("--socket").arg(open.join("a.sock")));
    assert_eq!(code, Some(3), "{err}");
    assert!(err.contains("chmod 700") && err.contains("--socket"), "{err}");
}

#[test]
fn it_can_be_elsewhere_or_nowhere() {
    let sandbox = fleet();
    let elsewhere = sandbox.directory.path().join("mine/a.sock");
    let daemon = Daemon::start(service(&sandbox).arg("--socket").arg(&elsewhere));
    assert_eq!(daemon.socket.as_ref(), Some(&elsewhere));
    assert_eq!(daemon.ask_privately("GET /health").0, 200);
    assert_eq!(Daemon::start(service(&sandbox).arg("--no-socket")).socket, None);
    let beside_the_key = Daemon::start(service(&sandbox).env_remove("XDG_RUNTIME_DIR"));
    let parent = beside_the_key.socket.as_deref().and_then(Path::parent).map(Path::to_owned);
    assert_eq!(parent, Some(sandbox.tree().join(".local/state/skillstat")));
}
