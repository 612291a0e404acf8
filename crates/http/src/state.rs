//! What every request is answered with.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use axum::http::HeaderValue;
use skillstat_domain::{
    ChangeFeed, Clock, DeploymentCommands, DiffQuery, Fleet, HostId, HostReport, Moment,
    SharedVolumes, StatisticsQuery, StatsCache, Watcher,
};
use tokio::sync::{Mutex as AsyncMutex, Semaphore, watch};

use crate::bodies::Bodies;
use crate::guard::GuardConfig;
use crate::limits::{Limits, Places};
use crate::metrics::Metrics;
use crate::observe::Observer;
use crate::page::Admission;
use crate::router::paths;

/// How many may listen to news at once.
const STREAMS: usize = 256;

/// The ports behind the routes.
#[derive(Debug, Clone)]
pub struct Services {
    /// Who answers.
    pub query: Arc<dyn StatisticsQuery>,
    /// Who compares copies with what they were deployed from.
    pub diffs: Arc<dyn DiffQuery>,
    /// Who deploys and undeploys.
    pub commands: Arc<dyn DeploymentCommands>,
    /// What is counted and invalidated.
    pub cache: Arc<dyn StatsCache>,
    /// What ages are told by.
    pub clock: Arc<dyn Clock>,
    /// What tells of changes on disk; [`Unwatched`](skillstat_domain::Unwatched) when nothing does.
    pub watcher: Arc<dyn Watcher>,
    /// The news of what has changed.
    pub feed: Arc<dyn ChangeFeed>,
    /// Other machines, if they can be reached at all.
    pub others: Option<Others>,
}

/// Other machines.
#[derive(Debug, Clone)]
pub struct Others {
    /// Which of them this one is.
    pub this: HostId,
    /// Where they can be reached.
    pub fleet: Arc<dyn Fleet>,
    /// What is shared with them.
    pub volumes: Arc<dyn SharedVolumes>,
}

/// What machines reported, and when that was asked.
pub(crate) type Reports = (Moment, Arc<Vec<HostReport>>);

/// The ports, the rules of who may ask, and what this process keeps between requests.
#[derive(Debug, Clone)]
pub struct HttpState {
    pub(crate) services: Services,
    pub(crate) guard: Arc<GuardConfig>,
    pub(crate) limits: Limits,
    pub(crate) places: Places,
    /// Names what is looked at, for whoever must not take an answer about something else.
    pub(crate) fingerprint: Option<HeaderValue>,
    /// Seconds east of UTC by which naive dates are put in order.
    pub(crate) local_offset: i32,
    pub(crate) bodies: Arc<Bodies>,
    pub(crate) observer: Arc<Observer>,
    pub(crate) started: Moment,
    /// Tells this process from others: its versions start anew, and an `ETag` must not.
    pub(crate) process: u64,
    /// The link that gives the page its key.
    pub(crate) admission: Arc<Admission>,
    /// What machines reported, and when that was asked.
    pub(crate) reports: Arc<AsyncMutex<Option<Reports>>>,
    /// The places of those who listen.
    pub(crate) streams: Arc<Semaphore>,
    /// Told when the service ends, so that streams end too.
    pub(crate) ending: watch::Sender<bool>,
}

impl HttpState {
    /// Joins ports and rules; naive dates are put in order as UTC.
    pub fn new(services: Services, guard: GuardConfig) -> Self {
        let started = services.clock.now();
        let process = RandomState::new().build_hasher().finish();
        Self {
            services,
            guard: Arc::new(guard),
            limits: Limits::default(),
            places: Places::new(Limits::default()),
            fingerprint: None,
            local_offset: 0,
            bodies: Arc::default(),
            observer: Arc::new(Observer::new(Metrics::new(paths()), process)),
            started,
            process,
            admission: Arc::default(),
            reports: Arc::default(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            ending: watch::Sender::new(false),
        }
    }

    /// Sets the offset from UTC, in seconds to the east, that a date without one is taken to have
    /// when dates are put in order.
    #[must_use]
    pub fn with_local_offset(mut self, seconds: i32) -> Self {
        self.local_offset = seconds;
        self
    }

    /// Sets the name of all that an answer depends on: search roots, depth, excludes and collections. A
    /// text that is no header's value is not told, and nobody takes an exact answer without.
    #[must_use]
    pub fn with_fingerprint(mut self, fingerprint: &str) -> Self {
        self.fingerprint = HeaderValue::from_str(fingerprint).ok();
        self
    }

    /// Gives the key to whoever opens the page with this code behind the address, as in `/#enter=CODE`:
    /// once, and within ten minutes from the start.
    #[must_use]
    pub fn with_admission(mut self, code: &str) -> Self {
        self.admission = Arc::new(Admission::of(code));
        self
    }

    /// Sets other rules of who may ask. A clone with other rules is for another listener of the same
    /// service: both share what is counted and kept, and the limit of requests at once.
    #[must_use]
    pub fn with_guard(mut self, guard: GuardConfig) -> Self {
        self.guard = Arc::new(guard);
        self
    }

    /// Sets other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self.places = Places::new(limits);
        self
    }
}
