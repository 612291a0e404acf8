//! Version, exit codes, streams.

use std::process::Stdio;

use crate::{Sandbox, run};

#[test]
fn the_version_is_printed() {
    let (code, out, err) = run(Sandbox::new().unprivileged().arg("--version"));
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (Some(0), concat!("skillstat ", env!("CARGO_PKG_VERSION"), "\n"), "")
    );
}

#[test]
fn misuse_exits_with_2_and_says_so_on_stderr() {
    let (code, out, err) = run(Sandbox::new().unprivileged().arg("--nonsense"));
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("--nonsense"), "{err}");
}

#[test]
fn an_unknown_variable_is_named_with_the_nearest_known_one() {
    let (code, _, err) = run(Sandbox::new().unprivileged().env("SKILLSTAT_MAXDEPTH", "2"));
    assert_eq!(code, Some(2));
    assert!(
        err.contains("unknown variable `SKILLSTAT_MAXDEPTH`; did you mean `SKILLSTAT_MAX_DEPTH`?"),
        "{err}"
    );
}

#[test]
fn verbose_says_what_is_done_on_stderr() {
    let (code, _, err) = run(Sandbox::new().unprivileged().args(["-v", "status"]));
    assert_eq!(code, Some(0));
    assert!(err.contains("looking for projects") && err.contains("hashing copies"), "{err}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for arguments in [&["completions", "zsh"][..], &["status", "--json", "--no-service"]] {
        let sandbox = Sandbox::new();
        let mut child = sandbox.unprivileged();
        child.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().expect("the binary runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    for arguments in [&["config"][..], &["status", "--json", "--no-service"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let sandbox = Sandbox::new();
        let output = sandbox.unprivileged().args(arguments).stdout(full).output();
        let output = output.expect("the binary runs");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {err}");
        assert!(err.contains("failed to write the answer"), "{arguments:?}: {err}");
    }
}
