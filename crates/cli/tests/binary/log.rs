//! The log of the service: one line a request, as quiet as it was asked to be.

use crate::daemon::{Daemon, project, skillstatd};
use crate::{Sandbox, run};

fn service(arguments: &[&str]) -> (Sandbox, Daemon) {
    let sandbox = Sandbox::new();
    project(&sandbox.tree().join("shop"));
    let daemon = Daemon::start(skillstatd(&sandbox).args(["--root", "."]).args(arguments));
    (sandbox, daemon)
}

#[test]
fn a_request_is_one_line_without_its_query() {
    let (_sandbox, mut daemon) =
        service(&["--log", "skillstat=info,skillstat_http::request=debug"]);
    let (status, body) = daemon.ask("GET /health/live?secret=1", "X-Request-ID: mine\r\n");
    assert_eq!(status, 200);
    let event = daemon.event();
    assert_eq!(event["level"], "DEBUG");
    assert_eq!(event["target"], "skillstat_http::request");
    let fields = &event["fields"];
    assert_eq!(
        (&fields["method"], &fields["path"], &fields["status"], &fields["id"], &fields["bytes"]),
        (&"GET".into(), &"/health/live".into(), &200.into(), &"mine".into(), &body.len().into())
    );
    assert!(fields["duration_us"].is_u64(), "{event}");
    assert!(!event.to_string().contains("secret"), "{event}");
}

#[test]
fn the_key_is_in_no_line_however_much_is_logged() {
    let (sandbox, mut daemon) = service(&["--log", "trace"]);
    let file = sandbox.tree().join(".local/state/skillstat/key");
    let key = std::fs::read_to_string(file).expect("it was made");
    let write = "POST /api/v1/cache/invalidate";
    let given = |key: &str| format!("X-API-Key: {key}\r\n");
    assert_eq!(daemon.ask(write, &given(&key)).0, 200);
    assert_eq!(daemon.ask(write, &given(&format!("{key}x"))).0, 403);
    assert_eq!(daemon.ask(&format!("GET /nowhere?key={key}"), &given(&key)).0, 404);
    let said = daemon.start.iter().map(ToString::to_string).collect::<String>();
    let said = said + &daemon.last_words();
    assert!(said.contains("/nowhere") && said.contains("DEBUG"), "{said}");
    assert!(!said.contains(&key), "{said}");
}

#[test]
fn what_went_well_is_not_in_the_usual_log() {
    let (_sandbox, mut daemon) = service(&[]);
    assert_eq!(daemon.ask("GET /health", "").0, 200);
    assert_eq!(daemon.ask("GET /nowhere", "").0, 404);
    let event = daemon.event();
    assert_eq!((&event["level"], &event["fields"]["path"]), (&"INFO".into(), &"/nowhere".into()));
}

#[test]
fn a_filter_that_is_none_is_wrong_usage() {
    let (code, _, err) = run(skillstatd(&Sandbox::new()).args(["--root", ".", "--log", "a=b"]));
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("--log: `a=b` is no filter"), "{err}");
}
