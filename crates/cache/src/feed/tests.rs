//! News: what changed is told once, in order, and a listener that is behind is told that it is.

use skillstat_domain::testing::MockStatisticsQuery;
use skillstat_domain::{
    Affected, Answer, AnswerSource, Cached, DeploymentStatistics, Moment, ProjectPath,
};

use super::*;
use crate::test_world::{id, project_path};

/// A query that answers every question with zeros.
fn query() -> MockStatisticsQuery {
    let mut query = MockStatisticsQuery::new();
    query.expect_statistics().returning(|_| {
        let value = Arc::new(DeploymentStatistics::default());
        let cached = Cached { value, as_of: Moment::default(), version: 1 };
        Ok(Answer { cached, source: AnswerSource::Miss })
    });
    query
}

fn edited(artifacts: &[&str], project: u8) -> Effect {
    let affected = Affected::Only(artifacts.iter().map(|artifact| id(artifact)).collect());
    Effect::Answers { affected, project: Some((project_path(project), true)) }
}

/// Tells what was added until a listener has so many notices.
async fn heard(feed: &Feed, listener: &mut dyn Listener, count: usize) -> Vec<News> {
    let query = query();
    let listening = async {
        let mut news = Vec::new();
        while news.len() < count {
            news.push(listener.next().await.expect("it goes on").news);
        }
        news
    };
    tokio::select! {
        () = feed.tell(&query) => unreachable!(),
        news = listening => news,
    }
}

fn artifact(name: &str) -> News {
    News::Artifact { artifact: id(name), total: 0, modified: 0, worst: None }
}

fn project(number: u8) -> News {
    News::Project { project: project_path(number), there: true }
}

#[tokio::test(start_paused = true)]
async fn what_comes_together_is_told_once() {
    // Fails when `tell` does not gather.
    let feed = Feed::default();
    let mut listener = feed.listen(None);
    let saves = async {
        for _ in 0..10 {
            feed.add(edited(&["skill:a"], 1));
            // The clock stands still but for this.
            tokio::time::advance(GATHERED / 20).await;
        }
        feed.add(edited(&["skill:b"], 2));
        feed.add(Effect::Collections);
    };
    let expected =
        [project(1), project(2), News::Collections, artifact("skill:a"), artifact("skill:b")];
    let (heard_first, ()) = tokio::join!(heard(&feed, &mut *listener, 5), saves);
    assert_eq!(heard_first, expected);
    feed.add(edited(&["skill:c"], 1));
    assert_eq!(heard(&feed, &mut *listener, 2).await, [project(1), artifact("skill:c")]);
}

#[tokio::test(start_paused = true)]
async fn more_than_can_be_told_apart_is_one_resync() {
    let feed = Feed::default();
    let mut listener = feed.listen(None);
    let names: Vec<_> = (0..=TOLD_APART).map(|number| format!("skill:{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    feed.add(edited(&names[1..], 1));
    assert!(lock(&feed.pending).artifacts.is_some(), "so many can");
    feed.add(edited(&names, 1));
    assert_eq!(heard(&feed, &mut *listener, 2).await, [project(1), News::Resync]);
    feed.add(Effect::Answers { affected: Affected::All, project: None });
    feed.add(edited(&["skill:a"], 1));
    assert_eq!(heard(&feed, &mut *listener, 2).await, [project(1), News::Resync]);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_has_told_yet_is_bounded() {
    // Fails when `Pending::add` counts no projects: a library may take changes and never tell.
    let feed = Feed::default();
    let mut listener = feed.listen(None);
    for number in 0..10_000 {
        let path = format!("/p/{number}");
        let project = ProjectPath::new(path.as_str().into()).unwrap();
        feed.add(Effect::Answers { affected: Affected::NONE, project: Some((project, true)) });
        assert!(lock(&feed.pending).projects.len() <= TOLD_APART);
    }
    let heard = heard(&feed, &mut *listener, 1 + 10_000 % (TOLD_APART + 1)).await;
    assert_eq!(heard.last(), Some(&News::Resync));
}

#[tokio::test]
async fn a_listener_goes_on_where_it_was_and_is_told_when_it_has_missed_some() {
    // Fails when `read_on` takes the first notice it finds.
    let feed = Feed::default();
    let mut slow = feed.listen(None);
    for number in 0..3 {
        feed.ring.push(project(number));
    }
    assert_eq!(slow.next().await, Some(Notice { id: 1, news: project(0) }));
    assert_eq!(feed.listen(Some(2)).next().await, Some(Notice { id: 3, news: project(2) }));
    for _ in 0..2 * KEPT {
        feed.ring.push(project(7));
    }
    assert_eq!(lock(&feed.ring.notices).len(), KEPT, "bounded, whoever listens");
    let latest = 3 + 2 * KEPT as u64;
    assert_eq!(feed.latest(), latest);
    let resync = Some(Notice { id: latest, news: News::Resync });
    assert_eq!(slow.next().await, resync);
    assert_eq!(feed.listen(Some(1)).next().await, resync);
    assert_eq!(feed.listen(Some(latest + 10)).next().await, resync, "of another process");
    feed.ring.push(project(8));
    assert_eq!(slow.next().await, Some(Notice { id: latest + 1, news: project(8) }));
}
