//! A thousand steps of every sort at random: whenever it is asked, the service answers what a scan
//! answers.

mod steps;

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use steps::Steps;

use super::{Followed, deploy};
use crate::support::seed;

/// How often a service begins while things change.
const BEGINNINGS: usize = 20;

/// How many steps there are before it begins.
const BEFORE: usize = 100;

/// How many steps a history has.
const STEPS: usize = 1000;

/// A root that is a link, one in it, and one that may not be there.
const SETTINGS: [(&str, &str); 2] = [
    ("SKILLSTAT_ROOTS", "~/tree:~/tree/b/c/d:~/link"),
    ("SKILLSTAT_EXCLUDE", "left-out:.left-out:~/tree/a/nod*"),
];

fn tree(base: &Path) {
    deploy(&base.join("tree/a/.claude"), "pdf", "text 0");
    symlink("one", base.join("link")).expect("writable");
}

async fn history(seed: u64, followed: &Followed) {
    let mut steps = Steps::new(seed, followed.base.clone());
    let mut told = Vec::new();
    for number in 0..STEPS {
        told.push(steps.step());
        // Several together too: what they mean is told at once.
        if steps.number(3) > 0 {
            let last = told[told.len().saturating_sub(8)..].join("\n  ");
            followed.check(&format!("seed {seed}, step {number}, the last of\n  {last}\n")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_steps_at_random() {
    let followed = Followed::over(&SETTINGS, tree).await;
    history(seed("LIVE_SEED"), &followed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_steps_at_random_while_others_ask() {
    let followed = Followed::over(&SETTINGS, tree).await;
    let done = Arc::new(AtomicBool::new(false));
    let (query, until) = (Arc::clone(&followed.live.query), Arc::clone(&done));
    let asking = tokio::spawn(async move {
        let asked = "skill:pdf".parse().expect("an id");
        while !until.load(Ordering::SeqCst) {
            query.overview().await.expect("it answers");
            query.statistics(&asked).await.expect("it answers");
        }
    });
    history(seed("LIVE_SEED"), &followed).await;
    done.store(true, Ordering::SeqCst);
    asking.await.expect("it does not panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_at_random_while_the_service_begins() {
    // What comes and goes after the first scan and before its watch is found by the next.
    for _ in 0..BEGINNINGS {
        let (seed, mut stepping) = (seed("LIVE_SEED"), None);
        let begun = Arc::new(AtomicBool::new(false));
        let followed = Followed::begin(&SETTINGS, |base| {
            tree(base);
            let mut steps = Steps::new(seed, base.to_owned());
            (0..BEFORE).for_each(|_| drop(steps.step()));
            let until = Arc::clone(&begun);
            stepping = Some(std::thread::spawn(move || {
                while !until.load(Ordering::SeqCst) {
                    steps.step();
                }
                steps
            }));
        });
        followed.is_watched().await;
        begun.store(true, Ordering::SeqCst);
        let mut steps = stepping.expect("made").join().expect("it does not panic");
        followed.is_watched().await;
        for number in 0..20 {
            let what = format!("seed {seed}, {number} steps after it has begun");
            followed.check(&what).await;
            steps.step();
        }
    }
}
