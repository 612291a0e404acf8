//! The port `Fleet` through Redis or Valkey: one server, without clusters.
//!
//! Each operation is a script, which the server runs as a whole. All that is remembered of a volume is in
//! one hash, so that it is lost as a whole or not at all: `<prefix>:<run id>:volume:<name>`, with the
//! fields `version` and `log:<version>`. The run id is another one after each start of the server, so one
//! that was started again, from an old dump perhaps, remembers nothing. What machines report is in
//! `<prefix>:host:<id>`, and when they did in the sorted set `<prefix>:hosts`.

mod address;
mod connector;
mod entry;
mod limits;
#[cfg(any(test, feature = "test-util"))]
pub(crate) mod properties;
mod reply;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::redis::{Script, Value};
use async_trait::async_trait;
use skillstat_domain::{
    Clock, Fleet, FleetError, FleetLink, HostReport, HostSummary, Renewal, SharedChange,
    VolumeName, VolumeVersion,
};
use skillstat_wire::HostBody;
use tokio::runtime::Handle;
use tokio::time::timeout;

pub use self::address::{KeyPrefix, KeyPrefixError, RedisAddress, RedisAddressError};
use self::connector::{Connector, Failure};
use self::limits::{
    ANSWER, HOST_SECONDS, LOG, MOST_BYTES, MOST_HOSTS, SLOW_ANSWER, VOLUME_SECONDS,
};

/// Other machines, through a server that all of them reach. It connects in the background, and again when
/// the connection is lost; meanwhile every operation fails at once.
pub struct RedisFleet {
    prefix: KeyPrefix,
    connector: Connector,
    renew: Script,
    announce: Script,
    report: Script,
    hosts: Script,
}

impl RedisFleet {
    /// Begins to connect, in the background of `runtime`.
    pub fn start(
        address: RedisAddress,
        prefix: KeyPrefix,
        clock: Arc<dyn Clock>,
        runtime: &Handle,
    ) -> Self {
        Self {
            prefix,
            connector: Connector::start(address, clock, runtime),
            renew: Script::new(include_str!("redis/renew.lua")),
            announce: Script::new(include_str!("redis/announce.lua")),
            report: Script::new(include_str!("redis/report.lua")),
            hosts: Script::new(include_str!("redis/hosts.lua")),
        }
    }

    /// Runs a script, whose keys may depend on the server, and reads what it returns.
    async fn run<T>(
        &self,
        call: Call<'_>,
        read: impl FnOnce(&Value) -> Result<T, FleetError> + Send,
    ) -> Result<T, FleetError> {
        let Call { script, limit, writes, keys, arguments } = call;
        let connection = self.connector.connection().await?;
        let mut invocation = script.prepare_invoke();
        for key in keys(&connection.run_id) {
            invocation.key(key);
        }
        for argument in arguments {
            invocation.arg(argument);
        }
        let question = connection.question();
        invocation.arg(&question);
        let mut server = connection.server.clone();
        let answer = timeout(limit, invocation.invoke_async::<Value>(&mut server)).await;
        let result = match answer {
            Ok(Ok(value)) => reply::to(&question, &value).and_then(read).map_err(Failure::Lost),
            Ok(Err(error)) => Err(connector::failure(&error)),
            Err(_) => Err(Failure::Lost(FleetError {
                reason: format!("no answer within {} ms", limit.as_millis()),
            })),
        };
        self.connector.note(&connection, writes, &result);
        result.map_err(Failure::into_error)
    }

    fn volume<'a>(&'a self, volume: &'a VolumeName) -> Keys<'a> {
        Box::new(move |run_id| vec![format!("{}:{run_id}:volume:{volume}", self.prefix)])
    }

    fn hosts_key(&self) -> String {
        format!("{}:hosts", self.prefix)
    }

    fn host_keys_begin_with(&self) -> String {
        format!("{}:host:", self.prefix)
    }
}

/// Names keys; what is of one run of the server has its id in the name.
type Keys<'a> = Box<dyn FnOnce(&str) -> Vec<String> + Send + 'a>;

/// A script that is to be run.
struct Call<'a> {
    script: &'a Script,
    limit: Duration,
    /// Whether a server that is full refuses it.
    writes: bool,
    keys: Keys<'a>,
    arguments: Vec<String>,
}

#[async_trait]
impl Fleet for RedisFleet {
    async fn renew(
        &self,
        volume: &VolumeName,
        known: Option<VolumeVersion>,
    ) -> Result<Renewal, FleetError> {
        let version = known.map(|known| known.to_string()).unwrap_or_default();
        let call = Call {
            script: &self.renew,
            limit: ANSWER,
            writes: false,
            keys: self.volume(volume),
            arguments: vec![version, LOG.to_string(), VOLUME_SECONDS.to_string()],
        };
        self.run(call, |value| reply::renewal(value, known)).await
    }

    async fn announce(
        &self,
        volume: &VolumeName,
        changes: &BTreeSet<SharedChange>,
    ) -> Result<VolumeVersion, FleetError> {
        let call = Call {
            script: &self.announce,
            limit: ANSWER,
            writes: true,
            keys: self.volume(volume),
            arguments: vec![entry::write(changes), LOG.to_string(), VOLUME_SECONDS.to_string()],
        };
        self.run(call, reply::version).await
    }

    async fn report(&self, summary: &HostSummary) -> Result<(), FleetError> {
        let host = summary.host.to_string();
        let keys = vec![self.hosts_key(), format!("{}{host}", self.host_keys_begin_with())];
        let call = Call {
            script: &self.report,
            limit: SLOW_ANSWER,
            writes: true,
            keys: Box::new(|_| keys),
            arguments: vec![host, body(summary)?, HOST_SECONDS.to_string(), MOST_HOSTS.to_string()],
        };
        self.run(call, |_| Ok(())).await
    }

    async fn hosts(&self) -> Result<Vec<HostReport>, FleetError> {
        let call = Call {
            script: &self.hosts,
            limit: SLOW_ANSWER,
            writes: false,
            keys: Box::new(|_| vec![self.hosts_key()]),
            arguments: vec![
                self.host_keys_begin_with(),
                MOST_HOSTS.to_string(),
                MOST_BYTES.to_string(),
            ],
        };
        self.run(call, reply::hosts).await
    }

    fn link(&self) -> FleetLink {
        self.connector.link()
    }
}

/// Writes a summary; artifacts that there is no room for are counted.
fn body(summary: &HostSummary) -> Result<String, FleetError> {
    let mut body = HostBody::from(summary);
    loop {
        let text = serde_json::to_string(&body)
            .map_err(|error| FleetError { reason: format!("no report can be written: {error}") })?;
        if text.len() <= MOST_BYTES || body.artifacts.is_empty() {
            return Ok(text);
        }
        let kept = body.artifacts.len() / 2;
        body.left_out += body.artifacts.len() - kept;
        body.artifacts.truncate(kept);
    }
}

impl fmt::Debug for RedisFleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisFleet").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
