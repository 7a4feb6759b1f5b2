//! Traffic as an HTTP Archive (HAR 1.2), which browsers, other tools and this program read.

use reqwest::Url;
use serde_json::{Value, json};

use super::{Answer, Exchange, Traffic};
use crate::check::Secrets;

/// The archive of these exchanges, without credentials. How many there were before these stands under `_dropped`.
#[must_use]
pub(crate) fn archive(traffic: &Traffic, secrets: &Secrets) -> Value {
    let entries: Vec<Value> = traffic.exchanges.iter().map(|exchange| entry(exchange, secrets)).collect();
    let mut log = json!({
        "version": "1.2",
        "creator": {"name": "weni-conformance", "version": env!("CARGO_PKG_VERSION")},
        "entries": entries,
        "_dropped": traffic.dropped,
    });
    if traffic.dropped > 0 {
        log["comment"] = format!("{} earlier requests were not kept (--keep)", traffic.dropped).into();
    }
    json!({"log": log})
}

fn entry(exchange: &Exchange, secrets: &Secrets) -> Value {
    let took = exchange.took.map_or(0.0, |took| took.as_secs_f64() * 1000.0);
    json!({
        "startedDateTime": exchange.time,
        "time": took,
        "request": request(exchange, secrets),
        "response": response(exchange.answer.as_ref(), secrets),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
    })
}

fn request(exchange: &Exchange, secrets: &Secrets) -> Value {
    let body = exchange.body.as_deref().unwrap_or_default();
    let mut request = json!({
        "method": exchange.method,
        "url": secrets.url(&exchange.url),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&exchange.headers, secrets),
        "queryString": pairs(&secrets.query(exchange.url.query().unwrap_or_default())),
        "headersSize": -1,
        "bodySize": body.len(),
    });
    if !body.is_empty() {
        let kind = exchange.header("content-type");
        let shown = secrets.body(kind, body);
        request["postData"] = json!({"mimeType": kind.unwrap_or_default(), "text": shown});
        if kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("x-www-form-urlencoded")) {
            request["postData"]["params"] = pairs(&shown);
        }
    }
    request
}

/// What came back; a status of 0: nothing.
fn response(answer: Option<&Answer>, secrets: &Secrets) -> Value {
    let kind = answer.and_then(|answer| answer.header("content-type"));
    let mut content = json!({"size": 0, "mimeType": kind.unwrap_or_default()});
    match answer {
        Some(answer) if answer.cut => content["size"] = (-1).into(),
        answer => {
            let shown = answer.map(|answer| secrets.body(kind, &answer.body)).unwrap_or_default();
            content["size"] = shown.len().into();
            content["text"] = shown.into();
        }
    }
    json!({
        "status": answer.map_or(0, |answer| answer.status),
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": answer.map(|answer| headers(&answer.headers, secrets)).unwrap_or_default(),
        "content": content,
        "redirectURL": secrets.hide(answer.and_then(|answer| answer.header("location")).unwrap_or_default()),
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn headers(headers: &[(String, String)], secrets: &Secrets) -> Vec<Value> {
    let shown =
        |(name, value): &(String, String)| json!({"name": name, "value": secrets.header(name, value)});
    headers.iter().map(shown).collect()
}

/// The parameters of a query or a form in which nothing is to be hidden any more.
fn pairs(encoded: &str) -> Value {
    let mut url = Url::parse("http://localhost/").expect("an address");
    url.set_query(Some(encoded));
    url.query_pairs().map(|(name, value)| json!({"name": name, "value": value})).collect()
}
