//! The adapters keep the contracts of their ports, and so do the decorators of the cache over them.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use skillstat_app::{SystemClock, SystemWallClock};
use skillstat_cache::{CachedDiscovery, CachedProjects, Ttl, TtlStatsCache};
use skillstat_domain::testing::Sketch;
use skillstat_domain::testing::contract::{self, DeployStage, Stage};
use skillstat_domain::{
    Clock, CollectionReader, ContentHash, ContentTraits, CopyLocation, DeploymentReader,
    Difference, DirectOriginals, DirectStates, FileLister, HashError, Hasher, InTurn,
    OriginalLocation, Originals, ProjectDiscovery, ProjectStates, StatsCache, Workers,
};
use skillstat_fs_adapter::{
    BackupLimits, DeployOptions, DiscoveryOptions, IndexedHasher, OpenatDiscovery, ScopedWorkers,
    SearchRoot, Sha256Hasher, SkillmeatHome, StagingDeployer, TomlDeploymentReader, TreeLister,
    WalkdirDiscovery,
};

use crate::support::{self, OnDisk};

fn stage<P: ?Sized>(sketch: &Sketch, port: impl FnOnce(&OnDisk) -> Arc<P>) -> Stage<P> {
    let disk = OnDisk::new(sketch, false);
    Stage { base: disk.root.clone(), port: port(&disk), guard: Box::new(disk) }
}

fn options(disk: &OnDisk) -> DiscoveryOptions {
    let root = SearchRoot { path: disk.root.clone().into(), required: true };
    DiscoveryOptions::new(vec![root])
}

#[test]
fn openat_discovery_keeps_its_contract() {
    let workers: Arc<dyn Workers> =
        Arc::new(ScopedWorkers::new(NonZeroUsize::new(3).expect("not 0")));
    contract::project_discovery(&|sketch| {
        stage(sketch, |disk| -> Arc<dyn ProjectDiscovery> {
            Arc::new(OpenatDiscovery::new(options(disk), Arc::clone(&workers)).expect("no globs"))
        })
    });
}

#[test]
fn walkdir_discovery_keeps_its_contract() {
    contract::project_discovery(&|sketch| {
        stage(sketch, |disk| -> Arc<dyn ProjectDiscovery> {
            Arc::new(WalkdirDiscovery::new(options(disk), Arc::new(InTurn)).expect("no globs"))
        })
    });
}

#[test]
fn the_tracker_reader_keeps_its_contract() {
    contract::deployment_reader(&|sketch| {
        stage(sketch, |_| Arc::new(TomlDeploymentReader) as Arc<dyn DeploymentReader>)
    });
}

#[test]
fn the_hasher_keeps_its_contract() {
    contract::hasher(&|sketch| stage(sketch, |_| Arc::new(Sha256Hasher) as Arc<dyn Hasher>));
}

#[test]
fn the_index_keeps_the_contract_of_the_hasher_when_it_knows_a_copy_and_when_it_does_not() {
    contract::hasher(&|sketch| {
        stage(sketch, |disk| -> Arc<dyn Hasher> {
            Arc::new(IndexedHasher::new(disk.base().join("cache").into()))
        })
    });
    contract::hasher(&|sketch| {
        stage(sketch, |disk| -> Arc<dyn Hasher> { Arc::new(Twice(disk.base().join("cache"))) })
    });
}

/// Asks one process after the other, of which the second knows what the first has read.
#[derive(Debug)]
struct Twice(Utf8PathBuf);

impl Twice {
    fn ask<T: PartialEq + std::fmt::Debug>(&self, ask: impl Fn(&IndexedHasher) -> T) -> T {
        support::settle(&self.0);
        let process = || IndexedHasher::new(self.0.clone().into());
        let first = process();
        let answer = ask(&first);
        let kept = first.keep().expect("the directory is writable");
        let second = process();
        assert_eq!(ask(&second), answer);
        assert_eq!(second.used().vouched, usize::from(kept), "what was kept is known");
        answer
    }
}

impl Hasher for Twice {
    fn hash(&self, copy: &CopyLocation<'_>) -> Result<ContentHash, HashError> {
        self.ask(|process| process.hash(copy))
    }

    fn difference(
        &self,
        copy: &CopyLocation<'_>,
        baseline: ContentHash,
    ) -> Result<Option<Difference>, HashError> {
        self.ask(|process| process.difference(copy, baseline))
    }

