//! A command that asks a service against the same command that looks at the disk:
//! `cargo bench -p skillstat-tests --bench asked`.
//!
//! Both are whole commands in this process, from their arguments to their output, in turn; the service
//! is another thread's, follows the disk and holds its answer. The tree is that of `cold`, made by the
//! same script.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "../cold/interleave.rs"]
mod interleave;
#[path = "../../it/support/service.rs"]
#[expect(dead_code, reason = "the stories use all of it")]
mod service;
#[path = "../cold/tree.rs"]
mod tree;

use std::ffi::OsString;

use interleave::{Side, compare};
use service::Service;
use skillstat_app::{Config, Flags, Surroundings};
use skillstat_cli::{Console, Exit, Stream, run};

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let tree = tree::build("medium");
    let runtime_directory = tempfile::tempdir().expect("a temporary directory");
    let variables: Vec<(OsString, OsString)> = vec![
        ("SKILLSTAT_ROOTS".into(), tree.root.clone().into()),
        ("XDG_RUNTIME_DIR".into(), runtime_directory.path().into()),
    ];
    let surroundings = Surroundings { variables, ..Surroundings::default() };
    let config = Config::load(Flags::default(), &surroundings).expect("the settings are right");
    let service = Service::follow(&config);

    for question in [&["status"][..], &["projects"], &["show", "skill:skill-001"], &["--json"]] {
        let asked = || skillstat(&surroundings, question).len();
        let alone = || {
            skillstat(&surroundings, &[&["--no-service", "--no-index"], question].concat()).len()
        };
        let before = service.asked();
        assert_eq!(asked(), alone(), "the same answer");
        assert!(service.asked() > before, "the service answered");
        let title = format!("skillstat {} of {} projects", question.join(" "), tree.projects);
        compare(&title, 21, &Side::new("asking", asked), &Side::new("looking", alone));
    }
}

/// Runs a command and returns its output.
fn skillstat(surroundings: &Surroundings, arguments: &[&str]) -> Vec<u8> {
    let arguments = std::iter::once("skillstat").chain(arguments.iter().copied());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let stream = |writer| Stream { writer, color: false, size: None };
    let mut console =
        Console::new(stream(&mut out), Stream { writer: &mut err, color: false, size: None });
    let exit = run(arguments.map(Into::into).collect(), surroundings, &mut console);
    assert_eq!(exit, Exit::Fine, "{}", String::from_utf8_lossy(&err));
    out
}
