//! Deploying in memory, as far as the routes can tell.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::{
    Action, ArtifactId, Backup, Collection, DeployError, DeployObserver, DeployOrder, DeployedAt,
    DeploymentCommands, DeploymentProfile, Done, ItemReport, Outcome, Plan, Problem, ProfileRoot,
    Profiles, ProjectPath, QueryError, Replace, RestoreOrder, RestoreReport, Scanned, Targets,
    UndeployOrder, destination,
};

use super::World;

/// Where projects may be.
const ROOTS: [&str; 2] = ["/home", "/p"];

type Place = (ProjectPath, ArtifactId, ProfileRoot);

/// Keeps what is deployed in a map; nothing is ever locked, broken or edited.
#[derive(Debug)]
pub(crate) struct InMemoryCommands {
    collections: Vec<Collection>,
    projects: Vec<ProjectPath>,
    copies: Mutex<BTreeMap<Place, Utf8PathBuf>>,
    /// The date on new records.
    pub(crate) now: Mutex<DeployedAt>,
}

impl InMemoryCommands {
    /// Begins with what a world holds.
    pub(crate) fn new(world: &World) -> Self {
        let mut copies = BTreeMap::new();
        for (artifact, statistics) in &world.overview.artifacts {
            for project in &statistics.projects {
                for copy in project.copies() {
                    let place =
                        (project.project().clone(), artifact.clone(), copy.profile_root.clone());
                    copies.insert(place, copy.path.inside().unwrap());
                }
            }
        }
        Self {
            collections: world.collections.clone(),
            projects: world.overview.projects.clone(),
            copies: Mutex::new(copies),
            now: Mutex::new("2026-11-22T19:00:00".parse().unwrap()),
        }
    }

    fn is_project(&self, project: &ProjectPath) -> Result<bool, DeployError> {
        if !ROOTS.iter().any(|root| project.as_path().starts_with(root)) {
            return Err(DeployError::OutsideRoots { project: project.clone() });
        }
        Ok(self.projects.contains(project))
    }

    fn deploy_one(
        &self,
        order: &DeployOrder,
        artifact: &ArtifactId,
        project: &ProjectPath,
        profile: &DeploymentProfile,
    ) -> Result<Done, DeployError> {
        if !self.is_project(project)? && !order.create_projects {
            return Err(DeployError::ProjectMissing { project: project.clone() });
        }
        let name = order.collection.as_deref().unwrap_or("default");
        let collection = self.collections.iter().find(|collection| collection.name == name);
        let collection = collection.ok_or_else(|| DeployError::CollectionNotFound {
            collection: name.to_owned(),
            directory: Utf8Path::new("/home/me/.skillmeat/collections").join(name),
        })?;
        let found = collection.artifacts.iter().find(|found| found.id == *artifact);
        let found =
            found.ok_or_else(|| DeployError::ArtifactNotFound { artifact: artifact.clone() })?;
        let dest_path = order.dest_path.as_deref();
        let path = destination(artifact, found.path.as_str().into(), profile.root(), dest_path)?;
        let place = (project.clone(), artifact.clone(), profile.root().clone());
        let mut copies = self.copies.lock().unwrap();
        if copies.contains_key(&place) && order.replace == Replace::Nothing {
            return Err(DeployError::AlreadyDeployed { artifact: artifact.clone() });
        }
        let replaced = copies.insert(place, path.clone()).is_some();
        let action = if replaced { Action::Replace } else { Action::Create };
        Ok(Done {
            plan: plan(artifact, project, profile.root(), action, path),
            deployed_at: Some(self.now.lock().unwrap().clone()),
            backup: replaced.then(|| "20261122T190000-1".parse().unwrap()),
            written_again: 0,
        })
    }

    fn undeploy_one(
        &self,
        order: &UndeployOrder,
        artifact: &ArtifactId,
        project: &ProjectPath,
        profile: Option<&DeploymentProfile>,
    ) -> Result<Done, DeployError> {
        if !self.is_project(project)? {
            return Err(DeployError::ProjectMissing { project: project.clone() });
        }
        let mut copies = self.copies.lock().unwrap();
        let place = copies.keys().find(|(of, found, root)| {
            of == project
                && found == artifact
                && profile.is_none_or(|profile| profile.root() == root)
        });
        let place = place.cloned().ok_or_else(|| DeployError::NotDeployed {
            artifact: artifact.clone(),
            project: project.clone(),
        })?;
        let path = copies.remove(&place).unwrap();
        let action = if order.keep_copies { Action::RemoveRecord } else { Action::Remove };
        Ok(Done {
            plan: plan(artifact, project, &place.2, action, path),
            deployed_at: None,
            backup: None,
            written_again: 0,
        })
    }
}

fn plan(
    artifact: &ArtifactId,
    project: &ProjectPath,
    profile_root: &ProfileRoot,
    action: Action,
    path: Utf8PathBuf,
) -> Plan {
    Plan {
        artifact: artifact.clone(),
        project: project.clone(),
        profile_root: profile_root.clone(),
        action,
        path,
        hash: None,
        warnings: Vec::new(),
    }
}

fn report(
    artifact: &ArtifactId,
    project: &ProjectPath,
    result: Result<Done, DeployError>,
) -> ItemReport {
    ItemReport {
        artifact: artifact.clone(),
        project: project.clone(),
        profile_root: result.as_ref().ok().map(|done| done.plan.profile_root.clone()),
        outcome: result.map_or_else(Outcome::Failed, Outcome::Done),
    }
}

#[async_trait]
impl DeploymentCommands for InMemoryCommands {
    async fn deploy(
        &self,
        order: DeployOrder,
        _observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<ItemReport>, QueryError> {
        let Targets::Projects { projects, profiles } = &order.targets else {
            panic!("no route asks for that")
        };
        let profiles = match profiles {
            Profiles::Usual => vec![DeploymentProfile::default()],
            Profiles::These(profiles) => profiles.clone(),
            Profiles::All => DeploymentProfile::built_in().take(2).collect(),
        };
        let (artifact, project) = (&order.artifacts[0], &projects[0]);
        Ok(profiles
            .iter()
            .map(|profile| {
                report(artifact, project, self.deploy_one(&order, artifact, project, profile))
            })
            .collect())
    }

    async fn undeploy(
        &self,
        order: UndeployOrder,
        _observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<ItemReport>, QueryError> {
        let profile = match &order.profiles {
            Profiles::Usual => None,
            Profiles::These(profiles) => Some(&profiles[0]),
            Profiles::All => panic!("no route asks for that"),
        };
        let (artifact, project) = (&order.artifacts[0], &order.projects[0]);
        Ok(vec![report(artifact, project, self.undeploy_one(&order, artifact, project, profile))])
    }

    async fn restore(
        &self,
        _order: RestoreOrder,
        _observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<RestoreReport>, QueryError> {
        panic!("no route asks for that")
    }

    async fn backups(&self) -> Result<Scanned<Vec<Backup>>, QueryError> {
        panic!("no route asks for that")
    }

    async fn vanished_records(&self) -> Result<Vec<Problem>, QueryError> {
        panic!("no route asks for that")
    }
}
