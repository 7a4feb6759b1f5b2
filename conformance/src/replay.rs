//! Sends the requests of recorded traffic again, to another server: a bug of production, reproduced against the mock.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::Value;

use crate::client::{BadUrl, BaseUrl, Client, ClientError, SentRequest};
use crate::matcher::shape;
use crate::traffic::{Exchange, Traffic};

/// Headers that belong to the connection or to whoever asked, and are made anew. Recordings have bodies that are not
/// compressed any more.
const NOT_SENT: [&str; 15] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
    "x-control-token",
];

/// Why a request could not be sent again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReplayError {
    /// No answer.
    #[error("#{number}: {source}")]
    NoAnswer {
        /// The request's number.
        number: u64,
        /// What came instead.
        source: ClientError,
    },
    /// It is no possible request.
    #[error("#{number}: {problem}")]
    Impossible {
        /// The request's number.
        number: u64,
        /// What is wrong with it.
        problem: String,
    },
}

/// Where the API was when it was recorded: HAR files of browsers and proxies hold whatever else was asked for. Its hosts are
/// those of which one of its endpoints was asked.
#[derive(Debug)]
pub struct Api(BTreeSet<String>);

impl Api {
    /// Told by all of a recording.
    #[must_use]
    pub fn of(traffic: &Traffic) -> Self {
        let own = traffic.exchanges.iter().filter(|exchange| exchange.endpoint().is_some());
        Self(own.map(|exchange| exchange.url.origin().ascii_serialization()).collect())
    }

    /// Whether a request was for it, also one for a path under `/api/v2` that it does not have.
    #[must_use]
    pub fn was_asked(&self, exchange: &Exchange) -> bool {
        exchange.url.path().contains("/api/v2/")
            && self.0.contains(&exchange.url.origin().ascii_serialization())
    }
}

/// What came of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The request's number in the recording.
    pub number: u64,
    /// Method, path and query, as sent now.
    pub line: String,
    /// What it was answered then; `None`: nothing.
    pub then: Option<u16>,
    /// What it is answered now.
    pub now: u16,
    /// The answer's body now.
    pub body: String,
}

/// Sends all requests of the traffic, in its order. UUIDs and links that the server then gave are replaced by those that
/// this one gives in the same place. `seen` hears of each.
///
/// # Errors
/// The first that got no answer, or cannot be sent.
pub async fn replay(
    client: &Client,
    traffic: &Traffic,
    mut seen: impl FnMut(&Replayed),
) -> Result<Vec<Replayed>, ReplayError> {
    let mut names = Names::default();
    let mut all = Vec::new();
    for exchange in &traffic.exchanges {
        let number = exchange.number;
        let request = request(client, exchange, &names)
            .map_err(|problem| ReplayError::Impossible { number, problem: problem.to_string() })?;
        let answer =
            client.send_once(&request).await.map_err(|source| ReplayError::NoAnswer { number, source })?;
        names.learn(&exchange.answered(), &answer.json().unwrap_or_default());
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let replayed = Replayed {
            number,
            line: client.tokens.mask(&format!("{} {}{query}", request.method, request.url.path())),
            then: exchange.status(),
            now: answer.status,
            body: client.tokens.mask(&answer.text),
        };
        seen(&replayed);
        all.push(replayed);
    }
    Ok(all)
}

/// Why a request is none.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Url(#[from] BadUrl),
    #[error("the method `{0}` is none")]
    Method(String),
    #[error("no token can be sent: {0}")]
    Token(String),
}

fn request(client: &Client, exchange: &Exchange, names: &Names) -> Result<SentRequest, Problem> {
    let method = Method::from_bytes(exchange.method.as_bytes())
        .map_err(|_| Problem::Method(exchange.method.clone()))?;
    let mut headers = HeaderMap::new();
    let kept = exchange
        .headers
        .iter()
        .filter(|(name, _)| !NOT_SENT.contains(&name.as_str()) && !name.starts_with(':'));
    for (name, value) in kept {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    // Who sent none then sends none now.
    if exchange.header("authorization").is_some() {
        let token = client.tokens.get(crate::case::Role::Administrator);
        let header = token.map(|token| token.header().map_err(|problem| Problem::Token(problem.to_string())));
        headers.extend(header.transpose()?.map(|header| (AUTHORIZATION, header)));
    }
    let url = address(&client.base, &exchange.url, names)?;
    let body = exchange.body.as_ref().map(|body| names.replace(body));
    Ok(SentRequest { method, url, headers, body })
}

/// The same path and query on this server, in whatever folder of another host it was.
fn address(base: &BaseUrl, url: &Url, names: &Names) -> Result<Url, BadUrl> {
    let path = url.path();
    let path = path.find("/api/v2/").map_or(path, |at| &path[at..]);
    base.join(&names.replace(path), url.query().map(|query| names.replace(query)).as_deref())
}

/// What the server then gave, and what this one gives in its place.
#[derive(Debug, Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    fn learn(&mut self, then: &Value, now: &Value) {
        match (then, now) {
            (Value::String(then), Value::String(now)) if shape::is_uuid(then) && shape::is_uuid(now) => {
                self.0.entry(then.clone()).or_insert_with(|| now.clone());
            }
            (Value::String(then), Value::String(now)) if shape::is_link(then) && shape::is_link(now) => {
                if let (Some(then), Some(now)) = (cursor(then), cursor(now)) {
                    self.0.insert(then, now);
                }
            }
            (Value::Array(then), Value::Array(now)) => {
                then.iter().zip(now).for_each(|(then, now)| self.learn(then, now));
            }
            (Value::Object(then), Value::Object(now)) => {
                then.iter().for_each(|(name, then)| self.learn(then, now.get(name).unwrap_or(&Value::Null)));
            }
            _ => {}
        }
    }

    fn replace(&self, text: &str) -> String {
        self.0.iter().filter(|(then, now)| then != now).fold(text.to_owned(), |text, (then, now)| {
            if text.contains(then.as_str()) { text.replace(then.as_str(), now) } else { text }
        })
    }
}

/// The cursor of a link, encoded as it stands there.
fn cursor(link: &str) -> Option<String> {
    let query = link.split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix("cursor=")).map(str::to_owned)
}
