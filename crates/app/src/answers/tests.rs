//! What is asked of a service, and what is made of its answer.

use std::sync::Arc;

use skillstat_domain::testing::MockStatisticsQuery;
use skillstat_domain::{Answer, AnswerSource, Cached, Clock, Moment, QueryError};

use super::*;
use crate::{Config, Flags, Surroundings, SystemClock};

/// An application over a root that is not there, and a service of which one knows.
fn app(query: MockStatisticsQuery) -> App {
    let flags = Flags { roots: vec!["/nonexistent/root".into()], ..Flags::default() };
    let config = Config::load(flags, &Surroundings::default()).unwrap();
    let mut app = App::new(&config).unwrap();
    // Whatever lies there: it is there, so it is asked.
    app.service = Service::At("/".into(), Arc::new(query));
    app
}

/// An answer made of what was read so many seconds ago.
fn old<T>(seconds: u64, value: T) -> Answer<T> {
    let now = SystemClock.now().since(Moment::default());
    let as_of = Moment::new(now.saturating_sub(Duration::from_secs(seconds)));
    let cached = Cached { value: Arc::new(value), as_of, version: 1 };
    Answer { cached, source: AnswerSource::Hit }
}

fn collection() -> Scanned<Vec<Collection>> {
    let (name, path) = ("told".to_owned(), "/c".into());
    Scanned::whole(vec![Collection { name, path, active: true, artifacts: Vec::new() }])
}

fn age(answers: &Answers<'_>) -> u64 {
    match answers.source() {
        Source::Service { age, .. } => age.as_secs(),
        Source::Disk { reason } => panic!("{reason}"),
    }
}

#[test]
fn the_collections_are_asked_for_when_they_are_wanted() {
    let mut query = MockStatisticsQuery::new();
    query.expect_overview().once().returning(|| Ok(old(10, Overview::default())));
    let app_without = app(query);
    let answers = app_without.answers(Scope::Deployments, &());
    assert_eq!((age(&answers), answers.projects().len()), (10, 0));
    // Nobody said that they would be asked about; then they are looked at.
    assert_eq!(answers.collections(), app_without.collections().collections());

    for (overview, collections) in [(10, 100), (100, 10)] {
        let mut query = MockStatisticsQuery::new();
        query.expect_overview().once().returning(move || Ok(old(overview, Overview::default())));
        query.expect_collections().once().returning(move || Ok(old(collections, collection())));
        let app = app(query);
        let answers = app.answers(Scope::AndCollections, &());
        assert_eq!((age(&answers), answers.collections()), (100, collection()));
    }
}

#[test]
fn half_an_answer_is_none() {
    let mut query = MockStatisticsQuery::new();
    query.expect_overview().returning(|| Ok(old(0, Overview::default())));
    let reason = "the service at /s broke off".to_owned();
    let error = QueryError::Unavailable { reason: reason.clone() };
    query.expect_collections().returning(move || Err(error.clone()));
    let app = app(query);
    let answers = app.answers(Scope::AndCollections, &());
    assert_eq!(*answers.source(), Source::Disk { reason });
    let problems: Vec<_> = answers.problems().into_iter().map(|problem| problem.path).collect();
    assert_eq!(problems, ["/nonexistent/root"], "the disk was looked at");
}
