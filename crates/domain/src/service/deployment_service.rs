//! The use case: orders of many things, each worked out into tasks and carried out.

mod targets;

use std::sync::Arc;

use camino::Utf8PathBuf;
use targets::Target;

use crate::ports::workers::map;
use crate::{
    Action, ArtifactId, ArtifactSource, Backup, Collection, CollectionArtifact, CollectionReader,
    DeployError, DeployObserver, DeployOrder, DeployTask, Deployer, Done, ItemReport, Outcome,
    Plan, Problem, ProfileRoot, ProjectDiscovery, ProjectPath, ProjectStates, RestoreOrder,
    RestoreReport, RestoreTask, Scanned, Skipped, Task, UndeployOrder, UndeployTask, Workers,
};

/// Carries orders out with a [`Deployer`]. Remembers nothing.
#[derive(Debug, Clone)]
pub struct DeploymentService {
    deployer: Arc<dyn Deployer>,
    states: Arc<dyn ProjectStates>,
    discovery: Arc<dyn ProjectDiscovery>,
    collections: Arc<dyn CollectionReader>,
    /// The directory that holds the collections, for naming one that is not there.
    collections_directory: Utf8PathBuf,
    workers: Arc<dyn Workers>,
}

/// One thing an order asks for: what it is about, and the task it comes to, or why it comes to none.
#[derive(Debug)]
struct Item {
    artifact: ArtifactId,
    project: ProjectPath,
    profile_root: Option<ProfileRoot>,
    task: Result<Task, Box<Outcome>>,
}

impl DeploymentService {
    /// Joins the ports. `states` and `discovery` must remember nothing, for they are asked in order to write.
    /// With the collections comes the directory that holds them, for naming one that is not there.
    pub fn new(
        deployer: Arc<dyn Deployer>,
        states: Arc<dyn ProjectStates>,
        discovery: Arc<dyn ProjectDiscovery>,
        (collections, collections_directory): (Arc<dyn CollectionReader>, Utf8PathBuf),
        workers: Arc<dyn Workers>,
    ) -> Self {
        Self { deployer, states, discovery, collections, collections_directory, workers }
    }

    /// Deploys artifacts; reports by artifact, project and profile root, in the order's order.
    pub fn deploy(&self, order: &DeployOrder, observer: &dyn DeployObserver) -> Vec<ItemReport> {
        let collections = self.collections.collections();
        let everything = self.everything(&order.targets);
        let mut items = Vec::new();
        for artifact in unique(&order.artifacts) {
            let targets = self.targets(artifact, &order.targets, &everything).into_iter();
            items.extend(targets.map(|target| self.item(order, artifact, target, &collections)));
        }
        self.carry_out(items, order.dry_run, observer)
    }

    /// Works out what is to be done at a target.
    fn item(
        &self,
        order: &DeployOrder,
        artifact: &ArtifactId,
        target: Target,
        collections: &Scanned<Vec<Collection>>,
    ) -> Item {
        let Target { project, place } = target;
        let profile_root = place.as_ref().ok().map(|place| place.profile.root().clone());
        let task = place.map_err(|error| Box::new(Outcome::Failed(error))).and_then(|place| {
            let from = place.task.map_err(|why| Box::new(Outcome::Skipped(why)))?;
            let (collection, found) = self
                .find(artifact, order.collection.as_deref(), from.as_deref(), collections)
                .map_err(|error| Box::new(Outcome::Failed(error)))?;
            let task = deploy_task(collection, found, &project, &place.profile);
            Ok(Task::Deploy(DeployTask {
                dest_path: order.dest_path.clone().filter(|_| place.replace.is_none()),
                create_project: order.create_projects,
                replace: place.replace.unwrap_or(order.replace),
                ..task
            }))
        });
        Item { artifact: artifact.clone(), project, profile_root, task }
    }

    /// Undeploys artifacts; reports by artifact, project and profile root, in the order's order.
    pub fn undeploy(
        &self,
        order: &UndeployOrder,
        observer: &dyn DeployObserver,
    ) -> Vec<ItemReport> {
        let mut items = Vec::new();
        for artifact in unique(&order.artifacts) {
            for project in unique(&order.projects) {
                for profile_root in self.roots_holding(artifact, project, &order.profiles) {
                    let task = Task::Undeploy(UndeployTask {
                        artifact: artifact.clone(),
                        project: project.clone(),
                        profile_root: profile_root.clone(),
                        force: order.force,
                        keep_copy: order.keep_copies,
                    });
                    items.push(Item {
                        artifact: artifact.clone(),
                        project: project.clone(),
                        profile_root: Some(profile_root),
                        task: Ok(task),
                    });
                }
            }
        }
        self.carry_out(items, order.dry_run, observer)
    }

    /// Brings backups back, in their order.
    pub fn restore(
        &self,
        order: &RestoreOrder,
        observer: &dyn DeployObserver,
    ) -> Vec<RestoreReport> {
        let tasks: Vec<_> = unique(&order.backups)
            .map(|backup| Task::Restore(RestoreTask { backup: backup.clone(), force: order.force }))
            .collect();
        let outcomes = self.outcomes(&tasks, order.dry_run, observer);
        let reports = unique(&order.backups).zip(outcomes);
        reports.map(|(backup, outcome)| RestoreReport { backup: backup.clone(), outcome }).collect()
    }

