//! `skillstat show`: one artifact.

use skillstat_domain::{DeploymentStatistics, Overview};

use super::{Scan, select};
use crate::args::ShowOptions;
use crate::exit::Exit;
use crate::render::places::short;
use crate::render::plain::plain;
use crate::render::problems;
use crate::render::states::counted;
use crate::render::table::{StateTable, Value};

/// Runs the command.
pub(crate) fn show(scan: &mut Scan<'_, '_>, options: &ShowOptions) -> anyhow::Result<Exit> {
    let collections = scan.app.collections().collections();
    let mut chosen = None;
    let mut overview = scan.overview(|inventory| {
        let of_collections = collections.value.iter().flat_map(|found| &found.artifacts);
        let mut known = inventory.artifacts();
        known.extend(of_collections.map(|artifact| &artifact.id));
        let known: Vec<_> = known.into_iter().collect();
        let artifact = select::artifact(&options.artifact, &known)?;
        chosen = Some(artifact.clone());
        Ok(Box::new(move |_, candidate| *candidate == artifact))
    })?;
    let artifact = chosen.expect("an overview without error has chosen");
    let statistics = overview.artifacts.remove(&artifact).unwrap_or_default();
    let elsewhere = overview.problems.iter().filter(|problem| problem.artifact.is_none()).count();

    let shown = Overview {
        projects: overview.projects,
        problems: statistics.problems.clone(),
        artifacts: std::iter::once((artifact.clone(), statistics.clone())).collect(),
    };
    let exit = Exit::of_overview(&shown, options.check.exit_code);
    if scan.json {
        scan.console.json(&skillstat_wire::Statistics::from(&statistics))?;
    } else {
        scan.console.line(&format!(
            "{}: in {}, modified in {}",
            plain(artifact.as_str()),
            counted(statistics.total(), "project"),
            statistics.modified(),
        ));
        table(scan, &statistics);
        problems::tell(&statistics.problems, scan.surroundings, scan.console);
    }
    if elsewhere > 0 {
        scan.console.note(&format!(
            "{} elsewhere may hide deployments: see `skillstat doctor`",
            counted(elsewhere, "problem")
        ));
    }
    Ok(exit)
}

fn table(scan: &mut Scan<'_, '_>, statistics: &DeploymentStatistics) {
    if statistics.projects.is_empty() {
        return;
    }
    let mut table = StateTable::new(&["PROJECT", "COPY", "DEPLOYED"], &scan.console.out);
    for deployment in &statistics.projects {
        let project = short(deployment.project().as_str(), scan.surroundings);
        for copy in deployment.copies() {
            let path = format!("{}/{}", copy.profile_root, copy.path.as_str());
            let cells = [project.clone(), path, copy.deployed_at.to_string()];
            table.row(Some(copy.state.name()), cells.into_iter().map(Value::Text).collect());
        }
    }
    let table = table.render(&scan.console.out);
    scan.console.line("");
    scan.console.data(table.as_bytes());
}
