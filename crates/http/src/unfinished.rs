//! Clients that begin to ask and do not come to an end.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::problem::{PROBLEM, Refusal};

/// A stream that can still be written to when whoever reads requests from it has given it up.
#[derive(Debug)]
pub(crate) struct Kept<S>(Arc<Shared<S>>);

#[derive(Debug)]
struct Shared<S> {
    stream: Mutex<S>,
    /// Something was read that is not part of a request yet.
    begun: AtomicBool,
}

impl<S> Clone for Kept<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Unpin> Kept<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self(Arc::new(Shared { stream: Mutex::new(stream), begun: AtomicBool::new(false) }))
    }

    /// Takes note that what was read is a request, or its body.
    pub(crate) fn is_request(&self) {
        self.0.begun.store(false, Ordering::Relaxed);
    }

    fn stream(&self) -> MutexGuard<'_, S> {
        self.0.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, poll: impl FnOnce(Pin<&mut S>) -> T) -> T {
        poll(Pin::new(&mut *self.stream()))
    }
}

impl<S: AsyncWrite + Unpin> Kept<S> {
    /// Answers a request whose head was begun and did not come to its end in time; who has asked for
    /// nothing gets no answer.
    pub(crate) async fn time_is_up(&self) {
        if !self.0.begun.load(Ordering::Relaxed) {
            return;
        }
        let why = "the head of the request did not arrive in time";
        let body = Refusal::new(StatusCode::REQUEST_TIMEOUT, why).body();
        let head = format!(
            "HTTP/1.1 408 Request Timeout\r\nContent-Type: {PROBLEM}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            body.len()
        );
        let answer = [head.as_bytes(), &body].concat();
        // Once: whoever cannot take so few bytes at once does not read.
        std::future::poll_fn(|context| {
            let _gone = self.with(|stream| stream.poll_write(context, &answer));
            let _gone = self.with(|stream| stream.poll_shutdown(context));
            Poll::Ready(())
        })
        .await;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Kept<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        let read = self.with(|stream| stream.poll_read(context, buffer));
        if buffer.filled().len() > before {
            self.0.begun.store(true, Ordering::Relaxed);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Kept<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        self.with(|stream| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.with(|stream| stream.poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream().is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.with(|stream| stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.with(|stream| stream.poll_shutdown(context))
    }
}
