//! A command beside a running service, both as processes.

use std::process::Command;

use rustix::process::Signal;

use crate::daemon::{Daemon, project, skillstatd};
use crate::{Sandbox, run};

/// A service that watches nothing, and whose settings a command at the same place has, too.
fn service(sandbox: &Sandbox) -> Daemon {
    project(&sandbox.tree().join("shop"));
    let mut command = skillstatd(sandbox);
    command.args(["--root", "."]).env("XDG_RUNTIME_DIR", sandbox.tree().join(".run"));
    Daemon::start(command.env("SKILLSTAT_WATCH", "off"))
}

/// Asks; the answer must be that of the disk.
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
    let said = err.lines().find(|line| line.starts_with("looked at the disk: ")).expect(&err);
    let socket = daemon.socket.as_deref().expect("it has one");
    said.replace(socket.to_str().expect("UTF-8"), "SOCKET")
}

#[test]
fn a_service_that_watches_nothing_is_not_taken_at_its_word() {
    let sandbox = Sandbox::new();
    let daemon = service(&sandbox);
    assert_eq!(
        said(&sandbox, &daemon),
        "looked at the disk: the service at SOCKET does not see every change (`off`)"
    );
}

#[test]
fn a_service_that_hangs_is_waited_for_two_seconds() {
    let sandbox = Sandbox::new();
    let mut daemon = service(&sandbox);
    daemon.signal(Signal::STOP);
    assert_eq!(
        said(&sandbox, &daemon),
        "looked at the disk: the service at SOCKET gave no answer within 2000 ms"
    );
    daemon.signal(Signal::CONT);
    assert_eq!(daemon.end(Signal::TERM), Some(0));
    assert_eq!(said(&sandbox, &daemon), "looked at the disk: no service at SOCKET");
}
