//! What the hot paths are given.

use std::fs;
use std::sync::Arc;

use camino::Utf8Path;
use skillstat_app::SystemClock;
use skillstat_cache::{Ttl, TtlStatsCache};
use skillstat_domain::{
    ArtifactId, Assessment, Cached, Clock, CopyLocation, DeploymentStatistics, DirectOriginals,
    DirectStates, InTurn, Inventory, ProfileRoot, ProjectDiscovery, ProjectPath, ProjectRecords,
    ProjectStates, StatisticsService, StatsCache,
};
use skillstat_fs_adapter::{
    DiscoveryOptions, OpenatDiscovery, SearchRoot, Sha256Hasher, SkillmeatHome,
    TomlDeploymentReader,
};

use crate::service::Service;
use crate::tree::Tree;

/// What `http` is asked.
pub(crate) const QUESTION: &str = "/api/v1/artifacts/command:name-0?include_deployments=true";

/// Ten projects with 20 commands each, a skill in the first of them, and what looks at them on one thread.
pub(crate) struct World {
    pub(crate) reader: TomlDeploymentReader,
    pub(crate) discovery: Arc<dyn ProjectDiscovery>,
    pub(crate) project: ProjectPath,
    pub(crate) artifact: ArtifactId,
    profile_root: ProfileRoot,
    tree: Tree,
}

impl World {
    pub(crate) fn new() -> Self {
        let tree = Tree::new(10, 20);
        let root = tree.root();
        let first = root.join("group/project-0");
        let skill = first.join(".claude/skills/small/scripts");
        fs::create_dir_all(&skill).expect("writable");
        for number in 0..6 {
            fs::write(skill.join(format!("{number}.sh")), "true\n").expect("writable");
        }
        for noise in ["node_modules/left/right", "src/a/b", ".git/objects/00"] {
            fs::create_dir_all(first.join(noise)).expect("writable");
        }
        let options = DiscoveryOptions::new(vec![SearchRoot { path: root, required: true }]);
        let discovery = OpenatDiscovery::new(options, Arc::new(InTurn)).expect("it has no glob");
        let first = Utf8Path::from_path(&first).expect("UTF-8");
        Self {
            reader: TomlDeploymentReader,
            discovery: Arc::new(discovery),
            project: ProjectPath::new(first).expect("it is absolute"),
            artifact: "command:name-0".parse().expect("an id"),
            profile_root: ProfileRoot::new(".claude").expect("a name"),
            tree,
        }
    }

    /// The skill.
    pub(crate) fn copy(&self) -> CopyLocation<'_> {
        let path = Utf8Path::new("skills/small");
        CopyLocation { project: &self.project, profile_root: &self.profile_root, path }
    }

    /// The use case, to which every copy is as it was deployed, and the records of all projects.
    pub(crate) fn statistics(&self) -> (StatisticsService, Inventory) {
        let hasher = Arc::new(Sha256Hasher);
        let collections = SkillmeatHome::new(self.project.as_path().join("no-skillmeat"));
        let originals =
            DirectOriginals::new(Arc::new(collections), Arc::clone(&hasher) as _, Arc::new(InTurn));
        let states = AsDeployed(DirectStates::new(Arc::new(TomlDeploymentReader), hasher));
        let service = StatisticsService::new(
            Arc::clone(&self.discovery),
            Arc::new(states),
            Arc::new(originals),
            Arc::new(InTurn),
        );
        let inventory = service.inventory(&());
        (service, inventory)
    }

    /// A cache that holds the answer about the artifact.
    pub(crate) fn cache(&self) -> TtlStatsCache {
        let capacity = 100.try_into().expect("not 0");
        let cache = TtlStatsCache::new(Arc::new(SystemClock), Ttl::DEFAULT, capacity);
        let cached = Cached { value: Arc::default(), as_of: SystemClock.now(), version: 1 };
        cache.store_statistics(&self.artifact, cached, cache.generation());
        cache
    }

    /// The answer about the artifact.
    pub(crate) fn answer(&self) -> DeploymentStatistics {
        let (service, inventory) = self.statistics();
        service.statistics(&inventory, &self.artifact, &())
    }

    /// A service that has been asked before.
    pub(crate) fn service(&self) -> Service {
        let service = Service::start(&self.tree);
        for _ in 0..2 {
            assert_eq!(service.get(QUESTION).status, 200);
        }
        service
    }
}

/// Looks at no copy.
#[derive(Debug)]
struct AsDeployed(DirectStates);

impl ProjectStates for AsDeployed {
    fn records(&self, project: &ProjectPath) -> Arc<ProjectRecords> {
        self.0.records(project)
    }

    fn state(&self, _records: &Arc<ProjectRecords>, _record: usize) -> Assessment {
        Assessment::AsDeployed
    }
}
