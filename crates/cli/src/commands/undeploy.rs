//! `skillstat undeploy`: copies of artifacts out of projects.

use skillstat_domain::UndeployOrder;

use super::select;
use super::writing::{Mend, Writing};
use crate::args::UndeployOptions;
use crate::exit::Exit;

/// Runs the command.
pub(crate) fn undeploy(
    writing: &mut Writing<'_, '_>,
    options: &UndeployOptions,
) -> anyhow::Result<Exit> {
    let progress = writing.scan.progress();
    let inventory = writing.scan.app.statistics().inventory(&progress);
    drop(progress);
    let surroundings = writing.scan.surroundings;
    let wanted = options.projects.iter();
    let projects = select::each_once(
        wanted.map(|wanted| select::project(wanted, &inventory.projects, surroundings)),
    )?;
    // A name that is unique in these projects is enough; elsewhere it is only for the error.
    let of_these = inventory.records.iter().filter(|records| projects.contains(&records.project));
    let there = of_these.flat_map(|records| &records.records).map(|record| &record.artifact);
    let (there, all) = (there.collect(), inventory.artifacts());
    let artifacts = select::each_once(options.artifacts.iter().map(|wanted| {
        let known = if select::is_called(wanted, &there) { &there } else { &all };
        select::artifact(wanted, known)
    }))?;
    let order = UndeployOrder {
        artifacts,
        projects,
        profiles: (&options.profiles).into(),
        force: options.how.force,
        keep_copies: false,
        dry_run: options.how.dry_run,
    };
    let reports = writing.carry_out(|observer| writing.commands.undeploy(order, observer))?;
    let again = writing.again.clone();
    writing.tell(
        &reports,
        options.how.dry_run,
        &Mend::new(&again, surroundings, "undeploy", Vec::new()),
    )
}
