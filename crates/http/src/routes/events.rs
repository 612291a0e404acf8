//! News as they happen, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use skillstat_domain::{Listener, Notice};
use skillstat_wire::News;
use tokio::sync::OwnedSemaphorePermit;

use crate::problem::Refusal;
use crate::state::HttpState;

/// How often a stream without news says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A stream that is being read.
struct Stream {
    state: Arc<HttpState>,
    listener: Box<dyn Listener>,
    /// The id to begin with, until it was sent.
    ready: Option<u64>,
    /// One of the places for streams.
    _place: OwnedSemaphorePermit,
}

/// Returns news as they happen: first `ready`, then `artifact`, `project` and `collections`, each with an
/// id that a client which was cut off sends back as `Last-Event-ID`. At `resync` it asks for everything
/// again: it was too slow, or more has changed than is told one by one.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    operation_id = "get_events",
    params(("Last-Event-ID" = Option<String>, Header, description = "the id of the last event that came")),
    responses((status = 200, body = News, content_type = "text/event-stream"))
)]
pub(crate) async fn get(
    State(state): State<Arc<HttpState>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Ok(place) = Arc::clone(&state.streams).try_acquire_owned() else {
        let busy = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many listen already");
        return Err(busy.with_header(RETRY_AFTER, "60"));
    };
    let feed = &state.services.feed;
    let (after, ready) = if let Some(last) = headers.get("last-event-id") {
        // What is no id of this process has no place in its order: the listener is told to resync.
        (parse(last, state.process).unwrap_or(u64::MAX), None)
    } else {
        let latest = feed.latest();
        (latest, Some(latest))
    };
    let listener = feed.listen(Some(after));
    let stream = Stream { state, listener, ready, _place: place };
    let events = stream::unfold(stream, async |mut stream| {
        let event = stream.next().await?;
        Some((Ok::<_, Infallible>(event), stream))
    });
    let response = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    Ok(response.into_response())
}

impl Stream {
    /// Returns the next event; nothing when the service ends.
    async fn next(&mut self) -> Option<Event> {
        let process = self.state.process;
        if let Some(latest) = self.ready.take() {
            return Some(event("ready", process, latest, &serde_json::json!({ "event": "ready" })));
        }
        let mut ending = self.state.ending.subscribe();
        tokio::select! {
            _ = ending.wait_for(|ending| *ending) => None,
            notice = self.listener.next() => {
                let Notice { id, news } = notice?;
                let news = News::from(&news);
                Some(event(news.name(), process, id, &news))
            }
        }
    }
}

fn event(name: &str, process: u64, id: u64, data: &impl Serialize) -> Event {
    // A tree of texts and numbers always serialises, on one line.
    let data = serde_json::to_string(data).unwrap_or_default();
    Event::default().event(name).id(event_id(process, id)).data(data)
}

/// Returns the id of an event as it is sent.
pub(crate) fn event_id(process: u64, id: u64) -> String {
    format!("{process:016x}-{id}")
}

/// Takes an id apart, if this process gave it.
fn parse(id: &HeaderValue, process: u64) -> Option<u64> {
    let (of, id) = id.to_str().ok()?.split_once('-')?;
    (u64::from_str_radix(of, 16).ok()? == process).then(|| id.parse().ok()).flatten()
}
