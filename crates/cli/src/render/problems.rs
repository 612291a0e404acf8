//! Problems beside an answer.

use anstyle::AnsiColor;
use skillstat_app::Surroundings;
use skillstat_domain::Problem;

use super::places::short;
use super::plain::plain;
use super::states::counted;
use crate::console::Console;

/// How many problems are told beside an answer; `doctor` tells all.
const TOLD: usize = 5;

/// Says the first problems on stderr.
pub(crate) fn tell(problems: &[Problem], surroundings: &Surroundings, console: &mut Console<'_>) {
    for problem in problems.iter().take(TOLD) {
        let prefix = console.err.paint("problem:", AnsiColor::Yellow.on_default().bold());
        let text = describe(problem, surroundings);
        console.note(&format!("{prefix} {text}"));
    }
    if let Some(more) = problems.len().checked_sub(TOLD).filter(|&more| more > 0) {
        console
            .note(&format!("and {}: `skillstat doctor` tells all", counted(more, "more problem")));
    }
}

/// Returns a problem as two lines: where and what, then what to do.
pub(crate) fn describe(problem: &Problem, surroundings: &Surroundings) -> String {
    let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
    let (reason, fix) = (plain(&problem.reason), plain(&problem.fix));
    format!("{}{line}: {reason}\n  to mend it: {fix}", short(&problem.path, surroundings))
}
