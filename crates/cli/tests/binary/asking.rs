//! A command beside a running service, both as processes.

use std::process::Command;

use rustix::process::Signal;

use crate::daemon::{Daemon, project, skillstatd};
use crate::{Sandbox, run};

/// A service whose settings a command at the same place has, too.
fn service(sandbox: &Sandbox, watch: &str) -> Daemon {
    project(&sandbox.tree().join("shop"));
    let mut command = skillstatd(sandbox);
    command.args(["--root", "."]).env("XDG_RUNTIME_DIR", sandbox.tree().join(".run"));
    Daemon::start(command.env("SKILLSTAT_WATCH", watch))
}

/// Asks, and returns what is said of where was looked; the answer must be that of the disk.
#[track_caller]
fn said(sandbox: &Sandbox, daemon: &Daemon) -> String {
    let skillstat = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skillstat"));
        command.env_clear().env("HOME", sandbox.tree()).current_dir(sandbox.tree());
        command.env("XDG_RUNTIME_DIR", sandbox.tree().join(".run"));
        run(command.args(["status", "--root", ".", "--exit-code"]).args(more))
    };
    let (code, out, err) = skillstat(&["-v"]);
    let alone = skillstat(&["--no-service"]);
    assert_eq!((code, &*out), (Some(1), &*alone.1), "{err}");
    assert!(out.contains("command:review"), "{out}");
    let of_source =
        |line: &&str| line.starts_with("looked at the disk: ") || line.starts_with("answered by ");
    let said = err.lines().find(of_source).expect(&err);
    let socket = daemon.socket.as_deref().expect("it has one");
    said.replace(socket.to_str().expect("UTF-8"), "SOCKET")
}

#[test]
fn a_service_that_watches_nothing_is_not_taken_at_its_word() {
    let sandbox = Sandbox::new();
    let daemon = service(&sandbox, "off");
    assert_eq!(
        said(&sandbox, &daemon),
        "looked at the disk: the service at SOCKET does not see every change (`off`)"
    );
}

#[test]
fn a_service_that_hangs_is_waited_for_two_seconds() {
    let sandbox = Sandbox::new();
    let mut daemon = service(&sandbox, "off");
    daemon.signal(Signal::STOP);
    assert_eq!(
        said(&sandbox, &daemon),
        "looked at the disk: the service at SOCKET gave no answer within 2000 ms"
    );
    daemon.signal(Signal::CONT);
    assert_eq!(daemon.end(Signal::TERM), Some(0));
    assert_eq!(said(&sandbox, &daemon), "looked at the disk: no service at SOCKET");
}

#[test]
fn a_service_that_sees_every_change_is() {
    let sandbox = Sandbox::new();
    let daemon = service(&sandbox, "auto");
    let is_live = || {
        let (_, watch) = daemon.ask_privately("GET /api/v1/watch");
        serde_json::from_str::<serde_json::Value>(&watch).expect("JSON")["state"] == "live"
    };
    while !is_live() {
        std::thread::yield_now();
    }
    let answered = || {
        let said = said(&sandbox, &daemon);
        // It shortens what lies in the working directory.
        assert!(said.starts_with("answered by the service at .run/skillstat/"), "{said}");
    };
    answered();
    std::fs::remove_file(sandbox.tree().join("shop/.claude/commands/review.md")).expect("ours");
    answered();
}
