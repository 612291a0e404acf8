//! One machine: what a service is made of, as far as it is about answers and writes.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use skillstat_cache::{
    BlockingPool, CachedStatistics, InvalidatingCommands, Sources, Ttl, TtlStatsCache,
};
use skillstat_domain::testing::InMemoryFleet;
use skillstat_domain::{
    Answer, AnswerSource, ArtifactId, ContentHash, ContentTraits, CopyLocation, DeploymentService,
    Difference, DirectStates, HashError, Hasher, InTurn, OriginalLocation, Overview,
    StatisticsQuery, Unwatched, Watcher,
};
use skillstat_fleet::testing::WayThere;
use skillstat_fleet::{AnnouncingCommands, LeasePorts, LeasedWatcher, Leases, SharedVolume};
use skillstat_fs_adapter::{
    BackupLimits, DeployOptions, OpenatDiscovery, Pause, Sha256Hasher, SkillmeatHome,
    StagingDeployer, TomlDeploymentReader,
};
use tokio::runtime::Handle;

use super::volume::{Fact, TTL, Volume, options};

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) cached: Arc<CachedStatistics>,
    pub(super) leases: Arc<Leases>,
    pub(super) commands: Arc<AnnouncingCommands>,
    pub(super) way: Arc<WayThere>,
    pub(super) gate: Arc<Gate>,
    volume: Arc<Volume>,
    watcher: LeasedWatcher,
}

/// What was answered, and whether it was about everything.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) facts: BTreeMap<Fact, String>,
    pub(super) overview: Option<Arc<Overview>>,
    pub(super) source: AnswerSource,
}

impl Machine {
    /// Starts one of this name; to be called in the runtime.
    pub(super) fn start(name: &str, volume: &Arc<Volume>, server: &Arc<InMemoryFleet>) -> Self {
        let gate = Arc::new(Gate::new());
        let hasher: Arc<dyn Hasher> = Arc::clone(&gate) as _;
        let discovery = OpenatDiscovery::new(options(&volume.base), Arc::new(InTurn));
        let sources = Sources::new(
            Arc::new(discovery.expect("no globs")),
            Arc::new(DirectStates::new(Arc::new(TomlDeploymentReader), Arc::clone(&hasher))),
            hasher,
            Arc::new(SkillmeatHome::new(volume.base.join("home"))),
            Arc::new(InTurn),
        );
        let commands = deployments(name, volume, &sources);
        let ttl = Ttl::new(TTL).expect("it is not zero");
        let capacity = NonZeroUsize::new(64).expect("it is not zero");
        let cache = Arc::new(TtlStatsCache::new(Arc::clone(&volume.clock) as _, ttl, capacity));
        let clock = Arc::clone(&volume.clock);
        let cached = CachedStatistics::new(sources, cache, clock, Arc::clone(&gate) as _);
        let (cached, way) = (Arc::new(cached), WayThere::new(server));
        let ports = LeasePorts {
            fleet: Arc::clone(&way) as _,
            sink: Arc::clone(&cached) as _,
            clock: Arc::clone(&volume.clock) as _,
        };
        let shared = SharedVolume {
            name: "team".parse().expect("it is a name"),
            root: volume.base.clone(),
            has_collections: false,
        };
        let leases = Arc::new(Leases::start(vec![shared], ports, &Handle::current()));
        let commands =
            InvalidatingCommands::new(commands, Some(Arc::clone(&cached)), Arc::new(AtOnce));
        let commands =
            AnnouncingCommands::new(Arc::new(commands), Arc::clone(&leases), Handle::current());
        let watcher = LeasedWatcher::new(Arc::new(Unwatched), Arc::clone(&leases));
        let volume = Arc::clone(volume);
        Self { cached, leases, commands: Arc::new(commands), way, gate, volume, watcher }
    }

