//! Accepting connections and ending well.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

/// How long a client may take to send a request's head, and how long a connection may idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// How long requests that are being answered may take when the program is to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// Files that may be open at once, where the system lets us: a connection is one.
const OPEN_FILES: u64 = 65_536;

/// Serves until `stop` is done, then lets the requests that are being answered end.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    // Fewer files are no reason not to start.
    let _ = rlimit::increase_nofile_limit(OPEN_FILES);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).pipeline_flush(true);
    let connections = GracefulShutdown::new();
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
            () = &mut stop => break,
        };
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        // What goes wrong with one connection is its client's to see.
        tokio::spawn(async move { drop(connection.await) });
    }
    drop(listener);
    let _ = tokio::time::timeout(FAREWELL, connections.shutdown()).await;
}

/// Binds an address.
///
/// # Errors
/// One line that says what to do; for a port that is taken, with the number of a free one.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let free = TcpListener::bind((address.ip(), 0)).await.and_then(|listener| listener.local_addr());
            let try_this = free.map(|free| format!(": try --port {}", free.port())).unwrap_or_default();
            Err(format!("port {} is taken{try_this}", address.port()))
        }
        Err(error) => Err(format!("cannot listen on {address}: {error}")),
    }
}
