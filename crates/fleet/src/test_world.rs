//! Machines that share a volume, for tests: one number is what the disk holds, and each machine holds what
//! it has read of it until it is told to forget.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use skillstat_domain::testing::InMemoryFleet;
use skillstat_domain::{
    Change, ChangeSink, Clock, Fleet, FleetError, FleetLink, HostReport, HostSummary, Moment,
    Renewal, SharedChange, VolumeName, VolumeVersion,
};
use tokio::time::{Instant, sleep};

use crate::sync::{Mutex, lock};
use crate::{LeasePorts, Leases, SharedVolume};

/// The time of a paused runtime.
#[derive(Debug)]
pub(crate) struct RuntimeClock(Instant);

impl RuntimeClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Instant::now()))
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Moment {
        // Not zero in the beginning, as no machine's clock is.
        Moment::new(self.0.elapsed() + Duration::from_secs(1_000_000))
    }
}

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

/// What is wrong with the way of one machine to the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Way {
    #[default]
    Fine,
    /// Every operation fails at once.
    Away,
    /// Nothing is ever answered, and nothing gets there.
    Silent,
    /// Operations happen, and the answer is lost.
    Mute,
    /// Each direction takes so many milliseconds.
    Slow(u64),
}

/// One machine's way to the server.
#[derive(Debug)]
pub(crate) struct WayThere {
    server: Arc<InMemoryFleet>,
    // Held for a moment.
    way: Mutex<Way>,
}

impl WayThere {
    pub(crate) fn new(server: &Arc<InMemoryFleet>) -> Arc<Self> {
        Arc::new(Self { server: Arc::clone(server), way: Mutex::default() })
    }

    pub(crate) fn set(&self, way: Way) {
        *lock(&self.way) = way;
    }

    async fn there(&self) -> Result<(), FleetError> {
        let way = *lock(&self.way);
        match way {
            Way::Away => Err(FleetError { reason: "away".to_owned() }),
            Way::Silent => std::future::pending().await,
            Way::Slow(time) => {
                sleep(Duration::from_millis(time)).await;
                Ok(())
            }
            Way::Fine | Way::Mute => Ok(()),
        }
    }

    async fn back(&self) -> Result<(), FleetError> {
        let way = *lock(&self.way);
        match way {
            Way::Mute => Err(FleetError { reason: "the answer was lost".to_owned() }),
            Way::Silent => std::future::pending().await,
            Way::Slow(time) => {
                sleep(Duration::from_millis(time)).await;
                Ok(())
            }
            Way::Fine | Way::Away => Ok(()),
        }
    }
}

#[async_trait]
impl Fleet for WayThere {
    async fn renew(
        &self,
        volume: &VolumeName,
        known: Option<VolumeVersion>,
    ) -> Result<Renewal, FleetError> {
        self.there().await?;
        let renewal = self.server.renew(volume, known).await;
        self.back().await?;
        renewal
    }

    async fn announce(
        &self,
        volume: &VolumeName,
        changes: &BTreeSet<SharedChange>,
    ) -> Result<VolumeVersion, FleetError> {
        self.there().await?;
        let version = self.server.announce(volume, changes).await;
        self.back().await?;
        version
    }

    async fn report(&self, summary: &HostSummary) -> Result<(), FleetError> {
        self.server.report(summary).await
    }

    async fn hosts(&self) -> Result<Vec<HostReport>, FleetError> {
        self.server.hosts().await
    }

    fn link(&self) -> FleetLink {
        self.server.link()
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
