//! Exchanges over the wire.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use reqwest::{Method, Url};

/// Why a request could not be sent or no answer came: nothing that can be held against the contract.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers at the address.
    #[error("{address} is out of reach: {reason}")]
    Unreachable {
        /// The origin that was tried.
        address: String,
        /// What the system says.
        reason: String,
    },
    /// No complete answer within the time limit.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The server asks for more patience than a run has: for so long, where it says.
    #[error("throttled: {}", patience(*.0))]
    Throttled(Option<Duration>),
    /// The requests that the user allows have been sent.
    #[error("all the requests allowed were sent (--requests)")]
    Spent,
    /// The answer is longer than any of the API's.
    #[error("the answer is longer than {} MB", LONGEST / 1_000_000)]
    TooLong,
    /// It answers everything with an error of its own.
    #[error("it answers {0} to everything")]
    Failing(u16),
    /// The connection broke, or what came was no HTTP.
    #[error("the exchange broke off: {0}")]
    Broken(String),
}

fn patience(asked: Option<Duration>) -> String {
    match asked {
        Some(wait) => format!("the server asks to wait {} s (Retry-After)", wait.as_secs()),
        None => "the server answers 429 again and again, and does not say how long to wait".to_owned(),
    }
}

/// The longest answer that is read, in bytes.
const LONGEST: usize = 64_000_000;

/// A connection pool with a time limit, shared by all cases of a run. Follows no redirect and no proxy.
#[derive(Debug, Clone)]
pub struct Http {
    pool: reqwest::Client,
    timeout: Duration,
}

impl Http {
    /// A pool whose every exchange must be complete within `timeout`.
    ///
    /// # Errors
    /// The system offers no TLS configuration.
    pub fn new(timeout: Duration) -> Result<Self, ClientError> {
        let pool = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(timeout)
            .user_agent(concat!("weni-conformance/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| ClientError::Broken(root_cause(&error)))?;
        Ok(Self { pool, timeout })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// No complete answer came.
    pub async fn send(&self, request: &SentRequest) -> Result<Answer, ClientError> {
        let started = Instant::now();
        let mut builder =
            self.pool.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let failed = |error: reqwest::Error| self.failure(&request.url, &error);
        let mut response = builder.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(ClientError::TooLong);
            }
        }
        let text = String::from_utf8_lossy(&body).into_owned();
        Ok(Answer { status, headers, text, duration: started.elapsed() })
    }

    fn failure(&self, url: &Url, error: &reqwest::Error) -> ClientError {
        if error.is_timeout() {
            ClientError::Timeout(self.timeout)
        } else if error.is_connect() {
            let address = url.origin().ascii_serialization();
            ClientError::Unreachable { address, reason: root_cause(error) }
        } else {
            ClientError::Broken(root_cause(error))
        }
    }
}

/// The innermost cause: reqwest's own texts only say that something failed, and repeat the URL.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// A request as it goes out. Holds credentials: print it by [`SentRequest::curl`], which hides them.
#[derive(Clone)]
pub struct SentRequest {
    /// The HTTP method.
    pub method: Method,
    /// The whole address.
    pub url: Url,
    /// All headers that the kit sets.
    pub headers: HeaderMap,
    /// The body, if there is one.
    pub body: Option<String>,
}

/// Reads `Sun, 22 Nov 2026 12:00:00 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text.trim()).ok().map(|instant| instant.timestamp())
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// From sending the request to the end of the answer.
    pub duration: Duration,
}

impl Answer {
    /// The header of this name, or `None`. Repeated headers are joined by commas, as RFC 9110 reads them.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> =
            self.headers.get_all(name).iter().map(|v| String::from_utf8_lossy(v.as_bytes())).collect();
        if values.is_empty() { None } else { Some(values.join(", ")) }
    }

    /// How long the server asks to wait, where it says so in seconds or by a date.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.header("retry-after")?;
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()) {
            // More digits than fit are more patience than anybody has.
            return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
        }
        let now = self.date().unwrap_or_else(Timestamp::now);
        let wait = http_date(text)?.duration_since(now);
        Some(Duration::try_from(wait).unwrap_or_default())
    }

    /// When the server says that it answered.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        http_date(&self.header("date")?)
    }

    /// The body as JSON, if it is said to be and is.
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        let is_json = self.header("content-type").is_some_and(|kind| kind.contains("json"));
        if is_json { serde_json::from_str(&self.text).ok() } else { None }
    }
}
