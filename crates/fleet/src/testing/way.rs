//! The way of a machine to a server that lives in the process, in the time of a runtime, with faults on demand.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use skillstat_domain::testing::InMemoryFleet;
use skillstat_domain::{
    Clock, Fleet, FleetError, FleetLink, HostReport, HostSummary, Moment, Renewal, SharedChange,
    VolumeName, VolumeVersion,
};
use tokio::time::{Instant, sleep};

/// The time of a paused runtime.
#[derive(Debug)]
pub struct RuntimeClock(Instant);

impl RuntimeClock {
    /// Begins now; to be called in the runtime.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Instant::now()))
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Moment {
        // Not zero in the beginning, as no machine's clock is.
        Moment::new(self.0.elapsed() + Duration::from_secs(1_000_000))
    }
}

/// What is wrong with the way of one machine to the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Way {
    /// Nothing.
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
pub struct WayThere {
    server: Arc<InMemoryFleet>,
    // Held for a moment.
    way: Mutex<Way>,
}

impl WayThere {
    /// A way on which all is fine.
    pub fn new(server: &Arc<InMemoryFleet>) -> Arc<Self> {
        Arc::new(Self { server: Arc::clone(server), way: Mutex::default() })
    }

    /// Lets something be wrong with it from now on.
    pub fn set(&self, way: Way) {
        *self.way.lock().unwrap_or_else(PoisonError::into_inner) = way;
    }

    fn way(&self) -> Way {
        *self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn there(&self) -> Result<(), FleetError> {
        let way = self.way();
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
        let way = self.way();
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
