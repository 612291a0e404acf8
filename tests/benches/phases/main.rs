//! One phase of looking at the disk, once and cold, for `scripts/bench cold`:
//!
//! ```text
//! phases discover|read|show|status ROOT [ARTIFACT]
//! ```
//!
//! `discover` finds the projects, `read` also reads their trackers, `show` also hashes the copies of the
//! artifact, `status` those of all. Prints how many projects, records or copies that were, and the
//! nanoseconds it took without the start of the process.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::PathBuf;
use std::time::Instant;

use skillstat_app::{App, Config, Flags, IndexFlag, Surroundings};
use skillstat_domain::{ArtifactId, ProjectPath};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [phase, root, artifact @ ..] = arguments.as_slice() else {
        panic!("phases PHASE ROOT [ARTIFACT]")
    };
    let artifact = artifact.first().map(|id| id.parse::<ArtifactId>().expect("an artifact"));
    let roots = vec![PathBuf::from(root)];
    let flags = Flags { roots, index: IndexFlag::Off, ..Flags::default() };
    let config = Config::load(flags, &Surroundings::default());
    let app = App::new(&config.expect("the configuration is right")).expect("it has no glob");

    let start = Instant::now();
    let found = match phase.as_str() {
        "discover" => app.discovery().discover().value.len(),
        "read" => records(&app),
        "show" => {
            let wanted = artifact.expect("show takes an artifact");
            copies(&app, &|_, candidate| *candidate == wanted)
        }
        "status" => copies(&app, &|_, _| true),
        other => panic!("no phase is called {other}"),
    };
    println!("{found} {}", start.elapsed().as_nanos());
}

fn records(app: &App) -> usize {
    app.statistics().inventory(&()).records.iter().map(|project| project.records.len()).sum()
}

fn copies(app: &App, wanted: &dyn Fn(&ProjectPath, &ArtifactId) -> bool) -> usize {
    let service = app.statistics();
    let overview = service.overview(&service.inventory(&()), wanted, &());
    overview.artifacts.values().map(skillstat_domain::DeploymentStatistics::total).sum()
}
