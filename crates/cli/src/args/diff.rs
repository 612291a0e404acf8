//! `skillstat diff` as clap reads it.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

#[derive(Debug, Args)]
pub(crate) struct DiffOptions {
    /// `type:name`, or a name if it is unique
    pub(crate) artifact: String,
    /// The project: a path, or the name of its directory if that is unique; not needed where the
    /// artifact is in one only
    #[arg(long, value_name = "PROJECT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) project: Option<String>,
    /// The copy in this profile root, such as .codex, instead of the first
    #[arg(long, value_name = "NAME")]
    pub(crate) profile_root: Option<String>,
    /// Compare with this collection instead of the one it was deployed from
    #[arg(long, value_name = "NAME")]
    pub(crate) collection: Option<String>,
    /// Only how many lines of which files
    #[arg(long)]
    pub(crate) stat: bool,
    /// Print it at once, however long
    #[arg(long)]
    pub(crate) no_pager: bool,
    /// Exit with 1 if any file differs
    #[arg(long)]
    pub(crate) exit_code: bool,
}
