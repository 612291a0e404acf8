#![doc = include_str!("../README.md")]

mod model;
mod ports;
mod service;
#[cfg(any(test, feature = "test-util"))]
pub mod testing;

pub use model::affected::Affected;
pub use model::artifact_diff::{ArtifactDiff, FileDiff, FileStatus};
pub use model::artifact_id::{ArtifactId, ArtifactIdError};
pub use model::assessment::Assessment;
pub use model::backup::{Backup, BackupId, BackupIdError};
pub use model::baseline::Baseline;
pub use model::cache_counters::CacheCounters;
pub use model::cached::Cached;
pub use model::change::Change;
pub use model::collection::{ArtifactDetails, ArtifactMetadata, Collection, CollectionArtifact};
pub use model::content_hash::{ContentHash, ContentHashError};
pub use model::content_traits::ContentTraits;
pub use model::copy_state::{CopyState, StateName};
pub use model::coverage::{Coverage, WatchMethod, WatchState};
pub use model::deploy_order::{DeployOrder, Profiles, RestoreOrder, Targets, UndeployOrder};
pub use model::deploy_outcome::{Action, Done, ItemReport, Outcome, Plan, RestoreReport, Skipped};
pub use model::deploy_task::{
    ArtifactSource, DeployTask, Replace, RestoreTask, Task, UndeployTask,
};
pub use model::deployed_at::{DeployedAt, DeployedAtError};
pub use model::deployment_profile::{DeploymentProfile, UnknownProfile};
pub use model::deployment_record::{DeploymentRecord, ProjectRecords};
pub use model::destination::{
    DestinationError, MAX_COPY_NAME_BYTES, destination, is_artifact_directory, place_of_copy,
};
pub use model::diff_request::{DiffRequest, WantedTexts};
pub use model::difference::Difference;
pub use model::drift_kind::{DriftKind, DriftKindError};
pub use model::file_list::{FileList, FileText, ListedFile};
pub use model::fleet_link::FleetLink;
pub use model::generation::Generation;
pub use model::host_id::{HostId, HostIdError};
pub use model::host_report::{HostArtifact, HostReport, HostSummary};
pub use model::ignored::{is_ignored, is_ignored_name};
pub use model::moment::Moment;
pub use model::notice::{News, Notice};
pub use model::original::{Original, OriginalId};
pub use model::problem::{Problem, ProblemKind, ProblemKindError};
pub use model::profile_root::{ProfileRoot, ProfileRootError};
pub use model::project_path::{ProjectPath, ProjectPathError};
pub use model::recorded_artifacts::RecordedArtifacts;
pub use model::recorded_path::{PathFault, RecordedPath};
pub use model::renewal::{Missed, Renewal};
pub use model::scanned::Scanned;
pub use model::shared_change::{SharedChange, VolumePath, VolumePathError};
pub use model::statistics::{
    CopyReport, DeploymentStatistics, Overview, ProjectDeployment, ProjectTotals,
};
pub use model::volume_name::{VolumeName, VolumeNameError};
pub use model::volume_version::VolumeVersion;
pub use ports::change_feed::{ChangeFeed, Listener};
pub use ports::change_sink::ChangeSink;
pub use ports::clock::Clock;
pub use ports::collection_reader::CollectionReader;
pub use ports::deploy_observer::DeployObserver;
pub use ports::deployer::{DeployError, Deployer, NeedsForce, NeverFound};
pub use ports::deployment_commands::DeploymentCommands;
pub use ports::deployment_reader::DeploymentReader;
pub use ports::diff_query::{DiffError, DiffQuery};
pub use ports::file_lister::FileLister;
pub use ports::fleet::{Fleet, FleetError};
pub use ports::hasher::{ContentLocation, CopyLocation, HashError, Hasher, OriginalLocation};
pub use ports::originals::Originals;
pub use ports::project_discovery::ProjectDiscovery;
pub use ports::project_states::ProjectStates;
pub use ports::scan_observer::{ScanObserver, ScanPhase};
pub use ports::shared_volumes::{FleetStanding, SharedVolumes, VolumeStanding};
pub use ports::statistics_query::{
    Answer, AnswerSource, ArtifactAnswers, QueryError, StatisticsQuery,
};
pub use ports::stats_cache::StatsCache;
pub use ports::wall_clock::WallClock;
pub use ports::watcher::{Unwatched, Watcher};
pub use ports::workers::{InTurn, Workers};
pub use service::active::is_active;
pub use service::deployment_service::DeploymentService;
pub use service::diff_service::DiffService;
pub use service::direct_originals::DirectOriginals;
pub use service::direct_states::DirectStates;
pub use service::explain::explain;
pub use service::inventory::Inventory;
pub use service::quoted::quoted;
pub use service::replacing::{Occupant, Refusal, decide_deploy, decide_removal, records_of_copy};
pub use service::staleness::{
    affected_artifacts, affected_by_originals, artifacts_of, named, state_survives, touched_copies,
};
pub use service::statistics_service::StatisticsService;
pub use service::unified::{Hunk, HunkLine, LineChange, LineRange, hunks};
