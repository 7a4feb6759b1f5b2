//! Accepting connections and ending well.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;

use crate::wire::{Breakable, Connection, Resets};

/// How long a client may take to send a request's head, and how long a connection may idle.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// How long requests that are being answered may take when the program is to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// Files that may be open at once, where the system lets us: a connection is one.
const OPEN_FILES: u64 = 65_536;

/// Serves until `stop` is done, then lets the requests that are being answered end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    head_timeout: Duration,
    stop: impl Future<Output = ()>,
) {
    // Fewer files are no reason not to start.
    let _ = rlimit::increase_nofile_limit(OPEN_FILES);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_timeout);
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
        let resets = Resets::default();
        let service = Breakable::new(router.clone(), resets.clone());
        let stream = TokioIo::new(Connection::new(stream, resets));
        let connection = connections.watch(http.serve_connection(stream, service));
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;
    use crate::options::Options;
    use crate::router::router;

    /// What a mock that waits for a fifth of a second answers to a client that sends this and then nothing.
    async fn answer_to(sent: &str) -> String {
        let patience = Duration::from_millis(200);
        let options = Options { body_timeout: patience, data: "empty".to_owned(), ..Options::default() };
        let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = router(options.build().unwrap());
        let served = tokio::spawn(serve(listener, router, patience, std::future::pending()));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(sent.replace('\n', "\r\n").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), client.read_to_end(&mut answer)).await;
        served.abort();
        ended.expect("the connection ends").unwrap();
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn half_a_head_ends_the_connection() {
        assert_eq!(answer_to("GET /api/v2/contacts.json HTTP/1.1\nHost: mock\n").await, "");
    }

    #[tokio::test]
    async fn half_a_body_is_refused_in_time() {
        let token = crate::options::default_token(crate::store::registry::Role::Administrator);
        for path in ["/api/v2/contacts.json", "/__mock/workspaces"] {
            let head = format!(
                "POST {path} HTTP/1.1\nHost: localhost\nAuthorization: Token {token}\n\
                 Content-Type: application/json\nContent-Length: 50\n\n{{"
            );
            let answer = answer_to(&head).await;
            assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
        }
    }
}
