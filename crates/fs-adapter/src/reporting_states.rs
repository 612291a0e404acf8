//! Reporting what trackers say.

use std::sync::Arc;

use skillstat_domain::{Assessment, ProjectPath, ProjectRecords, ProjectStates};

use crate::Listings;

/// Reports what trackers say to [`Listings`] when they are read. Whatever remembers stands before it.
#[derive(Debug)]
pub struct ReportingStates {
    inner: Arc<dyn ProjectStates>,
    listings: Arc<Listings>,
}

impl ReportingStates {
    /// Reports what `inner` reads.
    pub fn new(inner: Arc<dyn ProjectStates>, listings: Arc<Listings>) -> Self {
        Self { inner, listings }
    }
}

impl ProjectStates for ReportingStates {
    fn records(&self, project: &ProjectPath) -> Arc<ProjectRecords> {
        let reporting = self.listings.begin();
        let records = self.inner.records(project);
        if let Some(reporting) = reporting {
            reporting.report_records(&records);
        }
        records
    }

    fn state(&self, records: &Arc<ProjectRecords>, record: usize) -> Assessment {
        self.inner.state(records, record)
    }

    fn known_state(&self, records: &Arc<ProjectRecords>, record: usize) -> Option<Assessment> {
        self.inner.known_state(records, record)
    }

    fn states(&self, records: &Arc<ProjectRecords>, wanted: &[usize]) -> Vec<Assessment> {
        self.inner.states(records, wanted)
    }
}
