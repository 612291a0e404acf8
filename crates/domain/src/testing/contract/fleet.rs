//! The contract of [`Fleet`].

use std::any::Any;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::{
    Fleet, HostArtifact, HostId, HostSummary, Missed, SharedChange, StateName, VolumeName,
    VolumePath, VolumeVersion, WatchState,
};

/// Something that is being done.
type Done = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A fleet that nobody has used yet.
pub struct FleetStage {
    /// The port under test.
    pub fleet: Arc<dyn Fleet>,
    /// Returns when at least so much time has gone by.
    pub advance: Box<dyn Fn(Duration) -> Done + Send + Sync>,
    /// Forgets everything.
    pub forget: Box<dyn Fn() -> Done + Send + Sync>,
    /// What must outlive the test.
    pub guard: Box<dyn Any + Send + Sync>,
}

impl std::fmt::Debug for FleetStage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FleetStage").field("fleet", &self.fleet).finish_non_exhaustive()
    }
}

fn volume(name: &str) -> VolumeName {
    name.parse().expect("tests name real volumes")
}

fn project(path: &str) -> SharedChange {
    SharedChange::Project(VolumePath::new(path).expect("tests name real places"))
}

/// Runs the suite.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub async fn fleet(stage: &FleetStage) {
    changes_reach_who_asks_later(&*stage.fleet).await;
    what_is_forgotten_is_never_repeated(stage).await;
    many_changes_are_everything(&*stage.fleet).await;
    machines_are_remembered(stage).await;
}

async fn changes_reach_who_asks_later(fleet: &dyn Fleet) {
    let (team, other) = (volume("team"), volume("other"));
    let first = fleet.renew(&team, None).await.expect("nothing is in the way");
    assert_eq!(first.missed, Missed::Everything, "nobody knows what a new worker has read");
    let again = fleet.renew(&team, Some(first.version)).await.expect("as before");
    assert_eq!((again.version, again.missed), (first.version, Missed::Changes(BTreeSet::new())));
    let odd = BTreeSet::from([project(""), project("a\nb/ü \"x\"'{}"), SharedChange::Collections]);
    let announced = fleet.announce(&team, &odd).await.expect("as before");
    assert!(announced.follows(first.version), "one more");
    let everything = BTreeSet::from([SharedChange::Everything]);
    let second = fleet.announce(&team, &everything).await.expect("as before");
    assert!(second.follows(announced), "one more");
    let both = odd.iter().chain(&everything).cloned().collect();
    let missed = fleet.renew(&team, Some(first.version)).await.expect("as before");
    assert_eq!((missed.version, missed.missed), (second, Missed::Changes(both)));
    let one = fleet.renew(&team, Some(announced)).await.expect("as before");
    assert_eq!(one.missed, Missed::Changes(everything));
    let ahead = VolumeVersion::new(second.count() + 1).expect("it is small");
    let ahead = fleet.renew(&team, Some(ahead)).await.expect("as before");
    assert_eq!(ahead.missed, Missed::Everything, "a version that there never was");
    let elsewhere = fleet.renew(&other, Some(second)).await;
    assert_eq!(elsewhere.expect("as before").missed, Missed::Everything, "another volume");
}

async fn what_is_forgotten_is_never_repeated(stage: &FleetStage) {
    let (fleet, volume) = (&*stage.fleet, volume("lost"));
    let before = fleet.announce(&volume, &BTreeSet::from([project("p")])).await.expect("it works");
    (stage.advance)(Duration::from_millis(1)).await;
    (stage.forget)().await;
    let after = fleet.renew(&volume, Some(before)).await.expect("it works");
    assert_ne!(after.version, before);
    assert_eq!(after.missed, Missed::Everything);
    // The same when it is the first to be told of something.
    (stage.advance)(Duration::from_millis(1)).await;
    (stage.forget)().await;
    fleet.announce(&volume, &BTreeSet::from([project("p")])).await.expect("it works");
    let after = fleet.renew(&volume, Some(after.version)).await.expect("it works");
    assert_eq!(after.missed, Missed::Everything);
}

async fn many_changes_are_everything(fleet: &dyn Fleet) {
    let volume = volume("many");
    let known = fleet.renew(&volume, None).await.expect("nothing is in the way").version;
    for number in 0..300 {
        let change = BTreeSet::from([project(&format!("p{number}"))]);
        fleet.announce(&volume, &change).await.expect("as before");
    }
    let all = fleet.renew(&volume, Some(known)).await.expect("as before");
    assert_eq!(all.missed, Missed::Everything, "it is bounded");
    let recent = VolumeVersion::new(all.version.count() - 200);
    let recent = fleet.renew(&volume, recent).await.expect("as before");
    assert!(matches!(recent.missed, Missed::Changes(changes) if changes.len() == 200));
    // Whatever is told at once, others hear of it.
    let lots = (0..5000).map(|number| project(&format!("project-{number}"))).collect();
    let announced = fleet.announce(&volume, &lots).await.expect("as before");
    let told = fleet.renew(&volume, Some(all.version)).await.expect("as before");
    assert_eq!(told.version, announced);
    let Missed::Changes(told) = told.missed else { return };
    assert!(told == lots || told.contains(&SharedChange::Everything));
}

async fn machines_are_remembered(stage: &FleetStage) {
    let fleet = &*stage.fleet;
    let summary = |number: u8, projects| HostSummary {
        host: HostId::from_bytes([number; 16]),
        name: format!("host {number} <ü>\u{1b}"),
        version: "0.1.0".to_owned(),
        watch: WatchState::Degraded,
        roots: 2,
        projects,
        problems: 1,
        modified: 1,
        artifacts: vec![HostArtifact {
            artifact: "skill:a b".parse().expect("an id"),
            total: 3,
            modified: 1,
            worst: Some(StateName::Conflict),
        }],
        left_out: 4,
    };
    assert_eq!(fleet.hosts().await.expect("nothing is in the way"), []);
    fleet.report(&summary(2, 7)).await.expect("as before");
    fleet.report(&summary(1, 7)).await.expect("as before");
    (stage.advance)(Duration::from_millis(50)).await;
    fleet.report(&summary(1, 8)).await.expect("as before");
    let hosts = fleet.hosts().await.expect("as before");
    let summaries: Vec<_> = hosts.iter().map(|report| report.summary.clone()).collect();
    assert_eq!(summaries, [summary(1, 8), summary(2, 7)]);
    assert!(hosts[1].age >= Duration::from_millis(50), "{:?}", hosts[1].age);
    assert!(hosts[0].age <= hosts[1].age);
    assert_eq!(fleet.link().away, None);
}
