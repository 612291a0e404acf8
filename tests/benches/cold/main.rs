//! The cold way against what the machine allows: `cargo bench -p skillstat-tests --bench cold`.
//!
//! Each comparison runs its sides in turn (A B A B), so that a noisy machine disturbs both alike,
//! and prints the medians and their ratio. The tree comes from the testbed script named by the
//! variable `TESTBED` (default `../shared/tools/testbed.py`), made below `BENCH_DIR` (default
//! `/dev/shm`).

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod floor;
mod interleave;
mod straight_line;
mod tree;

use std::path::Path;
use std::process::Command;

use interleave::{Side, compare};
use skillstat_app::{App, Config, Flags, IndexFlag, Surroundings};
use tree::Tree;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        // What a comparison with another process starts.
        ["discover", root] => {
            println!("{}", app(Path::new(root), cores()).discovery().discover().value.len());
        }
        _ if arguments.contains(&"--bench") => hot(),
        // Cargo runs benches for `cargo test` too, which only asks whether they work.
        _ => {}
    }
}

fn hot() {
    let (medium, large) = (tree::build("medium"), tree::build("large"));
    println!("{} threads", cores());
    one_tree("medium", &medium, 21);
    one_tree("large", &large, 7);
    let (medium_app, large_app) = (app(&medium.root, cores()), app(&large.root, cores()));
    let ratio = compare(
        "status of all: large / medium",
        7,
        &Side::new("large", || overview(&large_app)),
        &Side::new("medium", || overview(&medium_app)),
    );
    let projects = |tree: &Tree| f64::from(u32::try_from(tree.projects).expect("a few thousand"));
    println!("the same, a project: {:.3}", ratio * projects(&medium) / projects(&large));
}

fn one_tree(name: &str, tree: &Tree, rounds: usize) {
    let app = app(&tree.root, cores());
    let trackers = floor::trackers(&tree.root, 3);
    println!("{name}: {} trackers", trackers.len());
    let inventory = app.statistics().inventory(&());
    assert_eq!(inventory.projects.len(), tree.projects, "discovery finds what the testbed made");
    let straight_line = || straight_line::status(&trackers, cores()).artifacts;
    assert_eq!(straight_line(), overview(&app));
    let artifacts: Vec<_> = inventory.artifacts().into_iter().cloned().collect();
    let one = &artifacts[artifacts.len() / 2];

    let discovery = app.discovery();
    compare(
        "discovery / bare loop over RawDir and openat, one thread",
        rounds,
        &Side::new("skillstat", || discovery.discover().value.len()),
        &Side::new("bare loop", || floor::trackers(&tree.root, 3).len()),
    );
    let itself = std::env::current_exe().expect("the system knows it");
    compare(
        "discovery / fdfind, both as a process",
        rounds,
        &Side {
            here: false,
            ..Side::new("skillstat", || {
                output(Command::new(&itself).arg("discover").arg(&tree.root))
            })
        },
        &Side {
            here: false,
            ..Side::new("fdfind", || {
                let arguments = ["-HI", "--max-depth", "5", "-g", ".skillmeat-deployed.toml"];
                output(Command::new("fdfind").args(arguments).arg(&tree.root))
            })
        },
    );
    compare(
        "status of all, discovery included / straight line, given the trackers",
        rounds,
        &Side::new("skillstat", || overview(&app)),
        &Side::new("straight line", straight_line),
    );
    compare(
        "one artifact / status of all",
        rounds,
        &Side::new("one", || {
            let service = app.statistics();
            service.statistics(&service.inventory(&()), one, &()).total()
        }),
        &Side::new("all", || overview(&app)),
    );
}

/// Runs another program to its end and tells how much it printed.
fn output(command: &mut Command) -> usize {
    let output = command.output().expect("it is installed");
    assert!(output.status.success());
    output.stdout.len()
}

fn overview(app: &App) -> usize {
    let service = app.statistics();
    service.overview(&service.inventory(&()), &|_, _| true, &()).artifacts.len()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

fn app(root: &Path, threads: usize) -> App {
    let flags = Flags { roots: vec![root.to_owned()], index: IndexFlag::Off, ..Flags::default() };
    let variables = vec![("SKILLSTAT_THREADS".into(), threads.to_string().into())];
    let config = Config::load(flags, &Surroundings { variables, ..Surroundings::default() });
    App::new(&config.expect("the configuration is right")).expect("the globs are right")
}
