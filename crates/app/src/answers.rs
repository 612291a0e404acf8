//! What there is to know, from a service that knows it, or from the disk.

mod service;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use service::Service;
use service::Told;
use skillstat_domain::{
    ArtifactId, Collection, DeploymentStatistics, Inventory, Overview, Problem, ProjectPath,
    ScanObserver, Scanned,
};

use crate::App;

/// All that a command is told about projects and artifacts: the same whoever looked.
#[derive(Debug)]
pub struct Answers<'a> {
    app: &'a App,
    source: Source,
    found: Found,
}

/// Who looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A service that runs.
    Service {
        /// Where it was asked.
        socket: PathBuf,
        /// How long ago it read the oldest of what it told.
        age: Duration,
    },
    /// This process.
    Disk {
        /// Why no service was asked, or why its answer was not taken.
        reason: String,
    },
}

/// What will be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Projects, and what is deployed in them.
    Deployments,
    /// The collections, too.
    AndCollections,
}

#[derive(Debug)]
enum Found {
    /// Everything, by a service.
    Told(Told),
    /// What the trackers say, by this process; copies are looked at when they are asked about.
    Seen(Inventory),
}

impl App {
    /// Asks the service, and looks at the disk if that gives no answer: at the trackers of all projects,
    /// and at no copy yet. Blocks; not for a thread that polls.
    pub fn answers(&self, scope: Scope, observer: &dyn ScanObserver) -> Answers<'_> {
        let (found, source) = match self.service.ask(scope) {
            Ok((told, source)) => (Found::Told(told), source),
            Err(reason) => {
                (Found::Seen(self.statistics().inventory(observer)), Source::Disk { reason })
            }
        };
        Answers { app: self, source, found }
    }
}

impl Answers<'_> {
    /// Returns who looked.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Returns the projects, sorted by path.
    pub fn projects(&self) -> &[ProjectPath] {
        match &self.found {
            Found::Told(told) => &told.overview.value.projects,
            Found::Seen(inventory) => &inventory.projects,
        }
    }

    /// Returns every artifact with a record, sorted.
    pub fn artifacts(&self) -> BTreeSet<&ArtifactId> {
        match &self.found {
            Found::Told(told) => told.overview.value.artifacts.keys().collect(),
            Found::Seen(inventory) => inventory.artifacts(),
        }
    }

    /// Returns the problems that were met before any copy was looked at, sorted, each once.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems: Vec<_> = match &self.found {
            Found::Told(told) => told.overview.value.problems_of_no_copy().cloned().collect(),
            Found::Seen(inventory) => inventory.problems().cloned().collect(),
        };
        problems.sort();
        problems.dedup();
        problems
    }

    /// Returns what there is of one project, or of all, and of artifacts of one type, or of any.
    pub fn overview(
        &self,
        project: Option<&ProjectPath>,
        kind: Option<&str>,
        observer: &dyn ScanObserver,
    ) -> Cow<'_, Overview> {
        let wanted = |artifact: &ArtifactId| kind.is_none_or(|kind| artifact.kind() == kind);
        match &self.found {
            Found::Told(told) if project.is_none() && kind.is_none() => {
                Cow::Borrowed(&told.overview.value)
            }
            Found::Told(told) => Cow::Owned(told.overview.value.part(project, &wanted)),
            Found::Seen(inventory) => {
                let mut inventory = Cow::Borrowed(inventory);
                if let Some(project) = project {
                    inventory.to_mut().retain_project(project);
                }
                let wanted = |_: &ProjectPath, artifact: &ArtifactId| wanted(artifact);
                let mut overview = self.app.statistics().overview(&inventory, &wanted, observer);
                self.app.add_untrue_index(&mut overview.problems);
                Cow::Owned(overview)
            }
        }
    }

    /// Returns the statistics of one artifact.
    pub fn statistics(
        &self,
        artifact: &ArtifactId,
        observer: &dyn ScanObserver,
    ) -> DeploymentStatistics {
        match &self.found {
            Found::Told(told) => told.overview.value.statistics(artifact),
            Found::Seen(inventory) => {
                let mut statistics =
                    self.app.statistics().statistics(inventory, artifact, observer);
                self.app.add_untrue_index(&mut statistics.problems);
                statistics
            }
        }
    }

    /// Returns the collections.
    pub fn collections(&self) -> Scanned<Vec<Collection>> {
        match &self.found {
            Found::Told(Told { collections: Some(told), .. }) => (*told.value).clone(),
            _ => self.app.collections().collections(),
        }
    }
}

#[cfg(test)]
mod tests;
