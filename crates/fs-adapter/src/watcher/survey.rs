//! What is looked at from time to time, and how often.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use skillstat_domain::{Change, ProfileRoot, ProjectPath, Scanned};

use super::WatchPorts;
use super::looks::{Looks, Sight};

/// How often things are done that are done from time to time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// How long after one look the next begins at the earliest.
    pub(super) look: Duration,
    /// How often it is tried to watch what there was no room for.
    pub(super) retry: Duration,
    /// How long after all watches were made they are made again at the earliest, when events were lost
    /// once more.
    pub(super) respite: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(2),
            retry: Duration::from_secs(5),
            respite: Duration::from_secs(1),
        }
    }
}

/// How many times as long as a look took the pause after it is at the least.
const REST: u32 = 20;

/// What nobody tells of.
#[derive(Debug)]
pub(super) enum Scope {
    /// Anything.
    All,
    /// These.
    Only {
        /// Copies.
        copies: Vec<(ProjectPath, ProfileRoot, Utf8PathBuf)>,
        /// Projects with all their copies.
        projects: Vec<ProjectPath>,
        /// Whether the collections too.
        collections: bool,
    },
}

impl Scope {
    /// Tells whether everything is watched.
    pub(super) fn is_nothing(&self) -> bool {
        match self {
            Self::All => false,
            Self::Only { copies, projects, collections } => {
                copies.is_empty() && projects.is_empty() && !collections
            }
        }
    }
}

/// Looks at things and tells what has changed.
#[derive(Debug)]
pub(super) struct Survey {
    ports: WatchPorts,
    skillmeat_home: Utf8PathBuf,
    pub(super) pace: Pace,
    looks: Looks,
    /// The projects that a walk has found the last time.
    projects: Option<Scanned<Vec<ProjectPath>>>,
    /// How long the last look took.
    took: Duration,
}

impl Survey {
    pub(super) fn new(ports: WatchPorts, skillmeat_home: Utf8PathBuf, pace: Pace) -> Self {
        let looks = Looks::default();
        Self { ports, skillmeat_home, pace, looks, projects: None, took: Duration::ZERO }
    }

    /// Looks, and tells the sink what is different.
    pub(super) fn look(&mut self, scope: &Scope) {
        let begun = Instant::now();
        let mut changes = BTreeSet::new();
        let mut sights = Vec::new();
        match scope {
            Scope::All => {
                let projects = self.ports.discovery.discover();
                for project in &projects.value {
                    self.sights_of(project, &mut sights);
                }
                sights.push(Sight::Collections(self.skillmeat_home.clone()));
                if self.projects.as_ref() != Some(&projects) {
                    changes.insert(Change::Projects);
                }
                self.projects = Some(projects);
            }
            Scope::Only { copies, projects, collections } => {
                self.projects = None;
                for project in projects {
                    self.sights_of(project, &mut sights);
                }
                if *collections {
                    sights.push(Sight::Collections(self.skillmeat_home.clone()));
                }
                let copies = copies.iter().cloned();
                sights.extend(copies.map(|(project, root, copy)| Sight::Copy(project, root, copy)));
            }
        }
        changes.extend(self.looks.look(sights));
        if !changes.is_empty() {
            self.ports.sink.changed(&changes);
        }
        self.took = begun.elapsed();
    }

    /// Returns how much is looked at.
    pub(super) fn sights(&self) -> usize {
        self.looks.len()
    }

    /// Returns how long to wait for the next look.
    pub(super) fn pause(&self) -> Duration {
        self.pace.look.max(self.took * REST)
    }

    /// Returns how long a change may go unseen.
    pub(super) fn bound(&self) -> Duration {
        self.pause() + self.took
    }

    fn sights_of(&self, project: &ProjectPath, sights: &mut Vec<Sight>) {
        sights.push(Sight::Trackers(project.clone()));
        for record in &self.ports.states.records(project).records {
            if let Ok(copy) = record.path.inside() {
                sights.push(Sight::Copy(project.clone(), record.profile_root.clone(), copy));
            }
        }
    }
}
