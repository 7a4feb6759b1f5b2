//! A request out of the journal, once more: as a request, as a line for the shell, as a case of the conformance kit.

use axum::body::Body;
use axum::http::{HeaderName, Request};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::entry::{Entry, Mask};
use crate::model::time::parse_instant;
use crate::secret;

/// Headers that belong to a connection or follow from the body: the next one has its own.
const ITS_OWN: [&str; 6] =
    ["host", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect"];

impl Entry {
    /// Whether all of its body was kept.
    pub(crate) fn is_whole(&self) -> bool {
        !self.body.is_cut()
    }

    /// The request as it came, credentials and all; `None` where not all of its body was kept.
    pub(crate) fn request(&self) -> Option<Request<Body>> {
        let mut request = Request::builder().method(self.method.clone()).uri(&*self.target);
        for (name, value) in
            self.request_headers.iter().filter(|(name, _)| *name == "host" || !ITS_OWN.contains(&&**name))
        {
            request = request.header(HeaderName::from_bytes(name.as_bytes()).ok()?, &*value);
        }
        self.is_whole().then(|| request.body(Body::from(self.body.bytes().to_vec())).ok())?
    }

    /// A line for the shell that sends it again, with `$WENI_TOKEN` in the place of credentials; `None` where its body is
    /// no text or was not kept as a whole.
    pub(crate) fn curl(&self, base_url: &str, mask: &Mask) -> Option<String> {
        let (body, base64) = self.body.text(&self.request_headers.content_type(), mask);
        if base64 || !self.is_whole() {
            return None;
        }
        let query = self.query().map(|query| format!("?{}", secret::in_query(query))).unwrap_or_default();
        let url = mask.text(&format!("{base_url}{}{query}", self.path()));
        let mut parts = vec![format!("curl -X {} {}", self.method, quoted(&url))];
        for (name, value) in mask.headers(&self.request_headers) {
            match name.as_str() {
                "authorization" => {
                    let scheme = value.split(' ').next().unwrap_or_default();
                    parts.push(format!("-H \"Authorization: {scheme} $WENI_TOKEN\""));
                }
                "user-agent" => {}
                name if ITS_OWN.contains(&name) => {}
                "accept" if value == "*/*" => {}
                name => parts.push(format!("-H {}", quoted(&format!("{name}: {value}")))),
            }
        }
        if !body.is_empty() {
            parts.push(format!("--data-raw {}", quoted(&body)));
        }
        Some(parts.join(" \\\n  "))
    }

    /// A case of the conformance kit in which this request is answered as it was: identifiers, instants and links of the
    /// answer are markers, what the request names of them stands as it is. `None` where a body was not kept as a whole.
    pub(crate) fn case(&self, settings: &Value, mask: &Mask) -> Option<Value> {
        if !self.is_whole() || self.answer.is_cut() {
            return None;
        }
        let pairs = form_urlencoded::parse(self.query().unwrap_or_default().as_bytes());
        let query: Vec<Value> = pairs.map(|(name, value)| json!([name, mask.text(&value)])).collect();
        let mut request = json!({"method": self.method.as_str(), "path": mask.text(self.path())});
        if !query.is_empty() {
            request["query"] = query.into();
        }
        let (body, _) = self.body.text(&self.request_headers.content_type(), mask);
        match serde_json::from_str::<Value>(&body) {
            _ if body.is_empty() => {}
            Ok(json) => request["json"] = json,
            Err(_) => request["raw"] = body.as_str().into(),
        }
        let content_type = self.request_headers.get("content-type");
        if let Some(content_type) = content_type.filter(|of| !body.is_empty() && of != "application/json") {
            request["headers"] = json!({"Content-Type": content_type});
        }
        let mut response = json!({"status": self.status?.as_u16()});
        if let Ok(json) = serde_json::from_slice::<Value>(self.answer.bytes()) {
            response["json"] = Markers::default().put("", json);
        }
        Some(json!({
            "$schema": "../../schemas/case.schema.json",
            "id": format!("journal/request-{}", self.number),
            "title": mask.text(&format!("{} {}", self.method, self.path())),
            "workspace": settings,
            "steps": [{"request": request, "response": response}],
        }))
    }
}

/// A word of the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Puts markers in the place of what differs from run to run; the same value has the same name.
#[derive(Default)]
struct Markers {
    uuids: Vec<String>,
    times: Vec<String>,
    links: Vec<String>,
}

impl Markers {
    fn put(&mut self, member: &str, value: Value) -> Value {
        match value {
            Value::Object(members) => {
                let members = members.into_iter().map(|(name, value)| {
                    let value = self.put(&name, value);
                    (name, value)
                });
                Value::Object(members.collect::<Map<String, Value>>())
            }
            Value::Array(items) => items.into_iter().map(|item| self.put(member, item)).collect(),
            Value::String(text) => self.marker(member, text),
            other => other,
        }
    }

    fn marker(&mut self, member: &str, text: String) -> Value {
        let (kind, letter, known) = match member {
            "uuid" if Uuid::try_parse(&text).is_ok() => ("$uuid", 'u', &mut self.uuids),
            "created_on" | "modified_on" | "last_seen_on" if parse_instant(&text).is_ok() => {
                ("$time", 't', &mut self.times)
            }
            "next" | "previous" => ("$url", 'n', &mut self.links),
            _ => return text.into(),
        };
        let place = known.iter().position(|before| *before == text).unwrap_or_else(|| {
            known.push(text);
            known.len() - 1
        });
        json!({kind: format!("{letter}{}", place + 1)})
    }
}
