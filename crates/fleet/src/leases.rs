//! Leases on all shared volumes: renewed in the background while questions come.

mod announcing;
mod keeper;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use async_trait::async_trait;
use skillstat_domain::{
    Change, ChangeSink, Clock, Fleet, FleetError, FleetStanding, Moment, Problem, SharedChange,
    SharedVolumes, VolumeStanding,
};
use tokio::runtime::Handle;
use tokio::sync::{Mutex as AsyncMutex, Notify, watch};
use tokio::task::AbortHandle;

use crate::counters::Counters;
use crate::lease::{LEASE, Lease};
use crate::sync::{AtomicU64, Mutex, lock};
use crate::volumes::SharedVolume;

/// For how long after a question leases are renewed.
pub(crate) const BUSY: Duration = Duration::from_secs(2);

/// How long a question waits for a lease at most.
pub(crate) const PATIENCE: Duration = Duration::from_millis(50);

/// What leases are kept with.
#[derive(Debug, Clone)]
pub struct LeasePorts {
    /// Where others can be reached.
    pub fleet: Arc<dyn Fleet>,
    /// What answers are made from; it forgets what others have changed.
    pub sink: Arc<dyn ChangeSink>,
    /// A clock that goes on while the machine sleeps, to the millisecond.
    pub clock: Arc<dyn Clock>,
}

/// The leases of this process. When this goes, nothing is renewed any more.
#[derive(Debug)]
pub struct Leases {
    shared: Arc<Shared>,
    tasks: Vec<AbortHandle>,
}

/// What the tasks share with whoever asks.
#[derive(Debug)]
pub(crate) struct Shared {
    ports: LeasePorts,
    runtime: Handle,
    volumes: Vec<Kept>,
    /// When the last question came, in nanoseconds of the clock; zero before the first.
    asked: AtomicU64,
    /// When everything was forgotten last because there was no lease. Held while it is: whoever comes
    /// meanwhile must not be answered from what is about to go.
    dropped: AsyncMutex<Option<Moment>>,
    counters: Counters,
}

/// One volume.
#[derive(Debug)]
pub(crate) struct Kept {
    volume: SharedVolume,
    lease: Lease,
    /// Told when a lease is wanted that has lapsed.
    wanted: Notify,
    /// Told after each attempt to renew: why it failed.
    fault: watch::Sender<Option<String>>,
    /// What others could not be told so far.
    // Held to change a set.
    untold: Mutex<BTreeSet<SharedChange>>,
}

impl Leases {
    /// Begins to keep leases on these volumes, in the background of `runtime`.
    pub fn start(volumes: Vec<SharedVolume>, ports: LeasePorts, runtime: &Handle) -> Self {
        let kept = |volume| Kept {
            volume,
            lease: Lease::default(),
            wanted: Notify::new(),
            fault: watch::Sender::new(None),
            untold: Mutex::default(),
        };
        let shared = Arc::new(Shared {
            ports,
            runtime: runtime.clone(),
            volumes: volumes.into_iter().map(kept).collect(),
            asked: AtomicU64::new(0),
            dropped: AsyncMutex::default(),
            counters: Counters::default(),
        });
        let keep = |number| {
            let shared = Arc::clone(&shared);
            runtime.spawn(async move { shared.keep(number).await }).abort_handle()
        };
        let tasks = (0..shared.volumes.len()).map(keep).collect();
        Self { shared, tasks }
    }

    /// Tells whether every lease is good, and notes that somebody asks. Costs a reading of the clock.
    pub fn are_good(&self) -> bool {
        let shared = &*self.shared;
        if shared.volumes.is_empty() {
            return true;
        }
        let now = shared.ports.clock.now();
        shared.note_question(now);
        shared.are_good(now)
    }

    /// Returns when answers may be given: every lease is good, or else what was held has been forgotten,
    /// less than a lease ago. Waits for others for [`PATIENCE`] at most.
    pub async fn settled(&self) {
        self.shared.settled().await;
    }

