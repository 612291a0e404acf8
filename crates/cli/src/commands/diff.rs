//! `skillstat diff`: what changed in one copy, as a patch.

use anyhow::anyhow;
use skillstat_app::Scope;
use skillstat_domain::{
    ArtifactDiff, ArtifactId, CopyReport, DeploymentStatistics, DiffError, DiffRequest, FileDiff,
    FileStatus, FileText, ProfileRoot, ProjectPath, WantedTexts, quoted,
};

use super::{Scan, select};
use crate::args::DiffOptions;
use crate::exit::{Exit, Usage};
use crate::pager::Pager;
use crate::render::places::short;
use crate::render::plain::plain;
use crate::render::{diffstat, patch, problems};

/// Runs the command. Both sides are read from the disk, whoever told which projects there are.
pub(crate) fn diff(scan: &mut Scan<'_, '_>, options: &DiffOptions) -> anyhow::Result<Exit> {
    let profile_root = options.profile_root.as_deref().map(ProfileRoot::new).transpose();
    let profile_root = profile_root.map_err(Usage::wrap)?;
    let progress = scan.progress();
    let answers = scan.answers(Scope::Deployments, &progress);
    let collections = scan.app.collections().collections().value;
    if let Some(wanted) = options.collection.as_deref()
        && !collections.iter().any(|found| found.name == wanted)
    {
        return Err(Usage::wrap(select::no_collection(wanted, &collections)));
    }
    // What is deployed nowhere is not unknown when a collection has it.
    let (deployed, held) = (answers.artifacts(), collections.iter().flat_map(|one| &one.artifacts));
    let held = held.map(|artifact| &artifact.id).collect();
    let known = if select::is_called(&options.artifact, &deployed) { &deployed } else { &held };
    let artifact = select::artifact(&options.artifact, known)?;
    let statistics = answers.statistics(&artifact, &progress);
    let project = match options.project.as_deref() {
        Some(wanted) => select::project(wanted, answers.projects(), scan.surroundings)?,
        None => only_project(scan, &artifact, &statistics)?,
    };
    drop(progress);

    let wanted = DiffRequest {
        artifact,
        project,
        profile_root,
        collection: options.collection.clone(),
        texts: WantedTexts::All,
    };
    let diff = scan.app.diffs().diff(&wanted).map_err(|error| explained(scan, &wanted, error))?;
    if let Some(asked) = options.collection.as_deref().filter(|asked| *asked != diff.collection) {
        return Err(Usage::wrap(anyhow!(
            "the collection `{}` does not hold `{}`; `{}` does",
            plain(asked),
            plain(wanted.artifact.as_str()),
            plain(&diff.collection)
        )));
    }
    if scan.json {
        scan.console.json(&skillstat_wire::Diff::from(&diff))?;
    } else {
        introduce(scan, &diff, &statistics);
        show(scan, &diff, options);
    }
    let differs = options.exit_code && diff.has_changes();
    Ok(if differs { Exit::Drift } else { Exit::Fine })
}

/// Returns the one project that an artifact is deployed in.
fn only_project(
    scan: &Scan<'_, '_>,
    artifact: &ArtifactId,
    statistics: &DeploymentStatistics,
) -> anyhow::Result<ProjectPath> {
    let id = plain(artifact.as_str());
    match statistics.projects.as_slice() {
        [deployment] => Ok(deployment.project().clone()),
        [] => Err(Usage::wrap(anyhow!(
            "`{id}` is deployed nowhere; `skillstat status` lists what is"
        ))),
        several => {
            let projects: Vec<_> = several
                .iter()
                .map(|one| {
                    format!(
                        "{} ({})",
                        short(one.project().as_str(), scan.surroundings),
                        one.state()
                    )
                })
                .collect();
            Err(Usage::wrap(anyhow!(
                "`{id}` is deployed in several projects; say which with --project: {}",
                projects.join(", ")
            )))
        }
    }
}

