//! Deploying and undeploying: by SkillMeat's web client, by the command, and by both in turn.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use rustix::fs::{FlockOperation, flock};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::{Value, json};

use crate::run;
use crate::service::{Answer, Service, command};

const PAGE: &str = "http://localhost:3000";

fn start() -> Service {
    Service::start(&["--origin", PAGE, "--trust-loopback"])
}

fn shop(service: &Service) -> PathBuf {
    service.sandbox.tree().canonicalize().expect("it is there").join("shop")
}

fn is_gone(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// Asks as the page does.
fn ask(service: &Service, line: &str, body: &Value) -> Answer {
    let headers = format!(
        "Origin: {PAGE}\r\nSec-Fetch-Site: same-site\r\nContent-Type: application/json\r\n"
    );
    let body = if body.is_null() { String::new() } else { body.to_string() };
    service.ask(line, &headers, &body)
}

/// Returns what the tab of an artifact shows at once: its projects, and those that are modified.
#[track_caller]
fn shown(service: &Service, id: &str) -> (u64, u64) {
    let line = format!("GET /api/v1/artifacts/{id}?include_deployments=true");
    let stats = ask(service, &line, &Value::Null).json()["deployment_stats"].clone();
    let number = |name: &str| stats[name].as_u64().expect("a number");
    (number("total_deployments"), number("modified_deployments"))
}

#[test]
fn the_tab_of_an_artifact_deploys_and_undeploys() {
    let service = start();
    let shop = shop(&service);
    assert_eq!(shown(&service, "command:review"), (1, 1));
    let body = json!({"project_path": shop, "overwrite": false});
    let line = "POST /api/v1/artifacts/command:review/deploy";
    let answer = ask(&service, line, &body);
    assert_eq!(
        (answer.status, answer.detail().as_str()),
        (409, "Artifact 'review' already deployed. Set overwrite=true to replace.")
    );
    assert_eq!(answer.header("access-control-allow-origin"), PAGE);
    assert_eq!(shown(&service, "command:review"), (1, 1));
    let answer = ask(&service, line, &json!({"project_path": shop, "overwrite": true}));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let deployed = answer.json();
    assert_eq!((&deployed["success"], &deployed["error_message"]), (&json!(true), &Value::Null));
    let copy = shop.join(".claude/commands/review.md");
    assert_eq!(deployed["deployed_path"], copy.to_str().expect("UTF-8"));
    assert_eq!(fs::read_to_string(&copy).expect("it is there"), "# review\n");
    assert_eq!(shown(&service, "command:review"), (1, 0));

    // What was edited is kept, and comes back by the command.
    let backup = deployed["backup"].as_str().expect("there was something").to_owned();
    let (code, out, err) = run(command(&service.sandbox).args(["restore", &backup]));
    assert_eq!(code, Some(0), "{out}{err}");
    assert_eq!(fs::read_to_string(&copy).expect("it is there"), "edited");

    let line = "POST /api/v1/artifacts/command:review/undeploy";
    let answer = ask(&service, line, &json!({"project_path": shop}));
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["message"], "Artifact 'review' undeployed successfully");
    assert!(is_gone(&copy));
    assert_eq!(shown(&service, "command:review"), (0, 0));
    assert_eq!(ask(&service, line, &json!({"project_path": shop})).status, 404);
}

