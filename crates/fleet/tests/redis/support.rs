//! What the tests share.

use std::sync::Arc;
use std::time::{Duration, Instant};

use skillstat_domain::{Clock, Fleet, Moment, VolumeName};
use skillstat_fleet::{KeyPrefix, RedisAddress, RedisFleet};
use tokio::runtime::Handle;

/// A clock that began a while ago.
#[derive(Debug)]
pub(crate) struct TestClock(Instant);

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Instant::now()))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Moment {
        Moment::new(self.0.elapsed() + Duration::from_secs(1_000_000))
    }
}

/// The adapter, connecting to an address.
pub(crate) fn fleet(address: &str) -> Arc<RedisFleet> {
    fleet_with_password(address, None)
}

pub(crate) fn fleet_with_password(address: &str, password: Option<&str>) -> Arc<RedisFleet> {
    fleet_of(address, None, password)
}

/// The adapter for a user of the server.
pub(crate) fn fleet_of(
    address: &str,
    user: Option<&str>,
    password: Option<&str>,
) -> Arc<RedisFleet> {
    let address: RedisAddress = address.parse().expect("the tests write real ones");
    let address = address.with_credentials(user, password);
    let prefix: KeyPrefix = "test".parse().expect("the tests write real ones");
    Arc::new(RedisFleet::start(address, prefix, TestClock::new(), &Handle::current()))
}

pub(crate) fn volume() -> VolumeName {
    "team".parse().expect("the tests write real ones")
}

/// Waits until something holds, for a time that nothing takes.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never holds: {what}");
        tokio::task::yield_now().await;
    }
}

/// Waits until a renewal works.
pub(crate) async fn works(fleet: &dyn Fleet) {
    let works = async || fleet.renew(&volume(), None).await.is_ok();
    eventually("the server can be reached", works).await;
}
