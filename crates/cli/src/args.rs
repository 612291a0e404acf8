//! The command line as clap reads it.

mod diff;
mod writes;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
pub(crate) use diff::DiffOptions;
use skillstat_app::{Flags, IndexFlag};
pub(crate) use writes::{
    DeployOptions, ProfileOptions, RestoreOptions, UndeployOptions, WriteCommand,
};

/// git status for agent skills: where is each one deployed, and which copies differ from what was
/// deployed?
#[derive(Debug, Parser)]
#[command(name = "skillstat", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Look at the disk, and do not ask a service that runs
    #[arg(long, global = true)]
    pub(crate) no_service: bool,
    #[command(flatten)]
    pub(crate) index: IndexOptions,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Whether copies are read that have not changed since the last time.
#[derive(Debug, Args)]
pub(crate) struct IndexOptions {
    /// Read every copy, whatever is remembered of it, and remember nothing
    #[arg(long, global = true)]
    pub(crate) no_index: bool,
    /// Read every copy, and tell where what is remembered is not true (exit code 3): for status, show, projects
    /// and doctor
    #[arg(long, global = true, conflicts_with = "no_index")]
    pub(crate) verify: bool,
}

impl From<IndexOptions> for IndexFlag {
    fn from(options: IndexOptions) -> Self {
        match options {
            IndexOptions { no_index: true, .. } => Self::Off,
            IndexOptions { verify: true, .. } => Self::Verify,
            IndexOptions { .. } => Self::Unsaid,
        }
    }
}

/// The service alone: where each agent skill is deployed, and which copies differ from what was
/// deployed, over HTTP. The working directory is no search root.
#[derive(Debug, Parser)]
#[command(name = "skillstatd", version, after_help = SERVICE_EXIT_CODES)]
pub(crate) struct Service {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(flatten)]
    pub(crate) options: ServeOptions,
    /// Print the manual page
    #[arg(long)]
    pub(crate) man: bool,
}

const SERVICE_EXIT_CODES: &str =
    "Exit codes: 0 it was told to end; 2 wrong usage or configuration; 3 failure.";

const EXIT_CODES: &str =
    "Exit codes: 0 fine; 2 wrong usage or configuration; 3 failure, also of a part.
With --exit-code also: 1 a copy is modified, in conflict or missing; 3 something could not be verified.";

/// Flags of every command; they may stand before or after it.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Look for projects below DIR (may be repeated)
    #[arg(long = "root", value_name = "DIR", global = true)]
    pub(crate) roots: Vec<PathBuf>,
    /// Look for projects at most N directories below a root
    #[arg(long, value_name = "N", global = true)]
    pub(crate) max_depth: Option<usize>,
    /// Read the configuration from FILE instead of ~/.config/skillstat/config.toml
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Read collections from DIR instead of ~/.skillmeat
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) skillmeat_home: Option<PathBuf>,
    /// Say on stderr what is being done
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

impl From<Global> for Flags {
    fn from(global: Global) -> Self {
        let Global { roots, max_depth, config, skillmeat_home, verbose: _ } = global;
        Self { roots, max_depth, config, skillmeat_home, ..Self::default() }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Scan(ScanCommand),
    #[command(flatten)]
    Write(WriteCommand),
    /// The content hash of files and directories, as SkillMeat computes it
    Hash {
        /// Files or directories
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// The settings in force, and where each came from
    Config,
    /// What is remembered of copies from one command to the next
    Cache {
        #[command(subcommand)]
        command: Option<CacheCommand>,
    },
    /// The service: the same answers over HTTP, from a cache
    Serve(ServeOptions),
    /// Every machine that reports to the server that `redis` names; or one artifact on all of them
    Fleet {
        /// `type:name`
        artifact: Option<String>,
    },
    /// Changes as they happen: a table on a terminal, lines otherwise
    Watch,
    /// A completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// The manual page
    Man,
}

/// What can be done with what is remembered.
#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// Forget it
    Clear,
}

/// The commands that look at projects.
#[derive(Debug, Subcommand)]
pub(crate) enum ScanCommand {
    /// Every artifact: in how many projects, how many modified, and the worst state (the default)
    Status(StatusOptions),
    /// One artifact: every copy and its state
    Show(ShowOptions),
    /// What changed in one copy, against the collection: a patch that `git apply` takes
    Diff(DiffOptions),
    /// Every project: how many copies, and how many modified
    Projects(CheckOptions),
}

impl Command {
    /// Tells whether its answer has room for what is remembered wrongly.
    pub(crate) fn can_verify(&self) -> bool {
        use ScanCommand::{Projects, Show, Status};
        matches!(
            self,
            Self::Scan(Status(_) | Show(_) | Projects(_)) | Self::Write(WriteCommand::Doctor(_))
        )
    }
}

impl Default for Command {
    fn default() -> Self {
        Self::Scan(ScanCommand::Status(StatusOptions::default()))
    }
}

#[derive(Debug, Default, Args)]
pub(crate) struct StatusOptions {
    /// Also artifacts of the collections that are deployed nowhere
    #[arg(long)]
    pub(crate) all: bool,
    /// Only artifacts with a modified copy
    #[arg(long)]
    pub(crate) modified: bool,
    /// Only artifacts of this type, such as skill
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Option<String>,
    /// Only this project: a path, or the name of its directory if that is unique
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,
    /// Print a table, or a report to hand on
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) check: CheckOptions,
}

/// How `status` is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal
    #[default]
    Table,
    /// For a pull request or a wiki
    Markdown,
    /// For a spreadsheet: a row for each copy
    Csv,
    /// One page with the picture, which loads nothing
    Html,
}

#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// Listen on ADDRESS instead of 127.0.0.1:8787
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Listen without a key on the socket PATH too, instead of one named after the configuration
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// Listen on no such socket
    #[arg(long, conflicts_with = "socket")]
    pub(crate) no_socket: bool,
    /// Let pages of ORIGIN read and write, such as `http://localhost:3000` (may be repeated)
    #[arg(long = "origin", value_name = "ORIGIN")]
    pub(crate) origins: Vec<String>,
    /// Answer to this name besides those of this machine (may be repeated)
    #[arg(long = "host", value_name = "NAME")]
    pub(crate) hosts: Vec<String>,
    /// Let whoever connects from this machine write without a key, as SkillMeat's client does
    #[arg(long)]
    pub(crate) trust_loopback: bool,
    /// Reach other machines through Redis or Valkey at URL, such as `rediss://host/0`; user and password
    /// are named elsewhere
    #[arg(long, value_name = "URL")]
    pub(crate) redis: Option<String>,
    /// Log what FILTER lets through, such as debug or `info,skillstat_http::request=debug`
    #[arg(long, value_name = "FILTER")]
    pub(crate) log: Option<String>,
    /// Write the log as JSON
    #[arg(long)]
    pub(crate) log_json: bool,
}

impl ServeOptions {
    /// Adds what is said here to the flags of every command.
    pub(crate) fn flags(&self, global: Global) -> Flags {
        Flags {
            listen: self.listen,
            socket: self.socket.clone(),
            no_socket: self.no_socket,
            redis: self.redis.clone(),
            log: self.log.clone(),
            ..global.into()
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ShowOptions {
    /// `type:name`, or a name if it is unique
    pub(crate) artifact: String,
    #[command(flatten)]
    pub(crate) check: CheckOptions,
}

#[derive(Debug, Default, Args)]
pub(crate) struct CheckOptions {
    /// Exit with 1 if a copy is modified, in conflict or missing, else with 3 if anything could not be verified
    #[arg(long)]
    pub(crate) exit_code: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
        Service::command().debug_assert();
    }
}
