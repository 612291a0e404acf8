//! Single-flight: one computation for all who want the same at the same time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use skillstat_domain::{Generation, QueryError};
use tokio::sync::watch;

use crate::sync::{Mutex, lock};

/// How many computations there may be at once. Each takes a thread that blocks, and goes on when nobody
/// waits for it any more.
const MOST: usize = 256;

type Outcome<V> = Option<Result<V, QueryError>>;

/// The computations under way, by key. Knows nothing of what is computed.
#[derive(Debug)]
pub(crate) struct Flights<K, V> {
    // Held for one look-up.
    flying: Arc<Mutex<HashMap<K, Flight<V>>>>,
}

#[derive(Debug)]
struct Flight<V> {
    /// Read before the computation reads anything.
    generation: Generation,
    outcome: watch::Receiver<Outcome<V>>,
}

/// Someone who wants a value.
#[derive(Debug)]
pub(crate) enum Boarding<K: Hash + Eq, V> {
    /// The first, who must compute it.
    Pilot(Pilot<K, V>, Waiting<V>),
    /// One who comes while it is computed.
    Passenger(Waiting<V>),
    /// One for whom there is no room.
    Refused,
}

impl<K: Hash + Eq + Clone, V: Clone> Flights<K, V> {
    pub(crate) fn new() -> Self {
        Self { flying: Arc::default() }
    }

    /// Joins the computation of `key`, if there is one that has read nothing before what is `good`,
    /// or begins one that has read `generation`.
    pub(crate) fn board(
        &self,
        key: &K,
        generation: Generation,
        good: impl FnOnce(Generation) -> bool,
    ) -> Boarding<K, V> {
        let mut flying = lock(&self.flying);
        if let Some(flight) = flying.get(key)
            && good(flight.generation)
        {
            return Boarding::Passenger(Waiting(flight.outcome.clone()));
        }
        // A flight that is no good any more has its own thread, but its place goes to the next one.
        if flying.len() >= MOST && !flying.contains_key(key) {
            return Boarding::Refused;
        }
        let (sender, outcome) = watch::channel(None);
        flying.insert(key.clone(), Flight { generation, outcome: outcome.clone() });
        let pilot = Pilot { key: key.clone(), sender, flying: Arc::clone(&self.flying) };
        Boarding::Pilot(pilot, Waiting(outcome))
    }
}

/// The duty to compute; given up unfulfilled (a panic), all who wait get an error.
#[derive(Debug)]
pub(crate) struct Pilot<K: Hash + Eq, V> {
    key: K,
    sender: watch::Sender<Outcome<V>>,
    flying: Arc<Mutex<HashMap<K, Flight<V>>>>,
}

impl<K: Hash + Eq, V> Pilot<K, V> {
    /// Gives the value to all who wait.
    pub(crate) fn land(self, result: Result<V, QueryError>) {
        // Whoever comes from now on finds the value in the cache, or computes anew.
        self.leave();
        self.sender.send_replace(Some(result));
    }

    /// Makes room for a flight that begins later, unless one has begun already and taken it.
    fn leave(&self) {
        let mut flying = lock(&self.flying);
        let ours = |flight: &Flight<V>| self.sender.subscribe().same_channel(&flight.outcome);
        if flying.get(&self.key).is_some_and(ours) {
            flying.remove(&self.key);
        }
    }
}

impl<K: Hash + Eq, V> Drop for Pilot<K, V> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Waits for a value.
#[derive(Debug)]
pub(crate) struct Waiting<V>(watch::Receiver<Outcome<V>>);

impl<V: Clone + Send + Sync> Waiting<V> {
    /// Returns the value when it is there.
    pub(crate) async fn land(mut self) -> Result<V, QueryError> {
        match self.0.wait_for(Option::is_some).await {
            Ok(outcome) => (*outcome).clone().expect("it was waited for"),
            Err(_dropped) => Err(QueryError::Failed { reason: "it panicked".to_owned() }),
        }
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests {
    use super::*;

    fn pilot(flights: &Flights<usize, u8>, key: usize, good: bool) -> Pilot<usize, u8> {
        match flights.board(&key, Generation::default(), |_| good) {
            Boarding::Pilot(pilot, _) => pilot,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_that_lands_leaves_the_place_to_the_one_that_took_it() {
        // Fails when `leave` does not compare the channels.
        let flights = Flights::new();
        let first = pilot(&flights, 1, true);
        let _second = pilot(&flights, 1, false);
        first.land(Ok(7));
        let third = flights.board(&1, Generation::default(), |_| true);
        assert!(matches!(third, Boarding::Passenger(_)), "{third:?}");
    }

    #[test]
    fn there_is_room_for_so_many_and_for_those_who_join_them() {
        // Fails when `board` does not count.
        let flights = Flights::new();
        let pilots: Vec<_> = (0..MOST).map(|key| pilot(&flights, key, true)).collect();
        let board = |key| flights.board(&key, Generation::default(), |_| true);
        assert!(matches!(board(MOST), Boarding::Refused));
        assert!(matches!(board(0), Boarding::Passenger(_)));
        drop(pilots);
        assert!(matches!(board(MOST), Boarding::Pilot(..)));
    }
}
