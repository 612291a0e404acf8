//! What a change of the collections makes stale: the artifacts whose originals are others now.

use skillstat_domain::{ChangeFeed, News};

use super::*;

impl Setting {
    async fn worst(&self, artifact: &str) -> (StateName, AnswerSource) {
        let answer = self.query.statistics(&id(artifact)).await.unwrap();
        (answer.cached.value.worst().unwrap(), answer.source)
    }

    fn collections_change(&self) {
        self.query.changed(&[Change::Collections].into());
    }
}

/// Two projects with `skill:a` and `skill:b`, both in the collection as they were deployed.
fn published() -> Setting {
    let setting = setting(2);
    setting.world.publish("skill:a", Some(0));
    setting.world.publish("skill:b", Some(0));
    setting
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_that_changes_costs_what_it_changes() {
    // Fails when `collections_changed` makes all statistics bad, or none.
    let setting = published();
    assert_eq!(setting.worst("skill:a").await.0, StateName::Synced);
    assert_eq!(setting.worst("skill:b").await.0, StateName::Synced);
    assert_eq!(setting.world.collection_looks(), (1, 2), "one manifest, each content once");

    setting.world.publish("skill:a", Some(9));
    setting.collections_change();
    assert_eq!(setting.world.collection_looks(), (2, 4));
    assert_eq!(setting.worst("skill:b").await, (StateName::Synced, AnswerSource::Hit));
    assert_eq!(setting.worst("skill:a").await, (StateName::Outdated, AnswerSource::Miss));
    assert_eq!(setting.world.collection_looks(), (2, 4), "what was read anew is not read again");
    assert_eq!(setting.world.looks(), (1, 2, 4), "and no copy is");

    setting.world.set(1, "skill:a", 7);
    setting.query.changed(&[edited(1, "skill:a")].into());
    assert_eq!(setting.worst("skill:a").await, (StateName::Conflict, AnswerSource::Miss));
    setting.world.publish("skill:a", None);
    setting.collections_change();
    assert_eq!(setting.worst("skill:a").await, (StateName::Modified, AnswerSource::Miss));
    assert_eq!(setting.worst("skill:b").await.1, AnswerSource::Hit);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_reads_each_original_once() {
    let setting = published();
    setting.query.overview().await.unwrap();
    assert_eq!(setting.world.collection_looks(), (1, 2));
    setting.query.changed(&[edited(1, "skill:a")].into());
    setting.query.overview().await.unwrap();
    assert_eq!(setting.world.collection_looks(), (1, 2), "a copy has changed, no original");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_collections_during_a_load_never_yields_an_old_answer_afterwards() {
    // Fails when what is just being read counts as known, and when its manifest is that of the slot
    // which was replaced.
    for kind in ["hash", "manifest", "original"] {
        let setting = published();
        let (heard, go_on) = stop_first(&setting.world, kind);
        let query = Arc::clone(&setting.query);
        let early = tokio::spawn(async move { query.statistics(&id("skill:a")).await });
        heard.recv().unwrap();
        setting.world.publish("skill:a", Some(9));
        setting.collections_change();
        let query = Arc::clone(&setting.query);
        let late = tokio::spawn(async move { query.statistics(&id("skill:a")).await });
        if kind != "hash" {
            // One state of a copy is looked up once, so the late one would wait for the early one.
            let late = tokio::time::timeout(Duration::from_secs(20), late).await.unwrap();
            let late = late.unwrap().unwrap().cached.value;
            assert_eq!(late.worst(), Some(StateName::Outdated), "{kind}");
        }
        go_on.send(()).unwrap();
        early.await.unwrap().unwrap();
        let (worst, _) = setting.worst("skill:a").await;
        assert_eq!(worst, StateName::Outdated, "{kind}: the early answer was not kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_no_list_is_held_a_change_of_collections_concerns_everything() {
    // Fails when `refresh_originals` takes a slot that nobody notes anything in for one without answers.
    let setting = published();
    let (heard, go_on) = stop_first(&setting.world, "original");
    let query = Arc::clone(&setting.query);
    let early = tokio::spawn(async move { query.statistics(&id("skill:a")).await });
    heard.recv().unwrap();
    setting.cache.invalidate_artifact(&id("skill:b"));
    setting.world.publish("skill:a", Some(9));
    setting.collections_change();
    go_on.send(()).unwrap();
    early.await.unwrap().unwrap();
    assert_eq!(setting.worst("skill:a").await.0, StateName::Outdated);
}

#[tokio::test(start_paused = true)]
async fn listeners_hear_of_the_collections_and_of_whose_state_may_differ() {
    let setting = published();
    setting.worst("skill:a").await;
    setting.worst("skill:b").await;
    let feed = setting.query.feed();
    let mut listener = feed.listen(None);
    setting.world.publish("skill:b", Some(9));
    setting.collections_change();
    setting.collections_change();
    let listening = async {
        let first = listener.next().await.unwrap().news;
        (first, listener.next().await.unwrap().news)
    };
    let told = tokio::select! {
        () = feed.tell(&*setting.query) => unreachable!(),
        told = listening => told,
    };
    let outdated = News::Artifact {
        artifact: id("skill:b"),
        total: 2,
        modified: 0,
        worst: Some(StateName::Outdated),
    };
    assert_eq!(told, (News::Collections, outdated));
}
