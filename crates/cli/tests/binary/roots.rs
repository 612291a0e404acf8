//! Where a service looks: what is named, and not wherever it happens to be started.

use std::fs::{self, File};
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::daemon::{Daemon, project, skillstatd};
use crate::{Sandbox, run};

fn projects(daemon: &Daemon) -> usize {
    let (status, body) = daemon.ask("GET /api/v1/projects", "");
    assert_eq!(status, 200, "{body}");
    let answer: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    answer["items"].as_array().expect("an array").len()
}

/// A tree with one project, in which the service is started; its home has an empty `dev`.
fn fleet() -> Sandbox {
    let sandbox = Sandbox::new();
    project(&sandbox.tree().join("shop"));
    fs::create_dir(sandbox.tree().join("dev")).expect("writable");
    sandbox
}

#[test]
fn the_daemon_looks_where_it_is_told_to_and_not_where_it_is() {
    let sandbox = fleet();
    assert_eq!(projects(&Daemon::start(&mut skillstatd(&sandbox))), 0);
    assert_eq!(projects(&Daemon::start(skillstatd(&sandbox).args(["--root", "."]))), 1);
}

#[test]
fn without_any_root_it_says_what_to_do() {
    let sandbox = Sandbox::new();
    let mut serve = std::process::Command::new(env!("CARGO_BIN_EXE_skillstat"));
    serve.env_clear().env("HOME", sandbox.tree()).current_dir(sandbox.tree()).arg("serve");
    serve.args(["--listen", "127.0.0.1:0"]).stdin(Stdio::null());
    for command in [&mut skillstatd(&sandbox), &mut serve] {
        let (code, _, err) = run(command);
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains("no search root") && err.contains("--root DIR"), "{err}");
    }
}

#[test]
fn serve_looks_where_it_is_if_somebody_started_it_by_hand() {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("there are terminals");
    grantpt(&terminal).expect("ours");
    unlockpt(&terminal).expect("ours");
    let name = ptsname(&terminal, Vec::new()).expect("it has a name").into_string();
    let path = name.expect("UTF-8");
    for (stdin, expected) in
        [(Stdio::null(), 0), (Stdio::from(File::open(path).expect("it can be opened")), 1)]
    {
        let sandbox = fleet();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_skillstat"));
        command.env_clear().env("HOME", sandbox.tree()).current_dir(sandbox.tree()).stdin(stdin);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-json"]);
        assert_eq!(projects(&Daemon::start(&mut command)), expected);
    }
}

#[test]
fn the_daemon_tells_what_it_is() {
    let sandbox = Sandbox::new();
    let said = |flag: &str| run(skillstatd(&sandbox).arg(flag));
    let (code, version, _) = said("--version");
    let expected = concat!("skillstatd ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!((code, version.as_str()), (Some(0), expected));
    let (code, help, _) = said("--help");
    assert_eq!(code, Some(0));
    for flag in ["--root", "--listen", "--socket", "--log", "--trust-loopback", "--verbose"] {
        assert!(help.contains(flag), "{flag} is not in\n{help}");
    }
    let (code, man, _) = said("--man");
    assert_eq!(code, Some(0));
    assert!(man.contains(".TH skillstatd") && man.contains("listen"), "{man}");
}
