//! Traffic as an HTTP Archive (HAR 1.2), which browsers, other tools and this program read.

use serde_json::{Value, json};

use super::{Exchange, Traffic};
use crate::client::Tokens;

/// Headers whose values are never shown.
const SECRET: [&str; 5] = ["proxy-authorization", "cookie", "set-cookie", "x-control-token", "x-api-key"];

/// The archive of these exchanges. Credentials are masked in headers, and `tokens` wherever they stand; how long an exchange
/// took is not known.
#[must_use]
pub fn archive(traffic: &Traffic, tokens: &Tokens) -> Value {
    let entries: Vec<Value> = traffic.exchanges.iter().map(|exchange| entry(exchange, tokens)).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": {"name": "weni-conformance", "version": env!("CARGO_PKG_VERSION")},
            "entries": entries,
        }
    })
}

fn entry(exchange: &Exchange, tokens: &Tokens) -> Value {
    let body = exchange.body.as_deref().unwrap_or_default();
    let mut request = json!({
        "method": exchange.method,
        "url": tokens.mask_found(exchange.url.as_str()),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&exchange.headers, tokens),
        "queryString": exchange
            .parameters()
            .iter()
            .map(|(name, value)| json!({"name": name, "value": tokens.mask_found(value)}))
            .collect::<Vec<_>>(),
        "headersSize": -1,
        "bodySize": body.len(),
    });
    if !body.is_empty() {
        let kind = exchange.header("content-type").unwrap_or_default();
        request["postData"] = json!({"mimeType": kind, "text": tokens.mask_found(body)});
    }
    json!({
        "startedDateTime": exchange.time,
        "time": 0,
        "request": request,
        "response": response(exchange, tokens),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    })
}

/// What came back; a status of 0: nothing.
fn response(exchange: &Exchange, tokens: &Tokens) -> Value {
    let answer = exchange.answer.as_ref();
    let mut content = json!({
        "size": answer.map_or(0, |answer| answer.body.len()),
        "mimeType": answer.and_then(|answer| answer.header("content-type")).unwrap_or_default(),
    });
    match answer.filter(|answer| answer.cut) {
        Some(_) => content["size"] = (-1).into(),
        None => {
            let masked = answer.map(|answer| tokens.mask_found(&answer.body)).unwrap_or_default();
            content["size"] = masked.len().into();
            content["text"] = masked.into();
        }
    }
    json!({
        "status": answer.map_or(0, |answer| answer.status),
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": answer.map(|answer| headers(&answer.headers, tokens)).unwrap_or_default(),
        "content": content,
        "redirectURL": answer.and_then(|answer| answer.header("location")).unwrap_or_default(),
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn headers(headers: &[(String, String)], tokens: &Tokens) -> Vec<Value> {
    let shown = |(name, value): &(String, String)| match name.as_str() {
        // A wrong scheme is a common mistake.
        "authorization" => match value.trim().split_once(char::is_whitespace) {
            Some((scheme, _)) => json!({"name": name, "value": format!("{scheme} ***")}),
            None => json!({"name": name, "value": "***"}),
        },
        name if SECRET.contains(&name) => json!({"name": name, "value": "***"}),
        _ => json!({"name": name, "value": tokens.mask_found(value)}),
    };
    headers.iter().map(shown).collect()
}
