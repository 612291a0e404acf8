//! Project states as a computation sees them that works through a list.

use std::sync::Arc;

use skillstat_domain::{Assessment, ProjectPath, ProjectRecords, ProjectStates};

use super::CachedProjects;

/// The same, but a project that is not on the list that is held has no records.
///
/// Whoever asks for one has an older list. What is there by now would get into an answer that nobody
/// knows to be bad: the one who tells that the project has come names only what is there then.
#[derive(Debug)]
pub(crate) struct Listed(pub(crate) Arc<CachedProjects>);

impl ProjectStates for Listed {
    fn records(&self, project: &ProjectPath) -> Arc<ProjectRecords> {
        self.0.records_or(project, || {
            let (records, problems) = (Vec::new(), Vec::new());
            Arc::new(ProjectRecords { project: project.clone(), records, problems })
        })
    }

    fn state(&self, records: &Arc<ProjectRecords>, record: usize) -> Assessment {
        self.0.state(records, record)
    }

    fn known_state(&self, records: &Arc<ProjectRecords>, record: usize) -> Option<Assessment> {
        self.0.known_state(records, record)
    }
}
