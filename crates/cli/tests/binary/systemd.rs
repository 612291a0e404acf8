//! The units in `packaging/systemd`: systemd takes them, and the service takes what they say.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::Sandbox;
use crate::daemon::{Daemon, project};

const PROGRAM: &str = "%h/.cargo/bin/skillstatd";

/// Takes the place of systemd: hands over its input and output as the sockets 3 and 4, says so to the
/// process that it becomes, and closes them.
const HAND_OVER: &str =
    "exec 3<&0 4<&1 </dev/null >/dev/null; LISTEN_PID=$$ LISTEN_FDS=2 exec \"$@\" --log-json";

fn unit(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/systemd").join(name);
    fs::read_to_string(path).expect("readable")
}

/// The values of a key.
fn values(unit: &str, key: &str) -> Vec<String> {
    unit.lines()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        .map(str::to_owned)
        .collect()
}

#[test]
fn systemd_takes_the_units() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for name in ["skillstatd.service", "skillstatd.socket"] {
        let text = unit(name).replace(PROGRAM, env!("CARGO_BIN_EXE_skillstatd"));
        fs::write(directory.path().join(name), text).expect("writable");
    }
    let mut command = Command::new("systemd-analyze");
    command.args(["verify", "--user", "--man=no"]).env("XDG_RUNTIME_DIR", directory.path());
    command.arg(directory.path().join("skillstatd.service"));
    command.arg(directory.path().join("skillstatd.socket"));
    let output = match command.output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            // The other tests here run the command line all the same.
            let note = b"NOT RUN: systemd-analyze is not installed\n";
            std::io::stderr().write_all(note).expect("there is a stream");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

/// Starts the service with the command line of its unit, as systemd would, with one socket on the
/// network and one at `path`.
fn activated(sandbox: &Sandbox, path: &Path) -> (Command, TcpListener) {
    let network = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let private = UnixListener::bind(path).expect("writable");
    fs::set_permissions(path, PermissionsExt::from_mode(0o600)).expect("ours");
    let lines = values(&unit("skillstatd.service"), "ExecStart");
    let [line] = lines.as_slice() else { panic!("not one ExecStart: {lines:?}") };
    let mut words = line.split(' ');
    assert_eq!(words.next(), Some(PROGRAM));
    let mut command = Command::new("sh");
    command.args(["-c", HAND_OVER, "sh", env!("CARGO_BIN_EXE_skillstatd")]);
    command.args(words.filter(|word| *word != "--log-json"));
    command.env_clear().env("HOME", sandbox.tree()).env("SKILLSTAT_ROOTS", sandbox.tree());
    command.env("XDG_RUNTIME_DIR", sandbox.tree().join(".run"));
    command.stdin(OwnedFd::from(network.try_clone().expect("ours")));
    command.stdout(OwnedFd::from(private));
    (command, network)
}

fn fleet() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    project(&sandbox.tree().join("shop"));
    let runtime = sandbox.tree().join(".run");
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(runtime.join("skillstat"))
        .expect("writable");
    let lines = values(&unit("skillstatd.socket"), "ListenStream");
    assert_eq!(lines.first().map(String::as_str), Some("127.0.0.1:8787"), "the usual address");
    let path = lines[1].strip_prefix("%t/").expect("in the runtime directory");
    let path = runtime.join(path);
    (sandbox, path)
}

#[test]
fn the_service_answers_on_the_sockets_that_systemd_opened() {
    let (sandbox, path) = fleet();
    let (mut command, network) = activated(&sandbox, &path);
    let mut daemon = Daemon::start(&mut command);
    assert_eq!(daemon.address, network.local_addr().expect("it is bound"));
    assert_eq!(daemon.ask("GET /api/v1/status", "").0, 200);
    let own = daemon.socket.replace(path.clone()).expect("clients look for it");
    assert_ne!(own, path);
    assert_eq!(daemon.ask_privately("POST /api/v1/cache/invalidate").0, 200);
    daemon.socket = Some(own.clone());
    assert_eq!(daemon.ask_privately("POST /api/v1/cache/invalidate").0, 200);
    assert_eq!(daemon.end(Signal::TERM), Some(0));
    assert!(fs::symlink_metadata(&own).is_err());
    assert!(fs::symlink_metadata(&path).is_ok(), "it is systemd's");
}

#[test]
fn systemd_is_told_when_it_is_ready_and_when_it_ends() {
    let (sandbox, path) = fleet();
    let notified = UnixDatagram::bind(sandbox.tree().join("notify")).expect("writable");
    notified.set_read_timeout(Some(Duration::from_secs(20))).expect("it is no zero");
    let told = || {
        let mut text = [0; 100];
        let length = notified.recv(&mut text).expect("it is told");
        String::from_utf8_lossy(&text[..length]).trim().to_owned()
    };
    let (mut command, _network) = activated(&sandbox, &path);
    let mut daemon = Daemon::start(command.env("NOTIFY_SOCKET", sandbox.tree().join("notify")));
    assert_eq!(told(), "READY=1");
    assert_eq!(daemon.end(Signal::TERM), Some(0));
    assert_eq!(told(), "STOPPING=1");
    assert_eq!(values(&unit("skillstatd.service"), "Type"), ["notify"]);
}

#[test]
fn a_socket_of_systemd_that_others_may_open_is_refused() {
    let (sandbox, path) = fleet();
    let (mut command, _network) = activated(&sandbox, &path);
    fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).expect("ours");
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().expect("sh runs");
    let mut said = String::new();
    let mut err = child.stderr.take().expect("it is piped");
    std::io::Read::read_to_string(&mut err, &mut said).expect("readable");
    assert_eq!(child.wait().expect("it ends").code(), Some(3), "{said}");
    assert!(said.contains("SocketMode=0600"), "{said}");
    assert_eq!(values(&unit("skillstatd.socket"), "SocketMode"), ["0600"]);
}
