//! Machines that share a volume, for tests: one number is what the disk holds, and each machine holds what
//! it has read of it until it is told to forget.

use std::collections::BTreeSet;
use std::sync::Arc;

use skillstat_domain::testing::InMemoryFleet;
use skillstat_domain::{Change, ChangeSink};

use crate::sync::{Mutex, lock};
pub(crate) use crate::testing::{RuntimeClock, WayThere};
use crate::{LeasePorts, Leases, SharedVolume};

/// What a machine holds of the disk; counts how often it was told to forget.
#[derive(Debug, Default)]
pub(crate) struct Held {
    // Held for a moment.
    state: Mutex<(usize, Option<u64>)>,
}

impl Held {
    /// Returns what is held, or the generation that a reading belongs to.
    pub(crate) fn get(&self) -> Result<u64, usize> {
        let state = lock(&self.state);
        state.1.ok_or(state.0)
    }

    /// Keeps what was read, unless it was told to forget since.
    pub(crate) fn put(&self, generation: usize, value: u64) {
        let mut state = lock(&self.state);
        if state.0 == generation {
            state.1 = Some(value);
        }
    }

    pub(crate) fn forgotten(&self) -> usize {
        lock(&self.state).0
    }
}

impl ChangeSink for Held {
    fn changed(&self, changes: &BTreeSet<Change>) {
        if !changes.is_empty() {
            let mut state = lock(&self.state);
            *state = (state.0 + 1, None);
        }
    }
}

/// One machine.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) held: Arc<Held>,
    pub(crate) way: Arc<WayThere>,
    pub(crate) leases: Arc<Leases>,
}

impl Machine {
    /// Starts one; to be called in the runtime.
    pub(crate) fn start(server: &Arc<InMemoryFleet>, clock: &Arc<RuntimeClock>) -> Self {
        let (held, way) = (Arc::new(Held::default()), WayThere::new(server));
        let ports = LeasePorts {
            fleet: Arc::clone(&way) as _,
            sink: Arc::clone(&held) as _,
            clock: Arc::clone(clock) as _,
        };
        let volume = SharedVolume {
            name: "team".parse().expect("it is a name"),
            root: "/mnt/team".into(),
            has_collections: false,
        };
        let runtime = tokio::runtime::Handle::current();
        let leases = Arc::new(Leases::start(vec![volume], ports, &runtime));
        Self { held, way, leases }
    }

    /// Answers a question, as a service does: it settles, then answers from what is held, else it looks.
    pub(crate) async fn ask(&self, look: impl AsyncFnOnce() -> u64) -> u64 {
        if !self.leases.are_good() {
            self.leases.settled().await;
        }
        match self.held.get() {
            Ok(value) => value,
            Err(generation) => {
                let value = look().await;
                self.held.put(generation, value);
                value
            }
        }
    }
}
