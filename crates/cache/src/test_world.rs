//! A world that changes, for tests: projects with one number a copy, and a count of every look at it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use skillstat_domain::{
    ArtifactDetails, ArtifactId, Assessment, Baseline, Change, Collection, CollectionArtifact,
    CollectionReader, ContentHash, ContentTraits, CopyLocation, DeploymentRecord, Difference,
    HashError, Hasher, OriginalLocation, Problem, ProblemKind, ProfileRoot, ProjectDiscovery,
    ProjectPath, ProjectRecords, ProjectStates, RecordedPath, Scanned, Workers,
};

use crate::sync::{Mutex, lock};

/// What the disk holds.
type Projects = BTreeMap<ProjectPath, Project>;

#[derive(Default)]
struct Project {
    copies: BTreeMap<ArtifactId, Copy>,
    /// What is wrong with its tracker.
    fault: Option<Problem>,
    /// What is wrong with its directory.
    hidden: Option<Problem>,
}

/// What a copy holds and what its record says; synced if they are the same.
struct Copy {
    content: u8,
    baseline: u8,
}

/// Hears of each look.
pub(crate) type Before = Arc<dyn Fn(&str) + Send + Sync>;

/// The world and how often it was looked at.
#[derive(Default)]
pub(crate) struct World {
    projects: Mutex<Projects>,
    /// What the collection holds of each artifact.
    originals: Mutex<BTreeMap<ArtifactId, u8>>,
    pub(crate) walks: AtomicUsize,
    pub(crate) reads: AtomicUsize,
    pub(crate) hashes: AtomicUsize,
    pub(crate) manifests: AtomicUsize,
    pub(crate) examined: AtomicUsize,
    /// Called before each look at projects and after each at the collection, with what is looked at,
    /// outside of all locks.
    pub(crate) before: Mutex<Option<Before>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl World {
    /// So many projects, each with `skill:a` and `skill:b`, all synced.
    pub(crate) fn with_projects(count: u8) -> Arc<Self> {
        let world = Self::default();
        for number in 0..count {
            world.set(number, "skill:a", 0);
            world.set(number, "skill:b", 0);
        }
        Arc::new(world)
    }

    /// Deploys an artifact, whose copy is synced if its content is 0.
    pub(crate) fn set(&self, project: u8, artifact: &str, content: u8) {
        let mut projects = lock(&self.projects);
        let project = projects.entry(project_path(project)).or_default();
        project.copies.insert(id(artifact), Copy { content, baseline: 0 });
    }

    /// Changes what is there; tells whether it is.
    fn change<T>(&self, project: u8, change: impl FnOnce(&mut Project) -> Option<T>) -> bool {
        lock(&self.projects).get_mut(&project_path(project)).and_then(change).is_some()
    }

    /// Changes a copy that is there; tells whether it is.
    pub(crate) fn edit(&self, project: u8, artifact: &str, content: u8) -> bool {
        let copy = |project: &mut Project| {
            project.copies.get_mut(&id(artifact)).map(|copy| copy.content = content)
        };
        self.change(project, copy)
    }

    /// Puts what a copy holds on record.
    pub(crate) fn record(&self, project: u8, artifact: &str) {
        let copy = |project: &mut Project| {
            project.copies.get_mut(&id(artifact)).map(|copy| copy.baseline = copy.content)
        };
        self.change(project, copy);
    }

    /// Puts a content into the collection, 0 being what was deployed; or takes the artifact out of it.
    pub(crate) fn publish(&self, artifact: &str, content: Option<u8>) {
        let mut originals = lock(&self.originals);
        match content {
            Some(content) => originals.insert(id(artifact), content),
            None => originals.remove(&id(artifact)),
        };
    }

    /// Returns the looks at the collection so far: readings of its manifest, and of contents.
    pub(crate) fn collection_looks(&self) -> (usize, usize) {
        (self.manifests.load(Ordering::Relaxed), self.examined.load(Ordering::Relaxed))
    }

    /// Takes an artifact out of a project's tracker.
    pub(crate) fn undeploy(&self, project: u8, artifact: &str) {
        self.change(project, |project| project.copies.remove(&id(artifact)));
    }

    pub(crate) fn remove(&self, project: u8) {
        lock(&self.projects).remove(&project_path(project));
    }

    /// Puts something wrong into a project's tracker, which names an artifact or none.
    pub(crate) fn break_tracker(&self, project: u8, artifact: Option<&str>) {
        let fault = Problem {
            artifact: artifact.map(id),
            ..problem(&project_path(project), ProblemKind::MalformedRecord)
        };
        self.change(project, |project| project.fault.replace(fault));
    }

    /// Takes out what is wrong.
    pub(crate) fn mend_tracker(&self, project: u8) {
        self.change(project, |project| project.fault.take());
    }

    /// Lets a walk have a problem in a project, or no longer.
    pub(crate) fn hide(&self, project: u8, is_hidden: bool) {
        let fault = problem(&project_path(project), ProblemKind::UnreadableDirectory);
        self.change(project, |project| {
            project.hidden = is_hidden.then_some(fault);
            Some(())
        });
    }

    /// Returns the looks so far: walks, readings of trackers, hashes of copies.
    pub(crate) fn looks(&self) -> (usize, usize, usize) {
        let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        (count(&self.walks), count(&self.reads), count(&self.hashes))
    }

    pub(crate) fn before(&self, look: impl Fn(&str) + Send + Sync + 'static) {
        *lock(&self.before) = Some(Arc::new(look));
    }

    fn look(&self, what: &str, counter: &AtomicUsize) {
        counter.fetch_add(1, Ordering::Relaxed);
        self.reach(what);
    }

    fn reach(&self, what: &str) {
        let before = lock(&self.before).clone();
        if let Some(before) = before {
            before(what);
        }
    }
}

pub(crate) fn id(artifact: &str) -> ArtifactId {
    artifact.parse().expect("tests name real artifacts")
}

pub(crate) fn project_path(number: u8) -> ProjectPath {
    ProjectPath::new(format!("/p/{number:03}").as_str().into()).expect("it is absolute")
}

/// The change of a copy, as a watcher tells it.
pub(crate) fn edited(project: u8, artifact: &str) -> Change {
    Change::Content {
        project: project_path(project),
        profile_root: ProfileRoot::new(".claude").expect("a profile root"),
        path: id(artifact).name().into(),
    }
}

/// The change of a tracker, as a watcher tells it.
pub(crate) fn redeployed(project: u8) -> Change {
    Change::Project(project_path(project))
}

fn problem(project: &ProjectPath, kind: ProblemKind) -> Problem {
    Problem {
        path: format!("{project}/below"),
        line: None,
        kind,
        reason: "is bad".to_owned(),
        fix: "mend it".to_owned(),
        artifact: None,
    }
}

fn hash(content: u8) -> ContentHash {
    ContentHash::from_bytes([content; 32])
}

impl ProjectDiscovery for World {
    fn discover(&self) -> Scanned<Vec<ProjectPath>> {
        self.look("walk", &self.walks);
        let projects = lock(&self.projects);
        let problems = projects.values().filter_map(|project| project.hidden.clone());
        Scanned { value: projects.keys().cloned().collect(), problems: problems.collect() }
    }

