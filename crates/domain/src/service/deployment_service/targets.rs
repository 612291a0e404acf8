//! Where an order leads.

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::ports::workers::map;
use crate::service::replacing::rolls_out;
use crate::{
    ArtifactId, DeployError, DeploymentProfile, DeploymentService, Inventory, Problem, ProblemKind,
    ProfileRoot, Profiles, ProjectPath, RecordedArtifacts, Replace, Skipped, Targets,
};

/// One project to deploy to, and where in it; or why nobody knows whether, or where.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) project: ProjectPath,
    pub(super) place: Result<Place, DeployError>,
}

/// One place to deploy to.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) profile: DeploymentProfile,
    /// What may be replaced there, whatever the order says.
    pub(super) replace: Option<Replace>,
    /// The collection that what is there was deployed from, where that is known; or why nothing is
    /// deployed there.
    pub(super) task: Result<Option<String>, Skipped>,
}

impl DeploymentService {
    /// Returns what is on record anywhere, if that decides where an order leads.
    pub(super) fn everything(&self, targets: &Targets) -> Inventory {
        match targets {
            Targets::Projects { .. } => Inventory::default(),
            Targets::AllSynced => {
                Inventory::read(self.discovery.discover(), &*self.states, &*self.workers, &())
            }
        }
    }

    /// Returns where an artifact is to be deployed to, by project and profile root; `everything` is what
    /// [`everything`](Self::everything) returned for the order.
    pub(super) fn targets(
        &self,
        artifact: &ArtifactId,
        targets: &Targets,
        everything: &Inventory,
    ) -> Vec<Target> {
        match targets {
            Targets::Projects { projects, profiles } => super::unique(projects)
                .flat_map(|project| {
                    let profiles = self.profiles_of(project, profiles).into_iter();
                    profiles.map(|profile| Target {
                        project: project.clone(),
                        place: Ok(Place { profile, replace: None, task: Ok(None) }),
                    })
                })
                .collect(),
            Targets::AllSynced => {
                let mut targets = self.copies_of(artifact, everything);
                targets.extend(hidden(artifact, everything));
                targets.sort_by(|one, other| one.project.cmp(&other.project));
                targets
            }
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
    fn copies_of(&self, artifact: &ArtifactId, everything: &Inventory) -> Vec<Target> {
        let records = everything.records.iter();
        let all =
            records.flat_map(|records| (0..records.records.len()).map(move |at| (records, at)));
        let of_artifact = all.filter(|(records, at)| records.records[*at].artifact == *artifact);
        map(&*self.workers, &of_artifact.collect::<Vec<_>>(), |&(records, at)| {
            let record = &records.records[at];
            let place = Place {
                profile: DeploymentProfile::of_root(record.profile_root.clone()),
                // Should somebody edit it meanwhile, it is not replaced either.
                replace: Some(Replace::Unmodified),
                task: rolls_out(&self.states.state(records, at))
                    .map(|()| record.from_collection.as_deref().map(ToOwned::to_owned))
                    .map_err(Skipped::NotSynced),
            };
            Target { project: records.project.clone(), place: Ok(place) }
        })
    }
}

/// Returns where there may be copies of an artifact that nobody knows of, each file or directory once.
fn hidden(artifact: &ArtifactId, everything: &Inventory) -> Vec<Target> {
    let skipped = everything.skipped.iter().map(|problem| (place_of(problem), problem));
    let of_projects = everything.records.iter().flat_map(|records| {
        records.problems.iter().map(|problem| (records.project.clone(), problem))
    });
    let mut told = BTreeSet::new();
    let hiding = skipped.chain(of_projects).filter(|(_, problem)| hides(problem, artifact));
    let once = hiding.filter(|(_, problem)| told.insert(&problem.path));
    once.map(|(project, problem)| Target { project, place: Err(not_known(problem)) }).collect()
}

/// Tells whether there may be a copy of an artifact that is not known because of a problem.
fn hides(problem: &Problem, artifact: &ArtifactId) -> bool {
    match (&problem.artifact, problem.kind) {
        (None, _) => true,
        // Its records are known: the first, and that which is when the write is finished.
        (Some(_), ProblemKind::DuplicateRecord | ProblemKind::Interrupted) => false,
        (Some(of), _) => of == artifact,
    }
}

/// Returns the place where projects could not be looked for.
fn place_of(problem: &Problem) -> ProjectPath {
    let root = || ProjectPath::new(Utf8Path::new("/")).expect("it is absolute");
    // Only a search root that is not there may be named in another way.
    ProjectPath::new(Utf8Path::new(&problem.path)).unwrap_or_else(|_| root())
}

/// Says that it is not known what is on record.
fn not_known(problem: &Problem) -> DeployError {
    let Problem { path, line, reason, fix, .. } = problem.clone();
    match problem.kind {
        ProblemKind::UnreadableTracker
        | ProblemKind::MalformedTracker
        | ProblemKind::MalformedRecord => DeployError::Tracker { path, line, reason, fix },
        _ => DeployError::Failed { path, reason, fix },
    }
}

fn roots_of<'a>(recorded: impl Iterator<Item = &'a RecordedArtifacts>) -> Vec<ProfileRoot> {
    recorded.map(|found| found.profile_root.clone()).collect()
}
