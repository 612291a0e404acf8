//! The task that renews the lease on one volume.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use skillstat_domain::{Change, FleetError, Missed};
use tokio::time::{sleep, timeout};

use super::{Kept, Shared};
use crate::lease::{LEASE, Step};

/// From one renewal to the next.
const INTERVAL: Duration = Duration::from_millis(80);

/// The least time between two, whatever the server says.
const LEAST: Duration = Duration::from_millis(5);

/// The first and the longest wait after a renewal that failed. The longest is short: an adapter that
/// knows that nobody is there says so at once.
const BACKOFF: [Duration; 2] = [Duration::from_millis(25), Duration::from_millis(400)];

impl Shared {
    /// Renews while questions come or something is still to be told, and after a failure until it works.
    pub(super) async fn keep(self: Arc<Self>, number: usize) {
        let Some(kept) = self.volumes.get(number) else { return };
        let mut failures = 0;
        loop {
            if failures == 0 && self.is_idle(self.now()) && kept.untold().is_empty() {
                kept.wanted.notified().await;
            }
            let begun = self.now();
            let wait = match self.renew(kept).await {
                Ok(Step::Held | Step::See(_, _)) => {
                    failures = 0;
                    INTERVAL.saturating_sub(self.now().since(begun)).max(LEAST)
                }
                Ok(Step::Again) => {
                    failures = 0;
                    LEAST
                }
                Err(error) => {
                    failures += 1;
                    self.counters.failed_renewals.fetch_add(1, Relaxed);
                    kept.fault.send_replace(Some(error.reason));
                    sleep(backoff(failures)).await;
                    continue;
                }
            };
            kept.fault.send_replace(None);
            tokio::select! {
                () = sleep(wait) => {}
                // A question has found that the lease has lapsed.
                () = kept.wanted.notified() => {}
            }
        }
    }

    /// Renews once, and sees to what others have changed.
    async fn renew(&self, kept: &Kept) -> Result<Step, FleetError> {
        self.tell_untold(kept).await?;
        let (fleet, name) = (&self.ports.fleet, &kept.volume.name);
        self.counters.renewals.fetch_add(1, Relaxed);
        // In this order: a lease is good from before it was sent.
        let sent = kept.lease.send(self.now());
        let renewal = timeout(LEASE, fleet.renew(name, sent.known)).await;
        let step = kept.lease.answered(sent, renewal.map_err(no_answer)??);
        if let Step::See(missed, version) = &step {
            let changes = match missed {
                Missed::Changes(changes) => {
                    changes.iter().map(|change| kept.volume.here(change)).collect()
                }
                Missed::Everything => BTreeSet::from([Change::Everything]),
            };
            self.tell_sink(changes).await?;
            kept.lease.seen(sent, *version);
        }
        Ok(step)
    }
}

/// Says that there was no answer in time.
pub(super) fn no_answer(_: tokio::time::error::Elapsed) -> FleetError {
    FleetError { reason: format!("no answer within {} ms", LEASE.as_millis()) }
}

fn backoff(failures: u32) -> Duration {
    let [first, longest] = BACKOFF;
    first.saturating_mul(1 << (failures - 1).min(8)).min(longest)
}
