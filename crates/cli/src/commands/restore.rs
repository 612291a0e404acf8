//! `skillstat restore`: what was replaced or taken away, and bringing it back.

use anyhow::{Context, anyhow};
use skillstat_domain::{Backup, BackupId, Outcome, RestoreOrder};
use skillstat_wire::Backups;

use super::select;
use super::writing::{Mend, Writing, with_fix};
use crate::args::RestoreOptions;
use crate::exit::{Exit, Usage};
use crate::render::outcomes::{Line, copies};
use crate::render::places::short;
use crate::render::plain::plain;
use crate::render::problems;
use crate::render::size::bytes;
use crate::render::table::{Value, WordTable};

/// Runs the command.
pub(crate) fn restore(
    writing: &mut Writing<'_, '_>,
    options: &RestoreOptions,
) -> anyhow::Result<Exit> {
    if options.backups.is_empty() {
        return list(writing);
    }
    let backups = select::each_once(options.backups.iter().map(|id| {
        id.parse::<BackupId>().map_err(|error| {
            let list = writing.again.line(&["restore"]);
            Usage::wrap(anyhow!("`{}` is no backup: {error}; {list} lists all", plain(id)))
        })
    }))?;
    let dry_run = options.how.dry_run;
    let order = RestoreOrder { backups, force: options.how.force, dry_run };
    let reports = writing.carry_out(|observer| writing.commands.restore(order, observer))?;
    let (again, surroundings) = (writing.again.clone(), writing.scan.surroundings);
    let mend = Mend::new(
        &again,
        surroundings,
        "restore",
        options.how.force.then_some("--force").into_iter().collect(),
    );
    // Those that were not brought back are still there to tell of what they are, if they can be read.
    let all_done = reports.iter().all(|report| matches!(report.outcome, Outcome::Done(_)));
    let listed = (!all_done).then(|| writing.runtime.block_on(writing.commands.backups()));
    let kept = listed.and_then(Result::ok).map(|listed| listed.value).unwrap_or_default();
    let (lines, items) = reports
        .iter()
        .map(|report| {
            let mended = match &report.outcome {
                Outcome::Failed(error) => Some(mend.backup(error, &report.backup)),
                Outcome::Done(_) | Outcome::Planned(_) | Outcome::Skipped(_) => None,
            };
            let line = Line::of_backup(
                report,
                kept.iter().find(|one| one.id == report.backup),
                mended.clone(),
                writing.scan.surroundings,
            );
            (line, with_fix(report.into(), mended))
        })
        .unzip();
    writing.show(lines, items, dry_run)
}

fn list(writing: &mut Writing<'_, '_>) -> anyhow::Result<Exit> {
    let backups = writing.runtime.block_on(writing.commands.backups());
    let backups = backups.context("failed to list what is kept")?;
    let scan = &mut writing.scan;
    if scan.json {
        scan.console.json(&Backups::from(&backups))?;
        return Ok(Exit::Fine);
    }
    if backups.value.is_empty() {
        scan.console.note("nothing was replaced or taken away, or it is no longer kept");
    } else {
        let columns = ["WHEN", "ARTIFACT", "PROJECT", "COPY", "SIZE"];
        let mut table = WordTable::new("ID", &columns, &scan.console.out);
        for backup in &backups.value {
            table.plain_row(cells(backup, &short(backup.project.as_str(), scan.surroundings)));
        }
        let table = table.render(&scan.console.out);
        scan.console.data(table.as_bytes());
    }
    problems::tell(&backups.problems, scan.surroundings, scan.console);
    Ok(Exit::Fine)
}

fn cells(backup: &Backup, project: &str) -> Vec<Value> {
    let texts = [
        backup.id.to_string(),
        backup.at.to_string(),
        backup.artifact.to_string(),
        project.to_owned(),
        copies(backup),
    ];
    let size = Value::Right(bytes(backup.size_bytes));
    texts.into_iter().map(Value::Text).chain([size]).collect()
}
