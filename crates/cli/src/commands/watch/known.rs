//! What has been told, so that what is different is told when nobody knows what has changed.

use std::collections::BTreeMap;

use skillstat_app::Live;
use skillstat_domain::{ArtifactId, DeploymentStatistics, News, Overview, StateName};

/// The counts of each artifact as they were last told.
#[derive(Debug)]
pub(super) struct Known(BTreeMap<ArtifactId, Counts>);

type Counts = (usize, usize, Option<StateName>);

fn counts(statistics: &DeploymentStatistics) -> Counts {
    (statistics.total(), statistics.modified(), statistics.worst())
}

impl Known {
    /// Starts with what there is.
    pub(super) fn new(overview: &Overview) -> Self {
        let artifacts = overview.artifacts.iter();
        Self(artifacts.map(|(id, statistics)| (id.clone(), counts(statistics))).collect())
    }

    /// Takes news and returns what is to be told: the news themselves, and in place of a resync every
    /// artifact whose counts are others than were told.
    pub(super) async fn learn(
        &mut self,
        news: Vec<News>,
        live: &Live,
    ) -> anyhow::Result<Vec<News>> {
        let resync = news.contains(&News::Resync);
        let mut told: Vec<_> = news.into_iter().filter(|news| *news != News::Resync).collect();
        for news in &told {
            if let News::Artifact { artifact, total, modified, worst } = news {
                self.know(artifact, (*total, *modified, *worst));
            }
        }
        if resync {
            let after = Self::new(&*super::overview(live).await?);
            told.extend(self.differences(&after));
            *self = after;
        }
        Ok(told)
    }

    fn know(&mut self, artifact: &ArtifactId, counts: Counts) {
        if counts.0 == 0 {
            self.0.remove(artifact);
        } else {
            self.0.insert(artifact.clone(), counts);
        }
    }

    fn differences(&self, after: &Self) -> Vec<News> {
        let gone = self.0.keys().filter(|artifact| !after.0.contains_key(*artifact));
        let gone = gone.map(|artifact| (artifact, (0, 0, None)));
        let other =
            after.0.iter().filter(|(artifact, counts)| self.0.get(*artifact) != Some(counts));
        let other = other.map(|(artifact, counts)| (artifact, *counts));
        gone.chain(other)
            .map(|(artifact, (total, modified, worst))| News::Artifact {
                artifact: artifact.clone(),
                total,
                modified,
                worst,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(artifacts: &[(&str, Counts)]) -> Known {
        Known(artifacts.iter().map(|(id, counts)| (id.parse().unwrap(), *counts)).collect())
    }

    #[test]
    fn after_a_resync_only_what_differs_is_told() {
        let before = known(&[("skill:a", (1, 0, None)), ("skill:b", (2, 0, None))]);
        let after = known(&[("skill:b", (2, 1, None)), ("skill:c", (1, 0, None))]);
        let told: Vec<_> = before
            .differences(&after)
            .into_iter()
            .map(|news| match news {
                News::Artifact { artifact, total, modified, .. } => {
                    format!("{artifact} {total} {modified}")
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(told, ["skill:a 0 0", "skill:b 2 1", "skill:c 1 0"]);
        assert!(after.differences(&after).is_empty());
    }
}
