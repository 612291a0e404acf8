//! The statistics of all artifacts as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use skillstat_domain::{ArtifactId, DeploymentStatistics, Overview};

use crate::Statistics;
use crate::rows::{Rows, Shown, Text};

/// Every artifact, over all projects.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status<'a> {
    /// How many projects were found.
    projects: usize,
    /// The artifacts, sorted by id.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<ArtifactStatistics<'static>>))]
    artifacts: Rows<'a, BTreeMap<ArtifactId, DeploymentStatistics>>,
    /// All problems.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Problem>))]
    problems: Rows<'a, [skillstat_domain::Problem]>,
}

impl<'a> From<&'a Overview> for Status<'a> {
    fn from(overview: &'a Overview) -> Self {
        Self {
            projects: overview.projects.len(),
            artifacts: Rows(&overview.artifacts),
            problems: Rows(&overview.problems),
        }
    }
}

/// The statistics of one of many artifacts.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ArtifactStatistics<'a> {
    /// Its id, `type:name`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    artifact: Text<&'a ArtifactId>,
    /// Its statistics, in the same object.
    #[serde(flatten)]
    statistics: Statistics<'a>,
}

impl Shown for BTreeMap<ArtifactId, DeploymentStatistics> {
    type Row<'a> = ArtifactStatistics<'a>;

    fn rows(&self) -> impl Iterator<Item = ArtifactStatistics<'_>> {
        self.iter().map(|(artifact, statistics)| ArtifactStatistics {
            artifact: Text(artifact),
            statistics: statistics.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use skillstat_domain::{
        Baseline, CopyReport, CopyState, ProfileRoot, ProjectDeployment, ProjectPath, RecordedPath,
    };

    use super::*;

    #[test]
    fn names_stand_as_they_are_and_what_is_not_known_is_null() {
        let copy = CopyReport {
            profile_root: ProfileRoot::new(".claude").unwrap(),
            path: RecordedPath::new("skills/\"pdf\""),
            deployed_at: "2026-01-02T03:04:05.5+00:00".parse().unwrap(),
            baseline: Baseline::new("none"),
            from_collection: None,
            profile_id: None,
            line: 1,
            state: CopyState::Missing,
            doubts: Box::default(),
        };
        let project = ProjectPath::new(Utf8Path::new("/dev/shop")).unwrap();
        let deployment = ProjectDeployment::new(project.clone(), vec![copy]).unwrap();
        let statistics = DeploymentStatistics { projects: vec![deployment], problems: Vec::new() };
        let overview = Overview {
            projects: vec![project],
            artifacts: BTreeMap::from([("skill:\"pdf\"".parse().unwrap(), statistics)]),
            problems: Vec::new(),
        };
        let expected = concat!(
            r#"{"projects":1,"artifacts":[{"artifact":"skill:\"pdf\"","total_deployments":1,"#,
            r#""modified_deployments":0,"projects":[{"project_name":"shop","project_path":"/dev/shop","#,
            r#""is_modified":false,"deployed_at":"2026-01-02T03:04:05.500000Z","state":"missing","copies":["#,
            r#"{"profile_root":".claude","path":"skills/\"pdf\"","state":"missing","kind":null,"reason":null,"#,
            r#""deployed_at":"2026-01-02T03:04:05.500000Z","baseline":"none","current":null}]}],"problems":[]}],"#,
            r#""problems":[]}"#,
        );
        assert_eq!(serde_json::to_string(&Status::from(&overview)).unwrap(), expected);
    }
}
