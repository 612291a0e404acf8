//! The port, answered over a socket.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use skillstat_domain::{
    Answer, ArtifactId, Cached, Clock, Collection, DeploymentStatistics, Moment, Overview,
    QueryError, Scanned, StatisticsQuery,
};
use skillstat_wire::{ExactCollections, ExactOverview, ExactStatistics, Malformed};

use crate::connection;
use crate::fault::Fault;
use crate::limits::Limits;

const OVERVIEW: &str = "/api/v1/exact/overview";
const STATISTICS: &str = "/api/v1/exact/statistics?artifact=";
const COLLECTIONS: &str = "/api/v1/exact/collections";

/// How many characters of a reason are told.
const LONGEST_REASON: usize = 500;

/// The versions of answers that came from outside count down, those of answers made in this process
/// count up: no two are the same.
static NEXT_VERSION: AtomicU64 = AtomicU64::new(u64::MAX);

/// Asks the service at one socket, each time over a connection of its own: a service may come and go.
#[derive(Debug)]
pub struct ServiceQuery {
    socket: PathBuf,
    fingerprint: String,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

impl ServiceQuery {
    /// Asks at `socket` for answers about what `fingerprint` names; `clock` is what their age is told
    /// by. Touches nothing yet.
    pub fn new(socket: PathBuf, fingerprint: &str, clock: Arc<dyn Clock>) -> Self {
        Self { socket, fingerprint: fingerprint.to_owned(), limits: Limits::default(), clock }
    }

    /// Sets other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Returns where the service is asked.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Asks, and reads the answer on a thread that may block: it may be large.
    async fn ask<Exact, Domain>(&self, path: &str) -> Result<Answer<Domain>, QueryError>
    where
        Exact: DeserializeOwned,
        Domain: TryFrom<Exact, Error = Malformed> + Send + 'static,
    {
        let asked = self.clock.now();
        let (head, body) = connection::get(&self.socket, path, &self.fingerprint, self.limits)
            .await
            .map_err(|fault| self.unavailable(&fault))?;
        let read = tokio::task::spawn_blocking(move || decode::<Exact, Domain>(&body)).await;
        let read = read.map_err(|error| QueryError::Failed { reason: error.to_string() })?;
        let value = Arc::new(read.map_err(|fault| self.unavailable(&fault))?);
        // From before the question, so that it never seems younger than it is.
        let as_of = Moment::new(asked.since(Moment::default()).saturating_sub(head.age));
        let version = NEXT_VERSION.fetch_sub(1, Ordering::Relaxed);
        Ok(Answer { cached: Cached { value, as_of, version }, source: head.source })
    }

    fn unavailable(&self, fault: &Fault) -> QueryError {
        let socket = self.socket.display();
        let reason = match fault {
            Fault::Absent => format!("no service at {socket}"),
            fault => format!("the service at {socket} {fault}"),
        };
        // It may quote what came, and that may be anything.
        QueryError::Unavailable { reason: reason.chars().take(LONGEST_REASON).collect() }
    }
}

fn decode<Exact, Domain>(body: &[u8]) -> Result<Domain, Fault>
where
    Exact: DeserializeOwned,
    Domain: TryFrom<Exact, Error = Malformed>,
{
    Ok(serde_json::from_slice::<Exact>(body)?.try_into()?)
}

/// Returns the path of a question about one artifact; every byte that is not plain is escaped.
fn statistics_path(artifact: &ArtifactId) -> String {
    let mut path = STATISTICS.to_owned();
    for byte in artifact.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            path.push(char::from(byte));
        } else {
            write!(path, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    path
}

#[async_trait]
impl StatisticsQuery for ServiceQuery {
    async fn statistics(
        &self,
        artifact: &ArtifactId,
    ) -> Result<Answer<DeploymentStatistics>, QueryError> {
        self.ask::<ExactStatistics, _>(&statistics_path(artifact)).await
    }

    async fn overview(&self) -> Result<Answer<Overview>, QueryError> {
        self.ask::<ExactOverview, _>(OVERVIEW).await
    }

    async fn collections(&self) -> Result<Answer<Scanned<Vec<Collection>>>, QueryError> {
        self.ask::<ExactCollections, _>(COLLECTIONS).await
    }
}

#[cfg(test)]
mod tests;
