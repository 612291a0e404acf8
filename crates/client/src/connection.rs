//! One question over one connection.

use std::convert::Infallible;
use std::future::pending;
use std::path::Path;

use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::HOST;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use skillstat_wire::{FINGERPRINT_HEADER, LIVE, WATCH_HEADER};
use tokio::net::UnixStream;
use tokio::time::timeout;

use crate::fault::Fault;
use crate::head::Head;
use crate::limits::Limits;
use crate::place;

/// Asks the service at a socket and returns what the head says, and the body; within the limits.
pub(crate) async fn get(
    socket: &Path,
    path: &str,
    fingerprint: &str,
    limits: Limits,
) -> Result<(Head, Vec<u8>), Fault> {
    let answered = timeout(limits.total, exchange(socket, path, fingerprint, limits)).await;
    answered.unwrap_or(Err(Fault::TooSlow(limits.total)))
}

async fn exchange(
    socket: &Path,
    path: &str,
    fingerprint: &str,
    limits: Limits,
) -> Result<(Head, Vec<u8>), Fault> {
    place::check(socket)?;
    let connected = timeout(limits.connect, UnixStream::connect(socket)).await;
    let stream = connected.map_err(|_| Fault::TooSlow(limits.connect))?.map_err(place::absence)?;
    place::check_peer(&stream)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    let answer = async {
        let response = send(sender, path, fingerprint).await?;
        let head = Head::check(&response, fingerprint)?;
        Ok((head, read(response.into_body(), limits.body).await?))
    };
    // The connection moves what is sent and received while the answer is waited for, and ends with it.
    // When it fails or ends before, the answer says so.
    let moving = async {
        let _ended = connection.await;
        pending::<Infallible>().await
    };
    tokio::select! {
        answer = answer => answer,
        never = moving => match never {},
    }
}

/// Sends the question; the head tells the service not to compute what would not be taken.
async fn send(
    mut sender: SendRequest<Empty<Bytes>>,
    path: &str,
    fingerprint: &str,
) -> Result<Response<Incoming>, Fault> {
    let request = Request::get(path)
        .header(HOST, "localhost")
        .header(FINGERPRINT_HEADER, fingerprint)
        .header(WATCH_HEADER, LIVE)
        .body(Empty::new())
        .map_err(|_| Fault::Fingerprint)?;
    Ok(sender.send_request(request).await?)
}

/// Reads a body of at most `limit` bytes.
async fn read(mut body: Incoming, limit: usize) -> Result<Vec<u8>, Fault> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(Fault::TooLarge(limit));
    }
    let mut bytes = Vec::with_capacity(announced);
    while let Some(frame) = body.frame().await {
        // Trailers say nothing that is wanted.
        let Ok(data) = frame?.into_data() else { continue };
        if bytes.len() + data.len() > limit {
            return Err(Fault::TooLarge(limit));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}
