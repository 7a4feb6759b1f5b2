//! The first question to a target: is it the API at all?

use reqwest::Method;
use serde_json::Value;

use crate::client::{Answer, Client, ClientError, Endpoint, PrepareError};
use crate::difference::shorten;

/// Why nothing at this address can be judged. Each message is one line that says what to look at.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProbeError {
    /// Nobody is there.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No answer.
    #[error("{address}: {source}")]
    NoAnswer {
        /// What was asked.
        address: String,
        /// What came instead.
        source: ClientError,
    },
    /// The question cannot be asked.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// It sends one elsewhere.
    #[error("{address} redirects ({status}) to {location}: give that address with --url")]
    Redirect {
        /// What was asked.
        address: String,
        /// The status of the answer.
        status: u16,
        /// Where it points.
        location: String,
    },
    /// It does not let one in.
    #[error("{address} refuses the token ({status} {detail}): is it the token of this workspace?")]
    Token {
        /// What was asked.
        address: String,
        /// The status of the answer.
        status: u16,
        /// What it says.
        detail: String,
    },
    /// It is out of order, or too busy.
    #[error("{address} answers {status} {detail}: nothing can be judged there now")]
    Failing {
        /// What was asked.
        address: String,
        /// The status of the answer.
        status: u16,
        /// What it says.
        detail: String,
    },
    /// It answers something that is not the API's.
    #[error("{address} is not the Weni API: {what}")]
    NotWeni {
        /// What was asked.
        address: String,
        /// What it answers.
        what: String,
    },
}

/// Asks for one contact.
///
/// # Errors
/// No answer, a refusal of the token, or an answer that is not the API's.
pub async fn probe(client: &Client) -> Result<(), ProbeError> {
    let request = client.own_request(Method::GET, Endpoint::Contacts, &[("limit", "1")])?;
    let address = format!("{}{}", request.url.origin().ascii_serialization(), request.url.path());
    let answer = match client.send(&request).await {
        Ok(answer) => answer,
        // It names the address itself.
        Err(source @ ClientError::Unreachable { .. }) => return Err(source.into()),
        Err(source) => return Err(ProbeError::NoAnswer { address, source }),
    };
    let detail = || shorten(&client.tokens.mask(&detail(&answer)));
    match answer.status {
        200 => {}
        300..=399 => {
            let location = answer.header("location").unwrap_or_else(|| "nowhere".to_owned());
            let location = shorten(&client.tokens.mask(&location));
            return Err(ProbeError::Redirect { address, status: answer.status, location });
        }
        401 | 403 => return Err(ProbeError::Token { address, status: answer.status, detail: detail() }),
        404 => return Err(ProbeError::NotWeni { address, what: format!("it answers 404 {}", detail()) }),
        status => return Err(ProbeError::Failing { address, status, detail: detail() }),
    }
    match serde_json::from_str::<Value>(&answer.text) {
        // Little is asked for: whether the list is right is for the cases to judge.
        Ok(Value::Object(page)) if ["results", "next", "previous"].iter().any(|m| page.contains_key(*m)) => {
            Ok(())
        }
        Ok(_) => {
            let what = "it answers JSON, but no list with `next`, `previous` and `results`".to_owned();
            Err(ProbeError::NotWeni { address, what })
        }
        Err(_) if is_html(&answer) => {
            Err(ProbeError::NotWeni { address, what: "it answers a page in HTML".to_owned() })
        }
        Err(error) => {
            let what = format!("it answers 200 and no JSON ({error}): {}", detail());
            Err(ProbeError::NotWeni { address, what })
        }
    }
}

/// What an answer says, as far as one line can show it.
fn detail(answer: &Answer) -> String {
    let json = answer.json();
    match json.as_ref().and_then(|body| body["detail"].as_str()) {
        Some(detail) => detail.to_owned(),
        None if is_html(answer) => "with a page in HTML".to_owned(),
        None => answer.text.clone(),
    }
}

fn is_html(answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|kind| kind.contains("html"))
        || answer.text.trim_start().starts_with('<')
}
