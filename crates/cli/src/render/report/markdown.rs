//! Tables for a pull request or a wiki.

use std::fmt::Write as _;

use super::Report;
use crate::render::plain::plain;

/// Returns the report.
pub(crate) fn markdown(report: &Report<'_>) -> String {
    let mut text =
        format!("# Deployments of agent skills\n\n{}. {}.\n", report.summary(), report.made);
    if !report.overview.artifacts.is_empty() {
        text += "\n| State | Artifact | Projects | Modified |\n|---|---|--:|--:|\n";
    }
    for (artifact, statistics) in &report.overview.artifacts {
        let worst = statistics.worst().map_or("-", skillstat_domain::StateName::as_str);
        let (total, modified) = (statistics.total(), statistics.modified());
        add(
            &mut text,
            &format!("| {worst} | {} | {total} | {modified} |", code(artifact.as_str())),
        );
    }
    let copies = report.to_look_at();
    if !copies.is_empty() {
        text += "\n## Copies to look at\n\n| State | Why | Artifact | Project | Copy |\n|---|---|---|---|---|\n";
    }
    for placed in copies {
        let state = placed.copy.state.name();
        let cells =
            [placed.why(), placed.artifact.to_string(), placed.project.to_string(), placed.path()];
        let cells = cells.iter().map(|cell| code(cell)).collect::<Vec<_>>().join(" | ");
        add(&mut text, &format!("| {state} | {cells} |"));
    }
    if !report.overview.problems.is_empty() {
        text += "\n## Problems\n\n";
    }
    for problem in &report.overview.problems {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = code(&format!("{}{line}", problem.path));
        let (reason, fix) = (code(&problem.reason), code(&problem.fix));
        add(&mut text, &format!("- {place}: {reason}; to mend it: {fix}"));
    }
    text
}

fn add(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a String cannot fail");
}

/// Returns a text as a span of code, in which nothing is a link, a mention or markup, nor the end of a
/// cell.
fn code(text: &str) -> String {
    let text = plain(text).replace('|', "\\u{7c}");
    if text.is_empty() {
        return text;
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // Blanks keep a backtick apart from the fence; one on either side is not shown.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_span_of_code() {
        assert_eq!(code("skill:pdf"), "`skill:pdf`");
        assert_eq!(code(""), "");
        assert_eq!(code("<script>@me"), "`<script>@me`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code("a|b\nc"), "`a\\u{7c}b\\u{a}c`");
    }
}
