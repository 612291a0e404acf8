//! What is to be told.

use std::collections::{BTreeMap, BTreeSet};

use skillstat_domain::{Affected, ArtifactId, ProjectPath};

use super::TOLD_APART;
use crate::cached_statistics::Effect;

/// What has changed since it was last told; no more than can be told apart, for it may never be told.
#[derive(Debug)]
pub(super) struct Pending {
    /// Nothing when anything may have changed, or too many to be told one by one.
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
        if self.projects.len() > TOLD_APART {
            self.projects.clear();
            self.artifacts = None;
        }
        self.artifacts.take_if(|artifacts| artifacts.len() > TOLD_APART);
    }
}
