//! Two ways of doing the same, in turn.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// One way of doing it.
pub(crate) struct Side<'a> {
    pub(crate) name: &'static str,
    /// Whether this process does it: the processor time of others is not known.
    pub(crate) here: bool,
    pub(crate) run: Box<dyn Fn() -> usize + 'a>,
}

/// How long it took, and how much of all processors.
#[derive(Clone, Copy)]
struct Time {
    elapsed: Duration,
    processor: Duration,
}

impl<'a> Side<'a> {
    pub(crate) fn new(name: &'static str, run: impl Fn() -> usize + 'a) -> Self {
        Self { name, here: true, run: Box::new(run) }
    }

    fn time(&self) -> Time {
        let (start, processor) = (Instant::now(), processor_time());
        black_box((self.run)());
        Time { elapsed: start.elapsed(), processor: processor_time().saturating_sub(processor) }
    }
}

/// Runs both sides in turn, so many times each, and prints their medians and the ratio of the first to
/// the second, which it returns. That of the processor times is the one to trust beside other work.
pub(crate) fn compare(title: &str, rounds: usize, first: &Side<'_>, second: &Side<'_>) -> f64 {
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        firsts.push(first.time());
        seconds.push(second.time());
    }
    let medians = |part: fn(&Time) -> Duration| {
        [&firsts, &seconds].map(|times| median(times.iter().map(part).collect()))
    };
    let [one, two] = medians(|time| time.elapsed);
    let ratio = one.as_secs_f64() / two.as_secs_f64();
    print!("{title}: {ratio:.3} ({} {one:.2?}, {} {two:.2?})", first.name, second.name);
    if first.here && second.here {
        let [one, two] = medians(|time| time.processor);
        let ratio = one.as_secs_f64() / two.as_secs_f64();
        print!("; processor time {ratio:.3} ({one:.2?}, {two:.2?})");
    }
    println!();
    ratio
}

/// Returns how much processor time this process has had.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).expect("it is not negative")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
