//! A made-up world behind the ports, and asking the service about it.

mod commands;
pub(crate) mod diffs;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::HOST;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use camino::Utf8Path;
pub(crate) use commands::InMemoryCommands;
use serde_json::Value;
use skillstat_domain::testing::{ManualClock, MockChangeFeed, MockDiffQuery, MockStatsCache};
use skillstat_domain::{
    Answer, AnswerSource, ArtifactId, Baseline, CacheCounters, Cached, ChangeFeed, Clock,
    Collection, CopyReport, CopyState, DeploymentCommands, DeploymentStatistics, DiffQuery,
    DriftKind, Moment, Overview, ProfileRoot, ProjectDeployment, ProjectPath, QueryError,
    RecordedPath, Scanned, StatisticsQuery, Unwatched, Watcher,
};
use skillstat_http::{GuardConfig, HttpState, Services, router};
use tower::ServiceExt;

/// Answers from what it was given; counts how often it is asked for statistics or the overview.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) overview: Overview,
    pub(crate) collections: Vec<Collection>,
    /// What of the collections could not be read.
    pub(crate) unread: Vec<skillstat_domain::Problem>,
    pub(crate) version: AtomicU64,
    pub(crate) source: Mutex<AnswerSource>,
    /// When the collections were read, which were there.
    pub(crate) collected: Moment,
    pub(crate) asked: AtomicUsize,
    pub(crate) panics: bool,
    pub(crate) busy: bool,
    pub(crate) hangs: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            overview: Overview::default(),
            collections: Vec::new(),
            unread: Vec::new(),
            version: AtomicU64::new(1),
            source: Mutex::new(AnswerSource::Hit),
            collected: Moment::default(),
            asked: AtomicUsize::new(0),
            panics: false,
            busy: false,
            hangs: false,
        }
    }

    /// Adds a project.
    pub(crate) fn project(mut self, path: &str) -> Self {
        self.overview.projects.push(ProjectPath::new(Utf8Path::new(path)).unwrap());
        self.overview.projects.sort();
        self.overview.projects.dedup();
        self
    }

    /// Adds a copy, given as `project type:name path date hash`, and its project.
    pub(crate) fn copy(self, copy: &str, state: CopyState) -> Self {
        let [project, id, path, date, hash] = copy.split(' ').collect::<Vec<_>>()[..] else {
            panic!("not a copy: {copy}")
        };
        let mut world = self.project(project);
        let line = world.overview.artifacts.values().map(|all| all.projects.len()).sum::<usize>();
        let report = CopyReport {
            profile_root: ProfileRoot::new(".claude").unwrap(),
            path: RecordedPath::new(path),
            deployed_at: date.parse().unwrap(),
            baseline: Baseline::new(hash),
            from_collection: Some("default".into()),
            profile_id: Some("claude_code".into()),
            line: u32::try_from(line).unwrap(),
            state,
            doubts: Box::default(),
        };
        let project = ProjectPath::new(Utf8Path::new(project)).unwrap();
        let deployment = ProjectDeployment::new(project, vec![report]).unwrap();
        let projects = world.overview.artifacts.entry(id.parse().unwrap()).or_default();
        projects.projects.push(deployment);
        projects.projects.sort_by(|a, b| a.project().cmp(b.project()));
        world
    }

    fn answer<T>(&self, value: T) -> Answer<T> {
        let cached = Cached {
            value: Arc::new(value),
            as_of: Moment::default(),
            version: self.version.load(Ordering::SeqCst),
        };
        Answer { cached, source: *self.source.lock().unwrap() }
    }

    async fn look(&self) -> Result<(), QueryError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.hangs {
            std::future::pending::<()>().await;
        }
        if self.panics {
            return Err(QueryError::Failed { reason: "secret path /home/me".to_owned() });
        }
        if self.busy {
            return Err(QueryError::Busy);
        }
        Ok(())
    }
}

#[async_trait]
impl StatisticsQuery for World {
    async fn statistics(
        &self,
        artifact: &ArtifactId,
    ) -> Result<Answer<DeploymentStatistics>, QueryError> {
        self.look().await?;
        Ok(self.answer(self.overview.artifacts.get(artifact).cloned().unwrap_or_default()))
    }

