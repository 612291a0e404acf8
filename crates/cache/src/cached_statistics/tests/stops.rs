//! Computations that stand still where a test wants them to.

use std::collections::VecDeque;
use std::sync::mpsc;

use crate::sync::{Mutex, lock};
use crate::test_world::World;

/// A place at which a computation waits: the first hears that it is there, the second lets it go on.
pub(super) type Stop = (mpsc::Receiver<()>, mpsc::Sender<()>);

/// Stops the first look of each kind that comes after the stop before.
pub(super) fn stop_at<const N: usize>(world: &World, kinds: [&'static str; N]) -> [Stop; N] {
    let mut waits = VecDeque::new();
    let stops = kinds.map(|kind| {
        let (stopped, heard) = mpsc::channel();
        let (go_on, wait) = mpsc::channel();
        waits.push_back((kind, stopped, wait));
        (heard, go_on)
    });
    let waits = Mutex::new(waits);
    world.before(move |what| {
        // Not in the condition: the lock would be held while waiting.
        let next = lock(&waits).pop_front_if(|(kind, ..)| *kind == what);
        if let Some((_, stopped, wait)) = next {
            stopped.send(()).unwrap();
            wait.recv().unwrap();
        }
    });
    stops
}

/// Stops the first look of a kind.
pub(super) fn stop_first(world: &World, kind: &'static str) -> Stop {
    let [stop] = stop_at(world, [kind]);
    stop
}
