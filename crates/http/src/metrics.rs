//! What is counted about requests and the cache, told as Prometheus reads it.

mod fleet;
mod route;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use metrics::{Counter, Gauge, Key, Label, Level, Metadata, Recorder, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use skillstat_domain::{CacheCounters, FleetStanding};

pub(crate) use self::route::Route;
use self::route::{DURATION, REQUESTS};
use crate::routes::root::VERSION;

/// The upper bounds of the durations that are told apart, in seconds.
const BUCKETS: [f64; 16] = [
    0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0,
];

/// After how many requests the durations are sorted into their buckets: until then, or until
/// somebody asks, each is kept by itself.
const UNSORTED: u32 = 4096;

const IN_FLIGHT: &str = "skillstat_http_requests_in_flight";
const BUILD: &str = "skillstat_build_info";
const START: &str = "skillstat_start_time_seconds";
const UPTIME: &str = "skillstat_uptime_seconds";

const METADATA: Metadata<'static> = Metadata::new("skillstat_http", Level::INFO, None);

/// How a kind of metric is described to a recorder.
type Describe = fn(&PrometheusRecorder, metrics::KeyName, Option<Unit>, metrics::SharedString);

/// What this process counts. There is one series for each route, method and class of status that was
/// met, and these are known beforehand: a request cannot make another one.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    text: PrometheusHandle,
    routes: HashMap<String, Route>,
    /// Whatever no route was found for.
    none: Route,
    in_flight: Gauge,
    uptime: Gauge,
    cache: CacheMetrics,
    unsorted: AtomicU32,
}

/// How one of the cache's numbers is read.
type Read<T> = fn(&CacheCounters) -> T;

/// What is told of the cache; it counts by itself.
struct CacheMetrics {
    counters: [(Counter, Read<u64>); 5],
    gauges: [(Gauge, Read<f64>); 3],
}

impl Metrics {
    /// Prepares to count requests for these routes.
    pub(crate) fn new(routes: impl IntoIterator<Item = String>) -> Self {
        // Fails only without buckets.
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS).unwrap_or_default();
        let recorder = builder.build_recorder();
        let describe = |how: Describe, name: &'static str, what: &'static str| {
            how(&recorder, name.into(), None, what.into());
        };
        describe(Recorder::describe_counter, REQUESTS, "Requests that were answered.");
        describe(Recorder::describe_histogram, DURATION, "Time until the answer began.");
        describe(Recorder::describe_gauge, IN_FLIGHT, "Requests being answered.");
        describe(Recorder::describe_gauge, BUILD, "Always 1; its label is the version.");
        describe(Recorder::describe_gauge, START, "When the service started, since 1970.");
        describe(Recorder::describe_gauge, UPTIME, "How long the service has run.");
        let gauge = |key: &Key| recorder.register_gauge(key, &METADATA);
        gauge(&Key::from_parts(BUILD, vec![Label::new("version", VERSION)])).set(1);
        gauge(&Key::from_name(START)).set(Timestamp::now().as_duration().as_secs_f64());
        Self {
            routes: routes.into_iter().map(|path| (path.clone(), Route::new(path))).collect(),
            none: Route::new("none".to_owned()),
            in_flight: gauge(&Key::from_name(IN_FLIGHT)),
            uptime: gauge(&Key::from_name(UPTIME)),
            cache: CacheMetrics::new(&recorder),
            text: recorder.handle(),
            recorder,
            unsorted: AtomicU32::new(0),
        }
    }

    /// Returns what is counted for a route; one with a slash in the end is the same.
    pub(crate) fn route(&self, path: Option<&str>) -> &Route {
        let path = path.unwrap_or_default();
        let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        self.routes.get(path).unwrap_or(&self.none)
    }

    /// Counts a request as one being answered until the returned value is gone.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.in_flight.increment(1);
        InFlight(&self.in_flight)
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(
        &self,
        route: &Route,
        method: &axum::http::Method,
        status: axum::http::StatusCode,
        duration: Duration,
    ) {
        route.count(&self.recorder, method, status, duration);
        if self.unsorted.fetch_add(1, Ordering::Relaxed) % UNSORTED == UNSORTED - 1 {
            self.text.run_upkeep();
        }
    }

    /// Returns everything as text.
    pub(crate) fn text(
        &self,
        cache: &CacheCounters,
        uptime: Duration,
        standing: Option<&FleetStanding>,
    ) -> String {
        if let Some(standing) = standing {
            fleet::tell(&self.recorder, standing);
        }
        self.uptime.set(uptime.as_secs_f64());
        for (counter, value) in &self.cache.counters {
            counter.absolute(value(cache));
        }
        for (gauge, value) in &self.cache.gauges {
            gauge.set(value(cache));
        }
        self.text.render()
    }
}

impl CacheMetrics {
    fn new(recorder: &PrometheusRecorder) -> Self {
        let key = |name: &str| Key::from_name(format!("skillstat_cache_{name}"));
        let counter = |name: &str, what: &'static str, value: Read<u64>| {
            let key = key(name);
            recorder.describe_counter(key.name_shared(), None, what.into());
            (recorder.register_counter(&key, &METADATA), value)
        };
        let gauge = |name: &str, what: &'static str, value: Read<f64>| {
            let key = key(name);
            recorder.describe_gauge(key.name_shared(), None, what.into());
            (recorder.register_gauge(&key, &METADATA), value)
        };
        Self {
            counters: [
                counter("hits_total", "Answers that were there.", |cache| cache.hits),
                counter("misses_total", "Answers that were not there.", |cache| cache.misses),
                counter("joined_total", "Waits for the answer to another.", |cache| cache.joined),
                counter("expired_total", "Answers that were too old.", |cache| cache.expired),
                counter("invalidated_total", "Answers that were made bad.", |cache| {
                    cache.invalidated
                }),
            ],
            gauges: [
                gauge("entries", "Artifacts whose statistics are held.", |cache| {
                    f64::from(u32::try_from(cache.stats_entries).unwrap_or(u32::MAX))
                }),
                gauge("ttl_seconds", "How long an answer is good for.", |cache| {
                    cache.ttl.as_secs_f64()
                }),
                gauge("projects_cached", "Whether the list of projects is held.", |cache| {
                    f64::from(u8::from(cache.projects_cached))
                }),
            ],
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("routes", &self.routes.len()).finish_non_exhaustive()
    }
}

/// A request that is being answered, or was given up when this goes.
#[derive(Debug)]
pub(crate) struct InFlight<'a>(&'a Gauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}
