//! A question that was asked before, answered without a route.
//!
//! Finding a route, taking its parameters apart and boxing its future costs several times what the answer
//! costs. The answer is the one that the route gave: it is sent again only while all that it was made
//! from is what the query has.

use axum::extract::Request;
use axum::http::header::ACCEPT_ENCODING;
use axum::http::{Method, Uri};
use axum::response::Response;
use futures_util::FutureExt;
use skillstat_domain::ArtifactAnswers;

use crate::bodies::Kept;
use crate::freshness::Freshness;
use crate::front::harden;
use crate::guard::{check, origin};
use crate::known::Known;
use crate::router::LARGE;
use crate::routes::artifact;
use crate::state::HttpState;

/// What tells questions apart: path and query as they came.
pub(crate) fn question(uri: &Uri) -> &str {
    uri.path_and_query().map_or("", |question| question.as_str())
}

/// Sends an answer that was kept, while it is good; else returns what the query has by now, if anything.
pub(crate) async fn again(
    state: &HttpState,
    kept: Kept,
    known: &Known,
) -> Result<Response, Option<ArtifactAnswers>> {
    let found = state.services.query.artifact(&kept.artifact).await.map_err(|_| None)?;
    let (all, statistics) = &found;
    if kept.versions != [all.cached.version, statistics.cached.version] {
        return Err(Some(found));
    }
    let freshness = Freshness::new(all).and(statistics);
    freshness.send_tagged(state, known, kept.etag, || Ok(kept.body)).map_err(|_| Some(found))
}

/// Answers a request, if the same question was answered before and its answer is still good, at once.
/// Whatever else is the routes' to answer, refusals too.
pub(crate) fn warm(state: &HttpState, request: &Request) -> Option<Response> {
    if *request.method() != Method::GET {
        return None;
    }
    let kept = state.bodies.get(question(request.uri()))?;
    let headers = request.headers();
    if kept.body.len() as u64 >= LARGE && headers.contains_key(ACCEPT_ENCODING) {
        return None;
    }
    check(request, &state.guard, state.limits.body).ok()?;
    let noticed = state.observer.notice(request, Some(artifact::PATH));
    let known = Known::new(headers, state);
    let mut response = again(state, kept, &known).now_or_never()?.ok()?;
    origin::mark(response.headers_mut(), &state.guard, origin::allowed(request, &state.guard));
    harden(&mut response);
    noticed.answered(&mut response);
    Some(response)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::{Body, Bytes};
    use axum::http::HeaderValue;
    use skillstat_domain::testing::{
        ManualClock, MockChangeFeed, MockDeploymentCommands, MockDiffQuery, MockStatisticsQuery,
        MockStatsCache,
    };
    use skillstat_domain::{Answer, AnswerSource, Cached, Moment, QueryError, Unwatched};
    use tower::ServiceExt;

    use super::*;
    use crate::router::router;
    use crate::{ApiKey, GuardConfig, Services};

    const QUESTION: &str = "/api/v1/artifacts/skill:a?include_deployments=true";

    fn answer<T: Default>(version: u64) -> Answer<T> {
        let cached = Cached { value: Arc::default(), as_of: Moment::default(), version };
        Answer { cached, source: AnswerSource::Hit }
    }

    /// A service that keeps an answer of so many bytes made from versions 1 and 2, and whose query has
    /// these.
    fn state(versions: Result<[u64; 2], QueryError>, bytes: usize) -> HttpState {
        let mut query = MockStatisticsQuery::new();
        query.expect_artifact().returning(move |_| {
            versions.clone().map(|[all, statistics]| (answer(all), answer(statistics)))
        });
        let services = Services {
            query: Arc::new(query),
            diffs: Arc::new(MockDiffQuery::new()),
            commands: Arc::new(MockDeploymentCommands::new()),
            cache: Arc::new(MockStatsCache::new()),
            clock: Arc::new(ManualClock::default()),
            watcher: Arc::new(Unwatched),
            feed: Arc::new(MockChangeFeed::new()),
            others: None,
        };
        let guard = GuardConfig { key: ApiKey::new("right"), ..GuardConfig::default() };
        let state = HttpState::new(services, guard);
        let (etag, body) = (HeaderValue::from_static("\"1-2\""), Bytes::from(vec![b'1'; bytes]));
        let artifact = "skill:a".parse().unwrap();
        state.bodies.keep(QUESTION, Kept { artifact, versions: [1, 2], etag, body });
        state
    }

    fn status(
        state: &HttpState,
        method: &str,
        question: &str,
        header: (&str, &str),
    ) -> Option<u16> {
        let request = Request::builder().method(method).uri(question);
        let request = request.header("host", "localhost").header(header.0, header.1);
        warm(state, &request.body(Body::empty()).unwrap())
            .map(|response| response.status().as_u16())
    }

    #[test]
    fn only_the_very_question_is_answered_and_only_to_whom_the_routes_would() {
        // Fails when a condition of `warm` is taken out.
        let state = state(Ok([1, 2]), 2);
        let plain = ("accept", "*/*");
        assert_eq!(status(&state, "GET", QUESTION, plain), Some(200));
        assert_eq!(status(&state, "GET", QUESTION, ("if-none-match", "\"1-2\"")), Some(304));
        assert_eq!(status(&state, "HEAD", QUESTION, plain), None);
        assert_eq!(status(&state, "GET", "/api/v1/artifacts/skill:a", plain), None);
        assert_eq!(status(&state, "GET", QUESTION, ("host", "elsewhere")), None);
        assert_eq!(status(&state, "GET", QUESTION, ("x-api-key", "wrong")), None);
        assert_eq!(status(&state, "GET", QUESTION, ("x-api-key", "right")), Some(200));
        assert_eq!(status(&state, "GET", QUESTION, ("accept-encoding", "gzip")), Some(200));
    }

    #[tokio::test]
    async fn what_was_found_out_is_not_asked_for_once_more() {
        // Any other question than one for the artifact would panic.
        let request = Request::get(QUESTION).header("host", "localhost").body(Body::empty());
        let reply = router(state(Ok([1, 3]), 2)).oneshot(request.unwrap()).await.unwrap();
        assert_eq!(reply.status(), 404, "of now, and not what was kept");
    }

    #[test]
    fn a_large_answer_is_the_routes_to_compress() {
        let state = state(Ok([1, 2]), usize::try_from(LARGE).unwrap());
        assert_eq!(status(&state, "GET", QUESTION, ("accept", "*/*")), Some(200));
        assert_eq!(status(&state, "GET", QUESTION, ("accept-encoding", "gzip")), None);
    }

    #[test]
    fn an_answer_is_sent_only_while_all_that_it_was_made_from_is_there() {
        for versions in [Ok([1, 3]), Ok([3, 2]), Err(QueryError::Busy)] {
            let state = state(versions, 2);
            assert_eq!(status(&state, "GET", QUESTION, ("accept", "*/*")), None);
        }
    }
}
