//! A computation that goes on while the world changes, is told of, and is asked again. Each comment
//! names the mechanism without which the test fails.

use tokio::task::JoinHandle;

use super::*;

/// Asks in the background.
fn asking(setting: &Setting, artifact: &'static str) -> JoinHandle<usize> {
    let query = Arc::clone(&setting.query);
    tokio::spawn(async move { query.statistics(&id(artifact)).await.unwrap().cached.value.total() })
}

/// Asks while another computation stands still, so this one must not wait for that.
async fn ask_past(setting: &Setting, artifact: &str) -> (usize, usize) {
    let answer = tokio::time::timeout(Duration::from_secs(20), setting.ask(artifact)).await;
    let (total, modified, _) = answer.expect("it does not wait for the one before");
    (total, modified)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_that_names_nothing_and_breaks_is_in_the_overview() {
    // Fails when `project_changed` begins no generation for a tracker.
    let setting = setting(2);
    setting.world.set(7, "skill:x", 0);
    setting.world.undeploy(7, "skill:x");
    let problems = async || setting.query.overview().await.unwrap().cached.value.problems.len();
    assert_eq!(problems().await, 0);
    setting.world.break_tracker(7, None);
    setting.query.changed(&[redeployed(7)].into());
    assert_eq!(problems().await, 1);
    setting.world.mend_tracker(7);
    setting.query.changed(&[redeployed(7)].into());
    assert_eq!(problems().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_project_is_more_than_what_its_records_changed() {
    // Fails when the states of copies survive whose records are the same.
    let setting = setting(2);
    assert_eq!(setting.ask("skill:a").await.1, 0);
    setting.world.edit(1, "skill:a", 9);
    setting.query.changed(&[redeployed(1)].into());
    assert_eq!(setting.ask("skill:a").await.1, 0, "it says only that the records may have changed");
    setting.query.changed(&[Change::AllOf(project_path(1))].into());
    assert_eq!(setting.ask("skill:a").await.1, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_names_nothing_ends_what_outlived_its_list() {
    // Fails when `invalidate_statistics` returns at once for what concerns no artifact.
    let setting = setting(2);
    setting.world.set(7, "skill:x", 0);
    let (heard, go_on) = stop_first(&setting.world, "hash");
    let early = asking(&setting, "skill:x");
    heard.recv().unwrap();
    setting.cache.invalidate_artifact(&id("skill:other"));
    setting.world.undeploy(7, "skill:x");
    setting.ask("skill:a").await;
    // For the new list the tracker was read after the change, so it names nothing before or after.
    setting.query.changed(&[redeployed(7)].into());
    go_on.send(()).unwrap();
    assert_eq!(early.await.unwrap(), 1);
    assert_eq!(setting.ask("skill:x").await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_of_a_list_that_was_refused_ends_with_the_next_change() {
    // Fails when `invalidate_artifact` does not set `State::outlived`.
    let setting = setting(2);
    let [walk, hash] = stop_at(&setting.world, ["walk", "hash"]);
    let early = asking(&setting, "skill:b");
    walk.0.recv().unwrap();
    setting.cache.invalidate_artifact(&id("skill:other"));
    walk.1.send(()).unwrap();
    hash.0.recv().unwrap();
    setting.world.undeploy(1, "skill:b");
    setting.ask("skill:a").await;
    setting.query.changed(&[redeployed(1)].into());
    assert_eq!(ask_past(&setting, "skill:b").await, (1, 0));
    hash.1.send(()).unwrap();
    early.await.unwrap();
    assert_eq!(setting.ask("skill:b").await.0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_of_a_list_that_was_refused_is_not_kept() {
    // Fails when `Core::list` does not look whether its list is held: the next one differs, and there is
    // nothing it is compared with.
    let setting = setting(2);
    let [walk, hash] = stop_at(&setting.world, ["walk", "hash"]);
    let early = asking(&setting, "skill:b");
    walk.0.recv().unwrap();
    setting.cache.invalidate_artifact(&id("skill:other"));
    walk.1.send(()).unwrap();
    hash.0.recv().unwrap();
    setting.world.set(5, "skill:b", 0);
    assert_eq!(setting.ask("skill:a").await.0, 2);
    hash.1.send(()).unwrap();
    early.await.unwrap();
    assert_eq!(setting.ask("skill:b").await.0, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_went_and_came_back_is_not_counted_as_it_was_in_between() {
    // Fails when `Listed::records` reads a project that is not on the list that is held.
    let setting = setting(3);
    setting.world.set(0, "skill:c", 0);
    let jobs = ["job", "job", "job", "job", "hash"];
    let [first, second, third, other, hash] = stop_at(&setting.world, jobs);
    let a = asking(&setting, "skill:a");
    for job in [first, second] {
        job.0.recv().unwrap();
        job.1.send(()).unwrap();
    }
    // The trackers of two projects have been read.
    third.0.recv().unwrap();
    let c = asking(&setting, "skill:c");
    other.0.recv().unwrap();
    setting.world.remove(1);
    setting.query.changed(&[redeployed(1)].into());
    setting.world.set(1, "skill:c", 0);
    let seen = setting.query.projects().records(&project_path(1));
    assert_eq!(seen.records.len(), 1, "who asks for no answer sees it");
    other.1.send(()).unwrap();
    hash.0.recv().unwrap();
    setting.world.undeploy(1, "skill:c");
    setting.world.set(1, "skill:b", 0);
    setting.query.changed(&[redeployed(1)].into());
    hash.1.send(()).unwrap();
    third.1.send(()).unwrap();
    a.await.unwrap();
    c.await.unwrap();
    assert_eq!(setting.ask("skill:c").await.0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_of_a_list_that_is_too_old_by_now_is_not_joined() {
    // Fails when a list that is too old goes without `State::refuse_all`.
    let setting = setting(2);
    setting.ask("skill:b").await;
    setting.clock.advance(Duration::from_millis(119_999));
    let (heard, go_on) = stop_first(&setting.world, "hash");
    let early = asking(&setting, "skill:a");
    heard.recv().unwrap();
    setting.world.set(7, "skill:a", 9);
    setting.clock.advance(Duration::from_millis(1));
    assert_eq!(ask_past(&setting, "skill:a").await, (3, 1));
    go_on.send(()).unwrap();
    early.await.unwrap();
    assert_eq!(setting.ask("skill:a").await.0, 3);
}
