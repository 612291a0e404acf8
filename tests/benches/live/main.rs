//! What following changes costs: `cargo bench -p skillstat-tests --bench live`.
//!
//! From a write to the answer that holds it, on a small tree and a large one; how many directories are
//! watched and how long it takes to set that up, against bare `inotify_add_watch` on the same paths. Setting up
//! takes what the first scan has listed, which is measured apart: what it costs to report that. The
//! trees come from the testbed, as in the bench `cold`. With `--changes N` and a directory of a
//! tree that `tree` makes, the same with nothing printed but how many: for counting instructions
//! (`scripts/bench change`).

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod asker;
mod change;
mod setup;
#[path = "../cold/tree.rs"]
mod tree;

use std::path::Path;
use std::time::Duration;

use change::Followed;
use tree::Tree;

const CHANGES: usize = 400;
const ROUNDS: usize = 5;

/// Longer than watching takes to begin.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--changes") {
        let (changes, root) = (arguments[at + 1].parse().expect("a number"), &arguments[at + 2]);
        let times = Followed::new(Path::new(root)).change(changes);
        println!("{} changes", times.len());
        return;
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let trees = [("small", tree::build("small")), ("large", tree::build("large"))];
    let only = |what: &str| !arguments.iter().any(|argument| argument == what);
    if only("--setup") {
        changes(&trees);
    }
    if only("--latency") {
        watches(&trees);
    }
}

/// From a write to its answer, on both in turn.
fn changes(trees: &[(&str, Tree)]) {
    for (name, tree) in trees {
        println!("{name}: {} projects", tree.projects);
    }
    let followed: Vec<_> = trees.iter().map(|(_, tree)| Followed::new(&tree.root)).collect();
    let change: fn(&Followed, usize) -> Vec<Duration> = Followed::change;
    for (what, change) in
        [("its answer", change), ("its answer over a connection", Followed::serve)]
    {
        let mut times = vec![Vec::new(); trees.len()];
        for _ in 0..ROUNDS {
            for (times, followed) in times.iter_mut().zip(&followed) {
                times.extend(change(followed, CHANGES / ROUNDS));
            }
        }
        let mut medians = Vec::new();
        for ((name, _), times) in trees.iter().zip(&mut times) {
            times.sort_unstable();
            let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
            println!("{name}: from a write to {what}: p50 {median:?}, p99 {p99:?}");
            medians.push(median);
        }
        println!("large / small: {:.2}", ratio(medians[1], medians[0]));
    }
    for ((name, _), followed) in trees.iter().zip(&followed) {
        let mut times = followed.news(CHANGES / ROUNDS);
        times.sort_unstable();
        let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
        println!("{name}: from a write to the news of it: p50 {median:?}, most {most:?}");
    }
}

/// How many watches there are and what it takes to set them up.
fn watches(trees: &[(&str, Tree)]) {
    for (name, tree) in trees {
        // What takes milliseconds is measured more often.
        let rounds = if tree.projects < 100 { 10 * ROUNDS } else { ROUNDS };
        let setup = setup::measure(&tree.root, rounds);
        println!(
            "{name}: {} watches / {} directories that hold hashed files or are walked: {:.3}",
            setup.watches,
            setup.directories,
            f64::from(setup.watches) / f64::from(setup.directories)
        );
        println!(
            "{name}: set up / bare inotify_add_watch on the same: {:.2} ({:?} / {:?})",
            ratio(setup.took, setup.bare),
            setup.took,
            setup.bare
        );
        println!(
            "{name}: a first scan that reports / one that does not, processor time: {:.3}",
            setup.scans
        );
    }
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