#[test]
fn the_list_of_a_project_deploys_and_undeploys() {
    let service = start();
    let shop = shop(&service);
    let deploy = |more: Value| {
        let mut body = json!({
            "artifact_id": "skill:unused", "artifact_name": "unused", "artifact_type": "skill",
            "project_path": shop, "collection_name": "Default Collection",
        });
        body.as_object_mut().expect("it is one").extend(more.as_object().expect("one").clone());
        ask(&service, "POST /api/v1/deploy", &body)
    };
    // A file that no record knows stays.
    let copy = shop.join(".claude/skills/unused");
    fs::create_dir_all(&copy).expect("writable");
    fs::write(copy.join("mine.md"), "mine").expect("writable");
    let answer = deploy(json!({}));
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert!(answer.detail().ends_with("Set overwrite=true to replace."), "{}", answer.body);
    assert_eq!(fs::read_to_string(copy.join("mine.md")).expect("it is there"), "mine");
    fs::remove_dir_all(&copy).expect("ours");

    let answer = deploy(json!({}));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let deployed = answer.json();
    assert_eq!(deployed["deployed_path"], "skills/unused");
    assert_eq!(shown(&service, "skill:unused"), (1, 0));
    let encoded = shop.to_str().expect("UTF-8").replace('/', "%2F");
    let list = ask(&service, &format!("GET /api/v1/deploy?project_path={encoded}"), &Value::Null);
    let list = list.json();
    let record = &list["deployments"][1];
    assert_eq!(
        (&record["artifact_name"], &record["deployed_at"], &record["sync_status"]),
        (&json!("unused"), &deployed["deployed_at"], &json!("synced"))
    );

    let id = base64::engine::general_purpose::STANDARD.encode(shop.to_str().expect("UTF-8"));
    let line = format!(
        "DELETE /api/v1/projects/{}/deployments/unused?artifact_type=skill&remove_files=true",
        id.replace('/', "%2F")
    );
    let answer = ask(&service, &line, &Value::Null);
    assert_eq!((answer.status, &answer.json()["files_removed"]), (200, &json!(true)));
    assert!(is_gone(&copy));
    assert_eq!(shown(&service, "skill:unused"), (0, 0));
    let body = json!({"artifact_name": "unused", "artifact_type": "skill", "project_path": shop});
    let answer = ask(&service, "POST /api/v1/deploy/undeploy", &body);
    assert_eq!(
        (answer.status, answer.detail().as_str()),
        (404, "Artifact 'unused' is not deployed to this project")
    );
}

#[test]
fn no_request_writes_elsewhere() {
    let service = start();
    let elsewhere = tempfile::tempdir().expect("a temporary directory");
    let shop = shop(&service);
    let deploy = |more: Value| {
        let mut body =
            json!({"artifact_id": "", "artifact_name": "unused", "artifact_type": "skill"});
        body.as_object_mut().expect("it is one").extend(more.as_object().expect("one").clone());
        ask(&service, "POST /api/v1/deploy", &body)
    };
    for (body, text) in [
        (json!({"project_path": elsewhere.path()}), "does not lie below a search root"),
        (json!({"project_path": "/etc"}), "does not lie below a search root"),
        (json!({"project_path": shop, "dest_path": "tools"}), "is not below the profile root"),
        (json!({"project_path": shop, "dest_path": ".claude/../../x"}), "Directory traversal"),
        (json!({"project_path": shop, "dest_path": "/etc"}), "Absolute paths not allowed"),
    ] {
        let answer = deploy(body.clone());
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert!(answer.detail().contains(text), "{body}: {}", answer.body);
    }
    let entries = fs::read_dir(elsewhere.path()).expect("it is there").count();
    assert_eq!(entries, 0);
}

#[test]
fn writing_takes_the_key_on_this_machine_too() {
    let service = Service::start(&[]);
    let body = json!({"project_path": shop(&service), "overwrite": true}).to_string();
    let line = "POST /api/v1/artifacts/command:review/deploy";
    let json = "Content-Type: application/json\r\n";
    assert_eq!(service.request(line, json, &body).0, 401);
    let copy = shop(&service).join(".claude/commands/review.md");
    assert_eq!(fs::read_to_string(&copy).expect("it is there"), "edited");
    let key = format!("{json}X-API-Key: {}\r\n", service.key());
    assert_eq!(service.request(line, &key, &body).0, 200);
    assert_eq!(fs::read_to_string(&copy).expect("it is there"), "# review\n");
}

