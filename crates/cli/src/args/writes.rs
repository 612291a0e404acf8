//! The commands that write into projects.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use skillstat_domain::DeploymentProfile;

use super::CheckOptions;

/// The commands that write into projects, and the one that looks after what was written.
#[derive(Debug, Subcommand)]
pub(crate) enum WriteCommand {
    /// Put copies of artifacts into projects, and record them
    Deploy(DeployOptions),
    /// Take copies of artifacts and their records out of projects
    Undeploy(UndeployOptions),
    /// What was replaced or taken away: the list, or bring some of it back
    Restore(RestoreOptions),
    /// What is in the way of a true answer, and what to do about it
    Doctor(CheckOptions),
}

#[derive(Debug, Args)]
#[command(after_help = DEPLOY)]
pub(crate) struct DeployOptions {
    /// `type:name`, or a name if it is unique in the collections
    #[arg(required = true, value_name = "ARTIFACT")]
    pub(crate) artifacts: Vec<String>,
    /// Into these projects: paths of directories, or names of directories that are unique among the
    /// projects (may be repeated)
    #[arg(long = "project", value_name = "PROJECT", num_args = 1.., value_parser = NonEmptyStringValueParser::new(), required_unless_present = "all_synced")]
    pub(crate) projects: Vec<String>,
    /// Take artifacts from this collection; otherwise from the active one, then from the others
    #[arg(long, value_name = "NAME")]
    pub(crate) collection: Option<String>,
    #[command(flatten)]
    pub(crate) profiles: ProfileOptions,
    /// Into this directory instead of the usual one: relative to the project and below the profile
    /// root, such as `.claude/skills/dev`
    #[arg(long, value_name = "PATH")]
    pub(crate) dest: Option<String>,
    /// Replace every copy that is what was deployed, wherever it is; others are skipped
    #[arg(long, conflicts_with_all = ["projects", "profiles", "all_profiles", "dest", "force"])]
    pub(crate) all_synced: bool,
    #[command(flatten)]
    pub(crate) how: WriteOptions,
}

const DEPLOY: &str = "A copy that was edited, or that no record knows, is replaced only with --force. \
What is replaced is kept: `skillstat restore` lists it and brings it back.";

#[derive(Debug, Args)]
pub(crate) struct UndeployOptions {
    /// `type:name`, or a name if it is unique in these projects
    #[arg(required = true, value_name = "ARTIFACT")]
    pub(crate) artifacts: Vec<String>,
    /// Out of these projects: paths, or names of directories if they are unique (may be repeated)
    #[arg(long = "project", value_name = "PROJECT", num_args = 1.., value_parser = NonEmptyStringValueParser::new(), required = true)]
    pub(crate) projects: Vec<String>,
    #[command(flatten)]
    pub(crate) profiles: ProfileOptions,
    #[command(flatten)]
    pub(crate) how: WriteOptions,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreOptions {
    /// The backups to bring back, by their names in the list; without one, or with `list`, the list
    #[arg(value_name = "ID")]
    pub(crate) backups: Vec<String>,
    #[command(flatten)]
    pub(crate) how: WriteOptions,
}

/// For which agents.
#[derive(Debug, Args)]
pub(crate) struct ProfileOptions {
    /// For this agent: `claude_code` (the usual one), `codex`, `gemini`, `cursor`, `bob`, `other`, or a
    /// profile root such as `.mine` (may be repeated)
    #[arg(long = "profile", value_name = "PROFILE")]
    pub(crate) profiles: Vec<DeploymentProfile>,
    /// For every agent that the project has a profile root for
    #[arg(long, conflicts_with = "profiles")]
    pub(crate) all_profiles: bool,
}

/// How something is written.
#[derive(Debug, Args)]
pub(crate) struct WriteOptions {
    /// Only tell what would be done
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Also where a copy is not what was deployed
    #[arg(short, long)]
    pub(crate) force: bool,
}