    async fn overview(&self) -> Result<Answer<Overview>, QueryError> {
        self.look().await?;
        Ok(self.answer(self.overview.clone()))
    }

    async fn collections(&self) -> Result<Answer<Scanned<Vec<Collection>>>, QueryError> {
        let mut answer =
            self.answer(Scanned { value: self.collections.clone(), problems: self.unread.clone() });
        if self.collected != Moment::default() {
            (answer.cached.as_of, answer.source) = (self.collected, AnswerSource::Hit);
        }
        Ok(answer)
    }
}

/// The ports that a test may replace.
struct Ports {
    cache: MockStatsCache,
    feed: Arc<dyn ChangeFeed>,
    watcher: Arc<dyn Watcher>,
    commands: Arc<dyn DeploymentCommands>,
}

impl Ports {
    /// Nothing changes and nobody is asked; writing goes to memory.
    fn of(world: &World) -> Self {
        let mut feed = MockChangeFeed::new();
        feed.expect_latest().return_const(7_u64);
        let mut cache = MockStatsCache::new();
        cache.expect_counters().returning(CacheCounters::default);
        cache.expect_invalidate_all().return_const(());
        cache.expect_invalidate_artifact().return_const(());
        Self {
            cache,
            feed: Arc::new(feed),
            watcher: Arc::new(Unwatched),
            commands: Arc::new(InMemoryCommands::new(world)),
        }
    }
}

/// A service, and the parts of its world that a test changes.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) world: Arc<World>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) state: HttpState,
    services: Services,
    guard: GuardConfig,
    router: axum::Router,
}

impl Service {
    pub(crate) fn new(world: World) -> Self {
        Self::with(world, GuardConfig::default(), MockStatsCache::new())
    }

    pub(crate) fn with(world: World, guard: GuardConfig, cache: MockStatsCache) -> Self {
        let ports = Ports { cache, ..Ports::of(&world) };
        Self::over(world, guard, ports)
    }

    /// A service whose news and coverage a test tells.
    pub(crate) fn live(feed: Arc<dyn ChangeFeed>, watcher: Arc<dyn Watcher>) -> Self {
        let mut cache = MockStatsCache::new();
        cache.expect_counters().returning(CacheCounters::default);
        let world = World::new();
        let ports = Ports { cache, feed, watcher, ..Ports::of(&world) };
        Self::over(world, GuardConfig::default(), ports)
    }

    /// A service whose coverage a test tells, and that says what it looks at.
    pub(crate) fn watched(world: World, watcher: Arc<dyn Watcher>, fingerprint: &str) -> Self {
        let ports = Ports { watcher, ..Ports::of(&world) };
        let mut service = Self::over(world, GuardConfig::default(), ports);
        service.state = service.state.with_fingerprint(fingerprint);
        service.router = router(service.state.clone());
        service
    }

    /// A service that writes as a test says, and asks nobody for a key.
    pub(crate) fn writing(world: World, commands: Arc<dyn DeploymentCommands>) -> Self {
        let guard = GuardConfig { private_socket: true, ..GuardConfig::default() };
        let ports = Ports { commands, ..Ports::of(&world) };
        Self::over(world, guard, ports)
    }

    fn over(world: World, guard: GuardConfig, ports: Ports) -> Self {
        let (world, clock) = (Arc::new(world), Arc::new(ManualClock::default()));
        let services = Services {
            query: Arc::<World>::clone(&world),
            diffs: Arc::new(MockDiffQuery::new()),
            commands: ports.commands,
            cache: Arc::new(ports.cache),
            clock: Arc::<ManualClock>::clone(&clock) as Arc<dyn Clock>,
            watcher: ports.watcher,
            feed: ports.feed,
            others: None,
        };
        let state = HttpState::new(services.clone(), guard.clone());
        Self { world, clock, router: router(state.clone()), state, services, guard }
    }

    pub(crate) fn limited(mut self, limits: skillstat_http::Limits) -> Self {
        self.router = router(self.state.clone().with_limits(limits));
        self
    }

