//! A world that changes, for tests: projects with one number a copy, and a count of every look at it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use skillstat_domain::{
    ArtifactId, Baseline, Change, Collection, CollectionReader, ContentHash, CopyState,
    DeploymentRecord, Problem, ProblemKind, ProfileRoot, ProjectDiscovery, ProjectPath,
    ProjectRecords, ProjectStates, RecordedPath, Scanned, Workers,
};

use crate::sync::{Mutex, lock};

/// What the disk holds: by project the content of each artifact's copy. Content 0 is synced.
pub(crate) type Contents = BTreeMap<ProjectPath, BTreeMap<ArtifactId, u8>>;

/// Hears of each look.
pub(crate) type Before = Arc<dyn Fn(&str) + Send + Sync>;

/// The world and how often it was looked at.
#[derive(Default)]
pub(crate) struct World {
    contents: Mutex<Contents>,
    /// The projects whose trackers say something that names no artifact and is wrong.
    broken: Mutex<BTreeSet<ProjectPath>>,
    pub(crate) walks: AtomicUsize,
    pub(crate) reads: AtomicUsize,
    pub(crate) hashes: AtomicUsize,
    /// Called before each look, with what is looked at, outside of all locks.
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

    pub(crate) fn set(&self, project: u8, artifact: &str, content: u8) {
        lock(&self.contents)
            .entry(project_path(project))
            .or_default()
            .insert(id(artifact), content);
    }

    /// Changes a copy that is there; tells whether it is.
    #[cfg(not(shuttle))]
    pub(crate) fn edit(&self, project: u8, artifact: &str, content: u8) -> bool {
        let mut contents = lock(&self.contents);
        let copy = contents
            .get_mut(&project_path(project))
            .and_then(|copies| copies.get_mut(&id(artifact)));
        copy.map(|copy| *copy = content).is_some()
    }

    /// Takes an artifact out of a project's tracker.
    pub(crate) fn undeploy(&self, project: u8, artifact: &str) {
        if let Some(copies) = lock(&self.contents).get_mut(&project_path(project)) {
            copies.remove(&id(artifact));
        }
    }

    pub(crate) fn remove(&self, project: u8) {
        lock(&self.contents).remove(&project_path(project));
    }

    /// Puts something wrong into a project's tracker that names no artifact, or takes it out.
    #[cfg(not(shuttle))]
    pub(crate) fn break_tracker(&self, project: u8, is_broken: bool) {
        let mut broken = lock(&self.broken);
        if is_broken {
            broken.insert(project_path(project));
        } else {
            broken.remove(&project_path(project));
        }
    }

    /// Returns the looks so far: walks, readings of trackers, hashes of copies.
    pub(crate) fn looks(&self) -> (usize, usize, usize) {
        let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        (count(&self.walks), count(&self.reads), count(&self.hashes))
    }

    #[cfg(not(shuttle))]
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

/// The fault of a tracker that names no artifact.
fn broken(project: &ProjectPath) -> Problem {
    Problem {
        path: format!("{project}/.claude/.skillmeat-deployed.toml"),
        line: Some(1),
        kind: ProblemKind::MalformedTracker,
        reason: "not TOML".to_owned(),
        fix: "mend it".to_owned(),
        artifact: None,
    }
}

impl ProjectDiscovery for World {
    fn discover(&self) -> Scanned<Vec<ProjectPath>> {
        self.look("walk", &self.walks);
        Scanned::whole(lock(&self.contents).keys().cloned().collect())
    }

    fn look_at(&self, directory: &ProjectPath) -> Scanned<bool> {
        Scanned::whole(lock(&self.contents).contains_key(directory))
    }
}

impl ProjectStates for World {
    fn records(&self, project: &ProjectPath) -> Arc<ProjectRecords> {
        self.look("read", &self.reads);
        let contents = lock(&self.contents);
        let records =
            contents.get(project).into_iter().flatten().map(|(artifact, _)| DeploymentRecord {
                artifact: artifact.clone(),
                profile_root: ProfileRoot::new(".claude").expect("a profile root"),
                path: RecordedPath::new(artifact.name()),
                baseline: Baseline::new(&ContentHash::from_bytes([0; 32]).to_string()),
                deployed_at: "2026-01-02".parse().expect("a date"),
                from_collection: None,
                profile_id: None,
                tracker: "/t".into(),
                line: 1,
            });
        Arc::new(ProjectRecords {
            project: project.clone(),
            records: records.collect(),
            problems: lock(&self.broken).get(project).map(broken).into_iter().collect(),
        })
    }

    fn state(&self, records: &Arc<ProjectRecords>, record: usize) -> CopyState {
        self.look("hash", &self.hashes);
        let contents = lock(&self.contents);
        let copies = contents.get(&records.project);
        match copies.and_then(|copies| copies.get(&records.records[record].artifact)) {
            None => CopyState::Missing,
            Some(0) => CopyState::Synced,
            Some(content) => {
                CopyState::Modified { current: ContentHash::from_bytes([*content; 32]) }
            }
        }
    }
}

impl CollectionReader for World {
    fn collections(&self) -> Scanned<Vec<Collection>> {
        Scanned::whole(Vec::new())
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
