//! Connections that can be broken on purpose: an answer may carry word that it is not to be sent.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// In the extensions of a response: it is not sent. After this time the connection is reset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Break(pub(crate) Duration);

/// Whether a connection is to be reset rather than closed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resets(Arc<AtomicBool>);

impl Resets {
    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A connection that is reset when dropped, if somebody asked for that.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    resets: Resets,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, resets: Resets) -> Self {
        Connection { stream, resets }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.resets.is_set() {
            // Where the system does not do that, the client sees a connection that closed.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.resets.is_set() {
            // A farewell would come before the reset.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The program's service on one connection.
#[derive(Debug, Clone)]
pub(crate) struct Breakable {
    router: TowerToHyperService<Router>,
    resets: Resets,
}

impl Breakable {
    pub(crate) fn new(router: Router, resets: Resets) -> Self {
        Breakable { router: TowerToHyperService::new(router), resets }
    }
}

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("a fault breaks the connection")]
pub(crate) struct Broken;

impl Service<hyper::Request<Incoming>> for Breakable {
    type Response = Response;
    type Error = Broken;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Broken>> + Send>>;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        let answer = self.router.call(request);
        let resets = self.resets.clone();
        Box::pin(async move {
            let answered: Result<Response, Infallible> = answer.await;
            let Ok(mut response) = answered;
            let Some(Break(hold)) = response.extensions_mut().remove() else { return Ok(response) };
            tokio::time::sleep(hold).await;
            resets.0.store(true, Ordering::Relaxed);
            Err(Broken)
        })
    }
}
