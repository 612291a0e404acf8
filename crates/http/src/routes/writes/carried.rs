//! Having an order carried out.

use std::sync::Arc;

use skillstat_domain::{
    DeployError, DeployOrder, DeploymentProfile, Done, ItemReport, Outcome, QueryError,
    UndeployOrder,
};

use super::failure::Failure;
use crate::problem::Refusal;
use crate::state::HttpState;

/// What was done for one artifact in one project: one thing for each profile, in their order.
#[derive(Debug)]
pub(super) struct Carried {
    /// The first of them.
    pub(super) first: Done,
    /// The ids of the profiles, sorted.
    pub(super) profiles: Vec<String>,
}

/// Why an order was not carried out, or not all of it.
#[derive(Debug)]
pub(super) enum NotCarried {
    /// Nobody can tell what was done.
    Unknown(QueryError),
    /// The first thing that failed, and the profiles for which it is done all the same.
    Failed(DeployError, Vec<String>),
}

/// Deploys.
pub(super) async fn deploy(state: &HttpState, order: DeployOrder) -> Result<Carried, NotCarried> {
    let reports = state.services.commands.deploy(order, Arc::new(())).await;
    sort(reports.map_err(NotCarried::Unknown)?)
}

/// Undeploys.
pub(super) async fn undeploy(
    state: &HttpState,
    order: UndeployOrder,
) -> Result<Carried, NotCarried> {
    let reports = state.services.commands.undeploy(order, Arc::new(())).await;
    sort(reports.map_err(NotCarried::Unknown)?)
}

fn sort(reports: Vec<ItemReport>) -> Result<Carried, NotCarried> {
    let (mut done, mut failed) = (Vec::new(), None);
    for report in reports {
        match report.outcome {
            Outcome::Done(one) => done.push(one),
            Outcome::Failed(error) => failed = failed.or(Some(error)),
            Outcome::Planned(_) | Outcome::Skipped(_) => {
                let reason = "an order to write was answered by something else".to_owned();
                return Err(NotCarried::Unknown(QueryError::Failed { reason }));
            }
        }
    }
    let profile =
        |done: &Done| DeploymentProfile::of_root(done.plan.profile_root.clone()).id().to_owned();
    let mut profiles: Vec<_> = done.iter().map(profile).collect();
    profiles.sort();
    if let Some(error) = failed {
        return Err(NotCarried::Failed(error, profiles));
    }
    let first = done.into_iter().next().ok_or_else(|| {
        NotCarried::Unknown(QueryError::Failed { reason: "an order had no answer".to_owned() })
    })?;
    Ok(Carried { first, profiles })
}

impl NotCarried {
    /// Puts it into words; those of the route come before those that all routes share.
    pub(super) fn refusal(
        self,
        failure: &Failure<'_>,
        of_route: impl FnOnce(&DeployError) -> Option<Refusal>,
    ) -> Refusal {
        match self {
            Self::Unknown(error) => error.into(),
            Self::Failed(error, done) => {
                let refusal = of_route(&error).unwrap_or_else(|| failure.refusal(&error));
                if done.is_empty() {
                    return refusal;
                }
                refusal.with_more(&format!("; it is done for: {}", done.join(", ")))
            }
        }
    }
}
