//! The volume, everything that a scan has ever found on it, and what its readers are promised.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use camino::Utf8PathBuf;
use skillstat_domain::{
    ArtifactId, Clock, CopyReport, CopyState, DeployObserver, DeploymentStatistics,
    DirectOriginals, DirectStates, InTurn, Moment, Overview, ProjectPath, StatisticsService,
};
use skillstat_fleet::testing::RuntimeClock;
use skillstat_fs_adapter::{
    DiscoveryOptions, OpenatDiscovery, SearchRoot, Sha256Hasher, SkillmeatHome,
    TomlDeploymentReader,
};
use tempfile::TempDir;

pub(super) const PROJECTS: [&str; 3] = ["blog", "shop", "team/site"];

pub(super) const SKILLS: [&str; 3] = ["csv", "pdf", "zip"];

/// For how long an answer may be wrong about what nobody was told of.
pub(super) const TTL: Duration = Duration::from_mins(2);

/// One thing that an answer tells. A record and its copy are read one after the other, so they may be of two
/// moments as long as nobody was told that they have changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    IsProject(ProjectPath),
    Record(ProjectPath, ArtifactId),
    Copy(ProjectPath, ArtifactId),
}

impl Fact {
    fn project(&self) -> &ProjectPath {
        match self {
            Self::IsProject(project) | Self::Record(project, _) | Self::Copy(project, _) => project,
        }
    }
}

/// How many times each fact had changed at some moment.
pub(super) type Versions = BTreeMap<Fact, usize>;

/// A directory with projects, a collection, and a scan that knows nothing.
#[derive(Debug)]
pub(super) struct Volume {
    pub(super) base: Utf8PathBuf,
    pub(super) clock: Arc<RuntimeClock>,
    scan: StatisticsService,
    /// Everything that each fact was, and since when.
    // Held for one scan.
    was: Mutex<BTreeMap<Fact, Vec<(String, Moment)>>>,
    _directory: TempDir,
}

