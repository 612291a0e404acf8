//! `skillstat status`: every artifact.

use anyhow::anyhow;
use skillstat_app::{Scope, SystemWallClock};
use skillstat_domain::{ArtifactId, Overview, WallClock};

use super::{Scan, select, until_the_end};
use crate::args::{Format, StatusOptions};
use crate::console::Stream;
use crate::exit::{Exit, Usage};
use crate::render::problems;
use crate::render::report::{Report, csv, html, markdown};
use crate::render::states::{counted, summary};
use crate::render::table::{Value, WordTable};

/// Runs the command.
pub(crate) fn status(scan: &mut Scan<'_, '_>, options: &StatusOptions) -> anyhow::Result<Exit> {
    let report: Option<fn(&Report<'_>) -> String> = match options.format {
        Format::Table => None,
        Format::Markdown => Some(markdown::markdown),
        Format::Csv => Some(csv::csv),
        Format::Html => Some(html::html),
    };
    if scan.json && report.is_some() {
        return Err(Usage::wrap(anyhow!(
            "--json and --format are two formats; leave one of them out"
        )));
    }
    let progress = scan.progress();
    let scope = if options.all { Scope::AndCollections } else { Scope::Deployments };
    let answers = scan.answers(scope, &progress);
    let project = options.project.as_deref();
    let project = project
        .map(|wanted| select::project(wanted, answers.projects(), scan.surroundings))
        .transpose()?;
    let kind = options.kind.as_deref();
    let mut overview = until_the_end(answers.overview(project.as_ref(), kind, &progress));
    drop(progress);
    if options.all {
        let (overview, deployed) = (overview.to_mut(), answers.artifacts());
        let of_type = |artifact: &ArtifactId| kind.is_none_or(|kind| artifact.kind() == kind);
        let collections = answers.collections();
        let artifacts = collections.value.into_iter().flat_map(|collection| collection.artifacts);
        for id in
            artifacts.map(|artifact| artifact.id).filter(|id| of_type(id) && !deployed.contains(id))
        {
            overview.artifacts.entry(id).or_default();
        }
        overview.problems.extend(collections.problems);
        overview.problems.sort();
        // Some concern copies too.
        overview.problems.dedup();
    }
    if options.modified {
        overview.to_mut().artifacts.retain(|_, statistics| statistics.modified() > 0);
    }
    if scan.json {
        scan.console.stream(&skillstat_wire::Status::from(&**overview));
    } else if let Some(print) = report {
        let report = Report { overview: &overview, made: made() };
        scan.console.data(print(&report).as_bytes());
        if options.format == Format::Csv {
            problems::tell(&overview.problems, scan.surroundings, scan.console);
        }
    } else {
        if !overview.artifacts.is_empty() {
            let table = table(&overview, &scan.console.out);
            scan.console.data(table.as_bytes());
        } else if answers.artifacts().is_empty() {
            say_where_was_looked(scan, &overview);
        } else {
            scan.console.note("nothing matches; `skillstat status` shows all");
        }
        problems::tell(&overview.problems, scan.surroundings, scan.console);
    }
    Ok(Exit::judge(options.check.exit_code, overview.states(), &overview.problems))
}

/// Says when a report was made, and by whom.
fn made() -> String {
    let now = SystemWallClock.utc().to_string().replace('T', " ");
    let to_the_second = now.split(['.', '+']).next().unwrap_or_default();
    format!("Made {to_the_second} UTC by skillstat {}", env!("CARGO_PKG_VERSION"))
}

fn say_where_was_looked(scan: &mut Scan<'_, '_>, overview: &Overview) {
    let roots = &scan.config.roots;
    scan.console.note(&format!(
        "no deployed artifact in {} below {} ({}); `skillstat doctor` tells where was looked",
        counted(overview.projects.len(), "project"),
        counted(roots.value.len(), "search root"),
        roots.origin,
    ));
}

/// Returns the table of the artifacts, and below it how many copies are in which state.
pub(crate) fn table(overview: &Overview, stream: &Stream<'_>) -> String {
    let mut table = WordTable::of_states(&["ARTIFACT", "PROJECTS", "MODIFIED"], stream);
    for (artifact, statistics) in &overview.artifacts {
        table.state_row(
            statistics.worst(),
            vec![
                Value::Text(artifact.to_string()),
                Value::Number(statistics.total()),
                Value::Number(statistics.modified()),
            ],
        );
    }
    let table = table.render(stream);
    let copies = match overview.states().count() {
        0 => return table,
        1 => "1 copy".to_owned(),
        copies => format!("{copies} copies"),
    };
    let projects = counted(overview.projects.len(), "project");
    format!("{table}\n{copies} in {projects}: {}\n", summary(overview.states()))
}
