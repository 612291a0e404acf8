//! The same with nothing in the system's cache: `cargo bench -p skillstat-tests --bench cold -- disk
//! DIRECTORY`, as root, with a directory on a disk, where the tree is made.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::tree::{self, Size};
use crate::{app, overview};

const ROUNDS: usize = 5;

/// Compares the first look after the caches were dropped with the next, for several numbers of threads.
pub(crate) fn measure(size: &Size, directory: &Path) {
    let tree = tree::build_in(directory, size);
    for threads in [2, 8, 16] {
        let app = app(&tree.root, threads);
        let time = || {
            let start = Instant::now();
            overview(&app);
            start.elapsed()
        };
        let (mut cold, mut hot) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            drop_caches();
            cold.push(time());
            hot.push(time());
        }
        let [cold, hot] = [cold, hot].map(median);
        let ratio = cold.as_secs_f64() / hot.as_secs_f64();
        println!("{threads} threads: cold / hot {ratio:.1} ({cold:.1?}, {hot:.1?})");
    }
}

fn drop_caches() {
    assert!(Command::new("sync").status().expect("it is installed").success());
    fs::write("/proc/sys/vm/drop_caches", "3").expect("only root may");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
