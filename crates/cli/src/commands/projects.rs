//! `skillstat projects`: every project.

use skillstat_app::Scope;

use super::{Scan, until_the_end};
use crate::args::CheckOptions;
use crate::exit::Exit;
use crate::render::places::short;
use crate::render::problems;
use crate::render::table::{Value, WordTable};

/// Runs the command.
pub(crate) fn projects(scan: &mut Scan<'_, '_>, options: &CheckOptions) -> anyhow::Result<Exit> {
    let progress = scan.progress();
    let answers = scan.answers(Scope::Deployments, &progress);
    let overview = until_the_end(answers.overview(None, None, &progress));
    drop(progress);
    if scan.json {
        scan.console.json(&skillstat_wire::Projects::from(&**overview))?;
    } else {
        let mut table = WordTable::of_states(&["PROJECT", "COPIES", "MODIFIED"], &scan.console.out);
        for total in overview.project_totals() {
            table.state_row(
                total.worst,
                vec![
                    Value::Text(short(total.project.as_str(), scan.surroundings)),
                    Value::Number(total.deployments),
                    Value::Number(total.modified),
                ],
            );
        }
        let table = table.render(&scan.console.out);
        scan.console.data(table.as_bytes());
        problems::tell(&overview.problems, scan.surroundings, scan.console);
    }
    Ok(Exit::judge(options.exit_code, overview.states(), &overview.problems))
}
