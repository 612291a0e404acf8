//! Very many changes at once.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::{Followed, deploy, write};

/// How much memory 15,000 changes may take: what each of them would hold for itself is more.
const MOST_GROWN_BYTES: u64 = 16 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_writes_beside_a_checkout_leaves_the_service_answering_and_right() {
    let followed = Followed::new(|root| {
        for project in 0..5 {
            for skill in ["pdf", "csv"] {
                deploy(&root.join(format!("p{project}/.claude")), skill, "text");
            }
        }
    })
    .await;
    followed.check("before").await;
    let memory = resident_bytes();
    let (done, asked) = (AtomicBool::new(false), "skill:csv".parse().unwrap());
    let mut answers = 0;
    // Gone when nobody asks any more, as when an answer was wrong.
    let (asking, told) = channel::<()>();
    let followed = &followed;
    std::thread::scope(|scope| {
        let storm = scope.spawn(move || {
            let begun = Instant::now();
            for number in 0..10_000_u32 {
                write(followed.path("p0/.claude/skills/pdf/SKILL.md"), &number.to_string());
                // Spread over five seconds, in so far as writing takes no longer.
                let due = Duration::from_micros(500) * number;
                let early = due.saturating_sub(begun.elapsed());
                if told.recv_timeout(early) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
            }
        });
        let checkout = scope.spawn(|| {
            for number in 0..5000 {
                write(
                    followed.path(&format!("p1/src/{}/{number}.rs", number % 50)),
                    "fn main() {}",
                );
            }
            fs::remove_dir_all(followed.path("p1/src")).expect("ours");
        });
        scope.spawn(|| {
            storm.join().expect("it writes");
            checkout.join().expect("it writes");
            done.store(true, Ordering::SeqCst);
        });
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                while !done.load(Ordering::SeqCst) {
                    let asked = followed.live.query.statistics(&asked);
                    let answer = tokio::time::timeout(super::PATIENCE, asked).await;
                    assert_eq!(
                        answer.expect("it answers").expect("it does").cached.value.total(),
                        5
                    );
                    answers += 1;
                }
                drop(asking);
            });
        });
    });
    assert!(answers > 100, "only {answers} answers");
    followed.check("after the storm").await;
    let grown = resident_bytes().saturating_sub(memory);
    assert!(grown < MOST_GROWN_BYTES, "{grown} bytes more than before");
}

fn resident_bytes() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.expect("a number") * u64::try_from(rustix::param::page_size()).expect("small")
}