/// Says why there is nothing to show, and what to do about it.
fn explained(scan: &Scan<'_, '_>, wanted: &DiffRequest, error: DiffError) -> anyhow::Error {
    let (id, project) =
        (plain(wanted.artifact.as_str()), short(wanted.project.as_str(), scan.surroundings));
    let root = wanted.profile_root.as_ref();
    match error {
        DiffError::NotDeployed | DiffError::NoProject => Usage::wrap(anyhow!(
            "`{id}` is not deployed in {project}{}; `skillstat show {id}` tells where it is",
            root.map(|root| format!("/{}", plain(root.as_str()))).unwrap_or_default()
        )),
        DiffError::NoOriginal => anyhow!(
            "no collection holds `{id}`, so there is nothing to compare its copy with; add it to one, or name \
             the collection's directory with --skillmeat-home"
        ),
        DiffError::Nothing => anyhow!(
            "`{id}` is neither in {project} nor in the collection any more; to mend it: undeploy it"
        ),
        DiffError::Unreadable(problem) => anyhow!(problems::describe(&problem, scan.surroundings)),
        DiffError::Busy | DiffError::Failed { .. } => {
            anyhow!(plain(&error.to_string()).into_owned())
        }
    }
}

/// Says beside the answer what is compared with what, and which copies are not.
fn introduce(scan: &mut Scan<'_, '_>, diff: &ArtifactDiff, statistics: &DeploymentStatistics) {
    let copies = || {
        let of_project = statistics.projects.iter().filter(|one| *one.project() == diff.project);
        of_project.flat_map(skillstat_domain::ProjectDeployment::copies)
    };
    let place = |root: &ProfileRoot, path: &str| plain(&format!("{root}/{path}")).into_owned();
    let this = |copy: &&CopyReport| copy.profile_root == diff.profile_root;
    let state = copies().find(this).map(|copy| match copy.state.kind() {
        Some(kind) => format!(" ({}, {kind})", copy.state.name()),
        None => format!(" ({})", copy.state.name()),
    });
    scan.console.note(&format!(
        "{} in {}{} against collection {}",
        place(&diff.profile_root, &diff.path),
        short(diff.project.as_str(), scan.surroundings),
        state.unwrap_or_default(),
        plain(&diff.collection),
    ));
    for copy in copies().filter(|copy| !this(copy)) {
        let place = place(&copy.profile_root, copy.path.as_str());
        let root = plain(copy.profile_root.as_str());
        scan.console.note(&format!("not compared: {place}; name it with --profile-root {root}"));
    }
}

fn show(scan: &mut Scan<'_, '_>, diff: &ArtifactDiff, options: &DiffOptions) {
    let left_out: Vec<_> = diff.files.iter().filter_map(left_out).collect();
    if !left_out.is_empty() {
        scan.console.note(&format!("not shown line by line: {}", left_out.join(", ")));
    }
    if options.stat {
        let stat = diffstat::diffstat(diff, &scan.console.out);
        scan.console.data(stat.as_bytes());
        return;
    }
    let patch = patch::patch(diff);
    if scan.console.out.size.is_none() && !scan.console.out.color {
        scan.console.data(&patch::raw(&patch));
        return;
    }
    let shown = patch::shown(&patch, &scan.console.out);
    scan.console.data(shown.as_bytes());
    if !options.no_pager {
        scan.console.page(Pager::choose(scan.surroundings));
    }
}

/// Returns a file that differs and is no text, and why.
fn left_out(file: &FileDiff) -> Option<String> {
    if file.status() == FileStatus::Unchanged {
        return None;
    }
    let sides = [file.original(), file.copy()].into_iter().flatten();
    let why = sides.filter_map(|side| match side.text {
        FileText::Binary => Some("binary"),
        FileText::TooLarge => Some("too large"),
        FileText::NotAsked => Some("changed meanwhile"),
        FileText::Known(_) => None,
    });
    let why = why.min()?;
    Some(format!("{} ({why})", plain(&quoted(file.path()))))
}
