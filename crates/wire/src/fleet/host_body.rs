//! What a machine reports to others, as JSON.

use serde::{Deserialize, Serialize};
use skillstat_domain::{ArtifactId, HostArtifact, HostSummary, StateName};

use super::watch_state;

/// The version of the shape. A change of what is there needs another one; an addition does not.
const FORMAT: u32 = 1;

/// The most bytes of a name.
const MOST_NAME: usize = 256;

/// The most bytes of an artifact's id.
const MOST_ID: usize = 1024;

/// What a machine reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HostBody {
    /// The version of this shape.
    pub format: u32,
    /// The machine's id.
    pub host: String,
    /// What people call it.
    pub name: String,
    /// The version of the program.
    pub version: String,
    /// `live`, `degraded`, `starting` or `off`.
    pub watch: String,
    /// How many search roots it has.
    pub roots: u32,
    /// How many projects.
    pub projects: u32,
    /// How many problems.
    pub problems: u32,
    /// How many artifacts have a modified copy.
    pub modified: u32,
    /// Each artifact: its id, its projects, those where it is modified, and its worst state.
    pub artifacts: Vec<(String, u32, u32, Option<String>)>,
    /// How many artifacts there was no room for.
    pub left_out: usize,
}

impl From<&HostSummary> for HostBody {
    fn from(summary: &HostSummary) -> Self {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let listed = summary.artifacts.iter().take(HostSummary::MOST_ARTIFACTS);
        let (fit, rest): (Vec<_>, Vec<_>) =
            listed.partition(|artifact| artifact.artifact.to_string().len() <= MOST_ID);
        let beyond = summary.artifacts.len().saturating_sub(HostSummary::MOST_ARTIFACTS);
        let artifact = |artifact: &HostArtifact| {
            let worst = artifact.worst.map(|worst| worst.as_str().to_owned());
            let (total, modified) = (count(artifact.total), count(artifact.modified));
            (artifact.artifact.to_string(), total, modified, worst)
        };
        Self {
            format: FORMAT,
            host: summary.host.to_string(),
            name: start_of(&summary.name),
            version: start_of(&summary.version),
            watch: summary.watch.as_str().to_owned(),
            roots: count(summary.roots),
            projects: count(summary.projects),
            problems: count(summary.problems),
            modified: count(summary.modified),
            artifacts: fit.into_iter().map(artifact).collect(),
            left_out: summary.left_out + rest.len() + beyond,
        }
    }
}

impl HostBody {
    /// Reads it, as strictly as what a stranger wrote.
    ///
    /// # Errors
    ///
    /// - [`HostBodyError`] when it has another format, or when a value is none or is too large.
    pub fn read(self) -> Result<HostSummary, HostBodyError> {
        if self.format != FORMAT {
            return Err(HostBodyError("a report of another version of skillstat"));
        }
        let too_long = self.name.len() > MOST_NAME || self.version.len() > MOST_NAME;
        if too_long || self.artifacts.len() > HostSummary::MOST_ARTIFACTS {
            return Err(HostBodyError("a report that is too long"));
        }
        let artifacts = self.artifacts.into_iter().map(artifact).collect::<Result<_, _>>()?;
        Ok(HostSummary {
            host: self.host.parse().map_err(|_| HostBodyError("no id"))?,
            name: self.name,
            version: self.version,
            watch: watch_state(&self.watch).ok_or(HostBodyError("no state of watching"))?,
            roots: size(self.roots),
            projects: size(self.projects),
            problems: size(self.problems),
            modified: size(self.modified),
            artifacts,
            left_out: self.left_out.min(size(u32::MAX)),
        })
    }
}

fn artifact(
    (id, total, modified, worst): (String, u32, u32, Option<String>),
) -> Result<HostArtifact, HostBodyError> {
    if id.len() > MOST_ID || modified > total {
        return Err(HostBodyError("an artifact that cannot be"));
    }
    let state = |name: String| StateName::ALL.into_iter().find(|state| state.as_str() == name);
    Ok(HostArtifact {
        artifact: ArtifactId::from_printed(&id)
            .map_err(|_| HostBodyError("an artifact without an id"))?,
        total: size(total),
        modified: size(modified),
        worst: match worst {
            Some(name) => Some(state(name).ok_or(HostBodyError("no state of a copy"))?),
            None => None,
        },
    })
}

fn size(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// As much of a name as there is room for.
fn start_of(name: &str) -> String {
    name[..name.floor_char_boundary(MOST_NAME)].to_owned()
}

/// Why nobody can have reported this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HostBodyError(&'static str);

#[cfg(test)]
mod tests {
    use skillstat_domain::{HostId, WatchState};

    use super::*;

    fn summary() -> HostSummary {
        HostSummary {
            host: HostId::from_bytes([7; 16]),
            name: "build".to_owned(),
            version: "0.1.0".to_owned(),
            watch: WatchState::Live,
            roots: 1,
            projects: 2,
            problems: 0,
            modified: 1,
            artifacts: vec![HostArtifact {
                artifact: "skill:a".parse().unwrap(),
                total: 2,
                modified: 1,
                worst: Some(StateName::Modified),
            }],
            left_out: 0,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let text = serde_json::to_string(&HostBody::from(&summary())).unwrap();
        let body: HostBody = serde_json::from_str(&text).unwrap();
        assert_eq!(body.read(), Ok(summary()));
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut large = summary();
        large.name = "ü".repeat(200);
        let artifact = large.artifacts[0].clone();
        let long = format!("skill:{}", "x".repeat(2000)).parse().unwrap();
        large.artifacts = vec![artifact; 1500];
        large.artifacts[3].artifact = long;
        let read = HostBody::from(&large).read().unwrap();
        assert_eq!((read.artifacts.len(), read.left_out), (999, 501));
        assert_eq!(read.name, "ü".repeat(128));
    }

    #[test]
    fn what_nobody_reports_is_refused() {
        let good = HostBody::from(&summary());
        let check = |change: fn(&mut HostBody)| {
            let mut body = good.clone();
            change(&mut body);
            assert!(body.clone().read().is_err(), "{body:?}");
        };
        check(|body| body.format = 2);
        check(|body| body.host = "x".to_owned());
        check(|body| body.name = "x".repeat(257));
        check(|body| body.watch = "alive".to_owned());
        check(|body| body.artifacts[0].0 = "a".to_owned());
        check(|body| body.artifacts[0].2 = 3);
        check(|body| body.artifacts[0].3 = Some("fine".to_owned()));
        check(|body| body.artifacts = vec![body.artifacts[0].clone(); 1001]);
    }
}
