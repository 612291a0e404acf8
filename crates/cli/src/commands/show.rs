//! `skillstat show`: one artifact.

use skillstat_app::Scope;
use skillstat_domain::DeploymentStatistics;

use super::{Scan, select};
use crate::args::ShowOptions;
use crate::exit::Exit;
use crate::render::places::short;
use crate::render::plain::plain;
use crate::render::problems;
use crate::render::states::counted;
use crate::render::table::{Value, WordTable};

/// Runs the command.
pub(crate) fn show(scan: &mut Scan<'_, '_>, options: &ShowOptions) -> anyhow::Result<Exit> {
    let progress = scan.progress();
    let answers = scan.answers(Scope::AndCollections, &progress);
    let collections = answers.collections();
    let mut known = answers.artifacts();
    let of_collections = collections.value.iter().flat_map(|found| &found.artifacts);
    known.extend(of_collections.map(|artifact| &artifact.id));
    let artifact = select::artifact(&options.artifact, &known)?;
    let statistics = answers.statistics(&artifact, &progress);
    drop(progress);

    // Where nobody knows which artifact a problem hides, it may be this one.
    let mut elsewhere = answers.problems();
    elsewhere.retain(|problem| problem.artifact.is_none());
    let doubts = [statistics.problems.as_slice(), &elsewhere].concat();
    let exit = Exit::judge(options.check.exit_code, statistics.states(), &doubts);
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
    if !elsewhere.is_empty() {
        scan.console.note(&format!(
            "{} elsewhere may hide deployments: see `skillstat doctor`",
            counted(elsewhere.len(), "problem")
        ));
    }
    Ok(exit)
}

fn table(scan: &mut Scan<'_, '_>, statistics: &DeploymentStatistics) {
    if statistics.projects.is_empty() {
        return;
    }
    let mut table =
        WordTable::of_states(&["PROJECT", "COPY", "DEPLOYED", "KIND"], &scan.console.out);
    for deployment in &statistics.projects {
        let project = short(deployment.project().as_str(), scan.surroundings);
        for copy in deployment.copies() {
            let path = format!("{}/{}", copy.profile_root, copy.path.as_str());
            let kind = copy.state.kind().map(|kind| kind.to_string()).unwrap_or_default();
            let cells = [project.clone(), path, copy.deployed_at.to_string(), kind];
            table.state_row(Some(copy.state.name()), cells.into_iter().map(Value::Text).collect());
        }
    }
    let table = table.render(&scan.console.out);
    scan.console.line("");
    scan.console.data(table.as_bytes());
}
