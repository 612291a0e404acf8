//! What became of an order to write, as JSON.

use serde::{Deserialize, Serialize};
use skillstat_domain::{Action, DeployError, ItemReport, Outcome, Plan, RestoreReport, Skipped};

use crate::Problem;

/// What became of everything an order asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Written {
    /// Whether it was only asked what would be done.
    pub dry_run: bool,
    /// One for each artifact, project and profile root, or for each backup, in the order of the order.
    pub items: Vec<WrittenItem>,
    /// How many of them are done, or would be.
    pub done: usize,
    /// How many needed nothing done, or were not asked for.
    pub skipped: usize,
    /// How many are as they were before.
    pub failed: usize,
}

/// What became of one thing an order asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct WrittenItem {
    /// The artifact, `type:name`, or null when the backup that was asked for is not known.
    pub artifact: Option<String>,
    /// The project, or null as above.
    pub project_path: Option<String>,
    /// The profile root, or null when it was not known.
    pub profile_root: Option<String>,
    /// The backup that was to be brought back, or null.
    pub backup: Option<String>,
    /// What became of it, in the same object.
    #[serde(flatten)]
    pub result: WrittenResult,
}

/// Whether it was done, and what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct WrittenResult {
    /// `done`, `planned`, `skipped` or `failed`.
    pub outcome: String,
    /// `create`, `replace`, `move`, `record`, `remove`, `remove_record`, `restore` or `up_to_date`; null
    /// when nothing was to be done.
    pub action: Option<String>,
    /// Where the copy is or was, below the profile root, or null.
    pub path: Option<String>,
    /// Where the copy was before a `move`, or null.
    pub from: Option<String>,
    /// The content hash of the copy afterwards, or null when there is none.
    pub content_hash: Option<String>,
    /// The date on the new record, or null.
    pub deployed_at: Option<String>,
    /// The backup that holds what was there before, or null when nothing was.
    pub kept_as: Option<String>,
    /// How often another program took the record away, so that it was written again.
    pub written_again: u32,
    /// What sort of error it is, in snake case, such as `needs_force`; null when it did not fail.
    pub error: Option<String>,
    /// Why it was skipped, or failed; or null.
    pub reason: Option<String>,
    /// What to do about it, or null.
    pub fix: Option<String>,
    /// What else should be known.
    pub warnings: Vec<Problem>,
}

impl Written {
    /// Counts the items.
    pub fn new(dry_run: bool, items: Vec<WrittenItem>) -> Self {
        let count = |outcomes: &[&str]| {
            let of = |item: &&WrittenItem| outcomes.contains(&item.result.outcome.as_str());
            items.iter().filter(of).count()
        };
        Self {
            dry_run,
            done: count(&["done", "planned"]),
            skipped: count(&["skipped"]),
            failed: count(&["failed"]),
            items,
        }
    }
}

impl From<&ItemReport> for WrittenItem {
    fn from(report: &ItemReport) -> Self {
        Self {
            artifact: Some(report.artifact.to_string()),
            project_path: Some(report.project.to_string()),
            profile_root: report.profile_root.as_ref().map(ToString::to_string),
            backup: None,
            result: (&report.outcome).into(),
        }
    }
}

impl From<&RestoreReport> for WrittenItem {
    fn from(report: &RestoreReport) -> Self {
        let plan = match &report.outcome {
            Outcome::Done(done) => Some(&done.plan),
            Outcome::Planned(plan) => Some(plan),
            Outcome::Skipped(_) | Outcome::Failed(_) => None,
        };
        Self {
            artifact: plan.map(|plan| plan.artifact.to_string()),
            project_path: plan.map(|plan| plan.project.to_string()),
            profile_root: plan.map(|plan| plan.profile_root.to_string()),
            backup: Some(report.backup.to_string()),
            result: (&report.outcome).into(),
        }
    }
}

impl From<&Outcome> for WrittenResult {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Done(done) => Self {
                outcome: "done".to_owned(),
                deployed_at: done.deployed_at.as_ref().map(ToString::to_string),
                kept_as: done.backup.as_ref().map(ToString::to_string),
                written_again: done.written_again,
                ..planned(&done.plan)
            },
            Outcome::Planned(plan) => planned(plan),
            Outcome::Skipped(skipped) => Self {
                outcome: "skipped".to_owned(),
                reason: Some(match skipped {
                    Skipped::UpToDate => "up to date".to_owned(),
                    Skipped::NotSynced(state) => state.to_string(),
                }),
                ..Self::default()
            },
            Outcome::Failed(error) => Self {
                outcome: "failed".to_owned(),
                error: Some(error_kind(error).to_owned()),
                reason: Some(error.to_string()),
                fix: Some(error.fix()),
                ..Self::default()
            },
        }
    }
}

fn planned(plan: &Plan) -> WrittenResult {
    let from = match &plan.action {
        Action::Move { from } => Some(from.to_string()),
        _ => None,
    };
    WrittenResult {
        outcome: "planned".to_owned(),
        action: Some(action_name(&plan.action).to_owned()),
        path: Some(plan.path.to_string()),
        from,
        content_hash: plan.hash.map(|hash| hash.to_string()),
        warnings: plan.warnings.iter().map(Into::into).collect(),
        ..WrittenResult::default()
    }
}

fn action_name(action: &Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Replace => "replace",
        Action::Move { .. } => "move",
        Action::Record => "record",
        Action::Remove => "remove",
        Action::RemoveRecord => "remove_record",
        Action::Restore => "restore",
        Action::UpToDate => "up_to_date",
    }
}

fn error_kind(error: &DeployError) -> &'static str {
    match error {
        DeployError::ArtifactNotFound { .. } => "artifact_not_found",
        DeployError::CollectionNotFound { .. } => "collection_not_found",
        DeployError::Destination(_) => "destination",
        DeployError::ProjectMissing { .. } => "project_missing",
        DeployError::OutsideRoots { .. } => "outside_roots",
        DeployError::NeverFound { .. } => "never_found",
        DeployError::ProfileRootLeaves { .. } => "profile_root_leaves",
        DeployError::AlreadyDeployed { .. } => "already_deployed",
        DeployError::NeedsForce { .. } => "needs_force",
        DeployError::InTheWay { .. } => "in_the_way",
        DeployError::NotDeployed { .. } => "not_deployed",
        DeployError::Tracker { .. } => "tracker",
        DeployError::Busy { .. } => "busy",
        DeployError::Source { .. } => "source",
        DeployError::Changed { .. } => "changed",
        DeployError::RecordErased { .. } => "record_erased",
        DeployError::Unconfirmed { .. } => "unconfirmed",
        DeployError::BackupNotFound { .. } => "backup_not_found",
        DeployError::Interrupted { .. } => "interrupted",
        DeployError::Failed { .. } => "failed",
    }
}

#[cfg(test)]
mod tests;
