//! Answers as files to hand on.

pub(crate) mod csv;
pub(crate) mod html;
pub(crate) mod markdown;

use skillstat_domain::{ArtifactId, CopyReport, Overview, ProjectPath, StateName};

use super::states::{counted, summary};

/// What a report is made of.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// What it tells.
    pub(crate) overview: &'a Overview,
    /// When it was made, as people write it.
    pub(crate) made: String,
}

/// A copy and where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a> {
    artifact: &'a ArtifactId,
    project: &'a ProjectPath,
    copy: &'a CopyReport,
}

impl<'a> Report<'a> {
    /// Returns every copy, sorted by artifact and project.
    fn copies(&self) -> impl Iterator<Item = Placed<'a>> {
        self.overview.artifacts.iter().flat_map(|(artifact, statistics)| {
            statistics.projects.iter().flat_map(move |deployment| {
                let project = deployment.project();
                deployment.copies().map(move |copy| Placed { artifact, project, copy })
            })
        })
    }

    /// Returns the copies that somebody should look at, the worst first.
    fn to_look_at(&self) -> Vec<Placed<'a>> {
        let is_fine = |placed: &Placed<'_>| placed.copy.state.name() == StateName::Synced;
        let mut copies: Vec<_> = self.copies().filter(|placed| !is_fine(placed)).collect();
        copies.sort_by_key(|placed| std::cmp::Reverse(placed.copy.state.name()));
        copies
    }

    /// Returns how many copies there are in which state, as a sentence without its full stop.
    fn summary(&self) -> String {
        let projects = counted(self.overview.projects.len(), "project");
        match self.copies().count() {
            0 => format!("No copy in {projects}"),
            1 => format!("1 copy in {projects}: {}", summary(self.overview.states())),
            copies => format!("{copies} copies in {projects}: {}", summary(self.overview.states())),
        }
    }
}

impl Placed<'_> {
    /// Returns where it lies, below its project.
    fn path(&self) -> String {
        format!("{}/{}", self.copy.profile_root, self.copy.path.as_str())
    }

    /// Returns in what way it differs, or why it could not be verified.
    fn why(&self) -> String {
        let kind = self.copy.state.kind().map(|kind| kind.to_string());
        kind.or_else(|| self.copy.reason().map(ToOwned::to_owned)).unwrap_or_default()
    }
}
