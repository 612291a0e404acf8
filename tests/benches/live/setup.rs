//! How many watches there are, and what it takes to set them up.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::time::{ClockId, clock_gettime};
use skillstat_app::SystemClock;
use skillstat_cache::{BlockingPool, CachedStatistics, Sources, Ttl, TtlStatsCache};
use skillstat_domain::{
    DirectStates, Hasher, ProjectDiscovery, ProjectStates, StatisticsQuery, StatsCache, Watcher,
    Workers,
};
use skillstat_fs_adapter::{
    DiscoveryOptions, InotifyWatcher, Listings, OpenatDiscovery, ReportingHasher, ReportingStates,
    ScopedWorkers, SearchRoot, Sha256Hasher, SkillmeatHome, TomlDeploymentReader, WatchOptions,
    WatchPorts,
};
use tokio::runtime::Runtime;

use crate::{PATIENCE, ratio};

/// What was found.
pub(crate) struct Setup {
    pub(crate) watches: u32,
    /// Those that hold hashed files and those that the walk lists.
    pub(crate) directories: u32,
    /// How long the processor works for the watcher's thread.
    pub(crate) took: Duration,
    /// The same for `inotify_add_watch` on these directories.
    pub(crate) bare: Duration,
    /// How many times as long it works for a first scan that reports what it lists as for one that does not.
    pub(crate) scans: f64,
}

#[derive(Debug)]
struct Here;

impl BlockingPool for Here {
    fn run(&self, job: Box<dyn FnOnce() + Send>) {
        job();
    }
}

/// What is measured over.
struct World {
    discovery: DiscoveryOptions,
    home: Utf8PathBuf,
    workers: Arc<dyn Workers>,
    runtime: Runtime,
}

impl World {
    /// Makes a cache in front of a disk that nothing is known of, as for a service that begins.
    fn begin(
        &self,
        listings: Option<&Arc<Listings>>,
    ) -> (Arc<dyn ProjectDiscovery>, Arc<CachedStatistics>) {
        let finds = OpenatDiscovery::new(self.discovery.clone(), Arc::clone(&self.workers));
        let finds = finds.expect("no globs");
        let (finds, hasher): (_, Arc<dyn Hasher>) = match listings {
            Some(listings) => {
                let hasher = ReportingHasher::new(Arc::clone(listings));
                (finds.reporting(Arc::clone(listings)), Arc::new(hasher))
            }
            None => (finds, Arc::new(Sha256Hasher)),
        };
        let finds: Arc<dyn ProjectDiscovery> = Arc::new(finds);
        let states = DirectStates::new(Arc::new(TomlDeploymentReader), Arc::clone(&hasher));
        let states: Arc<dyn ProjectStates> = match listings {
            Some(listings) => {
                Arc::new(ReportingStates::new(Arc::new(states), Arc::clone(listings)))
            }
            None => Arc::new(states),
        };
        let sources = Sources::new(
            Arc::clone(&finds),
            states,
            hasher,
            Arc::new(SkillmeatHome::new(self.home.clone())),
            Arc::clone(&self.workers),
        );
        let capacity = NonZeroUsize::new(1000).expect("not 0");
        let cache: Arc<dyn StatsCache> =
            Arc::new(TtlStatsCache::new(Arc::new(SystemClock), Ttl::DEFAULT, capacity));
        let cached = CachedStatistics::new(sources, cache, Arc::new(SystemClock), Arc::new(Here));
        (finds, Arc::new(cached))
    }

    /// Scans; returns how long the processor has worked for that.
    fn scan(&self, cached: &CachedStatistics) -> Duration {
        let begun = spent(ClockId::ProcessCPUTime);
        self.runtime.block_on(cached.overview()).expect("it answers");
        spent(ClockId::ProcessCPUTime).saturating_sub(begun)
    }
}

