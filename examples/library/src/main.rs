//! skillstat as a library: prints every copy below a directory that is not as it was deployed.
//!
//!     cargo run --manifest-path examples/library/Cargo.toml -- examples/fleet

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use skillstat_domain::{DirectStates, StateName, StatisticsService, Workers};
use skillstat_fs_adapter::{
    DEFAULT_MAX_DEPTH, DiscoveryOptions, OpenatDiscovery, ScopedWorkers, SearchRoot, Sha256Hasher,
    TomlDeploymentReader,
};

fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("."), PathBuf::from);
    let workers: Arc<dyn Workers> = Arc::new(ScopedWorkers::default());
    let options = DiscoveryOptions {
        roots: vec![SearchRoot { path: root, required: true }],
        max_depth: DEFAULT_MAX_DEPTH,
        exclude: Vec::new(),
    };
    let service = StatisticsService::new(
        Arc::new(OpenatDiscovery::new(options, Arc::clone(&workers))?),
        Arc::new(DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher))),
        workers,
    );

    let inventory = service.inventory(&());
    let overview = service.overview(&inventory, &|_, _| true, &());
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
    Ok(())
}
