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

use std::process::Command;

use interleave::{Side, compare};
use skillstat_app::{App, Config, Flags, Surroundings};
use tree::Size;

fn main() {
    // Cargo runs benches for `cargo test` too, which only asks whether they work.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let tree = tree::build(&Size {
        projects: 200,
        artifacts: 60,
        deploy_fraction: 0.2,
        noise_files: 50_000,
        seed: 1,
        profiles: false,
    });
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let app = app(&tree, threads);
    let trackers = floor::trackers(&tree.root, 3);
    println!("{} trackers, {threads} threads", trackers.len());

    let discover = || app.statistics().inventory(&()).projects.len();
    let overview = || {
        let service = app.statistics();
        service.overview(&service.inventory(&()), &|_, _| true, &()).artifacts.len()
    };
    assert_eq!(discover(), tree.projects, "discovery finds what the testbed made");
    assert_eq!(straight_line::status(&trackers, threads).artifacts, overview());

    let discovery = app.discovery();
    compare(
        "discovery / bare loop over RawDir and openat, one thread",
        &Side::new("skillstat", || discovery.discover().value.len()),
        &Side::new("bare loop", || floor::trackers(&tree.root, 3).len()),
    );
    compare(
        "discovery / fdfind as a process",
        &Side::new("skillstat", || discovery.discover().value.len()),
        &Side::new("fdfind", || {
            let arguments = ["-HI", "--max-depth", "5", "-g", ".skillmeat-deployed.toml"];
            let found = Command::new("fdfind")
                .args(arguments)
                .arg(&tree.root)
                .output()
                .expect("fdfind is installed");
            found.stdout.split(|&byte| byte == b'\n').count() - 1
        }),
    );
    compare(
        "status of all, discovery included / straight line, given the trackers",
        &Side::new("skillstat", overview),
        &Side::new("straight line", || straight_line::status(&trackers, threads).artifacts),
    );
}

fn app(tree: &tree::Tree, threads: usize) -> App {
    let flags = Flags { roots: vec![tree.root.clone()], ..Flags::default() };
    let variables = vec![("SKILLSTAT_THREADS".into(), threads.to_string().into())];
    let config = Config::load(flags, &Surroundings { variables, ..Surroundings::default() });
    App::new(&config.expect("the configuration is right")).expect("the globs are right")
}