/// Sets up both ways in turn, so many times. What the first scan has read and listed is known by then, as it is
/// when a service begins to watch; that scan is measured apart.
pub(crate) fn measure(root: &Path, rounds: usize) -> Setup {
    let roots = vec![SearchRoot { path: root.to_owned(), required: true }];
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let world = World {
        discovery: DiscoveryOptions::new(roots),
        home: Utf8PathBuf::try_from(root.join("no-home")).expect("UTF-8"),
        workers: Arc::new(ScopedWorkers::default()),
        runtime,
    };
    let (finds, cached) = world.begin(None);
    let listed = directories(root, &finds, &*cached.projects());
    let (mut watches, mut took, mut bare, mut scans) = (0, Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let plain = world.scan(&world.begin(None).1);
        let listings = Arc::new(Listings::new());
        let (finds, cached) = world.begin(Some(&listings));
        scans.push(ratio(world.scan(&cached), plain));
        let mut ports = WatchPorts::new(finds, cached.projects(), Arc::clone(&cached) as _);
        ports.listings = Some(listings);
        let (discovery, home) = (world.discovery.clone(), world.home.clone());
        let options = WatchOptions::new(discovery, home, NonZeroUsize::MAX);
        let watcher = InotifyWatcher::new(options, ports).expect("it starts");
        watcher.begin();
        let begun = Instant::now();
        while !watcher.coverage().complete {
            assert!(begun.elapsed() < PATIENCE, "never watched");
            std::thread::yield_now();
        }
        took.push(spent_by("watcher"));
        watches = watcher.coverage().watches;
        drop(watcher);
        bare.push(add_watches(&listed));
    }
    scans.sort_unstable_by(f64::total_cmp);
    Setup {
        watches: u32::try_from(watches).expect("few"),
        directories: u32::try_from(listed.len()).expect("few"),
        took: median(took),
        bare: median(bare),
        scans: scans[scans.len() / 2],
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn add_watches(directories: &BTreeSet<PathBuf>) -> Duration {
    let fd = inotify::init(CreateFlags::CLOEXEC).expect("an instance");
    let begun = spent(ClockId::ThreadCPUTime);
    for directory in directories {
        let flags = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MODIFY;
        inotify::add_watch(&fd, directory, flags).expect("there is room");
    }
    spent(ClockId::ThreadCPUTime).saturating_sub(begun)
}

/// How long the processor has worked for this thread or process; other work on the machine does not count.
fn spent(clock: ClockId) -> Duration {
    Duration::try_from(clock_gettime(clock)).expect("it is not negative")
}

/// The same for another thread, which sleeps by now.
fn spent_by(name: &str) -> Duration {
    let threads = fs::read_dir("/proc/self/task").expect("Linux").flatten();
    let mut named = threads.filter(|thread| {
        fs::read_to_string(thread.path().join("comm")).is_ok_and(|comm| comm.trim() == name)
    });
    let thread = named.next().expect("it runs").path();
    let text = fs::read_to_string(thread.join("schedstat")).expect("Linux");
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number"))
}

/// The directories that the walk lists, and those with files that are hashed.
fn directories(
    root: &Path,
    finds: &Arc<dyn ProjectDiscovery>,
    states: &dyn ProjectStates,
) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    below(root, 3, &mut found);
    for project in finds.discover().value {
        for record in &states.records(&project).records {
            let Ok(copy) = record.path.inside() else { continue };
            let copy = project.as_path().join(record.profile_root.as_str()).join(copy);
            if copy.is_dir() {
                below(copy.as_std_path(), usize::MAX, &mut found);
            } else if copy.is_file() {
                found.extend(copy.parent().map(PathBuf::from));
            }
        }
    }
    found
}

fn below(directory: &Path, levels: usize, found: &mut BTreeSet<PathBuf>) {
    found.insert(directory.to_owned());
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if levels > 0 && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            below(&entry.path(), levels - 1, found);
        }
    }
}
