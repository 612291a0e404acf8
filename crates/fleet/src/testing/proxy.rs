//! A way to a server that can be cut, slowed down and lied on.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// What becomes of what is sent through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// It arrives.
    Flows,
    /// It arrives so much later, in each direction.
    Late(Duration),
    /// Requests arrive, and answers are lost.
    OneWay,
    /// Nothing arrives, and nobody is told.
    Lost,
    /// Connections are closed.
    Cut,
    /// Each request is answered with something else.
    Garbage(&'static [u8]),
}

/// Listens on a free port of this machine, and passes on what comes. Stops when this goes.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    to: u16,
    // Held for a moment.
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    traffic: Traffic,
    ended: bool,
    open: Vec<TcpStream>,
    connections: usize,
}

impl Proxy {
    /// Begins to pass on what comes to the port of a server.
    ///
    /// # Panics
    ///
    /// Panics when no port is free.
    pub fn start(to: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let state =
            State { traffic: Traffic::Flows, ended: false, open: Vec::new(), connections: 0 };
        let shared = Arc::new(Shared { to, state: Mutex::new(state) });
        let accepts = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if accepts.state().ended {
                    return;
                }
                accepts.accept(client);
            }
        });
        Self { port, shared }
    }

    /// Returns the address to connect to.
    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Sets what becomes of what is sent from now on.
    pub fn set(&self, traffic: Traffic) {
        let mut state = self.shared.state();
        state.traffic = traffic;
        if traffic == Traffic::Cut {
            state.close();
        }
    }

    /// Returns how many connections there were.
    pub fn connections(&self) -> usize {
        self.shared.state().connections
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.ended = true;
        state.close();
        drop(state);
        // So that the thread that accepts sees it.
        let _woken = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

impl State {
    fn close(&mut self) {
        for stream in self.open.drain(..) {
            // It may be closed already.
            let _closed = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(self: &Arc<Self>, client: TcpStream) {
        let server = TcpStream::connect((Ipv4Addr::LOCALHOST, self.to)).ok();
        let mut state = self.state();
        state.connections += 1;
        if state.traffic == Traffic::Cut {
            return;
        }
        let Ok(to_client) = client.try_clone() else { return };
        state.open.extend(client.try_clone());
        let from_server = server.as_ref().and_then(|server| server.try_clone().ok());
        state.open.extend(server.as_ref().and_then(|server| server.try_clone().ok()));
        drop(state);
        let (there, back) = (Arc::clone(self), Arc::clone(self));
        let lies = to_client.try_clone();
        thread::spawn(move || there.requests(client, server, lies.ok()));
        if let Some(from_server) = from_server {
            thread::spawn(move || back.answers(from_server, to_client));
        }
    }

    fn requests(
        &self,
        mut client: TcpStream,
        mut server: Option<TcpStream>,
        mut lies: Option<TcpStream>,
    ) {
        pass(&mut client, |bytes| {
            let traffic = self.state().traffic;
            match traffic {
                Traffic::Flows | Traffic::OneWay => {}
                Traffic::Late(time) => thread::sleep(time),
                Traffic::Lost | Traffic::Cut => return Some(()),
                Traffic::Garbage(lie) => return lies.as_mut()?.write_all(lie).ok(),
            }
            server.as_mut()?.write_all(bytes).ok()
        });
        if let Some(server) = server {
            let _closed = server.shutdown(Shutdown::Both);
        }
    }

    fn answers(&self, mut server: TcpStream, mut client: TcpStream) {
        pass(&mut server, |bytes| {
            let traffic = self.state().traffic;
            match traffic {
                Traffic::Flows => client.write_all(bytes).ok(),
                Traffic::Late(time) => {
                    thread::sleep(time);
                    client.write_all(bytes).ok()
                }
                Traffic::OneWay | Traffic::Lost | Traffic::Cut | Traffic::Garbage(_) => Some(()),
            }
        });
        let _closed = client.shutdown(Shutdown::Both);
    }
}

/// Reads until there is nothing more, or nobody who takes it.
fn pass(from: &mut TcpStream, mut take: impl FnMut(&[u8]) -> Option<()>) {
    let mut buffer = [0; 16 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if take(&buffer[..read]).is_none() {
            return;
        }
    }
}
