//! One page with the picture: artifacts down, projects across. It holds all it needs, loads nothing and runs
//! nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use skillstat_domain::{DeploymentStatistics, ProjectDeployment, ProjectPath, StateName};

use super::Report;
use crate::render::plain::plain;

const STYLE: &str = include_str!("html/report.css");

/// Returns the report.
pub(crate) fn html(report: &Report<'_>) -> String {
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Deployments of agent skills</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>Deployments of agent skills</h1>\n<p>{}. {}.</p>\n",
        escaped(&report.summary()),
        escaped(&report.made)
    );
    matrix(&mut html, report);
    copies(&mut html, report);
    problems(&mut html, report);
    html += "</main>\n</body>\n</html>\n";
    html
}

fn matrix(html: &mut String, report: &Report<'_>) {
    let artifacts = &report.overview.artifacts;
    if artifacts.is_empty() {
        return;
    }
    let mut projects: Vec<_> = artifacts
        .values()
        .flat_map(|statistics| statistics.projects.iter().map(ProjectDeployment::project))
        .collect();
    projects.sort();
    projects.dedup();

    *html += "<ul class=\"key\" aria-label=\"What the signs mean\">\n";
    for state in StateName::ALL.iter().rev() {
        add(html, format_args!("<li><b class=\"{state}\">{}</b> {state}</li>\n", sign(*state)));
    }
    *html += "</ul>\n<div class=\"matrix\" tabindex=\"0\" role=\"region\" aria-label=\"Artifacts and projects\">\n\
              <table>\n<thead>\n<tr><th scope=\"col\">Artifact</th><th scope=\"col\">Projects</th>\
              <th scope=\"col\">Modified</th>";
    for project in &projects {
        let (path, name) = (escaped(project.as_str()), name(project.name()));
        add(
            html,
            format_args!(
                "<th scope=\"col\" class=\"project\" title=\"{path}\"><span>{name}</span></th>"
            ),
        );
    }
    *html += "</tr>\n</thead>\n<tbody>\n";
    for (artifact, statistics) in artifacts {
        add(
            html,
            format_args!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td>",
                name(artifact.as_str()),
                statistics.total(),
                statistics.modified()
            ),
        );
        cells(html, &projects, statistics);
        *html += "</tr>\n";
    }
    *html += "</tbody>\n</table>\n</div>\n";
}

fn cells(html: &mut String, projects: &[&ProjectPath], statistics: &DeploymentStatistics) {
    let deployments: BTreeMap<_, _> =
        statistics.projects.iter().map(|deployment| (deployment.project(), deployment)).collect();
    for project in projects {
        let Some(deployment) = deployments.get(project) else {
            *html += "<td>";
            continue;
        };
        let copies = deployment.copies().map(|copy| match copy.state.kind() {
            Some(kind) => format!("{}: {}, {kind}", copy.profile_root, copy.state.name()),
            None => format!("{}: {}", copy.profile_root, copy.state.name()),
        });
        let title = format!("{}; {}", project.name(), copies.collect::<Vec<_>>().join("; "));
        let state = deployment.state();
        let (sign, title) = (sign(state), escaped(&title));
        add(html, format_args!("<td class=\"{state}\" title=\"{title}\">{sign}"));
    }
}

fn copies(html: &mut String, report: &Report<'_>) {
    let copies = report.to_look_at();
    if copies.is_empty() {
        return;
    }
    *html += "<h2>Copies to look at</h2>\n<div class=\"list\">\n<table>\n<thead>\n<tr><th scope=\"col\">State</th>\
              <th scope=\"col\">Why</th><th scope=\"col\">Artifact</th><th scope=\"col\">Project</th>\
              <th scope=\"col\">Copy</th></tr>\n</thead>\n<tbody>\n";
    for placed in copies {
        let state = placed.copy.state.name();
        let cells =
            [placed.why(), placed.artifact.to_string(), placed.project.to_string(), placed.path()];
        add(html, format_args!("<tr><td><b class=\"{state}\">{}</b> {state}</td>", sign(state)));
        for cell in cells {
            add(html, format_args!("<td>{}</td>", name(&cell)));
        }
        *html += "</tr>\n";
    }
    *html += "</tbody>\n</table>\n</div>\n";
}

fn problems(html: &mut String, report: &Report<'_>) {
    if report.overview.problems.is_empty() {
        return;
    }
    *html += "<h2>Problems</h2>\n<ul class=\"problems\">\n";
    for problem in &report.overview.problems {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = name(&format!("{}{line}", problem.path));
        let (reason, fix) = (name(&problem.reason), name(&problem.fix));
        add(html, format_args!("<li><code>{place}</code>: {reason}; to mend it: {fix}</li>\n"));
    }
    *html += "</ul>\n";
}

/// A sign of one letter, for those who do not tell the colours apart.
fn sign(state: StateName) -> char {
    match state {
        StateName::Synced => '✓',
        StateName::Outdated => '↑',
        StateName::Missing => '–',
        StateName::Unreadable => '?',
        StateName::Modified => 'M',
        StateName::Conflict => '!',
    }
}

/// Returns a name that reorders nothing around it.
fn name(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

/// Returns a text as it stands in an element or in an attribute within quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in plain(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn add(html: &mut String, text: std::fmt::Arguments<'_>) {
    html.write_fmt(text).expect("writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_an_element_or_an_attribute() {
        assert_eq!(escaped("<script>"), "&lt;script&gt;");
        assert_eq!(escaped("\" onload='x' &amp;"), "&quot; onload=&#39;x&#39; &amp;amp;");
        assert_eq!(name("a\u{202e}\0"), "<bdi>a\\u{202e}\\u{0}</bdi>");
    }
}