    fn look_at(&self, directory: &ProjectPath) -> Scanned<bool> {
        let projects = lock(&self.projects);
        let project = projects.get(directory);
        let problems = project.and_then(|project| project.hidden.clone());
        Scanned { value: project.is_some(), problems: problems.into_iter().collect() }
    }
}

impl ProjectStates for World {
    fn records(&self, project: &ProjectPath) -> Arc<ProjectRecords> {
        self.look("read", &self.reads);
        let projects = lock(&self.projects);
        let there = projects.get(project);
        let copies = there.into_iter().flat_map(|there| &there.copies);
        let records = copies.map(|(artifact, copy)| DeploymentRecord {
            artifact: artifact.clone(),
            profile_root: ProfileRoot::new(".claude").expect("a profile root"),
            path: RecordedPath::new(artifact.name()),
            baseline: Baseline::new(&hash(copy.baseline).to_string()),
            deployed_at: "2026-01-02".parse().expect("a date"),
            from_collection: Some("default".into()),
            profile_id: None,
            tracker: "/t".into(),
            line: 1,
        });
        Arc::new(ProjectRecords {
            project: project.clone(),
            records: records.collect(),
            problems: there.and_then(|there| there.fault.clone()).into_iter().collect(),
        })
    }

    fn state(&self, records: &Arc<ProjectRecords>, record: usize) -> Assessment {
        self.look("hash", &self.hashes);
        let record = &records.records[record];
        let projects = lock(&self.projects);
        let project = projects.get(&records.project);
        match project.and_then(|project| project.copies.get(&record.artifact)) {
            None => Assessment::Missing,
            Some(copy) if record.baseline.hash() == Some(hash(copy.content)) => {
                Assessment::AsDeployed
            }
            Some(copy) => {
                let (content, baseline) = (hash(copy.content), hash(copy.baseline));
                let difference = Difference::new(traits(copy.content), content, baseline);
                Assessment::Differs(Arc::new(difference))
            }
        }
    }
}

impl CollectionReader for World {
    fn collections(&self) -> Scanned<Vec<Collection>> {
        let artifacts: Vec<_> = lock(&self.originals).keys().cloned().collect();
        self.look("manifest", &self.manifests);
        let artifacts = artifacts.into_iter().map(|artifact| CollectionArtifact {
            name: artifact.name().to_owned(),
            path: artifact.name().to_owned(),
            id: artifact,
            origin: "local".to_owned(),
            added: "2026-01-02".parse().expect("a date"),
            details: ArtifactDetails::default(),
        });
        Scanned::whole(vec![Collection {
            name: "default".to_owned(),
            path: "/c/default".into(),
            active: true,
            artifacts: artifacts.collect(),
        }])
    }
}

/// One job after the other, each announced as a `job`.
impl Workers for World {
    fn for_each(&self, jobs: usize, job: &(dyn Fn(usize) + Sync)) {
        for number in 0..jobs {
            self.reach("job");
            job(number);
        }
    }
}

impl Hasher for World {
    fn hash(&self, _copy: &CopyLocation<'_>) -> Result<ContentHash, HashError> {
        unreachable!("states are asked for")
    }

    fn difference(
        &self,
        _copy: &CopyLocation<'_>,
        _baseline: ContentHash,
    ) -> Result<Option<Difference>, HashError> {
        unreachable!("states are asked for")
    }

    fn examine(&self, original: &OriginalLocation<'_>) -> Result<ContentTraits, HashError> {
        let is_it = |(artifact, _): &(&ArtifactId, &u8)| artifact.name() == original.path;
        let found = lock(&self.originals).iter().find(is_it).map(|(_, content)| *content);
        self.look("original", &self.examined);
        found.map(traits).ok_or(HashError::Missing)
    }
}

/// The traits of a content.
fn traits(content: u8) -> ContentTraits {
    ContentTraits::new(hash(content), hash(content), hash(content), None)
}
