//! Entries of a journal, as the control API of weni-mock gives them (`GET …/journal`).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Answer, Effect, Exchange, in_lower_case, of_base64, took};

#[derive(Deserialize)]
struct Entry {
    id: u64,
    time: Timestamp,
    #[serde(default)]
    clock: Option<Timestamp>,
    #[serde(default)]
    ms: Value,
    request: Request,
    response: Option<Response>,
    #[serde(default)]
    effects: Vec<Effect>,
    #[serde(default)]
    fault: Option<Fault>,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    path: String,
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: Option<Body>,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: Option<Body>,
}

#[derive(Deserialize)]
struct Body {
    text: String,
    #[serde(default)]
    base64: bool,
    #[serde(default)]
    cut: bool,
}

#[derive(Deserialize)]
struct Fault {
    kind: String,
}

impl Body {
    fn read(self) -> Result<String, String> {
        if !self.base64 {
            return Ok(self.text);
        }
        let bytes = of_base64(&self.text).map_err(|error| format!("body: {error}"))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Reads one entry.
///
/// # Errors
/// What is wrong with it.
pub(super) fn exchange(_place: usize, entry: Value) -> Result<Exchange, String> {
    let Entry { id, time, clock, ms, request, response, effects, fault } =
        serde_json::from_value(entry).map_err(|error| error.to_string())?;
    let headers = in_lower_case(request.headers);
    let header = |wanted: &str| headers.iter().find(|(name, _)| name == wanted);
    let host = header("host");
    // The mock itself speaks plain HTTP: in front of it there may be a tunnel.
    let forwarded = header("x-forwarded-proto").and_then(|(_, value)| value.split(',').next());
    let scheme = match forwarded.map(str::trim) {
        Some(scheme) if scheme.eq_ignore_ascii_case("https") => "https",
        _ => "http",
    };
    let query = request.query.map(|query| format!("?{query}")).unwrap_or_default();
    let host = host.map_or("localhost", |(_, host)| host.as_str());
    let url = format!("{scheme}://{host}{}{query}", request.path);
    let url = url.parse().map_err(|error| format!("{url}: {error}"))?;
    let answer = response.map(|response| {
        let cut = response.body.as_ref().is_some_and(|body| body.cut);
        let body = response.body.map(Body::read).transpose()?.unwrap_or_default();
        let headers = in_lower_case(response.headers);
        Ok::<_, String>(Answer { status: response.status, headers, body, cut })
    });
    Ok(Exchange {
        number: id,
        time,
        clock,
        took: took(&ms),
        method: request.method.to_ascii_uppercase(),
        url,
        headers,
        body: request.body.map(Body::read).transpose()?,
        answer: answer.transpose()?,
        effects,
        fault: fault.map(|fault| fault.kind),
    })
}
