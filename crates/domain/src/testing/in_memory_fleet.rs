//! Other machines, for tests: what a server would remember, in memory, with faults on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;

use crate::{
    Clock, Fleet, FleetError, FleetLink, HostId, HostReport, HostSummary, Missed, Moment, Renewal,
    SharedChange, VolumeName, VolumeVersion,
};

/// How many announcements are remembered.
const LOG: usize = 256;

/// A server that lives in the process of the test.
#[derive(Debug)]
pub struct InMemoryFleet {
    clock: Arc<dyn Clock>,
    // Held for one operation, which waits for nothing.
    server: Mutex<Server>,
}

#[derive(Debug, Default)]
struct Server {
    volumes: BTreeMap<VolumeName, Volume>,
    hosts: BTreeMap<HostId, (HostSummary, Moment)>,
    away: Option<String>,
    calls: usize,
}

#[derive(Debug)]
struct Volume {
    version: u64,
    log: BTreeMap<u64, BTreeSet<SharedChange>>,
}

impl InMemoryFleet {
    /// Begins with nothing.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, server: Mutex::default() }
    }

    /// Lets every operation fail from now on, or no longer.
    pub fn set_away(&self, reason: Option<&str>) {
        self.server().away = reason.map(str::to_owned);
    }

    /// Forgets everything, like a server that was started again.
    pub fn forget(&self) {
        let mut server = self.server();
        server.volumes.clear();
        server.hosts.clear();
    }

    /// Returns how many operations there were, failed ones too.
    pub fn calls(&self) -> usize {
        self.server().calls
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        self.server.lock().expect("no test panics inside")
    }

    fn call(&self) -> Result<MutexGuard<'_, Server>, FleetError> {
        let mut server = self.server();
        server.calls += 1;
        match &server.away {
            Some(reason) => Err(FleetError { reason: reason.clone() }),
            None => Ok(server),
        }
    }
}

impl Volume {
    fn born(now: Moment) -> Self {
        let version = now.since(Moment::default()).as_micros().max(1);
        let version = u64::try_from(version).expect("no test takes so long");
        Self { version, log: BTreeMap::new() }
    }

    fn version(&self) -> VolumeVersion {
        VolumeVersion::new(self.version).expect("no test counts so far")
    }

    fn missed(&self, known: Option<VolumeVersion>) -> Missed {
        let Some(known) = known.map(VolumeVersion::count).filter(|known| *known <= self.version)
        else {
            return Missed::Everything;
        };
        let mut changes = BTreeSet::new();
        for version in known + 1..=self.version {
            match self.log.get(&version) {
                Some(entry) => changes.extend(entry.iter().cloned()),
                None => return Missed::Everything,
            }
        }
        Missed::Changes(changes)
    }
}

#[async_trait]
impl Fleet for InMemoryFleet {
    async fn renew(
        &self,
        volume: &VolumeName,
        known: Option<VolumeVersion>,
    ) -> Result<Renewal, FleetError> {
        let now = self.clock.now();
        let mut server = self.call()?;
        let volume = server.volumes.entry(volume.clone()).or_insert_with(|| Volume::born(now));
        Ok(Renewal { version: volume.version(), missed: volume.missed(known) })
    }

    async fn announce(
        &self,
        volume: &VolumeName,
        changes: &BTreeSet<SharedChange>,
    ) -> Result<VolumeVersion, FleetError> {
        let now = self.clock.now();
        let mut server = self.call()?;
        let volume = server.volumes.entry(volume.clone()).or_insert_with(|| Volume::born(now));
        volume.version += 1;
        volume.log.insert(volume.version, changes.clone());
        while volume.log.len() > LOG {
            volume.log.pop_first();
        }
        Ok(volume.version())
    }

    async fn report(&self, summary: &HostSummary) -> Result<(), FleetError> {
        let now = self.clock.now();
        self.call()?.hosts.insert(summary.host, (summary.clone(), now));
        Ok(())
    }

    async fn hosts(&self) -> Result<Vec<HostReport>, FleetError> {
        let now = self.clock.now();
        let server = self.call()?;
        let report = |(summary, at): &(HostSummary, Moment)| HostReport {
            summary: summary.clone(),
            age: now.since(*at),
        };
        let mut reports: Vec<_> = server.hosts.values().map(report).collect();
        reports.sort_by_key(|report| (report.summary.name.clone(), report.summary.host));
        Ok(reports)
    }

    fn link(&self) -> FleetLink {
        FleetLink { away: self.server().away.clone(), since: Moment::default(), lost: 0 }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::ManualClock;
    use crate::testing::contract::{self, FleetStage};

    #[test]
    fn keeps_the_contract_of_fleets() {
        let clock = Arc::new(ManualClock::default());
        clock.advance(Duration::from_secs(1_000_000));
        let fleet = Arc::new(InMemoryFleet::new(Arc::clone(&clock) as _));
        let forgets = Arc::clone(&fleet);
        let stage = FleetStage {
            fleet,
            advance: Box::new(move |time| {
                clock.advance(time);
                Box::pin(std::future::ready(()))
            }),
            forget: Box::new(move || {
                forgets.forget();
                Box::pin(std::future::ready(()))
            }),
            guard: Box::new(()),
        };
        // Nothing of it waits for anything.
        let mut suite = std::pin::pin!(contract::fleet(&stage));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(suite.as_mut().poll(&mut context).is_ready());
    }
}
