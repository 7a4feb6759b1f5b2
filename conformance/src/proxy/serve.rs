//! Accepting connections and ending well.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::Forwarder;

/// How long a client may take to send a request's head, and how long a connection may idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// How long exchanges that are under way may take when the proxy is to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// Serves until `stop` is done, then lets the exchanges end that are under way. Afterwards none is.
pub async fn serve(listener: TcpListener, forwarder: Forwarder, stop: impl Future<Output = ()>) {
    let forwarder = Arc::new(forwarder);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let ending = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // Out of files, most likely: connections that end make room.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            Some(_) = connections.join_next() => continue,
            () = &mut stop => break,
        };
        stream.set_nodelay(true).ok();
        let forwarder = Arc::clone(&forwarder);
        let service = service_fn(move |request| {
            let forwarder = Arc::clone(&forwarder);
            async move { Ok::<_, Infallible>(forwarder.answer(request).await) }
        });
        let connection = ending.watch(http.serve_connection(TokioIo::new(stream), service));
        // What goes wrong with one connection is its client's to see.
        connections.spawn(async move { drop(connection.await) });
    }
    drop(listener);
    tokio::time::timeout(FAREWELL, ending.shutdown()).await.ok();
    connections.shutdown().await;
}
