//! One request, as often as it takes: every request of this integration may be repeated, because a write by URN or UUID
//! that was carried out already changes nothing the second time. (A create without a URN may not: `blind-retry`.)

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{RequestBuilder, Response, StatusCode};

/// How often a request is sent at most. The shop delivers the event again if that is not enough.
const ATTEMPTS: u32 = 6;

/// The first pause; each further one is twice as long: 0.2, 0.4, 0.8, 1.6, 3.2 seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    /// The same request will be refused again, so it is told at once. The body names the member that is wrong.
    #[error("{what}: refused, {status} {body}")]
    Refused { what: String, status: StatusCode, body: String },
    /// Perhaps later.
    #[error("{what}: {why}, {ATTEMPTS} times")]
    GaveUp { what: String, why: String },
    /// Not even a request.
    #[error("{what}: {why}")]
    Impossible { what: String, why: String },
}

/// What one attempt came to.
enum Attempt {
    /// The body of a success.
    Done(String),
    /// Try again, after this time if the server named one.
    Again(String, Option<Duration>),
    Refused(StatusCode, String),
    Impossible(String),
}

/// Sends a request until it succeeds with a body that `read` can make something of. `what` it is goes into messages:
/// addresses have telephone numbers in them, which do not belong in a log.
pub(crate) async fn send<T>(
    what: &str,
    request: impl Fn() -> RequestBuilder,
    read: impl Fn(&str) -> Result<T, serde_json::Error>,
) -> Result<T, Failed> {
    let what = what.to_owned();
    let mut pause = FIRST_PAUSE;
    let mut attempts = 0;
    loop {
        let (why, asked) = match attempt(request()).await {
            Attempt::Done(body) => match read(&body) {
                Ok(read) => return Ok(read),
                // A proxy that dies in the middle leaves half a JSON under a fine status: that is no answer either.
                Err(error) => (format!("a broken answer ({error})"), None),
            },
            Attempt::Again(why, asked) => (why, asked),
            Attempt::Refused(status, body) => return Err(Failed::Refused { what, status, body }),
            Attempt::Impossible(why) => return Err(Failed::Impossible { what, why }),
        };
        attempts += 1;
        if attempts == ATTEMPTS {
            return Err(Failed::GaveUp { what, why });
        }
        tokio::time::sleep(asked.unwrap_or(pause)).await;
        pause *= 2;
    }
}

async fn attempt(request: RequestBuilder) -> Attempt {
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) if error.is_builder() => return Attempt::Impossible(reasons(error)),
        Err(error) => return Attempt::Again(reasons(error), None),
    };
    let (status, asked) = (response.status(), retry_after(&response));
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Attempt::Again(format!("answered {}", status.as_u16()), asked);
    }
    // Read to its end before it counts: the connection may break in the middle of the body.
    match response.text().await {
        Ok(body) if status.is_success() => Attempt::Done(body),
        Ok(body) => Attempt::Refused(status, body),
        Err(error) => Attempt::Again(reasons(error), None),
    }
}

/// After a 429 all of this time has to pass, however long it is (`impatient`).
fn retry_after(response: &Response) -> Option<Duration> {
    response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// What went wrong, down to the cause: reqwest's own words are only "error sending request".
fn reasons(error: reqwest::Error) -> String {
    let error = error.without_url();
    let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
