//! Killed at every call, and at random.

use std::process::Stdio;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use crate::strace::{calls, kill, kill_after};
use crate::world::{Operation, Seen, World};

/// How many are killed at once: each waits most of the time until it has seen that its record stays.
const AT_ONCE: usize = 4;

/// Fails unless the world is as it was before or as it is afterwards, for readers; then lets the next
/// writer come, after which everything is in order. Returns whether it was as before.
#[track_caller]
fn check(world: &World, old: &Seen, new: &Seen, when: &str) -> bool {
    let at_once = world.seen();
    // Readers are told of records. A copy without one is for nobody to see.
    let is = |seen: &Seen, expected: &Seen| {
        seen.states == expected.states && (seen.states.is_empty() || seen.copy == expected.copy)
    };
    assert!(is(&at_once, old) || is(&at_once, new), "{when}: {at_once:?}");
    world.done(&["deploy", "note", "--project", "app", "--force"]);
    let for_good = world.seen();
    assert!(for_good == *old || for_good == *new, "{when}: {for_good:?}");
    world.nothing_lies_about();
    is(&at_once, old)
}

/// Does something for each of many, some at a time, and counts those of which it is true.
fn count<T: Send>(many: Vec<T>, is_true: impl Fn(T) -> bool + Sync) -> usize {
    let (many, count) = (Mutex::new(many), Mutex::new(0));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(one) = many.lock().unwrap().pop() else { return };
                    let one = is_true(one);
                    *count.lock().unwrap() += usize::from(one);
                }
            });
        }
    });
    count.into_inner().unwrap()
}

#[track_caller]
fn killed_at_every_call(operation: Operation) {
    let template = World::before(operation);
    let old = template.seen();
    let done = template.copy();
    let calls = calls(&done, operation.arguments());
    let new = done.seen();
    assert_ne!(old, new);
    let all = calls.len();
    let before = count(calls, |call| {
        let world = template.copy();
        let output = kill(&world, operation.arguments(), &call);
        assert!(!output.status.success(), "{call:?} was reached");
        check(&world, &old, &new, &format!("{call:?}"))
    });
    assert!(before > 0 && before < all, "both sides of the swap: {before} of {all}");
}

#[test]
fn a_deploy_killed_at_every_call() {
    killed_at_every_call(Operation::Deploy);
}

#[test]
fn an_overwrite_killed_at_every_call() {
    killed_at_every_call(Operation::Overwrite);
}

#[test]
fn an_undeploy_killed_at_every_call() {
    killed_at_every_call(Operation::Undeploy);
}

#[test]
fn killed_at_random() {
    for operation in [Operation::Deploy, Operation::Overwrite, Operation::Undeploy] {
        let template = World::before(operation);
        let old = template.seen();
        let done = template.copy();
        let started = Instant::now();
        done.done(operation.arguments());
        let (whole, new) = (started.elapsed(), done.seen());
        count((0_u32..67).collect(), |run| {
            let world = template.copy();
            let mut command = world.skillstat(operation.arguments());
            let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            // Somewhere in the time that it takes, more often in the part before it only waits.
            let share = (f64::from(run) / 67.0).powi(2);
            kill_after(child, whole.mul_f64(share));
            check(&world, &old, &new, &format!("{operation:?} after {share} of {whole:?}"))
        });
    }
}
