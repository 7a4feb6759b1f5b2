//! Why a list could not be read.

use serde_json::Value;

use super::{Answer, ClientError, PrepareError, Tokens};
use crate::difference::shorten;

/// Why a list of the API could not be read. Each message is one line, and none shows the token.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ListError {
    /// The question cannot be asked.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// No answer came.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The answer is another than 200.
    #[error("{call} answers {status}: {}{}", shorten(says), hint(*status))]
    Refused {
        /// Method and path.
        call: String,
        /// The status.
        status: u16,
        /// The server's reason, or its whole answer.
        says: String,
    },
    /// The answer is no JSON.
    #[error(
        "{call} answers with something else than JSON: {}; is --url the address of the API?",
        shorten(text)
    )]
    NotJson {
        /// Method and path.
        call: String,
        /// What it answers.
        text: String,
    },
    /// The answer lacks what it should have.
    #[error("{call} answers with something else than a list of the API: {}", shorten(problem))]
    Unexpected {
        /// Method and path.
        call: String,
        /// The first thing that is wrong.
        problem: String,
    },
    /// A link to a next page that is none.
    #[error("the next page: {}", shorten(.0))]
    Link(String),
    /// A next page that was there before: the list would never end.
    #[error("{call}: the next page is one that was read before")]
    Circle {
        /// Method and path.
        call: String,
    },
    /// Always another next page.
    #[error("{call}: the list does not end after {pages} pages")]
    Endless {
        /// Method and path.
        call: String,
        /// How many were read.
        pages: usize,
    },
}

impl ListError {
    pub(super) fn refused(call: &str, answer: &Answer, tokens: &Tokens) -> Self {
        let location = answer.header("location").map(|to| format!("leads to {to}"));
        let body: Option<Value> = serde_json::from_str(&answer.text).ok();
        let detail = body.as_ref().and_then(|body| body["detail"].as_str()).map(str::to_owned);
        let says = location.or(detail).unwrap_or_else(|| answer.text.clone());
        Self::Refused { call: call.to_owned(), status: answer.status, says: tokens.mask(&says) }
    }
}

fn hint(status: u16) -> &'static str {
    match status {
        300..=399 => "; give that address as --url",
        401 | 403 => "; is --token (or WENI_TOKEN) of this server, and of an administrator?",
        404 => "; is --url the address of the API?",
        _ => "",
    }
}
