//! Where an order leads.

use crate::ports::workers::map;
use crate::{
    ArtifactId, DeploymentProfile, DeploymentRecord, DeploymentService, ProfileRoot, Profiles,
    ProjectPath, RecordedArtifacts, Replace, Skipped, Targets, rolls_out,
};

/// One place to deploy to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) project: ProjectPath,
    pub(super) profile: DeploymentProfile,
    /// What may be replaced there, whatever the order says.
    pub(super) replace: Option<Replace>,
    /// The collection that what is there was deployed from, where that is known; or why nothing is
    /// deployed there.
    pub(super) task: Result<Option<String>, Skipped>,
}

impl DeploymentService {
    /// Returns where an artifact is to be deployed to, by project and profile root.
    pub(super) fn targets(&self, artifact: &ArtifactId, targets: &Targets) -> Vec<Target> {
        match targets {
            Targets::Projects { projects, profiles } => super::unique(projects)
                .flat_map(|project| {
                    let profiles = self.profiles_of(project, profiles).into_iter();
                    profiles.map(|profile| Target {
                        project: project.clone(),
                        profile,
                        replace: None,
                        task: Ok(None),
                    })
                })
                .collect(),
            Targets::AllSynced => self.copies_of(artifact),
        }
    }

    /// Returns the profile roots that hold an artifact and are meant; the usual one when none does, so
    /// that whoever writes says what is wrong.
    pub(super) fn roots_holding(
        &self,
        artifact: &ArtifactId,
        project: &ProjectPath,
        profiles: &Profiles,
    ) -> Vec<ProfileRoot> {
        if let Profiles::These(profiles) = profiles {
            return super::unique(profiles).map(|profile| profile.root().clone()).collect();
        }
        let recorded = self.recorded(project);
        let holds = |found: &&RecordedArtifacts| found.artifacts.contains(artifact);
        let mut roots = roots_of(recorded.iter().filter(holds));
        if roots.is_empty() {
            // It may be there all the same: whoever writes says what is wrong.
            roots = roots_of(recorded.iter().filter(|found| !found.complete));
        }
        if *profiles == Profiles::Usual {
            roots.truncate(1);
        }
        if roots.is_empty() {
            roots.push(DeploymentProfile::default().root().clone());
        }
        roots
    }

    fn profiles_of(&self, project: &ProjectPath, profiles: &Profiles) -> Vec<DeploymentProfile> {
        match profiles {
            Profiles::Usual => vec![DeploymentProfile::default()],
            Profiles::These(profiles) => super::unique(profiles).cloned().collect(),
            Profiles::All => {
                let recorded = self.recorded(project);
                let in_use =
                    |found: &&RecordedArtifacts| !(found.artifacts.is_empty() && found.complete);
                let roots = roots_of(recorded.iter().filter(in_use)).into_iter();
                let mut all: Vec<_> = roots.map(DeploymentProfile::of_root).collect();
                all.push(DeploymentProfile::default());
                all.sort();
                all.dedup();
                all
            }
        }
    }

    /// Returns what is on record in a project that an order names. Nothing where nobody may write: that is
    /// said by whoever writes.
    fn recorded(&self, project: &ProjectPath) -> Vec<RecordedArtifacts> {
        self.deployer.recorded(project).unwrap_or_default()
    }

    /// Returns every copy of an artifact there is, with its state if it is not to be replaced.
    fn copies_of(&self, artifact: &ArtifactId) -> Vec<Target> {
        let projects = self.discovery.discover().value;
        let in_each = map(&*self.workers, &projects, |project| {
            let records = self.states.records(project);
            let copy = |(index, record): (usize, &DeploymentRecord)| Target {
                project: project.clone(),
                profile: DeploymentProfile::of_root(record.profile_root.clone()),
                // Should somebody edit it meanwhile, it is not replaced either.
                replace: Some(Replace::Unmodified),
                task: rolls_out(&self.states.state(&records, index))
                    .map(|()| record.from_collection.clone())
                    .map_err(Skipped::NotSynced),
            };
            let of_artifact = records.records.iter().enumerate();
            let of_artifact = of_artifact.filter(|(_, record)| record.artifact == *artifact);
            of_artifact.map(copy).collect::<Vec<_>>()
        });
        in_each.into_iter().flatten().collect()
    }
}

fn roots_of<'a>(recorded: impl Iterator<Item = &'a RecordedArtifacts>) -> Vec<ProfileRoot> {
    recorded.map(|found| found.profile_root.clone()).collect()
}
