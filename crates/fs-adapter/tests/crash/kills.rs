//! Killed at every call, and at random: for readers at once, and after the next writer for good, copy and
//! record are both old or both new.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::strace::{calls, inject, kill_after};
use crate::world::{Operation, Seen, World, example};

/// Fails unless the world is as it was before or as it is afterwards, for readers; then lets the next
/// writer come, after which everything is in order. Returns whether it was as before.
#[track_caller]
fn check(world: &World, old: &Seen, new: &Seen, when: &str) -> bool {
    let at_once = world.seen();
    // A copy that is there and that no record knows, or the other way round, is for nobody to see: the
    // records that readers are told of decide.
    let is = |seen: &Seen, expected: &Seen| {
        seen.states == expected.states && (seen.states.is_empty() || seen.copy == expected.copy)
    };
    assert!(is(&at_once, old) || is(&at_once, new), "{when}: {at_once:?}");
    world.done(&["update", "command:note"]);
    let for_good = world.seen();
    assert!(for_good == *old || for_good == *new, "{when}: {for_good:?}");
    world.nothing_lies_about();
    is(&at_once, old)
}

#[track_caller]
fn killed_at_every_call(operation: Operation) {
    let template = World::before(operation);
    let old = template.seen();
    let done = template.copy();
    let calls = calls(&done, &operation.arguments(&done));
    let new = done.seen();
    assert_ne!(old, new);
    let mut before = 0;
    for call in &calls {
        let world = template.copy();
        let output = inject(&operation.arguments(&world), call, "signal=KILL");
        assert!(!output.status.success(), "{call:?} was reached");
        before += usize::from(check(&world, &old, &new, &format!("{call:?}")));
    }
    assert!(
        before > 0 && before < calls.len(),
        "both sides of the swap: {before} of {}",
        calls.len()
    );
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
fn a_restore_killed_at_every_call() {
    killed_at_every_call(Operation::Restore);
}

/// Where no two entries can change places at once there is an instant with neither in place; the next
/// writer puts that in order all the same.
#[test]
fn an_overwrite_without_exchange_killed_at_every_call() {
    let template = World::before(Operation::Overwrite);
    let old = template.seen();
    let done = template.copy();
    let arguments = Operation::Overwrite.arguments(&done);
    let calls: Vec<_> =
        calls(&done, &arguments).into_iter().filter(|c| c.name == "renameat").collect();
    let new = done.seen();
    for call in &calls {
        let world = template.copy();
        let arguments = Operation::Overwrite.arguments(&world);
        let fallback = format!("signal=KILL:when={}", call.number);
        let output = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-e", "trace=renameat,renameat2"])
            .args([
                "-e",
                "inject=renameat2:error=EINVAL",
                "-e",
                &format!("inject=renameat:{fallback}"),
            ])
            .arg(example())
            .args(&arguments)
            .output()
            .unwrap();
        assert!(!output.status.success(), "{call:?} was reached");
        world.done(&["update", "command:note"]);
        let for_good = world.seen();
        assert!(for_good == old || for_good == new, "{call:?}: {for_good:?}");
        world.nothing_lies_about();
    }
}

#[test]
fn killed_at_random() {
    for operation in
        [Operation::Deploy, Operation::Overwrite, Operation::Undeploy, Operation::Restore]
    {
        let template = World::before(operation);
        let old = template.seen();
        let done = template.copy();
        let started = Instant::now();
        assert!(
            Command::new(example())
                .args(operation.arguments(&done))
                .output()
                .unwrap()
                .status
                .success()
        );
        let (whole, new) = (started.elapsed(), done.seen());
        for run in 0_u32..50 {
            let world = template.copy();
            let child = Command::new(example())
                .args(operation.arguments(&world))
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            // Somewhere in the time that it takes, never twice at the same place.
            let share = f64::from(run * 37 % 50) / 50.0;
            kill_after(child, whole.mul_f64(share));
            check(&world, &old, &new, &format!("{operation:?} after {share} of {whole:?}"));
        }
    }
}
