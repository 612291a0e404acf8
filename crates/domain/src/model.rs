//! The nouns: each a value with its rule, none of them serialisable.
//!
//! Wire shapes live in `skillstat-wire`, so that a rename here cannot change the API.

pub(crate) mod affected;
pub(crate) mod artifact_diff;
pub(crate) mod artifact_id;
pub(crate) mod assessment;
pub(crate) mod backup;
pub(crate) mod baseline;
pub(crate) mod cache_counters;
pub(crate) mod cached;
pub(crate) mod change;
pub(crate) mod collection;
pub(crate) mod content_hash;
pub(crate) mod content_traits;
pub(crate) mod copy_state;
pub(crate) mod coverage;
pub(crate) mod deploy_order;
pub(crate) mod deploy_outcome;
pub(crate) mod deploy_task;
pub(crate) mod deployed_at;
pub(crate) mod deployment_profile;
pub(crate) mod deployment_record;
pub(crate) mod destination;
pub(crate) mod diff_request;
pub(crate) mod difference;
pub(crate) mod drift_kind;
pub(crate) mod file_list;
pub(crate) mod fleet_link;
pub(crate) mod generation;
pub(crate) mod host_id;
pub(crate) mod host_report;
pub(crate) mod ignored;
pub(crate) mod moment;
pub(crate) mod notice;
pub(crate) mod original;
pub(crate) mod problem;
pub(crate) mod profile_root;
pub(crate) mod project_path;
pub(crate) mod recorded_artifacts;
pub(crate) mod recorded_path;
pub(crate) mod renewal;
pub(crate) mod scanned;
pub(crate) mod shared_change;
pub(crate) mod statistics;
pub(crate) mod volume_name;
pub(crate) mod volume_version;

#[cfg(test)]
mod tests {
    use std::fmt::Display;

    use camino::Utf8Path;

    use crate::{
        BackupId, DeploymentProfile, DriftKind, ProblemKind, ProfileRoot, ProjectPath, StateName,
        VolumeName, VolumeVersion, WatchMethod, WatchState,
    };

    #[test]
    fn whatever_is_printed_as_one_text_takes_the_width_it_is_given() {
        let all: [&dyn Display; 12] = [
            &"skill:pdf".parse::<crate::ArtifactId>().unwrap(),
            &ProfileRoot::new(".mine").unwrap(),
            &ProjectPath::new(Utf8Path::new("/dev/shop")).unwrap(),
            &ProblemKind::MissingRoot,
            &DeploymentProfile::default(),
            &StateName::Synced,
            &DriftKind::Content,
            &WatchMethod::Off,
            &WatchState::Live,
            &"1".parse::<BackupId>().unwrap(),
            &"team".parse::<VolumeName>().unwrap(),
            &VolumeVersion::LAST,
        ];
        for one in all {
            let text = one.to_string();
            assert_eq!(format!("{one:>20}"), format!("{text:>20}"));
        }
    }
}
