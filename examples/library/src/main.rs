//! skillstat as a library: prints every copy below a directory that is not as it was deployed, then
//! asks for one artifact twice, the second time from the cache.
//!
//!     cargo run --manifest-path examples/library/Cargo.toml -- examples/fleet skill:api-review
//!
//! The parts between marks are shown in docs/library.md.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use skillstat_cache::{BlockingPool, CachedStatistics, Sources, Ttl, TtlStatsCache};
use skillstat_domain::{
    ArtifactId, Clock, DirectStates, Moment, Overview, StateName, StatisticsQuery,
};
use skillstat_fs_adapter::{
    DiscoveryOptions, OpenatDiscovery, ScopedWorkers, SearchRoot, Sha256Hasher, SkillmeatHome,
    TomlDeploymentReader,
};

// ANCHOR: clock
/// Time since the program started.
#[derive(Debug)]
struct SinceStart(Instant);

impl Clock for SinceStart {
    fn now(&self) -> Moment {
        Moment::new(self.0.elapsed())
    }
}
// ANCHOR_END: clock

// ANCHOR: threads
/// A thread for each computation; an asynchronous program would use its runtime's blocking threads.
#[derive(Debug)]
struct Threads;

impl BlockingPool for Threads {
    fn run(&self, job: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(job);
    }
}
// ANCHOR_END: threads

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().map_or_else(|| PathBuf::from("."), PathBuf::from);
    // ANCHOR: sources
    let workers = Arc::new(ScopedWorkers::default());
    let options = DiscoveryOptions::new(vec![SearchRoot { path: root, required: true }]);
    let sources = Sources::new(
        Arc::new(OpenatDiscovery::new(options, workers.clone())?),
        Arc::new(DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher))),
        Arc::new(Sha256Hasher),
        Arc::new(SkillmeatHome::new("/nonexistent".into())),
        workers,
    );
    // ANCHOR_END: sources
    // ANCHOR: cache
    let clock = Arc::new(SinceStart(Instant::now()));
    let capacity = NonZeroUsize::new(300).expect("it is not zero");
    let cache = Arc::new(TtlStatsCache::new(clock.clone(), Ttl::DEFAULT, capacity));
    let query = CachedStatistics::new(sources, cache, clock, Arc::new(Threads));
    // ANCHOR_END: cache

    print(&query.overview().await?.cached.value);
    if let Some(artifact) = arguments.next() {
        // ANCHOR: ask
        let artifact: ArtifactId = artifact.parse()?;
        for _ in 0..2 {
            let answer = query.statistics(&artifact).await?;
            println!("{artifact}: {} projects ({:?})", answer.cached.value.total(), answer.source);
        }
        // ANCHOR_END: ask
    }
    Ok(())
}

// ANCHOR: print
fn print(overview: &Overview) {
    for (artifact, statistics) in &overview.artifacts {
        for deployment in &statistics.projects {
            for copy in deployment.copies().filter(|copy| copy.state.name() != StateName::Synced) {
                let (state, root) = (copy.state.name(), &copy.profile_root);
                println!("{state:10} {artifact} in {} ({root})", deployment.project().name());
            }
        }
    }
    for problem in &overview.problems {
        println!("problem    {}: {}", problem.path, problem.reason);
    }
}
// ANCHOR_END: print
