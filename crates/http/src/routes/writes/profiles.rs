//! For which agents a request deploys.

use std::collections::BTreeSet;

use skillstat_domain::{DeploymentProfile, Profiles};

use crate::body::Fields;
use crate::problem::Refusal;

/// The profiles that a request names, in at most one of four ways.
#[derive(Debug)]
pub(super) enum Named {
    /// In none, or those that the project prefers: SkillMeat keeps these in a database of its own, and
    /// without it prefers the usual one.
    Usual,
    /// By their ids.
    These(Vec<String>),
    /// All of them.
    All,
}

impl Named {
    /// Takes them out of a body.
    pub(super) fn take(fields: &mut Fields) -> Self {
        let one = fields.text("deployment_profile_id");
        let several = fields.texts("deployment_profile_ids");
        let (all, preferred) = (fields.flag("all_profiles"), fields.flag("use_project_defaults"));
        let ways = [one.is_some(), several.is_some(), all, preferred];
        if ways.iter().filter(|way| **way).count() > 1 {
            fields.refuse(
                "name profiles in one way: deployment_profile_id, deployment_profile_ids, all_profiles \
                 or use_project_defaults",
            );
        }
        if let Some(ids) = &several {
            if ids.is_empty() {
                fields.refuse("deployment_profile_ids names no profile");
            }
            if ids.iter().collect::<BTreeSet<_>>().len() < ids.len() {
                fields.refuse("deployment_profile_ids names a profile twice");
            }
        }
        match several.or(one.map(|one| vec![one])) {
            Some(ids) => Self::These(ids),
            None if all => Self::All,
            None => Self::Usual,
        }
    }

    /// Returns them.
    pub(super) fn known(self) -> Result<Profiles, Refusal> {
        match self {
            Self::Usual => Ok(Profiles::Usual),
            Self::All => Ok(Profiles::All),
            Self::These(ids) => {
                ids.iter().map(|id| known(id)).collect::<Result<_, _>>().map(Profiles::These)
            }
        }
    }
}

/// Returns the one profile that a request may name.
pub(super) fn at_most_one(id: Option<&str>) -> Result<Profiles, Refusal> {
    id.map_or(Ok(Profiles::Usual), |id| Ok(Profiles::These(vec![known(id)?])))
}

fn known(id: &str) -> Result<DeploymentProfile, Refusal> {
    let unknown =
        |_| Refusal::bad_request(format!("Deployment profile '{id}' not found for project"));
    id.parse().map_err(unknown)
}
