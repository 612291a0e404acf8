//! The second run of a command against one that remembers nothing: `cargo build --release`, then
//! `cargo bench -p skillstat-tests --bench again`, with `-- medium`, `-- large` or `-- small` one size alone.
//!
//! Both are processes of the built command, in turn, from start to end. The trees are made by the testbed's
//! script, as for `cold`. Peak memory is that of one process, told by Python, which the script needs anyhow.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "../cold/interleave.rs"]
mod interleave;
#[path = "../cold/tree.rs"]
mod tree;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use interleave::{Side, compare};

/// How often each side runs.
const ROUNDS: usize = 21;

/// Runs a command and tells how many kilobytes it had at most.
const PEAK: &str = "import resource, subprocess, sys\n\
    subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n\
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";

fn main() {
    // Cargo runs benches for `cargo test` too, which only asks whether they work.
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let wanted = |name: &str| {
        let mut named = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
        named.peek().is_none() || named.any(|argument| argument == name)
    };
    for name in ["small", "medium", "large"].into_iter().filter(|name| wanted(name)) {
        let tree = tree::build(name);
        measure(&format!("{name}, {} projects", tree.projects), &tree.root);
    }
}

fn measure(size: &str, root: &Path) {
    let (built, home) = (built(), tempfile::tempdir().expect("a temporary directory"));
    let command = |more: &[&str]| {
        let mut command = Command::new(&built);
        command.env_clear().env("HOME", home.path()).env("SKILLSTAT_ROOTS", root);
        command.arg("--no-service").args(more).stdin(Stdio::null());
        command
    };
    let run = |more: &[&str]| {
        let done = command(more).output().expect("the binary runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    };
    let status = String::from_utf8(run(&["status"])).expect("names are UTF-8");
    let artifact = status.split_whitespace().find(|word| word.starts_with("skill:"));
    let show = ["show", artifact.expect("there is a skill")];
    for question in [&["status"][..], &show] {
        let nothing = [question, &["--no-index"]].concat();
        // The first run fills what the second knows.
        assert_eq!(run(question), run(&nothing), "the same answer");
        compare(
            &format!("{size}: {} again / remembering nothing", question[0]),
            ROUNDS,
            &Side { here: false, ..Side::new("again", || run(question).len()) },
            &Side { here: false, ..Side::new("nothing", || run(&nothing).len()) },
        );
    }
    let again = peak(&command(&["status"]));
    let nothing = peak(&command(&["status", "--no-index"]));
    run(&["cache", "clear"]);
    let first = peak(&command(&["status"]));
    println!(
        "{size}: peak memory of status for the first time {first:.1} MB, again {again:.1} MB, remembering nothing {nothing:.1} MB"
    );
}

/// Returns the command that lies beside this benchmark.
fn built() -> PathBuf {
    let here = std::env::current_exe().expect("it runs");
    let built = here.parent().and_then(Path::parent).expect("it lies in a directory for such");
    let built = built.join("skillstat");
    assert!(built.is_file(), "`cargo build --release` makes {}", built.display());
    built
}

/// Returns the peak of the resident set of a command.
fn peak(command: &Command) -> f64 {
    let mut python = Command::new("python3");
    python.args(["-c", PEAK]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        python.env(name, value.unwrap_or_default());
    }
    let told = python.output().expect("python3 is installed");
    let kilobytes = String::from_utf8(told.stdout).expect("a number");
    kilobytes.trim().parse::<f64>().expect("a number") / 1000.0
}
