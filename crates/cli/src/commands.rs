//! The commands, each a file: from an answer of the application to text or JSON.

mod completions;
mod config;
mod doctor;
mod hash;
mod man;
mod projects;
mod select;
mod serve;
mod show;
mod status;
mod watch;

pub(crate) use completions::completions;
pub(crate) use config::config;
pub(crate) use doctor::doctor;
pub(crate) use hash::hash;
pub(crate) use man::{man, service_man};
pub(crate) use projects::projects;
pub(crate) use serve::serve;
pub(crate) use show::show;
use skillstat_app::{App, Config, Surroundings};
use skillstat_domain::Overview;
pub(crate) use status::status;
pub(crate) use watch::watch;

use crate::console::Console;
use crate::progress::Progress;

/// What a command that looks at projects works with.
#[derive(Debug)]
pub(crate) struct Scan<'a, 'c> {
    pub(crate) app: &'a App,
    pub(crate) config: &'a Config,
    pub(crate) surroundings: &'a Surroundings,
    pub(crate) json: bool,
    pub(crate) console: &'a mut Console<'c>,
}

impl Scan<'_, '_> {
    fn progress(&self) -> Progress {
        Progress::new(self.console.err.size.is_some())
    }

    /// Looks at everything.
    fn everything(&self) -> Overview {
        let (service, progress) = (self.app.statistics(), self.progress());
        service.overview(&service.inventory(&progress), &|_, _| true, &progress)
    }
}
