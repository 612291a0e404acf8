//! What the commands that write share: having an order carried out, and telling what became of it.

mod mend;

use std::future::Future;
use std::sync::Arc;

use anyhow::Context;
pub(crate) use mend::Mend;
use skillstat_domain::{
    DeployObserver, DeploymentCommands, ItemReport, Outcome, Profiles, QueryError,
};
use skillstat_wire::{Written, WrittenItem};
use tokio::runtime::Runtime;

use super::Scan;
use super::again::Again;
use crate::args::ProfileOptions;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::render::outcomes::{self, Line};
use crate::render::problems;
use crate::wiring::Wiring;

/// What a command that writes works with.
#[derive(Debug)]
pub(crate) struct Writing<'a, 'c> {
    pub(crate) scan: Scan<'a, 'c>,
    pub(crate) commands: Arc<dyn DeploymentCommands>,
    pub(crate) runtime: Runtime,
    pub(crate) again: Again,
}

impl<'a, 'c> Writing<'a, 'c> {
    /// Wires together what writes.
    pub(crate) fn start(scan: Scan<'a, 'c>, wiring: &Wiring, again: Again) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let commands = wiring(scan.app, scan.config, runtime.handle())?;
        Ok(Self { scan, commands, runtime, again })
    }

    /// Waits for an order to be carried out, and shows on a terminal how far it is.
    pub(crate) fn carry_out<T, F>(
        &self,
        order: impl FnOnce(Arc<dyn DeployObserver>) -> F,
    ) -> anyhow::Result<T>
    where
        F: Future<Output = Result<T, QueryError>>,
    {
        let progress = Arc::new(self.scan.progress());
        let reports = self.runtime.block_on(order(Arc::<Progress>::clone(&progress) as _));
        progress.end();
        reports.context("it is not known what was written: look with `skillstat status`")
    }

    /// Tells what became of an order; `mend` says what to do about what failed.
    pub(crate) fn tell(
        &mut self,
        reports: &[ItemReport],
        dry_run: bool,
        mend: &Mend<'_>,
    ) -> anyhow::Result<Exit> {
        let items = reports.iter().map(|report| {
            let mended = match &report.outcome {
                Outcome::Failed(error) => Some(mend.item(error, report)),
                Outcome::Done(_) | Outcome::Planned(_) | Outcome::Skipped(_) => None,
            };
            let line = Line::of_item(report, mended.clone(), self.scan.surroundings);
            (line, with_fix(report.into(), mended))
        });
        let (lines, items) = items.unzip();
        self.show(lines, items, dry_run)
    }

    /// Prints lines and what they come to, or items.
    pub(crate) fn show(
        &mut self,
        lines: Vec<Line>,
        items: Vec<WrittenItem>,
        dry_run: bool,
    ) -> anyhow::Result<Exit> {
        let written = Written::new(dry_run, items);
        if self.scan.json {
            self.scan.console.json(&written)?;
        } else {
            outcomes::table(&lines, self.scan.console);
            outcomes::notes(&lines, self.scan.console);
            let warnings: Vec<_> = lines.into_iter().flat_map(|line| line.warnings).collect();
            problems::tell(&warnings, self.scan.surroundings, self.scan.console);
        }
        Ok(if written.failed > 0 { Exit::Failure } else { Exit::Fine })
    }
}

/// Puts the command line that mends an item in the place of the general advice.
pub(crate) fn with_fix(mut item: WrittenItem, mended: Option<String>) -> WrittenItem {
    item.result.fix = mended.or(item.result.fix);
    item
}

impl From<&ProfileOptions> for Profiles {
    fn from(options: &ProfileOptions) -> Self {
        if options.all_profiles {
            Self::All
        } else if options.profiles.is_empty() {
            Self::Usual
        } else {
            Self::These(options.profiles.clone())
        }
    }
}
