//! One listener's place in the ring.

use std::sync::Arc;

use async_trait::async_trait;
use skillstat_domain::{Listener, News, Notice};
use tokio::sync::watch;

use super::Ring;
use crate::sync::lock;

/// Reads the ring from some place on.
#[derive(Debug)]
pub(super) struct Listening {
    ring: Arc<Ring>,
    latest: watch::Receiver<u64>,
    /// The id of the last notice that was read.
    read: u64,
}

impl Listening {
    pub(super) fn new(ring: &Arc<Ring>, after: Option<u64>) -> Self {
        let latest = ring.latest.subscribe();
        let read = after.unwrap_or_else(|| *latest.borrow());
        Self { ring: Arc::clone(ring), latest, read }
    }

    /// Returns the notice after the last, if there is one.
    fn read_on(&mut self) -> Option<Notice> {
        let notices = lock(&self.ring.notices);
        let latest = notices.back().map_or(0, |notice| notice.id);
        if self.read == latest {
            return None;
        }
        let place = notices.partition_point(|notice| notice.id <= self.read);
        let notice = match notices.get(place) {
            // It comes right after the last that was read.
            Some(notice) if notice.id == self.read + 1 => notice.clone(),
            // Those in between are gone, or the id was given by another process.
            _ => Notice { id: latest, news: News::Resync },
        };
        self.read = notice.id;
        Some(notice)
    }
}

#[async_trait]
impl Listener for Listening {
    async fn next(&mut self) -> Option<Notice> {
        loop {
            // Marked as seen before it is looked for, so that one that comes meanwhile wakes.
            self.latest.borrow_and_update();
            if let Some(notice) = self.read_on() {
                return Some(notice);
            }
            // The ring is held here, so its sender is never gone.
            self.latest.changed().await.ok()?;
        }
    }
}