impl Volume {
    pub(super) fn new(clock: Arc<RuntimeClock>) -> Arc<Self> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let base = fs::canonicalize(directory.path()).expect("it is there");
        let base = Utf8PathBuf::from_path_buf(base).expect("temporary directories are UTF-8");
        let discovery = OpenatDiscovery::new(options(&base), Arc::new(InTurn)).expect("no globs");
        let states = DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher));
        let home = SkillmeatHome::new(base.join("home"));
        let originals =
            DirectOriginals::new(Arc::new(home), Arc::new(Sha256Hasher), Arc::new(InTurn));
        let scan = StatisticsService::new(
            Arc::new(discovery),
            Arc::new(states),
            Arc::new(originals),
            Arc::new(InTurn),
        );
        let volume = Self { base, clock, scan, was: Mutex::default(), _directory: directory };
        let mut manifest = "[collection]\nname = \"default\"\nversion = \"1.0.0\"\n".to_owned();
        for skill in SKILLS {
            volume.write(&format!("home/collections/default/skills/{skill}/SKILL.md"), skill);
            let written = write!(
                manifest,
                "[[artifacts]]\nname = \"{skill}\"\ntype = \"skill\"\npath = \"skills/{skill}\"\n\
                 origin = \"local\"\nadded = \"2026-01-02T03:04:05\"\n"
            );
            written.expect("a String");
        }
        volume.write("home/collections/default/collection.toml", &manifest);
        for project in PROJECTS {
            fs::create_dir_all(volume.base.join("root").join(project)).expect("writable");
        }
        volume.look();
        Arc::new(volume)
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.base.join(path);
        fs::create_dir_all(path.parent().expect("below the base")).expect("writable");
        fs::write(path, content).expect("writable");
    }

    pub(super) fn project(&self, name: &str) -> ProjectPath {
        ProjectPath::new(&self.base.join("root").join(name)).expect("it is absolute")
    }

    /// Edits a copy by hand, if it is there.
    pub(super) fn edit(&self, project: &str, skill: &str, text: &str) {
        let copy = format!("root/{project}/.claude/skills/{skill}");
        if self.base.join(&copy).is_dir() {
            self.write(&format!("{copy}/SKILL.md"), text);
        }
        self.look();
    }

    /// Scans, and notes what has changed; returns what a scan finds.
    pub(super) fn look(&self) -> (Overview, Versions) {
        let overview = self.scan.overview(&self.scan.inventory(&()), &|_, _| true, &());
        let now = self.clock.now();
        let mut was = self.was.lock().unwrap_or_else(PoisonError::into_inner);
        for (fact, value) in self.facts(&overview) {
            let all = was.entry(fact).or_default();
            if all.last().is_none_or(|(last, _)| *last != value) {
                all.push((value, now));
            }
        }
        let versions = was.iter().map(|(fact, all)| (fact.clone(), all.len() - 1)).collect();
        (overview, versions)
    }

    /// Returns everything that an answer says of every project and artifact that there ever are.
    pub(super) fn facts(&self, overview: &Overview) -> BTreeMap<Fact, String> {
        let mut facts = BTreeMap::new();
        for project in PROJECTS.map(|name| self.project(name)) {
            let is_there = overview.projects.contains(&project);
            facts.insert(Fact::IsProject(project), is_there.to_string());
        }
        for skill in SKILLS.map(skill) {
            let none = DeploymentStatistics::default();
            let statistics = overview.artifacts.get(&skill).unwrap_or(&none);
            facts.extend(self.facts_of(&skill, statistics));
        }
        facts
    }

    /// Returns what an answer says of one artifact.
    pub(super) fn facts_of(
        &self,
        artifact: &ArtifactId,
        statistics: &DeploymentStatistics,
    ) -> BTreeMap<Fact, String> {
        let mut facts = BTreeMap::new();
        for project in PROJECTS.map(|name| self.project(name)) {
            let found = statistics.projects.iter().find(|found| *found.project() == project);
            let report = found.and_then(|found| found.copies().next());
            // Without a record nobody looks what is there, which is nothing.
            let copy = report.map_or("nothing".to_owned(), content);
            let record =
                report.map(|report| CopyReport { state: CopyState::Synced, ..report.clone() });
            facts.insert(Fact::Record(project.clone(), artifact.clone()), format!("{record:?}"));
            facts.insert(Fact::Copy(project, artifact.clone()), copy);
        }
        facts
    }

    /// Checks an answer that was asked for when every fact was at least `promised`: each must be as it was at
    /// a moment since, and none as it was a time to live before the question. Returns whether no fact could
    /// have been another.
    pub(super) fn check(
        &self,
        facts: &BTreeMap<Fact, String>,
        promised: &Versions,
        asked: Moment,
        what: &str,
    ) -> bool {
        let was = self.was.lock().unwrap_or_else(PoisonError::into_inner);
        let mut is_certain = true;
        for (fact, value) in facts {
            let all = &was[fact];
            let in_time = all.iter().take_while(|(_, since)| asked.since(*since) > TTL).count();
            let least = promised.get(fact).copied().unwrap_or(0).max(in_time.saturating_sub(1));
            let possible = &all[least..];
            assert!(
                possible.iter().any(|(possible, _)| possible == value),
                "{what}: {fact:?} is\n  {value}\nand not one of\n  {possible:#?}\nit was\n  {all:#?}"
            );
            is_certain &= possible.len() == 1;
        }
        is_certain
    }
}

/// Returns what an answer tells of the content of a copy.
fn content(report: &CopyReport) -> String {
    match &report.state {
        CopyState::Synced => report.baseline.as_str().to_owned(),
        CopyState::Modified { current, .. } => current.to_string(),
        CopyState::Missing => "nothing".to_owned(),
        state => panic!("nothing here becomes that: {state:?}"),
    }
}

pub(super) fn options(base: &camino::Utf8Path) -> DiscoveryOptions {
    let root = SearchRoot { path: base.join("root").into(), required: true };
    DiscoveryOptions::new(vec![root])
}

pub(super) fn skill(name: &str) -> ArtifactId {
    format!("skill:{name}").parse().expect("it is an id")
}

/// Looks at the volume whenever an order has changed it, before anything else happens.
#[derive(Debug)]
pub(super) struct Witness {
    volume: Arc<Volume>,
    // Held to change or copy it.
    seen: Mutex<Versions>,
}

impl Witness {
    pub(super) fn new(volume: &Arc<Volume>) -> Arc<Self> {
        Arc::new(Self { volume: Arc::clone(volume), seen: Mutex::default() })
    }

    /// Returns the facts of the projects that were changed, as they were then.
    pub(super) fn seen(&self) -> Versions {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl DeployObserver for Witness {
    fn begin(&self, _tasks: usize) {}

    fn changed(&self, project: &ProjectPath) {
        let (_, versions) = self.volume.look();
        let of_it = versions.into_iter().filter(|(fact, _)| fact.project() == project);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend(of_it);
    }

    fn advance(&self) {}
}