    /// Does the same on a thread that may block.
    pub fn settle(&self) {
        self.shared.runtime.block_on(self.settled());
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

#[async_trait]
impl SharedVolumes for Leases {
    async fn everything_changed(&self) -> Vec<Problem> {
        let shared = Arc::clone(&self.shared);
        let told = self.shared.runtime.spawn(async move { shared.announce_everything().await });
        // It does not panic.
        told.await.unwrap_or_default()
    }

    fn standing(&self) -> FleetStanding {
        self.shared.standing()
    }
}

impl Drop for Leases {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Shared {
    fn now(&self) -> Moment {
        self.ports.clock.now()
    }

    fn note_question(&self, now: Moment) {
        let now = now.since(Moment::default()).as_nanos();
        self.asked.store(u64::try_from(now).unwrap_or(u64::MAX), Relaxed);
    }

    fn are_good(&self, now: Moment) -> bool {
        self.volumes.iter().all(|kept| kept.lease.is_good(now))
    }

    /// Tells whether nobody has asked lately.
    fn is_idle(&self, now: Moment) -> bool {
        let asked = self.asked.load(Relaxed);
        asked == 0 || now.since(Moment::new(Duration::from_nanos(asked))) > BUSY
    }

    async fn settled(&self) {
        let now = self.now();
        self.note_question(now);
        if self.are_good(now) {
            return;
        }
        // Nothing is lost when it takes longer: then everything is forgotten.
        let _late = tokio::time::timeout(PATIENCE, self.leases_or_faults()).await;
        if !self.are_good(self.now()) {
            self.drop_all().await;
        }
    }

    /// Waits until each volume has a lease, or is known to get none now.
    async fn leases_or_faults(&self) {
        for kept in &self.volumes {
            let mut fault = kept.fault.subscribe();
            // In this order: whatever happens after the look is told.
            while !kept.lease.is_good(self.now()) && fault.borrow_and_update().is_none() {
                kept.wanted.notify_one();
                if fault.changed().await.is_err() {
                    return;
                }
            }
        }
    }

    /// Forgets everything, unless that was begun less than a lease ago: who announces a change waits for
    /// longer.
    async fn drop_all(&self) {
        let mut dropped = self.dropped.lock().await;
        let now = self.now();
        if dropped.is_some_and(|before| now.since(before) < LEASE) {
            return;
        }
        if self.tell_sink(BTreeSet::from([Change::Everything])).await.is_ok() {
            // From when it was begun: what is read from there on is newer.
            *dropped = Some(now);
            self.counters.dropped.fetch_add(1, Relaxed);
        }
    }

    /// Lets the sink take changes, on a thread that may block, to the end even if nobody waits for it.
    async fn tell_sink(&self, changes: BTreeSet<Change>) -> Result<(), FleetError> {
        let sink = Arc::clone(&self.ports.sink);
        let told = self.runtime.spawn_blocking(move || sink.changed(&changes)).await;
        told.map_err(|_| FleetError { reason: "taking the changes of others failed".to_owned() })
    }

    pub(crate) fn standing(&self) -> FleetStanding {
        let (now, counters) = (self.now(), &self.counters);
        let is_idle = self.is_idle(now);
        let standing = |kept: &Kept| VolumeStanding {
            name: kept.volume.name.clone(),
            root: kept.volume.root.as_str().to_owned(),
            lease: kept.lease.left(now),
            is_idle,
            fault: kept.fault.borrow().clone(),
        };
        FleetStanding {
            link: self.ports.fleet.link(),
            volumes: self.volumes.iter().map(standing).collect(),
            renewals: counters.renewals.load(Relaxed),
            failed_renewals: counters.failed_renewals.load(Relaxed),
            announcements: counters.announcements.load(Relaxed),
            failed_announcements: counters.failed_announcements.load(Relaxed),
            dropped: counters.dropped.load(Relaxed),
        }
    }
}

impl Kept {
    fn untold(&self) -> BTreeSet<SharedChange> {
        lock(&self.untold).clone()
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests;