    /// Asks about one artifact, or about everything, as a frontend does: what is not settled settles first.
    pub(super) async fn ask(&self, artifact: Option<&ArtifactId>) -> Answered {
        if !self.watcher.is_settled() {
            // What `LeasedWatcher::settle` does on a thread that may block, where this time does not go by.
            self.leases.settled().await;
        }
        match artifact {
            None => {
                let Answer { cached, source } = self.cached.overview().await.expect("it answers");
                let facts = self.volume.facts(&cached.value);
                Answered { facts, overview: Some(cached.value), source }
            }
            Some(artifact) => {
                let answer = self.cached.statistics(artifact).await.expect("it answers");
                let facts = self.volume.facts_of(artifact, &answer.cached.value);
                Answered { facts, overview: None, source: answer.source }
            }
        }
    }
}

fn deployments(name: &str, volume: &Volume, sources: &Sources) -> DeploymentService {
    let mut options = DeployOptions::new(
        options(&volume.base),
        volume.base.join("state").join(name).into(),
        BackupLimits { count: 1, age: TTL },
        Arc::new(skillstat_app::SystemWallClock),
    );
    options.pause = Arc::new(NoPause);
    let deployer = StagingDeployer::new(options);
    let home = SkillmeatHome::new(volume.base.join("home"));
    DeploymentService::new(
        Arc::new(deployer.expect("no globs")),
        Arc::new(DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher))),
        Arc::clone(&sources.discovery),
        (Arc::clone(&sources.collections), home.collections_directory()),
        Arc::new(InTurn),
    )
}

/// Nobody else writes here, so nothing is waited for.
#[derive(Debug)]
struct NoPause;

impl Pause for NoPause {
    fn pause(&self, _time: Duration) {}
}

/// Runs every job where it is asked for, so that a write is over before anything else happens.
#[derive(Debug)]
struct AtOnce;

impl BlockingPool for AtOnce {
    fn run(&self, job: Box<dyn FnOnce() + Send>) {
        job();
    }
}

/// Runs every job where it is asked for; the one after it was closed on a thread of its own, which stops in
/// the middle of its reading until it is told to go on.
#[derive(Debug)]
pub(super) struct Gate {
    runtime: Handle,
    is_closed: AtomicBool,
    stops: Mutex<Option<(mpsc::Sender<()>, mpsc::Receiver<()>)>>,
}

impl Gate {
    fn new() -> Self {
        Self {
            runtime: Handle::current(),
            is_closed: AtomicBool::default(),
            stops: Mutex::default(),
        }
    }

    /// Closes it; returns what tells that somebody has come to it, and what opens it.
    pub(super) fn close(&self) -> (mpsc::Receiver<()>, mpsc::Sender<()>) {
        let ((comes, has_come), (open, is_open)) = (mpsc::channel(), mpsc::channel());
        *self.stops.lock().expect("nobody panics inside") = Some((comes, is_open));
        self.is_closed.store(true, Ordering::SeqCst);
        (has_come, open)
    }

    fn pass(&self) {
        let stops = self.stops.lock().expect("nobody panics inside").take();
        if let Some((comes, is_open)) = stops {
            // Whoever closed it may have gone.
            let _gone = comes.send(());
            let _gone = is_open.recv();
        }
    }
}

impl BlockingPool for Gate {
    fn run(&self, job: Box<dyn FnOnce() + Send>) {
        if self.is_closed.swap(false, Ordering::SeqCst) {
            drop(self.runtime.spawn_blocking(job));
        } else {
            job();
        }
    }
}

impl Hasher for Gate {
    fn hash(&self, copy: &CopyLocation<'_>) -> Result<ContentHash, HashError> {
        Sha256Hasher.hash(copy)
    }

    fn difference(
        &self,
        copy: &CopyLocation<'_>,
        baseline: ContentHash,
    ) -> Result<Option<Difference>, HashError> {
        let difference = Sha256Hasher.difference(copy, baseline);
        // What was read is old by the time that it goes on.
        self.pass();
        difference
    }

    fn examine(&self, original: &OriginalLocation<'_>) -> Result<ContentTraits, HashError> {
        Sha256Hasher.examine(original)
    }
}
