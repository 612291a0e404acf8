//! `skillstat deploy`: copies of artifacts into projects.

use std::collections::BTreeSet;

use skillstat_domain::{ArtifactId, DeployOrder, ProjectPath, Replace, Targets};

use super::select;
use super::writing::{Mend, Writing};
use crate::args::DeployOptions;
use crate::exit::{Exit, Usage};

/// Runs the command.
pub(crate) fn deploy(
    writing: &mut Writing<'_, '_>,
    options: &DeployOptions,
) -> anyhow::Result<Exit> {
    let order = DeployOrder {
        artifacts: artifacts(writing, options)?,
        collection: options.collection.clone(),
        targets: if options.all_synced {
            Targets::AllSynced
        } else {
            let projects = projects(writing, &options.projects)?;
            Targets::Projects { projects, profiles: (&options.profiles).into() }
        },
        dest_path: options.dest.clone(),
        replace: if options.how.force { Replace::Anything } else { Replace::Unmodified },
        create_projects: false,
        dry_run: options.how.dry_run,
    };
    let reports = writing.carry_out(|observer| writing.commands.deploy(order, observer))?;
    if reports.is_empty() {
        writing.scan.console.note("nothing to do: no copy of it is deployed anywhere");
    }
    let mut more = Vec::new();
    for (flag, value) in [("--collection", &options.collection), ("--dest", &options.dest)] {
        more.extend(value.iter().flat_map(|value| [flag, value]));
    }
    more.extend(options.how.force.then_some("--force"));
    let (again, surroundings) = (writing.again.clone(), writing.scan.surroundings);
    writing.tell(&reports, options.how.dry_run, &Mend::new(&again, surroundings, "deploy", more))
}

/// The artifacts that are meant, each once, among those of the collection or of all of them.
fn artifacts(
    writing: &Writing<'_, '_>,
    options: &DeployOptions,
) -> anyhow::Result<Vec<ArtifactId>> {
    let collections = writing.scan.app.collections().collections().value;
    let wanted = options.collection.as_deref();
    let chosen: Vec<_> = collections
        .iter()
        .filter(|found| wanted.is_none_or(|wanted| found.name == wanted))
        .collect();
    if let (Some(wanted), []) = (wanted, chosen.as_slice()) {
        return Err(Usage::wrap(select::no_collection(wanted, &collections)));
    }
    let known: BTreeSet<_> =
        chosen.iter().flat_map(|found| &found.artifacts).map(|artifact| &artifact.id).collect();
    select::each_once(options.artifacts.iter().map(|wanted| select::artifact(wanted, &known)))
}

/// The projects that are meant, each once. They are looked for only if one is called by its name.
fn projects(writing: &Writing<'_, '_>, wanted: &[String]) -> anyhow::Result<Vec<ProjectPath>> {
    let known = std::cell::OnceCell::new();
    let known = || known.get_or_init(|| writing.scan.app.discovery().discover().value).as_slice();
    let surroundings = writing.scan.surroundings;
    select::each_once(wanted.iter().map(|wanted| select::target(wanted, &known, surroundings)))
}
