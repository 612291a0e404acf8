//! News as JSON.

use serde::{Deserialize, Serialize};

/// What is different now; `event` tells which of these it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum News {
    /// The statistics of an artifact were made anew.
    Artifact {
        /// Its id, `type:name`.
        artifact: String,
        /// In how many projects it is.
        total_deployments: usize,
        /// In how many of them a copy is modified.
        modified_deployments: usize,
        /// The worst state of a copy, or null when there is none.
        state: Option<String>,
    },
    /// The trackers or copies of a project have changed.
    Project {
        /// Its path.
        project_path: String,
        /// Whether it is a project now.
        there: bool,
    },
    /// The collections have changed.
    Collections,
    /// Anything may be different: ask for everything again.
    Resync,
}

impl News {
    /// Returns the name in `event`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Artifact { .. } => "artifact",
            Self::Project { .. } => "project",
            Self::Collections => "collections",
            Self::Resync => "resync",
        }
    }
}

impl From<&skillstat_domain::News> for News {
    fn from(news: &skillstat_domain::News) -> Self {
        match news {
            skillstat_domain::News::Artifact { artifact, total, modified, worst } => {
                Self::Artifact {
                    artifact: artifact.to_string(),
                    total_deployments: *total,
                    modified_deployments: *modified,
                    state: worst.map(|worst| worst.as_str().to_owned()),
                }
            }
            skillstat_domain::News::Project { project, there } => {
                Self::Project { project_path: project.to_string(), there: *there }
            }
            skillstat_domain::News::Collections => Self::Collections,
            skillstat_domain::News::Resync => Self::Resync,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_one_in_the_json() {
        let all = [
            skillstat_domain::News::Artifact {
                artifact: "skill:pdf".parse().unwrap(),
                total: 2,
                modified: 1,
                worst: None,
            },
            skillstat_domain::News::Collections,
            skillstat_domain::News::Resync,
        ];
        for news in all.iter().map(News::from) {
            assert_eq!(serde_json::to_value(&news).unwrap()["event"], news.name());
        }
    }
}
