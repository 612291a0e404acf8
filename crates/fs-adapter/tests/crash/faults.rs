//! Every call made to fail: either everything is as it was and an error says why, or it is done.

use crate::strace::{calls, inject};
use crate::world::{Operation, World, said};

#[track_caller]
fn failing_at_every_call(operation: Operation) {
    let template = World::before(operation);
    let (old, project) = (template.seen(), template.project());
    let done = template.copy();
    let calls = calls(&done, &operation.arguments(&done));
    let new = done.seen();
    let mut failed = 0;
    for call in &calls {
        for error in ["ENOSPC", "EIO", "EACCES", "EROFS"] {
            let world = template.copy();
            let output = inject(&operation.arguments(&world), call, &format!("error={error}"));
            let (success, said) = said(&output);
            let when = format!("{call:?} {error}: {said}");
            if success {
                assert_eq!(world.seen(), new, "{when}");
            } else {
                failed += 1;
                assert_eq!(world.seen(), old, "{when}");
                assert_eq!(world.project(), project, "{when}");
                assert!(
                    said.contains('`') && said.contains("; "),
                    "says what, and what to do: {when}"
                );
            }
            world.done(&["update", "command:note"]);
            assert_eq!(world.seen(), if success { new.clone() } else { old.clone() }, "{when}");
            world.nothing_lies_about();
        }
    }
    assert!(failed > calls.len(), "{failed} of {} calls", calls.len());
}

#[test]
fn a_deploy_failing_at_every_call() {
    failing_at_every_call(Operation::Deploy);
}

#[test]
fn an_overwrite_failing_at_every_call() {
    failing_at_every_call(Operation::Overwrite);
}

#[test]
fn an_undeploy_failing_at_every_call() {
    failing_at_every_call(Operation::Undeploy);
}

#[test]
fn a_restore_failing_at_every_call() {
    failing_at_every_call(Operation::Restore);
}
