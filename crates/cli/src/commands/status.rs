//! `skillstat status`: every artifact.

use skillstat_domain::Overview;

use super::{Scan, select};
use crate::args::StatusOptions;
use crate::exit::Exit;
use crate::render::plain::plain;
use crate::render::problems;
use crate::render::states::{counted, summary};
use crate::render::table::{StateTable, Value};

/// Runs the command.
pub(crate) fn status(scan: &mut Scan<'_, '_>, options: &StatusOptions) -> anyhow::Result<Exit> {
    let mut overview = scan.overview(|inventory| {
        if let Some(wanted) = &options.project {
            let project = select::project(wanted, &inventory.projects, scan.surroundings)?;
            inventory.retain(|candidate| *candidate == project);
        }
        let kind = options.kind.clone();
        Ok(Box::new(move |_, artifact| kind.as_deref().is_none_or(|kind| artifact.kind() == kind)))
    })?;
    if options.all {
        add_undeployed(scan, options, &mut overview);
    }
    if options.modified {
        overview.artifacts.retain(|_, statistics| statistics.modified() > 0);
    }
    let exit = Exit::judge(options.check.exit_code, overview.states(), &overview.problems);
    if scan.json {
        scan.console.json(&wire(&overview))?;
    } else {
        table(scan, &overview);
        problems::tell(&overview.problems, scan.surroundings, scan.console);
    }
    Ok(exit)
}

/// Adds the artifacts of the collections that have no record anywhere.
fn add_undeployed(scan: &Scan<'_, '_>, options: &StatusOptions, overview: &mut Overview) {
    let read = scan.app.collections().collections();
    for artifact in read.value.into_iter().flat_map(|collection| collection.artifacts) {
        if options.kind.as_deref().is_none_or(|kind| artifact.id.kind() == kind) {
            overview.artifacts.entry(artifact.id).or_default();
        }
    }
    overview.problems.extend(read.problems);
    overview.problems.sort();
}

fn wire(overview: &Overview) -> skillstat_wire::Status {
    skillstat_wire::Status {
        projects: overview.projects.len(),
        artifacts: overview
            .artifacts
            .iter()
            .map(|(artifact, statistics)| {
                skillstat_wire::ArtifactStatistics::new(artifact, statistics)
            })
            .collect(),
        problems: overview.problems.iter().map(Into::into).collect(),
    }
}

fn table(scan: &mut Scan<'_, '_>, overview: &Overview) {
    if overview.artifacts.is_empty() {
        let roots = &scan.config.roots;
        scan.console.note(&format!(
            "no deployed artifact in {} below {} ({}); `skillstat doctor` tells where was looked",
            counted(overview.projects.len(), "project"),
            counted(roots.value.len(), "search root"),
            roots.origin,
        ));
        return;
    }
    let mut table = StateTable::new(&["ARTIFACT", "PROJECTS", "MODIFIED"], &scan.console.out);
    for (artifact, statistics) in &overview.artifacts {
        table.row(
            statistics.worst(),
            vec![
                Value::Text(plain(artifact.as_str()).into_owned()),
                Value::Number(statistics.total()),
                Value::Number(statistics.modified()),
            ],
        );
    }
    let table = table.render(&scan.console.out);
    scan.console.data(table.as_bytes());
    scan.console.line(&totals(overview));
}

fn totals(overview: &Overview) -> String {
    let copies = match overview.states().count() {
        1 => "1 copy".to_owned(),
        copies => format!("{copies} copies"),
    };
    let projects = counted(overview.projects.len(), "project");
    format!("\n{copies} in {projects}: {}", summary(overview.states()))
}
