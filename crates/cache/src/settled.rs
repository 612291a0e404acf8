//! Answers that hold every change that happened before the question.

use std::sync::Arc;

use async_trait::async_trait;
use skillstat_domain::{
    Answer, ArtifactAnswers, ArtifactId, Collection, DeploymentStatistics, Overview, QueryError,
    Scanned, StatisticsQuery, Watcher,
};
use tokio::sync::oneshot;

use crate::BlockingPool;

/// A query that first lets the watcher tell what has happened.
#[derive(Debug)]
pub struct SettledStatistics {
    inner: Arc<dyn StatisticsQuery>,
    watcher: Arc<dyn Watcher>,
    pool: Arc<dyn BlockingPool>,
}

impl SettledStatistics {
    /// Puts a watcher before a query; `inner` is what the watcher tells its changes to.
    pub fn new(
        inner: Arc<dyn StatisticsQuery>,
        watcher: Arc<dyn Watcher>,
        pool: Arc<dyn BlockingPool>,
    ) -> Self {
        Self { inner, watcher, pool }
    }

    async fn settle(&self) {
        if self.watcher.is_settled() {
            return;
        }
        let (done, settled) = oneshot::channel();
        let watcher = Arc::clone(&self.watcher);
        self.pool.run(Box::new(move || {
            watcher.settle();
            // Whoever asked may have gone.
            let _gone = done.send(());
        }));
        // A watcher that panics leaves what the cache holds, and what is wrong in its coverage.
        let _panicked = settled.await;
    }
}

#[async_trait]
impl StatisticsQuery for SettledStatistics {
    async fn statistics(
        &self,
        artifact: &ArtifactId,
    ) -> Result<Answer<DeploymentStatistics>, QueryError> {
        self.settle().await;
        self.inner.statistics(artifact).await
    }

    async fn overview(&self) -> Result<Answer<Overview>, QueryError> {
        self.settle().await;
        self.inner.overview().await
    }

    async fn collections(&self) -> Result<Answer<Scanned<Vec<Collection>>>, QueryError> {
        self.settle().await;
        self.inner.collections().await
    }

    async fn artifact(&self, artifact: &ArtifactId) -> Result<ArtifactAnswers, QueryError> {
        self.settle().await;
        self.inner.artifact(artifact).await
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests {
    use std::sync::Mutex;

    use skillstat_domain::testing::{MockStatisticsQuery, MockWatcher};
    use skillstat_domain::{AnswerSource, Cached, Moment};

    use super::*;

    /// The questions that there are.
    const ASKED: [&str; 4] = ["statistics", "overview", "collections", "artifact"];

    /// Every job on a thread of its own; counts them.
    #[derive(Debug, Default)]
    struct Threads(Mutex<usize>);

    impl BlockingPool for Threads {
        fn run(&self, job: Box<dyn FnOnce() + Send>) {
            *self.0.lock().unwrap() += 1;
            std::thread::spawn(job);
        }
    }

    fn answer<T: Default>(asked: impl Fn()) -> Answer<T> {
        asked();
        let cached = Cached { value: Arc::default(), as_of: Moment::default(), version: 1 };
        Answer { cached, source: AnswerSource::Hit }
    }

    /// Asks each question once; returns what happened in which order, and how many jobs there were.
    async fn ask(is_settled: bool, settle: fn()) -> (Vec<&'static str>, usize) {
        let happened = Arc::new(Mutex::new(Vec::new()));
        let note = |what: &'static str| {
            let happened = Arc::clone(&happened);
            move || happened.lock().unwrap().push(what)
        };
        let mut watcher = MockWatcher::new();
        watcher.expect_is_settled().return_const(is_settled);
        let settled = note("settled");
        watcher.expect_settle().returning(move || {
            settled();
            settle();
        });
        let mut inner = MockStatisticsQuery::new();
        let asked = note("statistics");
        inner.expect_statistics().returning(move |_| Ok(answer(&asked)));
        let asked = note("overview");
        inner.expect_overview().returning(move || Ok(answer(&asked)));
        let asked = note("collections");
        inner.expect_collections().returning(move || Ok(answer(&asked)));
        let asked = note("artifact");
        inner.expect_artifact().returning(move |_| Ok((answer(&asked), answer(|| ()))));
        let pool = Arc::new(Threads::default());
        let query =
            SettledStatistics::new(Arc::new(inner), Arc::new(watcher), Arc::clone(&pool) as _);
        query.statistics(&"skill:a".parse().unwrap()).await.unwrap();
        query.overview().await.unwrap();
        query.collections().await.unwrap();
        query.artifact(&"skill:a".parse().unwrap()).await.unwrap();
        let (happened, jobs) = (happened.lock().unwrap().clone(), *pool.0.lock().unwrap());
        (happened, jobs)
    }

    #[tokio::test]
    async fn every_change_is_taken_before_the_question_is_asked() {
        // Fails when a question is asked without `settle`, or without waiting for it.
        let settled = |asked| ["settled", asked];
        let expected = ASKED.map(settled).concat();
        assert_eq!(ask(false, || ()).await, (expected, 4));
    }

    #[tokio::test]
    async fn nothing_is_done_where_nothing_has_happened() {
        // Fails when `is_settled` is not asked: every hit would take a thread.
        assert_eq!(ask(true, || ()).await, (ASKED.into(), 0));
    }

    #[tokio::test]
    async fn a_watcher_that_panics_leaves_the_answers() {
        let (mut happened, _) = ask(false, || panic!("this panic is part of the test")).await;
        happened.retain(|what| *what != "settled");
        assert_eq!(happened, ASKED);
    }
}
