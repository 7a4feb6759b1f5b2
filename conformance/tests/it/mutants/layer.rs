//! The server in front of another, through which everything passes.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request as Incoming, State};
use axum::response::Response;
use reqwest::Url;
use reqwest::header::CONTENT_LENGTH;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::call::{Call, Upstream};
use super::exchange::{Answer, Request, pass_on};
use super::mutant::Mutant;

/// A server on a free port of the loopback interface that passes on what it is asked, but for a mutant's fault. It
/// stops when dropped.
///
/// Hosts are passed on, so that links in answers lead back to the layer. The mock's own surface under `/__mock` has no
/// faults.
pub(crate) struct Layer {
    url: String,
    _running: oneshot::Sender<()>,
}

impl Layer {
    /// Puts a mutant in front of the server at `upstream`, such as `http://127.0.0.1:9364`.
    pub(crate) async fn start(upstream: &str, mutant: Mutant) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let upstream = Arc::new(Upstream::new(upstream.parse().unwrap()));
        let router = Router::new().fallback(pass).with_state(Arc::new(Passage { upstream, mutant }));
        let (running, stopped) = oneshot::channel::<()>();
        let dropped = async { stopped.await.unwrap_or_default() };
        let serving = axum::serve(listener, router).with_graceful_shutdown(dropped);
        tokio::spawn(async { serving.await.unwrap() });
        Self { url, _running: running }
    }

    /// Scheme, address and port, such as `http://127.0.0.1:41234`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

struct Passage {
    upstream: Arc<Upstream>,
    mutant: Mutant,
}

async fn pass(State(passage): State<Arc<Passage>>, incoming: Incoming) -> Response {
    let call = Call::new(received(incoming, &passage.upstream.base).await, Arc::clone(&passage.upstream));
    if call.request.url.path().starts_with("/__mock") {
        return sent(call.forward().await);
    }
    let request = call.request.clone();
    let mut answer = passage.mutant.play(call).await;
    passage.upstream.shown.apply(&request, &mut answer);
    sent(answer)
}

/// A request that came in, addressed to the server at `base`.
async fn received(incoming: Incoming, base: &Url) -> Request {
    let (parts, body) = incoming.into_parts();
    let mut url = base.clone();
    url.set_path(parts.uri.path());
    url.set_query(parts.uri.query());
    let mut headers = parts.headers;
    pass_on(&mut headers);
    headers.remove(CONTENT_LENGTH);
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default().to_vec();
    Request { method: parts.method, url, headers, body }
}

fn sent(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status.try_into().unwrap();
    *response.headers_mut() = answer.headers;
    response
}
