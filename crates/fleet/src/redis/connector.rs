//! The connection to the server: made in the background, and anew when it is lost.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, ErrorKind, RedisError, ServerErrorKind, Value, cmd};
use skillstat_domain::{Clock, FleetError, FleetLink, Moment};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::RedisAddress;
use super::limits::{BACKOFF, CONNECT};
use super::reply::{run_id, said};

/// Keeps one connection. When this goes, so does the connection.
pub(super) struct Connector {
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    address: RedisAddress,
    clock: Arc<dyn Clock>,
    link: watch::Sender<Link>,
    // Held to read or change a few words.
    health: Mutex<Health>,
}

/// What there is of a connection.
#[derive(Clone)]
enum Link {
    /// It is not known yet whether there is one.
    Connecting,
    /// There is one.
    Up(Connection),
    /// There is none, because of this.
    Away(FleetError),
}

/// A connection.
#[derive(Clone)]
pub(super) struct Connection {
    pub(super) server: MultiplexedConnection,
    /// Which run of the server it leads to.
    pub(super) run_id: Arc<str>,
    /// Tells it from those before.
    number: u64,
    /// How many questions were asked.
    questions: Arc<AtomicU64>,
}

impl Connection {
    /// Tells a question from all others, so that no answer is taken for that to another one.
    pub(super) fn question(&self) -> String {
        let number = self.questions.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}", self.number)
    }
}

/// How things are, as it is told.
struct Health {
    /// Why there is no connection.
    connection: Option<String>,
    /// Why the server refuses to tell something, and to remember something.
    refusals: [Option<String>; 2],
    since: Moment,
    lost: u64,
    /// Whether anything has worked since the last connection was made.
    has_worked: bool,
}

/// Why an operation failed.
pub(super) enum Failure {
    /// The connection is of no use any more.
    Lost(FleetError),
    /// The server refuses, and the connection is fine.
    Refused(FleetError),
}

impl Failure {
    pub(super) fn into_error(self) -> FleetError {
        match self {
            Self::Lost(error) | Self::Refused(error) => error,
        }
    }
}

/// Tells what an error means for the connection.
pub(super) fn failure(error: &RedisError) -> Failure {
    let shown = FleetError { reason: said(&error.to_string()) };
    match error.kind() {
        // Another server may be in charge now.
        ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown) => {
            Failure::Lost(shown)
        }
        ErrorKind::Server(_) | ErrorKind::Extension => Failure::Refused(shown),
        _ => Failure::Lost(shown),
    }
}

impl Connector {
    pub(super) fn start(address: RedisAddress, clock: Arc<dyn Clock>, runtime: &Handle) -> Self {
        let health = Health {
            connection: Some("not connected yet".to_owned()),
            refusals: [None, None],
            since: clock.now(),
            lost: 0,
            has_worked: false,
        };
        let shared = Arc::new(Shared {
            address,
            clock,
            link: watch::Sender::new(Link::Connecting),
            health: Mutex::new(health),
        });
        let connects = Arc::clone(&shared);
        let task = runtime.spawn(async move { connects.keep().await }).abort_handle();
        Self { shared, task }
    }

    /// Returns the connection. Waits only while the very first attempt to connect is being made.
    pub(super) async fn connection(&self) -> Result<Connection, FleetError> {
        let mut link = self.shared.link.subscribe();
        let known = link.wait_for(|link| !matches!(link, Link::Connecting)).await;
        match known.as_deref() {
            Ok(Link::Up(connection)) => Ok(connection.clone()),
            Ok(Link::Away(error)) => Err(error.clone()),
            Ok(Link::Connecting) | Err(_) => {
                Err(FleetError { reason: "not connected yet".to_owned() })
            }
        }
    }

    /// Notes how an operation went.
    pub(super) fn note<T>(
        &self,
        connection: &Connection,
        writes: bool,
        result: &Result<T, Failure>,
    ) {
        let refusal = match result {
            Ok(_) => None,
            Err(Failure::Refused(error)) => Some(error.reason.clone()),
            Err(Failure::Lost(error)) => return self.shared.lose(connection.number, error),
        };
        self.shared.note(|health| {
            health.has_worked |= refusal.is_none();
            health.refusals[usize::from(writes)] = refusal;
        });
    }

    pub(super) fn link(&self) -> FleetLink {
        let health = self.shared.health();
        FleetLink { away: health.away(), since: health.since, lost: health.lost }
    }
}

impl Drop for Connector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    /// Connects, and again whenever the connection is lost.
    async fn keep(self: Arc<Self>) {
        let (mut failures, mut number) = (0, 0);
        loop {
            number += 1;
            let connected = timeout(CONNECT, self.connect(number)).await;
            let late = |_| Err(FleetError { reason: "connecting takes too long".to_owned() });
            match connected.unwrap_or_else(late) {
                Ok(connection) => {
                    self.note(|health| {
                        health.connection = None;
                        health.has_worked = false;
                    });
                    self.link.send_replace(Link::Up(connection));
                    let mut link = self.link.subscribe();
                    // It cannot fail: the sender is here.
                    let _gone = link.wait_for(|link| !matches!(link, Link::Up(_))).await;
                    // One that never worked is no better than none.
                    if self.health().has_worked {
                        failures = 0;
                    }
                }
                Err(error) => {
                    self.note(|health| health.connection = Some(error.reason.clone()));
                    self.link.send_replace(Link::Away(error));
                }
            }
            failures += 1;
            sleep(backoff(failures)).await;
        }
    }

    async fn connect(&self, number: u64) -> Result<Connection, FleetError> {
        let shown = |error: RedisError| FleetError { reason: said(&error.to_string()) };
        let client = Client::open(self.address.info().clone()).map_err(shown)?;
        // Each operation has a limit of its own.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(None);
        let connected = client.get_multiplexed_async_connection_with_config(&config).await;
        let mut server = connected.map_err(shown)?;
        let info: Value =
            cmd("INFO").arg("server").query_async(&mut server).await.map_err(shown)?;
        let questions = Arc::default();
        Ok(Connection { server, run_id: run_id(&info)?.into(), number, questions })
    }

    /// Gives a connection up, unless that has been done.
    fn lose(&self, number: u64, error: &FleetError) {
        let lost = self.link.send_if_modified(|link| {
            let is_it = matches!(link, Link::Up(connection) if connection.number == number);
            if is_it {
                *link = Link::Away(error.clone());
            }
            is_it
        });
        if lost {
            self.note(|health| {
                health.connection = Some(error.reason.clone());
                health.refusals = [None, None];
                health.lost += 1;
            });
        }
    }

    fn note(&self, change: impl FnOnce(&mut Health)) {
        let mut health = self.health();
        let was_away = health.away().is_some();
        change(&mut health);
        if health.away().is_some() != was_away {
            health.since = self.clock.now();
        }
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Health {
    fn away(&self) -> Option<String> {
        self.connection.iter().chain(self.refusals.iter().flatten()).next().cloned()
    }
}

/// How long to wait after so many failures; some more, some less, so that not all come at once.
fn backoff(failures: u32) -> Duration {
    let [first, longest] = BACKOFF;
    let random = RandomState::new().build_hasher().finish() % 1024;
    let part = 0.5 + f64::from(u32::try_from(random).unwrap_or(0)) / 2048.0;
    first.saturating_mul(1 << (failures - 1).min(8)).min(longest).mul_f64(part)
}
