//! Entries of an HTTP Archive (HAR 1.2), by whichever tool: many leave members out, or write null.

use jiff::Timestamp;
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Answer, Effect, Exchange, in_lower_case, of_base64, took};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: Timestamp,
    /// Milliseconds.
    #[serde(default)]
    time: Value,
    request: Value,
    #[serde(default)]
    response: Value,
    /// What weni-mock adds.
    #[serde(rename = "_weni", default)]
    weni: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    #[serde(default, deserialize_with = "or_nothing")]
    headers: Vec<Pair>,
    #[serde(default, deserialize_with = "or_nothing")]
    post_data: PostData,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct PostData {
    #[serde(default, deserialize_with = "or_nothing")]
    mime_type: String,
    #[serde(default, deserialize_with = "or_nothing")]
    text: String,
    /// A form, where a tool gives no text.
    #[serde(default, deserialize_with = "or_nothing")]
    params: Vec<Pair>,
    /// HAR knows none: those who need one put it here.
    #[serde(default, alias = "_encoding")]
    encoding: Option<String>,
}

/// What came back. Where nothing did, tools leave it out, or write a status of 0 or less.
#[derive(Deserialize, Default)]
struct Response {
    #[serde(default)]
    status: Value,
    #[serde(default, deserialize_with = "or_nothing")]
    headers: Vec<Pair>,
    #[serde(default, deserialize_with = "or_nothing")]
    content: Content,
}

#[derive(Deserialize, Default)]
struct Content {
    /// Of the whole body, in bytes; -1 where a tool does not know.
    #[serde(default)]
    size: Value,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    encoding: Option<String>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    #[serde(default, deserialize_with = "or_nothing")]
    value: String,
}

#[derive(Deserialize, Default)]
struct Weni {
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    clock: Option<Timestamp>,
    #[serde(default)]
    effects: Vec<Effect>,
    #[serde(default)]
    fault: Option<Fault>,
    #[serde(default)]
    cut: Option<Cut>,
}

/// Which bodies it did not keep whole.
#[derive(Deserialize)]
struct Cut {
    response: bool,
}

#[derive(Deserialize)]
struct Fault {
    kind: String,
}

/// null counts as left out.
fn or_nothing<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

/// Reads one entry, the `place`th from 1.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn exchange(place: usize, entry: Value) -> Result<Exchange, String> {
    let Entry { started_date_time, time, request, response, weni } =
        serde_json::from_value(entry).map_err(|error| error.to_string())?;
    let request: Request = part("request", request)?.ok_or("request: it is null")?;
    let answer = part("response", response)?.map(Response::read).transpose()?.flatten();
    let Weni { id, clock, effects, fault, cut } = part("_weni", weni)?.unwrap_or_default();
    let mut headers = pairs(request.headers);
    // Some tools tell the type of a body beside it alone.
    let kind = request.post_data.mime_type.clone();
    if !kind.is_empty() && headers.iter().all(|(name, _)| name != "content-type") {
        headers.push(("content-type".to_owned(), kind));
    }
    Ok(Exchange {
        number: id.unwrap_or(place as u64),
        time: started_date_time,
        clock,
        took: took(&time),
        method: request.method.to_ascii_uppercase(),
        url: request.url.parse().map_err(|error| format!("request.url: `{}`: {error}", request.url))?,
        headers,
        body: request.post_data.read()?.filter(|body| !body.is_empty()),
        // Where a secret was masked, the length alone does not tell.
        answer: answer.map(|answer| Answer { cut: cut.map_or(answer.cut, |cut| cut.response), ..answer }),
        effects,
        fault: fault.map(|fault| fault.kind),
    })
}

/// A member of an entry; `None` where it is null or left out.
fn part<T: DeserializeOwned>(name: &str, value: Value) -> Result<Option<T>, String> {
    serde_json::from_value(value).map_err(|error| format!("{name}: {error}"))
}

impl PostData {
    /// The body, if it is a text.
    fn read(self) -> Result<Option<String>, String> {
        if is_base64(self.encoding.as_deref()) {
            let bytes = of_base64(&self.text).map_err(|error| format!("request.postData: {error}"))?;
            return Ok(String::from_utf8(bytes).ok());
        }
        if !self.text.is_empty() || self.params.is_empty() {
            return Ok(Some(self.text));
        }
        let mut url: Url = "http://localhost/".parse().expect("an address");
        url.query_pairs_mut().extend_pairs(self.params.iter().map(|pair| (&pair.name, &pair.value)));
        Ok(url.query().map(str::to_owned))
    }
}

impl Response {
    /// The answer, if there was one.
    fn read(self) -> Result<Option<Answer>, String> {
        let Some(status) = self.status.as_f64().filter(|status| *status >= 1.0) else { return Ok(None) };
        if !(100.0..1000.0).contains(&status) || status.fract() != 0.0 {
            return Err(format!("response.status: {status} is none"));
        }
        let Content { size, text, encoding } = self.content;
        let kept = text.is_some();
        let mut body = text.unwrap_or_default();
        let mut length = body.len();
        if is_base64(encoding.as_deref()) {
            let bytes = of_base64(&body).map_err(|error| format!("response.content: {error}"))?;
            length = bytes.len();
            body = String::from_utf8_lossy(&bytes).into_owned();
        }
        // Many tools leave bodies out, and some the long ones.
        let cut = !kept || size.as_f64().is_some_and(|size| size > length as f64);
        Ok(Some(Answer { status: status as u16, headers: pairs(self.headers), body, cut }))
    }
}

fn is_base64(encoding: Option<&str>) -> bool {
    encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"))
}

fn pairs(pairs: Vec<Pair>) -> Vec<(String, String)> {
    in_lower_case(pairs.into_iter().map(|pair| (pair.name, pair.value)))
}
