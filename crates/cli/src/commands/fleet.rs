//! `skillstat fleet`: every machine that reports, or one artifact on all of them.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use anyhow::{Context, anyhow};
use skillstat_app::Config;
use skillstat_domain::{ArtifactId, HostReport, StateName, WatchState};
use skillstat_wire::{FleetArtifact, FleetHosts, FleetTotal};

use crate::console::Console;
use crate::exit::{Exit, Usage};
use crate::render::plain::plain;
use crate::render::states;
use crate::render::table::{Value, WordTable};

/// What is said of a machine that has been silent for too long, and of what it said.
const STALE: &str = "stale";

/// Runs the command.
pub(crate) fn fleet(
    config: &Config,
    artifact: Option<&str>,
    json: bool,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let artifact = artifact.map(id).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let hosts = runtime.block_on(skillstat_app::hosts(config))?;
    let Some(hosts) = hosts else {
        return Err(Usage::wrap(anyhow!(
            "no other machines are known: name a server with `redis = \"rediss://host/0\"` in {}",
            config.file.value.display()
        )));
    };
    match (&artifact, json) {
        (None, true) => console.json(&FleetHosts::new(&hosts, skillstat_app::host_id(config)))?,
        (Some(artifact), true) => console.json(&FleetArtifact::new(artifact, &hosts))?,
        (None, false) => show_hosts(&hosts, console),
        (Some(artifact), false) => show_artifact(artifact, &hosts, console),
    }
    let stale: Vec<_> = hosts.iter().filter(|host| host.is_stale()).collect();
    for host in &stale {
        let HostReport { summary, age } = host;
        console.complain(&format!(
            "nobody knows how {} is: its last report is {} old",
            plain(&summary.name),
            rough(*age)
        ));
    }
    Ok(if stale.is_empty() { Exit::Fine } else { Exit::Failure })
}

fn id(text: &str) -> anyhow::Result<ArtifactId> {
    text.parse().with_context(|| format!("`{text}` is no artifact")).map_err(Usage::wrap)
}

fn show_hosts(hosts: &[HostReport], console: &mut Console<'_>) {
    let columns = ["HOST", "PROJECTS", "ARTIFACTS", "MODIFIED", "PROBLEMS", "SEEN", "VERSION"];
    let mut table = WordTable::new("WATCH", &columns, &console.out);
    for host in hosts {
        let summary = &host.summary;
        let (word, style) = match summary.watch {
            _ if host.is_stale() => (STALE, AnsiColor::Red.on_default()),
            WatchState::Live => (summary.watch.as_str(), AnsiColor::Green.on_default()),
            state @ (WatchState::Off | WatchState::Starting | WatchState::Degraded) => {
                (state.as_str(), AnsiColor::Yellow.on_default())
            }
        };
        let cells = vec![
            Value::Text(summary.name.clone()),
            Value::Number(summary.projects),
            Value::Number(summary.artifacts.len() + summary.left_out),
            Value::Number(summary.modified),
            Value::Number(summary.problems),
            Value::Text(format!("{} ago", rough(host.age))),
            Value::Text(summary.version.clone()),
        ];
        table.row(word, style, cells);
    }
    print(&table, console);
    let total = FleetTotal::from(hosts);
    console.note(&format!(
        "{} hosts, {} of them stale; without these {} projects, {} artifacts, {} modified",
        total.hosts, total.stale, total.projects, total.artifacts, total.modified
    ));
}

fn show_artifact(artifact: &ArtifactId, hosts: &[HostReport], console: &mut Console<'_>) {
    let columns = ["HOST", "DEPLOYMENTS", "MODIFIED", "SEEN"];
    let mut table = WordTable::new("STATE", &columns, &console.out);
    for host in hosts {
        let found = host.summary.artifacts.iter().find(|found| found.artifact == *artifact);
        let Some(found) = found else { continue };
        let (word, style) = match found.worst {
            _ if host.is_stale() => (STALE, AnsiColor::Red.on_default()),
            Some(state) => (StateName::as_str(state), states::style(state)),
            None => ("-", Style::new()),
        };
        let cells = vec![
            Value::Text(host.summary.name.clone()),
            Value::Number(found.total),
            Value::Number(found.modified),
            Value::Text(format!("{} ago", rough(host.age))),
        ];
        table.row(word, style, cells);
    }
    print(&table, console);
    let shown = FleetArtifact::new(artifact, hosts);
    if shown.hosts.is_empty() {
        console.note(&format!("no machine reports `{artifact}`"));
    }
    for name in &shown.may_have_it {
        let name = plain(name);
        console.note(&format!("{name} has more artifacts than it reports, and may have it, too"));
    }
}

fn print(table: &WordTable, console: &mut Console<'_>) {
    let table = table.render(&console.out);
    console.data(table.as_bytes());
}

/// A time as people say it: the largest unit there is one of.
fn rough(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_its_largest_unit() {
        for (seconds, text) in
            [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (90_000, "1 d")]
        {
            assert_eq!(rough(Duration::from_secs(seconds)), text);
        }
    }
}
