//! A service and one who asks it, over a socket of this machine.

use std::future::pending;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use skillstat_app::Live;
use skillstat_domain::ArtifactId;
use skillstat_http::{GuardConfig, HttpState, Services, serve};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A connection that stays open.
pub(crate) struct Asker {
    stream: BufReader<TcpStream>,
    request: Vec<u8>,
    line: String,
    body: Vec<u8>,
}

impl Asker {
    /// Serves what `live` knows on a free port, and connects to ask where an artifact is deployed.
    pub(crate) fn of(live: &Live, runtime: &Runtime, artifact: &ArtifactId) -> Self {
        let services = Services {
            query: Arc::clone(&live.query),
            diffs: Arc::clone(&live.diffs),
            commands: Arc::clone(&live.commands),
            cache: Arc::clone(&live.cache),
            clock: Arc::clone(&live.clock),
            watcher: Arc::clone(&live.watcher),
            feed: Arc::clone(&live.feed) as _,
            others: None,
        };
        let state = HttpState::new(services, GuardConfig::default());
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.expect("there is a free port");
        let address = listener.local_addr().expect("it listens");
        runtime.spawn(serve(listener, state, pending(), Duration::ZERO));
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_nodelay(true).expect("it is TCP");
        let request = format!(
            "GET /api/v1/artifacts/{artifact}?include_deployments=true HTTP/1.1\r\nhost: {address}\r\n\r\n"
        );
        Self {
            stream: BufReader::new(stream),
            request: request.into_bytes(),
            line: String::new(),
            body: Vec::new(),
        }
    }

    /// Asks, and reads the answer to its end.
    pub(crate) fn ask(&mut self) -> &[u8] {
        self.stream.get_mut().write_all(&self.request).expect("it reads");
        let mut length = None;
        self.read_line();
        assert_eq!(self.line, "HTTP/1.1 200 OK");
        while !self.line.is_empty() {
            self.read_line();
            let told = self.line.strip_prefix("content-length: ");
            length = length.or(told.map(|length| length.parse().expect("a number")));
        }
        self.body.resize(length.expect("it says so"), 0);
        self.stream.read_exact(&mut self.body).expect("it answers");
        &self.body
    }

    fn read_line(&mut self) {
        self.line.clear();
        self.stream.read_line(&mut self.line).expect("it answers");
        self.line.truncate(self.line.trim_end().len());
    }
}
