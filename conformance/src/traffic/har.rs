//! Entries of an HTTP Archive (HAR 1.2), by whichever tool.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use super::{Answer, Effect, Exchange, in_lower_case, took};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: Timestamp,
    /// Milliseconds.
    #[serde(default)]
    time: Value,
    request: Request,
    response: Response,
    /// What weni-mock adds.
    #[serde(rename = "_weni", default)]
    weni: Option<Weni>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    post_data: Option<PostData>,
}

#[derive(Deserialize)]
struct PostData {
    #[serde(default)]
    text: String,
    /// A form, where a tool gives no text.
    #[serde(default)]
    params: Vec<Pair>,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    content: Content,
}

#[derive(Deserialize, Default)]
struct Content {
    /// Of the whole body, in bytes; -1 where a tool does not know.
    #[serde(default)]
    size: i64,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    encoding: Option<String>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    #[serde(default)]
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

/// Reads one entry, the `place`th from 1.
///
/// # Errors
/// What is wrong with it.
pub(super) fn exchange(place: usize, entry: Value) -> Result<Exchange, String> {
    let Entry { started_date_time, time, request, response, weni } =
        serde_json::from_value(entry).map_err(|error| error.to_string())?;
    let url = request.url.parse().map_err(|error| format!("request.url: `{}`: {error}", request.url))?;
    let body = request.post_data.map(|data| {
        if !data.text.is_empty() || data.params.is_empty() {
            return data.text;
        }
        let mut url: Url = "http://localhost/".parse().expect("an address");
        url.query_pairs_mut().extend_pairs(data.params.iter().map(|pair| (&pair.name, &pair.value)));
        url.query().unwrap_or_default().to_owned()
    });
    let Content { size, text, encoding } = response.content;
    let kept = text.is_some();
    let text = text.unwrap_or_default();
    let (length, content) = match encoding.as_deref() {
        Some("base64") => {
            let bytes = STANDARD.decode(&text).map_err(|error| format!("content: {error}"))?;
            (bytes.len(), String::from_utf8_lossy(&bytes).into_owned())
        }
        _ => (text.len(), text),
    };
    let shorter = usize::try_from(size).is_ok_and(|size| size > length) || !kept;
    let Weni { id, clock, effects, fault, cut } = weni.unwrap_or_default();
    Ok(Exchange {
        number: id.unwrap_or(place as u64),
        time: started_date_time,
        clock,
        took: took(&time),
        method: request.method.to_ascii_uppercase(),
        url,
        headers: pairs(request.headers),
        body: body.filter(|body| !body.is_empty()),
        // 0: there was no answer.
        answer: (response.status > 0).then(|| Answer {
            status: response.status,
            headers: pairs(response.headers),
            body: content,
            // Many tools leave bodies out, and some the long ones. Where a token was masked, the length alone does not
            // tell.
            cut: cut.map_or(shorter, |cut| cut.response),
        }),
        effects,
        fault: fault.map(|fault| fault.kind),
    })
}

fn pairs(pairs: Vec<Pair>) -> Vec<(String, String)> {
    in_lower_case(pairs.into_iter().map(|pair| (pair.name, pair.value)))
}
