//! What is to be told.

use std::collections::{BTreeMap, BTreeSet};

use skillstat_domain::{Affected, ArtifactId, ProjectPath};

use crate::cached_statistics::Effect;

/// What has changed since it was last told.
#[derive(Debug)]
pub(super) struct Pending {
    /// Nothing when anything may have changed.
    pub(super) artifacts: Option<BTreeSet<ArtifactId>>,
    /// The projects, and whether each is one now.
    pub(super) projects: BTreeMap<ProjectPath, bool>,
    pub(super) collections: bool,
}

impl Default for Pending {
    fn default() -> Self {
        Self { artifacts: Some(BTreeSet::new()), projects: BTreeMap::new(), collections: false }
    }
}

impl Pending {
    pub(super) fn add(&mut self, effect: Effect) {
        match effect {
            Effect::Answers { affected, project } => {
                match (affected, &mut self.artifacts) {
                    (Affected::Only(more), Some(artifacts)) => artifacts.extend(more),
                    _ => self.artifacts = None,
                }
                self.projects.extend(project);
            }
            Effect::Collections => self.collections = true,
        }
    }
}
