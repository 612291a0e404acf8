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
    Ok(tell_stale(&hosts, console))
}

/// Tells of whom nothing is known any more.
fn tell_stale(hosts: &[HostReport], console: &mut Console<'_>) -> Exit {
    let mut exit = Exit::Fine;
    for HostReport { summary, age } in hosts.iter().filter(|host| host.is_stale()) {
        exit = Exit::Failure;
        console.complain(&format!(
            "nobody knows how {} is: its last report is {} old",
            plain(&summary.name),
            rough(*age)
        ));
    }
    exit
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
    use skillstat_domain::{HostId, HostSummary};

    use super::*;
    use crate::console::Stream;

    #[test]
    fn a_time_is_told_in_its_largest_unit() {
        for (seconds, text) in
            [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (90_000, "1 d")]
        {
            assert_eq!(rough(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn nothing_that_another_machine_calls_itself_is_obeyed() {
        let summary = HostSummary {
            host: HostId::from_bytes([1; 16]),
            name: "\u{1b}[2J\u{202e}desk\n".to_owned(),
            version: "\u{9b}2J".to_owned(),
            watch: WatchState::Live,
            roots: 1,
            projects: 1,
            problems: 0,
            modified: 0,
            artifacts: Vec::new(),
            left_out: 1,
        };
        let hosts = [HostReport { summary, age: Duration::from_secs(90) }];
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let stream = |writer| Stream { writer, color: false, size: None };
        let mut console = Console::new(stream(&mut out), stream(&mut err));
        show_hosts(&hosts, &mut console);
        show_artifact(&"skill:a".parse().unwrap(), &hosts, &mut console);
        assert_eq!(tell_stale(&hosts, &mut console), Exit::Failure);
        console.finish(Exit::Fine);
        let told = String::from_utf8([out, err].concat()).unwrap();
        let obeyed = told.chars().filter(|&c| c != '\n' && skillstat_domain::is_active(c));
        assert_eq!(obeyed.collect::<String>(), "", "{told}");
        assert!(told.lines().all(|line| !line.starts_with(" is")), "a name is on one line: {told}");
        assert_eq!(told.matches("desk").count(), 3, "{told}");
    }
}