    fn differences(
        &self,
        copies: &[(CopyLocation<'_>, ContentHash)],
    ) -> Vec<Result<Option<Difference>, HashError>> {
        support::settle(&self.0);
        let process = || IndexedHasher::new(self.0.clone().into());
        let first = process();
        let answers = first.differences(copies);
        first.keep().expect("the directory is writable");
        let second = process();
        assert_eq!(second.differences(copies), answers);
        let known = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(second.used().vouched, known, "what was kept is known");
        answers
    }

    fn examine(&self, original: &OriginalLocation<'_>) -> Result<ContentTraits, HashError> {
        self.ask(|process| process.examine(original))
    }
}

#[test]
fn the_lister_keeps_its_contract() {
    contract::file_lister(&|sketch| stage(sketch, |_| Arc::new(TreeLister) as Arc<dyn FileLister>));
}

#[test]
fn the_collection_reader_keeps_its_contract() {
    contract::collection_reader(&|sketch| {
        stage(sketch, |disk| {
            Arc::new(SkillmeatHome::new(disk.home.clone())) as Arc<dyn CollectionReader>
        })
    });
}

fn states() -> Arc<dyn ProjectStates> {
    Arc::new(DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher)))
}

fn discovery(disk: &OnDisk, cache: &Arc<dyn StatsCache>) -> CachedDiscovery {
    let discovery = OpenatDiscovery::new(options(disk), Arc::new(InTurn)).expect("no globs");
    CachedDiscovery::new(Arc::new(discovery), Arc::clone(cache), Arc::new(SystemClock))
}

fn cache() -> Arc<dyn StatsCache> {
    let capacity = NonZeroUsize::new(10).expect("not 0");
    Arc::new(TtlStatsCache::new(Arc::new(SystemClock), Ttl::DEFAULT, capacity))
}

#[test]
fn the_deployer_keeps_its_contract() {
    contract::deployer(&|| {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let base = directory.path().canonicalize().expect("it exists");
        let base = Utf8PathBuf::from_path_buf(base).expect("temporary directories are UTF-8");
        let root = base.join("root");
        std::fs::create_dir_all(root.join("shop")).expect("the directory is writable");
        let mut options = DeployOptions::new(
            DiscoveryOptions::new(vec![SearchRoot { path: root.clone().into(), required: true }]),
            base.join("state").into(),
            BackupLimits { count: 10, age: Duration::from_hours(1) },
            Arc::new(SystemWallClock),
        );
        options.confirm_after = Duration::ZERO;
        DeployStage {
            collection: base.join("collection"),
            root,
            put: support::put,
            deployer: Arc::new(StagingDeployer::new(options).expect("no globs")),
            states: Arc::new(DirectStates::new(
                Arc::new(TomlDeploymentReader),
                Arc::new(Sha256Hasher),
            )),
            guard: Box::new(directory),
        }
    });
}

#[test]
fn project_states_over_the_disk_keep_their_contract() {
    contract::project_states(&|sketch| stage(sketch, |_| states()));
}

#[test]
fn a_cached_discovery_keeps_the_contract_when_it_walks_and_when_it_does_not() {
    for held in [false, true] {
        contract::project_discovery(&|sketch| {
            stage(sketch, |disk| -> Arc<dyn ProjectDiscovery> {
                let discovery = discovery(disk, &cache());
                if held {
                    discovery.discover();
                }
                Arc::new(discovery)
            })
        });
    }
}

#[test]
fn cached_projects_keep_the_contract_with_a_list_and_without() {
    for held in [false, true] {
        contract::project_states(&|sketch| {
            stage(sketch, |disk| -> Arc<dyn ProjectStates> {
                let cache = cache();
                if held {
                    discovery(disk, &cache).discover();
                }
                Arc::new(CachedProjects::new(states(), originals(disk), cache))
            })
        });
    }
}

#[test]
fn the_clock_of_the_machine_keeps_its_contract() {
    let advance = || {
        let now = SystemClock.now();
        while SystemClock.now() == now {
            std::hint::spin_loop();
        }
    };
    contract::clock(&SystemClock, &advance);
}

fn originals(disk: &OnDisk) -> DirectOriginals {
    let reader = Arc::new(SkillmeatHome::new(disk.home.clone()));
    DirectOriginals::new(reader, Arc::new(Sha256Hasher), Arc::new(InTurn))
}

#[test]
fn originals_keep_their_contract_over_the_disk_and_cached() {
    contract::originals(&|sketch| {
        stage(sketch, |disk| -> Arc<dyn Originals> { Arc::new(originals(disk)) })
    });
    for held in [false, true] {
        contract::originals(&|sketch| {
            stage(sketch, |disk| -> Arc<dyn Originals> {
                let cache = cache();
                if held {
                    discovery(disk, &cache).discover();
                }
                Arc::new(CachedProjects::new(states(), originals(disk), cache))
            })
        });
    }
}
