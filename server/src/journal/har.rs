//! A journal as an HTTP Archive (HAR 1.2), which browsers and other tools read.

use std::sync::Arc;

use serde_json::{Value, json};

use super::entry::{Kept, millis};
use super::{Entry, Headers, Mask};
use crate::secret;
use crate::store::effect::Effect;

/// The archive of these entries. What HAR has no member for stands under names with `_`: how many entries were `_dropped`
/// before these, the `_encoding` of a request's body, and under `_weni` the workspace's clock, effects, deviation, fault, and whether a body was cut.
pub(crate) fn har(entries: &[Arc<Entry>], dropped: u64, mask: &Mask) -> Value {
    let entries: Vec<Value> = entries.iter().map(|entry| entry_of(entry, mask)).collect();
    let mut log = json!({
        "version": "1.2",
        "creator": {"name": "weni-mock", "version": env!("CARGO_PKG_VERSION")},
        "entries": entries,
        "_dropped": dropped,
    });
    if dropped > 0 {
        log["comment"] = format!("{dropped} earlier requests had no room in the journal").into();
    }
    json!({"log": log})
}

fn entry_of(entry: &Entry, mask: &Mask) -> Value {
    let (wait, receive) = (millis(entry.took), millis(entry.receiving()));
    json!({
        "startedDateTime": entry.time,
        "time": wait + receive,
        "request": request(entry, mask),
        "response": response(entry, mask),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": receive},
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

fn request(entry: &Entry, mask: &Mask) -> Value {
    let query = secret::in_query(entry.query().unwrap_or_default());
    let question = if entry.query().is_some() { "?" } else { "" };
    let url = format!("{}{}{question}{query}", entry.host(), entry.path());
    let mut request = json!({
        "method": entry.method.as_str(),
        "url": mask.text(&url),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&entry.request_headers, mask),
        "queryString": pairs(&query, mask),
        "headersSize": -1,
        "bodySize": entry.body.length(),
    });
    if entry.body.length() > 0 {
        request["postData"] = post_data(&entry.body, &entry.request_headers, mask);
    }
    request
}

/// HAR knows no encoding of what is posted, and of a form its text beside its parameters only by custom: browsers give both.
fn post_data(body: &Kept, headers: &Headers, mask: &Mask) -> Value {
    let kind = headers.content_type();
    let (text, base64) = body.text(&kind, mask);
    let mut data = json!({"mimeType": kind});
    if base64 {
        data["_encoding"] = "base64".into();
        data["comment"] = "no text: the body in base64".into();
    } else if kind.to_ascii_lowercase().contains("x-www-form-urlencoded") {
        data["params"] = pairs(&text, mask);
    }
    data["text"] = text.into();
    data
}

fn response(entry: &Entry, mask: &Mask) -> Value {
    let kind = entry.headers.content_type();
    let (text, base64) = entry.answer.text(&kind, mask);
    let mut content = json!({"size": entry.answer.length(), "mimeType": kind, "text": text});
    if base64 {
        content["encoding"] = "base64".into();
    }
    json!({
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
    })
}

fn headers(headers: &Headers, mask: &Mask) -> Value {
    let pairs = mask.headers(headers).into_iter();
    pairs.map(|(name, value)| json!({"name": name, "value": value})).collect()
}

/// The parameters of a query or a form.
fn pairs(encoded: &str, mask: &Mask) -> Value {
    let pairs = form_urlencoded::parse(encoded.as_bytes());
    pairs.map(|(name, value)| json!({"name": mask.text(&name), "value": mask.text(&value)})).collect()
}