    /// With a link that gives the page its key.
    pub(crate) fn admitting(mut self, code: &str) -> Self {
        self.state = self.state.with_admission(code);
        self.router = router(self.state.clone());
        self
    }

    /// With somebody who compares copies.
    pub(crate) fn comparing(mut self, diffs: Arc<dyn DiffQuery>) -> Self {
        let services = Services { diffs, ..self.services.clone() };
        self.state = HttpState::new(services, self.guard.clone());
        self.router = router(self.state.clone());
        self
    }

    /// With other machines.
    pub(crate) fn among(mut self, others: skillstat_http::Others) -> Self {
        let services = Services { others: Some(others), ..self.services.clone() };
        self.state = HttpState::new(services, self.guard.clone());
        self.router = router(self.state.clone());
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(request("GET", path, &[])).await
    }

    /// Asks without reading the body.
    pub(crate) async fn open(&self, path: &str) -> Response<Body> {
        self.router.clone().oneshot(request("GET", path, &[])).await.unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }
}

/// Makes a request to this machine with further headers; a `host` among them replaces it.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header(HOST, "127.0.0.1:8787");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// Makes a request with a body that says that it is JSON.
pub(crate) fn with_body(method: &str, path: &str, body: &str) -> Request<Body> {
    let mut request = request(method, path, &[("content-type", "application/json")]);
    *request.body_mut() = Body::from(body.to_owned());
    request
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that this is a problem and returns its status and text.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        assert_eq!(body["type"], "about:blank");
        assert_eq!(body["status"], self.status.as_u16());
        assert!(body["title"].as_str().is_some_and(|title| !title.is_empty()));
        (self.status.as_u16(), body["detail"].as_str().unwrap_or_default().to_owned())
    }
}

/// The collection of the recordings: `canvas`, `review` and `planner`.
pub(crate) fn sample_collection() -> Collection {
    let artifact = |id: &str, path: &str, added: &str| skillstat_domain::CollectionArtifact {
        id: id.parse().unwrap(),
        name: id.split_once(':').unwrap().1.to_owned(),
        path: path.to_owned(),
        origin: "local".to_owned(),
        added: added.parse().unwrap(),
        details: skillstat_domain::ArtifactDetails::default(),
    };
    let mut artifacts = vec![
        artifact("skill:canvas", "skills/canvas", "2026-11-22T18:58:34.345423"),
        artifact("command:review", "commands/review.md", "2026-11-22T18:58:40.987279"),
        artifact("agent:planner", "agents/planner.md", "2026-11-22T18:58:46.883343"),
    ];
    let text = |text: &str| Some(text.to_owned());
    artifacts[0].details.tags = vec!["design".to_owned(), "test".to_owned()];
    artifacts[0].details.metadata.description = text("A test skill for canvas design");
    artifacts[0].details.metadata.version = text("1.0.0");
    artifacts[1].details.metadata.description = text("Review code");
    artifacts[2].details.metadata.description = text("Plan work");
    artifacts[2].details.metadata.tools = vec!["Read".to_owned()];
    Collection {
        name: "default".to_owned(),
        path: "/home/me/.skillmeat/collections/default".into(),
        active: true,
        artifacts,
    }
}

/// A small world: the sample collection, one artifact of it deployed twice, one stray artifact.
pub(crate) fn small_world() -> World {
    let modified = || CopyState::Modified {
        current: "ab".repeat(32).parse().unwrap(),
        kind: DriftKind::Content,
    };
    let hash = "cd".repeat(32);
    let mut world = World::new()
        .copy(&format!("/p/a skill:canvas skills/canvas 2026-01-01T00:00:00 {hash}"), modified())
        .copy(
            &format!("/p/b skill:canvas skills/canvas 2026-01-02T00:00:00 {hash}"),
            CopyState::Synced,
        )
        .copy(&format!("/p/a widget:stray w/stray 2026-01-03T00:00:00 {hash}"), CopyState::Missing)
        .copy(&format!("/p/b widget:stray w/stray 2026-01-01T12:00:00Z {hash}"), CopyState::Synced);
    world.collections.push(sample_collection());
    world
}
