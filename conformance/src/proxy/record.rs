//! Exchanges on their way to be judged.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::HeaderMap;
use hyper::http::{request, response};
use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::links;
use crate::traffic::{Answer, Exchange};

/// Numbers exchanges as they begin, from 1, and hands each over once when it has ended.
#[derive(Debug, Clone)]
pub struct Recorder {
    numbers: Arc<AtomicU64>,
    ended: UnboundedSender<Exchange>,
}

/// A recorder, and where its exchanges come out; that ends when the recorder is gone.
#[must_use]
pub fn recorder() -> (Recorder, UnboundedReceiver<Exchange>) {
    let (ended, exchanges) = unbounded_channel();
    (Recorder { numbers: Arc::new(AtomicU64::new(1)), ended }, exchanges)
}

/// An exchange that has begun. Whatever becomes of it, it is handed over: without an answer, unless one came.
#[derive(Debug)]
pub(super) struct Begun {
    exchange: Option<Exchange>,
    ended: UnboundedSender<Exchange>,
}

impl Recorder {
    /// A request begins, for this address of the upstream.
    pub(super) fn begin(&self, head: &request::Parts, url: reqwest::Url, body: &[u8]) -> Begun {
        let body = std::str::from_utf8(body).ok().filter(|body| !body.is_empty());
        let exchange = Exchange {
            number: self.numbers.fetch_add(1, Ordering::Relaxed),
            time: Timestamp::now(),
            clock: None,
            took: None,
            method: head.method.to_string(),
            url,
            headers: pairs(&head.headers),
            body: body.map(str::to_owned),
            answer: None,
            effects: Vec::new(),
            fault: None,
        };
        Begun { exchange: Some(exchange), ended: self.ended.clone() }
    }
}

impl Begun {
    /// The answer has come, whole.
    pub(super) fn answered(mut self, head: &response::Parts, body: &[u8]) {
        // It was asked not to be compressed.
        let cut = links::is_encoded(&head.headers);
        let body = if cut { String::new() } else { String::from_utf8_lossy(body).into_owned() };
        let answer = Answer { status: head.status.as_u16(), headers: pairs(&head.headers), body, cut };
        if let Some(exchange) = &mut self.exchange {
            exchange.took = Some(Timestamp::now().duration_since(exchange.time));
            exchange.answer = Some(answer);
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(exchange) = self.exchange.take() {
            // Nobody listens any more: the program ends.
            self.ended.send(exchange).ok();
        }
    }
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
}