#[test]
fn the_command_deploys_asks_before_it_destroys_and_brings_back() {
    let service = Service::start(&[]);
    let skillstat = |arguments: &[&str]| run(command(&service.sandbox).args(arguments));
    let copy = shop(&service).join(".claude/commands/review.md");
    let content = || fs::read_to_string(&copy).expect("it is there");

    let (code, out, err) = skillstat(&["deploy", "review", "--project", "shop"]);
    assert_eq!(code, Some(3), "{out}{err}");
    assert!(err.contains("was edited since it was deployed") && err.contains("--force`"), "{err}");
    assert_eq!(content(), "edited");
    // What it says can be typed as it stands.
    let line = err.split("to mend it: `").nth(1).and_then(|rest| rest.split('`').next());
    let line = line.expect("it says what to do").to_owned();
    let typed = |more: &str| {
        let (tree, program) = (service.sandbox.tree(), service.sandbox.directory.path());
        let program = program.join("skillstat");
        let script = format!("skillstat() {{ '{}' \"$@\"; }}\n{line}{more}", program.display());
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).env_clear().env("HOME", &tree).env("SKILLSTAT_ROOTS", &tree);
        run(shell.current_dir(&tree))
    };
    let (code, out, _) = typed(" --dry-run");
    assert_eq!((code, content().as_str()), (Some(0), "edited"), "{out}");
    assert!(out.contains("1 to replace"), "{out}");
    let (code, out, _) = typed("");
    assert_eq!((code, content().as_str()), (Some(0), "# review\n"), "{out}");
    assert!(out.contains("1 replaced"), "{out}");
    let (code, out, _) = skillstat(&["deploy", "review", "unused", "--project", "shop"]);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("1 deployed, 1 unchanged"), "{out}");
    let (_, out, _) = skillstat(&["status"]);
    assert!(out.contains("2 copies in 1 project: 2 synced"), "{out}");
    let (code, out, _) = skillstat(&["deploy", "review", "--project", "shop"]);
    assert!(code == Some(0) && out.contains("1 unchanged"), "{out}");

    // A new version goes to whoever has not touched the old one.
    let source = service.sandbox.tree().join(".skillmeat/collections/default/commands/review.md");
    fs::write(source, "# new\n").expect("writable");
    let (code, out, _) = skillstat(&["deploy", "review", "--all-synced"]);
    assert_eq!((code, content().as_str()), (Some(0), "# new\n"), "{out}");

    let (code, out, _) = skillstat(&["undeploy", "review", "unused", "--project", "shop"]);
    assert!(code == Some(0) && out.contains("2 removed") && is_gone(&copy), "{out}");
    let (_, out, _) = skillstat(&["--json", "restore"]);
    let list: Value = serde_json::from_str(&out).expect("JSON");
    let backups = list["backups"].as_array().expect("a list");
    let of_review = |backup: &&Value| backup["artifact"] == "command:review";
    let latest = backups.iter().find(of_review).expect("it is kept")["id"].clone();
    let (code, out, err) = skillstat(&["restore", latest.as_str().expect("a text")]);
    assert_eq!((code, content().as_str()), (Some(0), "# new\n"), "{out}{err}");
    let (_, out, _) = skillstat(&["status"]);
    assert!(out.contains("1 copy in 1 project: 1 synced"), "{out}");
}

#[test]
fn a_terminal_shows_how_far_a_write_is() {
    let service = Service::start(&[]);
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("there are terminals");
    grantpt(&terminal).expect("ours");
    unlockpt(&terminal).expect("ours");
    let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&terminal, size).expect("ours");
    let name = ptsname(&terminal, Vec::new()).expect("it has a name").into_string();
    let other_end = File::options().read(true).write(true).open(name.expect("UTF-8"));
    // Somebody else writes there.
    let lock = shop(&service).join(".claude/..skillmeat-deployed.toml.skillmeat-lock");
    let lock = File::create(lock).expect("writable");
    flock(&lock, FlockOperation::LockExclusive).expect("nobody has it");
    let mut child = command(&service.sandbox)
        .args(["deploy", "unused", "--project", "shop"])
        .env("TERM", "xterm")
        .stdout(Stdio::null())
        .stderr(Stdio::from(other_end.expect("it can be opened")))
        .spawn()
        .expect("it runs");
    let (mut terminal, mut said) = (File::from(terminal), Vec::new());
    let mut bytes = [0; 1024];
    while !String::from_utf8_lossy(&said).contains("writing") {
        let count = terminal.read(&mut bytes).expect("it says something before it ends");
        said.extend_from_slice(&bytes[..count]);
    }
    flock(&lock, FlockOperation::Unlock).expect("ours");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
