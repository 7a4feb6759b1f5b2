//! Traffic as an HTTP Archive (HAR 1.2), which browsers, other tools and this program read.

use serde_json::{Value, json};

use super::{Exchange, Traffic};
use crate::check::Secrets;

/// The archive of these exchanges. Credentials are masked in headers, and `secrets` wherever they stand.
#[must_use]
pub(crate) fn archive(traffic: &Traffic, secrets: &Secrets) -> Value {
    let entries: Vec<Value> = traffic.exchanges.iter().map(|exchange| entry(exchange, secrets)).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": {"name": "weni-conformance", "version": env!("CARGO_PKG_VERSION")},
            "entries": entries,
        }
    })
}

fn entry(exchange: &Exchange, secrets: &Secrets) -> Value {
    let body = exchange.body.as_deref().unwrap_or_default();
    let mut request = json!({
        "method": exchange.method,
        "url": secrets.hide_found(exchange.url.as_str()),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&exchange.headers, secrets),
        "queryString": exchange
            .parameters()
            .iter()
            .map(|(name, value)| json!({"name": name, "value": secrets.hide_found(value)}))
            .collect::<Vec<_>>(),
        "headersSize": -1,
        "bodySize": body.len(),
    });
    if !body.is_empty() {
        let kind = exchange.header("content-type").unwrap_or_default();
        request["postData"] = json!({"mimeType": kind, "text": secrets.hide_found(body)});
    }
    let took = exchange.took.map_or(0.0, |took| took.as_secs_f64() * 1000.0);
    json!({
        "startedDateTime": exchange.time,
        "time": took,
        "request": request,
        "response": response(exchange, secrets),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
    })
}

/// What came back; a status of 0: nothing.
fn response(exchange: &Exchange, secrets: &Secrets) -> Value {
    let answer = exchange.answer.as_ref();
    let mut content = json!({
        "size": answer.map_or(0, |answer| answer.body.len()),
        "mimeType": answer.and_then(|answer| answer.header("content-type")).unwrap_or_default(),
    });
    match answer.filter(|answer| answer.cut) {
        Some(_) => content["size"] = (-1).into(),
        None => {
            let masked = answer.map(|answer| secrets.hide_found(&answer.body)).unwrap_or_default();
            content["size"] = masked.len().into();
            content["text"] = masked.into();
        }
    }
    json!({
        "status": answer.map_or(0, |answer| answer.status),
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": answer.map(|answer| headers(&answer.headers, secrets)).unwrap_or_default(),
        "content": content,
        "redirectURL": answer.and_then(|answer| answer.header("location")).unwrap_or_default(),
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn headers(headers: &[(String, String)], secrets: &Secrets) -> Vec<Value> {
    let shown =
        |(name, value): &(String, String)| json!({"name": name, "value": secrets.header(name, value)});
    headers.iter().map(shown).collect()
}