    /// Returns what can be brought back, the latest first.
    pub fn backups(&self) -> Scanned<Vec<Backup>> {
        self.deployer.backups()
    }

    /// Returns a problem for each copy whose record another program has taken away.
    pub fn vanished_records(&self) -> Vec<Problem> {
        self.deployer.vanished_records()
    }

    fn carry_out(
        &self,
        items: Vec<Item>,
        dry_run: bool,
        observer: &dyn DeployObserver,
    ) -> Vec<ItemReport> {
        let tasks: Vec<Task> = items.iter().filter_map(|item| item.task.clone().ok()).collect();
        let mut outcomes = self.outcomes(&tasks, dry_run, observer).into_iter();
        let report = |item: Item| ItemReport {
            artifact: item.artifact,
            project: item.project,
            profile_root: item.profile_root,
            outcome: match item.task {
                Ok(_) => outcomes.next().expect("there is an outcome for every task"),
                Err(outcome) => *outcome,
            },
        };
        items.into_iter().map(report).collect()
    }

    fn outcomes(
        &self,
        tasks: &[Task],
        dry_run: bool,
        observer: &dyn DeployObserver,
    ) -> Vec<Outcome> {
        if dry_run {
            observer.begin(tasks.len());
            return map(&*self.workers, tasks, |task| {
                let planned = self.deployer.plan(task);
                observer.advance();
                match planned {
                    Ok(Plan { action: Action::UpToDate, .. }) => {
                        Outcome::Skipped(Skipped::UpToDate)
                    }
                    Ok(plan) => Outcome::Planned(plan),
                    Err(error) => Outcome::Failed(error),
                }
            });
        }
        let results = self.deployer.carry_out(tasks, observer);
        let outcome = |result| match result {
            Ok(Done { plan: Plan { action: Action::UpToDate, .. }, .. }) => {
                Outcome::Skipped(Skipped::UpToDate)
            }
            Ok(done) => Outcome::Done(done),
            Err(error) => Outcome::Failed(error),
        };
        results.into_iter().map(outcome).collect()
    }

    /// Finds an artifact: in the collection that is wanted, else in that it was deployed from, else in the
    /// active one, else in the others by name.
    fn find<'a>(
        &self,
        artifact: &ArtifactId,
        wanted: Option<&str>,
        from: Option<&str>,
        collections: &'a Scanned<Vec<Collection>>,
    ) -> Result<(&'a Collection, &'a CollectionArtifact), DeployError> {
        let is_wanted = |found: &&Collection| wanted.is_none_or(|wanted| found.name == wanted);
        let mut candidates: Vec<_> = collections.value.iter().filter(is_wanted).collect();
        candidates.sort_by_key(|found| (Some(&*found.name) != from, !found.active));
        let bad_manifest = |collection: Option<&str>| {
            let directory = collection.map(|name| self.collections_directory.join(name));
            collections.problems.iter().find(|problem| {
                directory.as_ref().is_none_or(|directory| {
                    camino::Utf8Path::new(&problem.path).starts_with(directory)
                })
            })
        };
        if let (Some(wanted), true) = (wanted, candidates.is_empty()) {
            return Err(bad_manifest(Some(wanted)).map_or_else(
                || DeployError::CollectionNotFound {
                    collection: wanted.to_owned(),
                    directory: self.collections_directory.join(wanted),
                },
                cannot_tell,
            ));
        }
        let mut in_each = candidates.into_iter().filter_map(|collection| {
            let found = collection.artifacts.iter().find(|found| found.id == *artifact)?;
            Some((collection, found))
        });
        in_each.next().ok_or_else(|| {
            bad_manifest(wanted).map_or_else(
                || DeployError::ArtifactNotFound { artifact: artifact.clone() },
                cannot_tell,
            )
        })
    }
}

/// Nobody knows whether an artifact is in a collection whose manifest cannot be read.
fn cannot_tell(problem: &Problem) -> DeployError {
    let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
    DeployError::Source {
        path: format!("{}{line}", problem.path),
        reason: problem.reason.clone(),
        fix: problem.fix.clone(),
    }
}

fn deploy_task(
    collection: &Collection,
    artifact: &CollectionArtifact,
    project: &ProjectPath,
    profile: &crate::DeploymentProfile,
) -> DeployTask {
    DeployTask {
        artifact: artifact.id.clone(),
        name: artifact.name.clone(),
        source: ArtifactSource {
            collection: collection.name.clone(),
            directory: collection.path.clone(),
            path: artifact.path.clone(),
        },
        project: project.clone(),
        profile: profile.clone(),
        dest_path: None,
        replace: crate::Replace::Nothing,
        create_project: false,
    }
}

/// Returns each once, in their order.
fn unique<T: PartialEq>(values: &[T]) -> impl Iterator<Item = &T> {
    values.iter().enumerate().filter(|(at, value)| !values[..*at].contains(value)).map(|(_, v)| v)
}

#[cfg(test)]
mod tests;
