//! The commands, each a file: from an answer of the application to text or JSON.

mod completions;
mod config;
mod doctor;
mod hash;
mod man;
mod projects;
mod select;
mod show;
mod status;

pub(crate) use completions::completions;
pub(crate) use config::config;
pub(crate) use doctor::doctor;
pub(crate) use hash::hash;
pub(crate) use man::man;
pub(crate) use projects::projects;
pub(crate) use show::show;
use skillstat_app::{App, Config, Surroundings};
use skillstat_domain::{ArtifactId, Inventory, Overview, ProjectPath};
pub(crate) use status::status;

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

/// Chooses copies by project and artifact.
type Wanted = Box<dyn Fn(&ProjectPath, &ArtifactId) -> bool>;

impl Scan<'_, '_> {
    fn progress(&self) -> Progress {
        Progress::new(self.console.err.width.is_some())
    }

    /// Finds projects and reads trackers, then lets `select` choose the copies to look at.
    fn overview(
        &self,
        select: impl FnOnce(&mut Inventory) -> anyhow::Result<Wanted>,
    ) -> anyhow::Result<Overview> {
        let (service, progress) = (self.app.statistics(), self.progress());
        let mut inventory = service.inventory(&progress);
        let wanted = select(&mut inventory)?;
        Ok(service.overview(&inventory, &*wanted, &progress))
    }

    /// Looks at everything.
    fn everything(&self) -> Overview {
        let (service, progress) = (self.app.statistics(), self.progress());
        service.overview(&service.inventory(&progress), &|_, _| true, &progress)
    }
}
