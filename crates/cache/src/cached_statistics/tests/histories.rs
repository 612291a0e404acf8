//! The cache changes latency, never an answer: random histories, cached and uncached side by side.

use proptest::prelude::*;

use super::*;
use crate::test_world::{edited, redeployed};

#[derive(Debug, Clone)]
enum Step {
    /// A copy is edited, deployed or gone, and somebody says which project.
    Change { project: u8, artifact: u8, content: u8 },
    /// A project goes, and somebody says which.
    Remove { project: u8 },
    /// A copy is edited, and a watcher tells of it.
    Edit { project: u8, artifact: u8, content: u8 },
    /// An artifact is taken out of a tracker, and a watcher tells of it.
    Undeploy { project: u8, artifact: u8 },
    /// An artifact is deployed or deployed again, and a watcher tells of the tracker and the copy.
    Deploy { project: u8, artifact: u8, content: u8 },
    /// What a copy holds is put on record, and a watcher tells of it.
    Record { project: u8, artifact: u8 },
    /// A tracker is left without records, and a watcher tells of it.
    Empty { project: u8, fault: Fault },
    /// A walk has a problem in a project, or no longer, and a watcher tells of it.
    Hide { project: u8, is_hidden: bool },
    /// The collection gets another content of an artifact, or none, and a watcher tells of the collections.
    Publish { artifact: u8, content: Option<u8> },
    /// A copy changes and somebody only knows that something has.
    ChangeUnseen { project: u8, artifact: u8, content: u8 },
    /// A copy changes and somebody names the artifact.
    ChangeNamed { project: u8, artifact: u8, content: u8 },
    /// Time passes.
    Wait { seconds: u8 },
    /// Somebody asks.
    Ask { artifact: u8 },
    /// Somebody asks for everything.
    AskAll,
}

/// What is wrong with a tracker.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    OfNoArtifact,
    Of(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let copy = || (0..4_u8, 0..3_u8, 0..3_u8);
    let fault =
        prop_oneof![Just(Fault::None), Just(Fault::OfNoArtifact), (0..3_u8).prop_map(Fault::Of)];
    prop_oneof![
        3 => copy().prop_map(|(project, artifact, content)| Step::Change { project, artifact, content }),
        1 => (0..4_u8).prop_map(|project| Step::Remove { project }),
        3 => copy().prop_map(|(project, artifact, content)| Step::Edit { project, artifact, content }),
        2 => copy().prop_map(|(project, artifact, _)| Step::Undeploy { project, artifact }),
        2 => copy().prop_map(|(project, artifact, content)| Step::Deploy { project, artifact, content }),
        2 => copy().prop_map(|(project, artifact, _)| Step::Record { project, artifact }),
        2 => (0..4_u8, fault).prop_map(|(project, fault)| Step::Empty { project, fault }),
        1 => (0..4_u8, any::<bool>()).prop_map(|(project, is_hidden)| Step::Hide { project, is_hidden }),
        3 => (0..3_u8, prop::option::of(0..3_u8)).prop_map(|(artifact, content)| Step::Publish { artifact, content }),
        1 => copy().prop_map(|(project, artifact, content)| Step::ChangeUnseen { project, artifact, content }),
        1 => copy().prop_map(|(project, artifact, content)| Step::ChangeNamed { project, artifact, content }),
        1 => (0..150_u8).prop_map(|seconds| Step::Wait { seconds }),
        6 => (0..3_u8).prop_map(|artifact| Step::Ask { artifact }),
        2 => Just(Step::AskAll),
    ]
}

fn artifact(number: u8) -> String {
    format!("skill:{}", ["a", "b", "c"][usize::from(number)])
}

/// A computation without any memory.
fn uncached(world: &Arc<World>) -> StatisticsService {
    let world = || Arc::clone(world);
    let originals = DirectOriginals::new(world(), world(), world());
    StatisticsService::new(world(), world(), Arc::new(originals), world())
}

async fn take(setting: &Setting, step: &Step) {
    match *step {
        Step::Change { project, artifact: number, content } => {
            setting.world.set(project, &artifact(number), content);
            setting.query.invalidate_project(&project_path(project));
        }
        Step::Remove { project } => {
            setting.world.remove(project);
            setting.query.invalidate_project(&project_path(project));
        }
        Step::Edit { project, artifact: number, content } => {
            if setting.world.edit(project, &artifact(number), content) {
                setting.query.changed(&[edited(project, &artifact(number))].into());
            }
        }
        Step::Undeploy { project, artifact: number } => {
            setting.world.undeploy(project, &artifact(number));
            setting.query.changed(&[redeployed(project)].into());
        }
        Step::Deploy { project, artifact: number, content } => {
            setting.world.set(project, &artifact(number), content);
            let changes = [redeployed(project), edited(project, &artifact(number))];
            setting.query.changed(&changes.into());
        }
        Step::Record { project, artifact: number } => {
            setting.world.record(project, &artifact(number));
            setting.query.changed(&[redeployed(project)].into());
        }
        Step::Empty { project, fault } => {
            for number in 0..3 {
                setting.world.undeploy(project, &artifact(number));
            }
            match fault {
                Fault::None => setting.world.mend_tracker(project),
                Fault::OfNoArtifact => setting.world.break_tracker(project, None),
                Fault::Of(number) => setting.world.break_tracker(project, Some(&artifact(number))),
            }
            setting.query.changed(&[redeployed(project)].into());
        }
        Step::Hide { project, is_hidden } => {
            setting.world.hide(project, is_hidden);
            setting.query.changed(&[redeployed(project)].into());
        }
        Step::Publish { artifact: number, content } => {
            setting.world.publish(&artifact(number), content);
            setting.query.changed(&[Change::Collections].into());
        }
        Step::ChangeUnseen { project, artifact: number, content } => {
            setting.world.set(project, &artifact(number), content);
            setting.cache.invalidate_all();
        }
        Step::ChangeNamed { project, artifact: number, content } => {
            setting.world.set(project, &artifact(number), content);
            setting.cache.invalidate_artifact(&id(&artifact(number)));
        }
        Step::Wait { seconds } => setting.clock.advance(Duration::from_secs(seconds.into())),
        Step::Ask { artifact: number } => {
            let id = id(&artifact(number));
            let cached = setting.query.statistics(&id).await.unwrap().cached.value;
            let uncached = uncached(&setting.world);
            assert_eq!(*cached, uncached.statistics(&uncached.inventory(&()), &id, &()));
        }
        Step::AskAll => {
            let cached = setting.query.overview().await.unwrap().cached.value;
            let uncached = uncached(&setting.world);
            assert_eq!(*cached, uncached.overview(&uncached.inventory(&()), &|_, _| true, &()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn cached_is_uncached(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let setting = setting(2);
            for step in &steps {
                take(&setting, step).await;
            }
        });
    }
}
