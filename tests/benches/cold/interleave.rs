//! Two ways of doing the same, in turn.

use std::hint::black_box;
use std::time::{Duration, Instant};

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

/// Runs both sides in turn, so many times each, and prints their medians and the ratio of the first to
/// the second, which it returns.
pub(crate) fn compare(title: &str, rounds: usize, first: &Side<'_>, second: &Side<'_>) -> f64 {
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        firsts.push(first.time());
        seconds.push(second.time());
    }
    let [one, two] = [median(firsts), median(seconds)].map(|time| time.as_secs_f64() * 1000.0);
    println!("{title}: {:.3} ({} {one:.2} ms, {} {two:.2} ms)", one / two, first.name, second.name);
    one / two
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
