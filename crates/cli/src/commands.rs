//! The commands, each a file: from an answer of the application to text or JSON.

mod again;
mod cache;
mod completions;
mod config;
mod deploy;
mod diff;
mod doctor;
mod fleet;
mod hash;
mod man;
mod projects;
mod restore;
mod select;
mod serve;
mod show;
mod status;
mod undeploy;
mod watch;
mod writing;

use std::mem::ManuallyDrop;

pub(crate) use again::Again;
pub(crate) use cache::cache;
pub(crate) use completions::completions;
pub(crate) use config::config;
pub(crate) use deploy::deploy;
pub(crate) use diff::diff;
pub(crate) use doctor::doctor;
pub(crate) use fleet::fleet;
pub(crate) use hash::hash;
pub(crate) use man::{man, service_man};
pub(crate) use projects::projects;
pub(crate) use restore::restore;
pub(crate) use serve::serve;
pub(crate) use show::show;
use skillstat_app::{Answers, App, Config, Scope, Source, Surroundings};
pub(crate) use status::status;
pub(crate) use undeploy::undeploy;
pub(crate) use watch::watch;
pub(crate) use writing::Writing;

use crate::console::Console;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::render::places::short;
use crate::render::plain::plain;

/// What a command that looks at projects works with.
#[derive(Debug)]
pub(crate) struct Scan<'a, 'c> {
    pub(crate) app: &'a App,
    pub(crate) config: &'a Config,
    pub(crate) surroundings: &'a Surroundings,
    pub(crate) json: bool,
    pub(crate) verbose: bool,
    pub(crate) console: &'a mut Console<'c>,
}

impl<'a> Scan<'a, '_> {
    /// Has what was read remembered, and tells how the command ends: what the index has said wrongly is a
    /// failure.
    pub(crate) fn remember(&mut self, exit: Exit) -> Exit {
        if let Some(report) = self.app.keep_index()
            && self.verbose
        {
            self.console.note(&plain(&report.to_string()));
        }
        if self.app.untrue_index().is_empty() { exit } else { Exit::Failure }
    }

    fn progress(&self) -> Progress {
        Progress::new(self.console.err.size.is_some())
    }

    /// Asks a service, or looks at the disk, and says which if that was asked for.
    fn answers(&mut self, scope: Scope, progress: &Progress) -> ManuallyDrop<Answers<'a>> {
        let answers = self.app.answers(scope, progress);
        if self.verbose {
            let said = match answers.source() {
                Source::Service { socket, age } => {
                    let socket = socket.display().to_string();
                    let socket = short(&socket, self.surroundings);
                    format!("answered by the service at {socket}, {} ms old", age.as_millis())
                }
                Source::Disk { reason } => format!("looked at the disk: {}", plain(reason)),
            };
            self.console.note(&said);
        }
        until_the_end(answers)
    }
}

/// Keeps what a command was told until the process ends: giving ten thousand texts back one by one is a twentieth
/// of a run.
fn until_the_end<T>(told: T) -> ManuallyDrop<T> {
    ManuallyDrop::new(told)
}
