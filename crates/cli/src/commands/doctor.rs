//! `skillstat doctor`: what is in the way of a true answer.

use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};
use skillstat_app::{Setting, WatchLimits, index_content};
use skillstat_domain::{DeploymentProfile, Problem, ProfileRoot, ProjectPath};

use super::again::Again;
use super::{Scan, Writing};
use crate::args::CheckOptions;
use crate::exit::Exit;
use crate::render::places::short;
use crate::render::plain::plain;
use crate::render::problems::describe;
use crate::render::states::counted;

/// Runs the command.
pub(crate) fn doctor(
    writing: &mut Writing<'_, '_>,
    options: &CheckOptions,
) -> anyhow::Result<Exit> {
    let vanished = writing.runtime.block_on(writing.commands.vanished_records());
    let mut vanished = vanished.context("failed to look for records that have vanished")?;
    for problem in &mut vanished {
        if let Some(line) = recording(problem, &writing.again) {
            problem.fix = format!("record it again with {line}");
        }
    }
    let scan = &mut writing.scan;
    // What is in the way is on the disk, whatever a service knows of it.
    let progress = scan.progress();
    let service = scan.app.statistics();
    let overview = service.overview(&service.inventory(&progress), &|_, _| true, &progress);
    drop(progress);
    let collections = scan.app.collections().collections();
    let mut problems = overview.problems.clone();
    problems.extend(collections.problems);
    problems.extend(vanished);
    problems.extend(scan.app.untrue_index());
    problems.sort();
    // Some concern copies too.
    problems.dedup();
    let roots = roots(scan, &overview.projects);
    let exit = Exit::judge(options.exit_code, overview.states(), &problems);
    if scan.json {
        let roots: Vec<_> = roots
            .iter()
            .map(|(path, projects)| json!({ "path": path, "projects": projects }))
            .collect();
        let collections: Vec<_> = collections
            .value
            .iter()
            .map(|found| json!({ "name": found.name, "path": found.path.as_str(), "active": found.active, "artifacts": found.artifacts.len() }))
            .collect();
        let problems: Vec<_> = problems.iter().map(skillstat_wire::Problem::from).collect();
        scan.console.json(&json!({
            "roots": roots,
            "collections": collections,
            "index": index_json(scan),
            "watch": watch_json(scan),
            "problems": problems,
        }))?;
        return Ok(exit);
    }
    let origin = &scan.config.roots.origin;
    scan.console.line(&format!("Search roots ({origin}), {} deep:", scan.config.max_depth.value));
    for (path, projects) in &roots {
        let found = projects.map_or("not there".to_owned(), |count| counted(count, "project"));
        scan.console.line(&format!("  {}: {found}", short(path, scan.surroundings)));
    }
    let home = &scan.config.skillmeat_home;
    scan.console.line(&format!(
        "Collections in {} ({}):",
        short(home.value.as_str(), scan.surroundings),
        home.origin
    ));
    for found in &collections.value {
        let active = if found.active { ", active" } else { "" };
        scan.console.line(&format!(
            "  {}: {}{active}",
            plain(&found.name),
            counted(found.artifacts.len(), "artifact")
        ));
    }
    if collections.value.is_empty() {
        scan.console.line("  none");
    }
    index(scan);
    watch(scan);
    tell(scan, &problems);
    Ok(exit)
}

/// Returns the command line that records a copy again, from here and with the same collections.
fn recording(problem: &Problem, again: &Again) -> Option<String> {
    let profile_root = Path::new(&problem.path).parent()?;
    let root = ProfileRoot::new(profile_root.file_name()?.to_str()?).ok()?;
    let (artifact, project) = (problem.artifact.as_ref()?, profile_root.parent()?.to_str()?);
    let profile = DeploymentProfile::of_root(root);
    let words = ["deploy", artifact.as_str(), "--project", project];
    Some(again.line(&[&words[..], &["--profile", profile.id()]].concat()))
}

/// Returns the search roots, and how many projects lie below each that is there.
fn roots(scan: &Scan<'_, '_>, projects: &[ProjectPath]) -> Vec<(String, Option<usize>)> {
    let roots = scan.app.roots().into_iter();
    roots
        .map(|root| {
            let below = root.resolved.as_ref().map(|resolved| {
                projects.iter().filter(|project| project.as_path().starts_with(resolved)).count()
            });
            (root.configured.display().to_string(), below)
        })
        .collect()
}

/// Tells what is remembered of copies, and where.
fn index(scan: &mut Scan<'_, '_>) {
    let Setting { value: used, origin } = &scan.config.index;
    let content = index_content(scan.config);
    let path = short(&content.path.display().to_string(), scan.surroundings);
    scan.console.line(&format!("Index of fingerprints ({origin}):"));
    let holds = match &content.entries {
        _ if !used => "not used".to_owned(),
        Ok(_) if content.bytes == 0 => "not there".to_owned(),
        Ok(entries) => counted(*entries, "content"),
        Err(reason) => plain(reason).into_owned(),
    };
    scan.console.line(&format!("  {path}: {holds}"));
}

fn index_json(scan: &Scan<'_, '_>) -> Value {
    let content = index_content(scan.config);
    json!({
        "path": content.path.display().to_string(),
        "used": scan.config.index.value,
        "entries": content.entries.ok(),
        "size_bytes": content.bytes,
    })
}

/// Tells how a service would see changes, and what the system allows.
fn watch(scan: &mut Scan<'_, '_>) {
    let Setting { value, origin } = &scan.config.watch;
    scan.console.line(&format!("Watching ({origin}):"));
    scan.console
        .line(&format!("  {value}, at most {} directories", scan.config.watch_budget.value));
    let limits = WatchLimits::read();
    let limits = [
        ("max_user_watches", limits.watches, Some(limits.watches_used)),
        ("max_user_instances", limits.instances, Some(limits.instances_used)),
        ("max_queued_events", limits.queued_events, None),
    ];
    for (name, limit, used) in limits {
        let Some(limit) = limit else { continue };
        let used = used.map(|used| format!(", {used} used by you")).unwrap_or_default();
        scan.console.line(&format!("  fs.inotify.{name}: {limit}{used}"));
    }
}

fn watch_json(scan: &Scan<'_, '_>) -> Value {
    let limits = WatchLimits::read();
    json!({
        "method": scan.config.watch.value.to_string(),
        "budget": scan.config.watch_budget.value,
        "max_user_watches": limits.watches,
        "watches_used": limits.watches_used,
        "max_user_instances": limits.instances,
        "instances_used": limits.instances_used,
        "max_queued_events": limits.queued_events,
    })
}

fn tell(scan: &mut Scan<'_, '_>, problems: &[Problem]) {
    if problems.is_empty() {
        scan.console.line("No problems.");
        return;
    }
    scan.console.line(&format!("{}:", counted(problems.len(), "problem")));
    for problem in problems {
        let text = describe(problem, scan.surroundings).replace('\n', "\n  ");
        scan.console.line(&format!("  {text}"));
    }
}
