//! Two ways of doing the same, in turn.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How often each side runs.
const ROUNDS: usize = 21;

/// One way of doing it.
pub(crate) struct Side<'a> {
    name: &'static str,
    run: Box<dyn Fn() -> usize + 'a>,
}

impl<'a> Side<'a> {
    pub(crate) fn new(name: &'static str, run: impl Fn() -> usize + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }

    fn time(&self) -> Duration {
        let start = Instant::now();
        black_box((self.run)());
        start.elapsed()
    }
}

/// Runs both sides in turn and prints their medians and the ratio of the first to the second.
pub(crate) fn compare(title: &str, first: &Side<'_>, second: &Side<'_>) {
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        firsts.push(first.time());
        seconds.push(second.time());
    }
    let [one, two] = [median(firsts), median(seconds)].map(|time| time.as_secs_f64() * 1000.0);
    println!("{title}: {:.2} ({} {one:.1} ms, {} {two:.1} ms)", one / two, first.name, second.name);
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
