//! A journal as an HTTP Archive (HAR 1.2), which browsers and other tools read.

use std::sync::Arc;

use serde_json::{Value, json};

use super::entry::{Kept, Mask};
use super::{Entry, Headers};
use crate::secret;
use crate::store::effect::Effect;

/// The archive of these entries. What HAR has no member for stands under `_weni`: the workspace's clock, effects, deviation,
/// fault, and whether a body was cut. `tokens`: those of the workspace, which are hidden wherever they stand.
pub(crate) fn har(entries: &[Arc<Entry>], tokens: &[&str]) -> Value {
    let mask = Mask::of(tokens);
    let entries: Vec<Value> = entries.iter().map(|entry| entry_of(entry, &mask)).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": {"name": "weni-mock", "version": env!("CARGO_PKG_VERSION")},
            "entries": entries,
        }
    })
}

fn entry_of(entry: &Entry, mask: &Mask<'_>) -> Value {
    let query = secret::in_query(entry.query().unwrap_or_default());
    let question = if entry.query().is_some() { "?" } else { "" };
    let url = mask.text(&format!("{}{}{question}{query}", entry.host(), entry.path()));
    let pairs = form_urlencoded::parse(query.as_bytes());
    let parameters: Vec<Value> =
        pairs.map(|(name, value)| json!({"name": name, "value": mask.text(&value)})).collect();
    let millis = entry.took.as_secs_f64() * 1e3;
    let mut request = json!({
        "method": entry.method.as_str(),
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&entry.request_headers, mask),
        "queryString": parameters,
        "headersSize": -1,
        "bodySize": entry.body.length(),
    });
    if entry.body.length() > 0 {
        request["postData"] = json!({
            "mimeType": content_type(&entry.request_headers),
            "text": text(&entry.body, mask).0,
        });
    }
    let (answer, base64) = text(&entry.answer, mask);
    let mut content = json!({
        "size": entry.answer.length(),
        "mimeType": content_type(&entry.headers),
        "text": answer,
    });
    if base64 {
        content["encoding"] = "base64".into();
    }
    json!({
        "startedDateTime": entry.time,
        "time": millis,
        "request": request,
        "response": {
            // 0: there was no answer.
            "status": entry.status.map_or(0, |status| status.as_u16()),
            "statusText": entry.status.and_then(|status| status.canonical_reason()).unwrap_or_default(),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers(&entry.headers, mask),
            "content": content,
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": entry.answer.length(),
        },
        "cache": {},
        "timings": {"send": 0, "wait": millis, "receive": 0},
        "_weni": {
            "id": entry.number,
            "clock": entry.clock,
            "workspace": entry.caller.map(|(uuid, _)| uuid),
            "user": entry.caller.map(|(_, role)| role),
            "effects": mask.effects(&entry.effects),
            "deviation": entry.effects.iter().find_map(Effect::deviation).map(|deviation| deviation.id()),
            "fault": entry.fault,
            "cut": {"request": entry.body.is_cut(), "response": entry.answer.is_cut()},
        },
    })
}

fn headers(headers: &Headers, mask: &Mask<'_>) -> Vec<Value> {
    let pairs = mask.headers(headers).into_iter();
    pairs.map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn content_type(headers: &Headers) -> String {
    headers.get("content-type").unwrap_or_default().into_owned()
}

fn text(body: &Kept, mask: &Mask<'_>) -> (String, bool) {
    let (text, base64) = body.text();
    (if base64 { text } else { mask.text(&text) }, base64)
}
