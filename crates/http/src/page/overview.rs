//! The page as it comes: what can be read without a script.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use skillstat_domain::{
    Answer, ArtifactId, Collection, DeploymentStatistics, Overview, Problem, QueryError, Scanned,
};
use tokio::time::timeout;

use super::escaped::Escaped;
use super::template::fill;
use crate::aside::aside;
use crate::freshness::Freshness;
use crate::guard::Rights;
use crate::problem::Refusal;
use crate::routes::root::VERSION;
use crate::state::HttpState;

const TEMPLATE: &str = include_str!("assets/page.html");

/// How long a browser waits for the table; a first scan may take longer, and then the page says so.
const PATIENCE: Duration = Duration::from_millis(500);

/// The most problems that are shown; `skillstat doctor` tells all.
const PROBLEMS: usize = 100;

/// The choice of machines, which the script fills; only where there are others to ask for.
const HOSTS: &str =
    "<label>Host <select id=\"host\"><option value=\"\">this machine</option></select></label>";

const NOTHING: &str = "<p class=\"notice\">Nothing is deployed below the search roots, and no collection has artifacts. \
                       <code>skillstat doctor</code> tells where it looks.</p>";

/// What fills the places of the template.
#[derive(Debug, Default)]
struct Filling {
    summary: String,
    /// What to say in place of a table.
    notice: &'static str,
    rows: String,
    problems: String,
    /// Asks a browser without scripts to come again.
    again: &'static str,
}

/// Renders the page, with the table if it is there soon and the client may read it.
pub(super) async fn render(state: &HttpState, rights: Rights) -> Result<String, Refusal> {
    let filling = if rights.read {
        match timeout(PATIENCE, answers(state)).await {
            Ok(Ok((overview, collections))) => {
                let age = Freshness::new(&overview).and(&collections).age(state);
                aside(move || Ok(table(&overview.cached.value, &collections.cached.value, age)))
                    .await?
            }
            Ok(Err(error)) => failed(error),
            Err(_) => scanning(),
        }
    } else {
        locked()
    };
    Ok(fill(TEMPLATE, |name| match name {
        "version" => VERSION.to_owned(),
        "hosts" if state.services.others.is_some() => HOSTS.to_owned(),
        "summary" => filling.summary.clone(),
        "notice" => filling.notice.to_owned(),
        "rows" => filling.rows.clone(),
        "without rows" if filling.rows.is_empty() => " hidden".to_owned(),
        "without problems" if filling.problems.is_empty() => " hidden".to_owned(),
        "problems" => filling.problems.clone(),
        "again" => filling.again.to_owned(),
        _ => String::new(),
    }))
}

type Answers = (Answer<Overview>, Answer<Scanned<Vec<Collection>>>);

async fn answers(state: &HttpState) -> Result<Answers, QueryError> {
    let query = &state.services.query;
    let collections = query.collections().await?;
    Ok((query.overview().await?, collections))
}

fn failed(error: QueryError) -> Filling {
    // Whoever runs the service finds the reason in its log.
    let _logged = Refusal::from(error);
    Filling {
        notice: "<p class=\"notice\">There is no answer: the service could not read the projects. Its log says \
                 why.</p>",
        ..Filling::default()
    }
}

fn scanning() -> Filling {
    Filling {
        notice: "<p class=\"notice\">The projects are being read for the first time. Without a script this page asks \
                 again in two seconds.</p>",
        again: "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>",
        ..Filling::default()
    }
}

fn locked() -> Filling {
    Filling {
        notice: "<p class=\"notice\">This service takes its key for reading, too. A browser without scripts cannot \
                 send one.</p>",
        ..Filling::default()
    }
}

fn table(overview: &Overview, collections: &Scanned<Vec<Collection>>, age: Duration) -> Filling {
    let none = DeploymentStatistics::default();
    let held = collections.value.iter().flat_map(|collection| &collection.artifacts);
    let mut all: BTreeMap<&ArtifactId, &DeploymentStatistics> =
        held.map(|artifact| (&artifact.id, &none)).collect();
    all.extend(&overview.artifacts);
    let problems: BTreeSet<&Problem> =
        overview.problems.iter().chain(&collections.problems).collect();
    let (artifacts, projects) = (all.len(), overview.projects.len());
    let modified = all.values().map(|statistics| statistics.modified()).sum::<usize>();
    let seconds = age.as_secs();
    let notice = if all.is_empty() { NOTHING } else { "" };
    let mut filling = Filling {
        summary: format!(
            "{artifacts} artifacts, {projects} projects, {modified} modified; read {seconds} s ago"
        ),
        notice,
        ..Filling::default()
    };
    for (artifact, statistics) in all {
        row(&mut filling.rows, artifact, statistics);
    }
    list(&mut filling.problems, &problems);
    filling
}

fn row(rows: &mut String, artifact: &ArtifactId, statistics: &DeploymentStatistics) {
    let state = statistics.worst().map_or("not deployed", |worst| worst.as_str());
    let (kind, name) = (Escaped(artifact.kind()), Escaped(artifact.name()));
    let (total, modified) = (statistics.total(), statistics.modified());
    writeln!(
        rows,
        "<tr><td><bdi>{kind}</bdi></td><th scope=\"row\"><bdi>{name}</bdi></th><td>{total}</td>\
         <td>{modified}</td><td>{state}</td></tr>"
    )
    .expect("writing to a String cannot fail");
}

fn list(items: &mut String, problems: &BTreeSet<&Problem>) {
    for problem in problems.iter().take(PROBLEMS) {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        let (path, reason) = (Escaped(&problem.path), Escaped(&problem.reason));
        let fix = Escaped(&problem.fix);
        writeln!(
            items,
            "<li><bdi>{path}{line}</bdi>: <bdi>{reason}</bdi><br>To mend it: <bdi>{fix}</bdi></li>"
        )
        .expect("writing to a String cannot fail");
    }
    if let Some(more) = problems.len().checked_sub(PROBLEMS + 1) {
        let more = more + 1;
        writeln!(items, "<li>{more} more: <code>skillstat doctor</code> tells all.</li>")
            .expect("writing to a String cannot fail");
    }
}
