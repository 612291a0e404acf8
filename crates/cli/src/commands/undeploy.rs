//! `skillstat undeploy`: copies of artifacts out of projects.

use std::collections::BTreeSet;

use skillstat_domain::{DeploymentProfile, Inventory, ItemReport, UndeployOrder};

use super::writing::{Mend, Writing};
use super::{Scan, select};
use crate::args::UndeployOptions;
use crate::exit::Exit;
use crate::render::places::short;
use crate::render::plain::plain;

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
    let more = options.how.force.then_some("--force").into_iter().collect();
    let mend = Mend::new(&again, surroundings, "undeploy", more);
    let exit = writing.tell(&reports, options.how.dry_run, &mend)?;
    if !options.profiles.all_profiles && options.profiles.profiles.is_empty() {
        tell_others(&mut writing.scan, &reports, &inventory);
    }
    Ok(exit)
}

/// Says which copies in other profile roots were not meant.
fn tell_others(scan: &mut Scan<'_, '_>, reports: &[ItemReport], inventory: &Inventory) {
    if scan.json {
        return;
    }
    for report in reports {
        let here = inventory.records.iter().filter(|records| records.project == report.project);
        let of_artifact = here
            .flat_map(|records| &records.records)
            .filter(|record| record.artifact == report.artifact);
        let roots: BTreeSet<_> = of_artifact
            .map(|record| &record.profile_root)
            .filter(|root| report.profile_root.as_ref() != Some(*root))
            .collect();
        for root in roots {
            let profile = DeploymentProfile::of_root(root.clone());
            scan.console.note(&format!(
                "{} in {} is in {} too, and stays there; name it with --profile {}, or all with \
                 --all-profiles",
                plain(report.artifact.as_str()),
                short(report.project.as_str(), scan.surroundings),
                plain(root.as_str()),
                plain(profile.id()),
            ));
        }
    }
}
