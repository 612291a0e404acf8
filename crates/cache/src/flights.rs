//! Single-flight: one computation for all who want the same at the same time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use skillstat_domain::{Generation, QueryError};
use tokio::sync::watch;

use crate::sync::{Mutex, lock};

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
        let (sender, outcome) = watch::channel(None);
        flying.insert(key.clone(), Flight { generation, outcome: outcome.clone() });
        let pilot =
            Pilot { key: key.clone(), sender: Some(sender), flying: Arc::clone(&self.flying) };
        Boarding::Pilot(pilot, Waiting(outcome))
    }
}

/// The duty to compute; given up unfulfilled (a panic), all who wait get an error.
#[derive(Debug)]
pub(crate) struct Pilot<K: Hash + Eq, V> {
    key: K,
    sender: Option<watch::Sender<Outcome<V>>>,
    flying: Arc<Mutex<HashMap<K, Flight<V>>>>,
}

impl<K: Hash + Eq, V> Pilot<K, V> {
    /// Gives the value to all who wait.
    pub(crate) fn land(mut self, result: Result<V, QueryError>) {
        let sender = self.sender.take();
        // Whoever comes from now on finds the value in the cache, or computes anew.
        drop(self);
        if let Some(sender) = sender {
            sender.send_replace(Some(result));
        }
    }
}

impl<K: Hash + Eq, V> Drop for Pilot<K, V> {
    fn drop(&mut self) {
        let mut flying = lock(&self.flying);
        // A later flight of the same key may have taken the place; its sender is another one.
        let ours = |flight: &Flight<V>| match &self.sender {
            Some(sender) => sender.subscribe().same_channel(&flight.outcome),
            None => true,
        };
        if flying.get(&self.key).is_some_and(ours) {
            flying.remove(&self.key);
        }
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
            Err(_dropped) => Err(QueryError { reason: "it panicked".to_owned() }),
        }
    }
}
