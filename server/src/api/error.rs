//! Every error of the API: status and body, made here and nowhere else (`observed.md`, Errors).

use axum::http::StatusCode;
use serde::Serialize;
use serde::ser::SerializeMap;
use thiserror::Error;

use crate::model::json;
use crate::model::problem::{MemberProblem, Problem, Refusal};
use crate::store::contacts::Refused;
use crate::store::effect::Effect;
use crate::store::links::LinkKind;

use super::Answer;

/// Why a request was not done. `Display` is the message of `{"detail": "…"}`.
#[derive(Debug, Clone, PartialEq, Error)]
pub(crate) enum ApiError {
    #[error("{0}")]
    Unauthenticated(#[from] AuthProblem),
    #[error("You do not have permission to perform this action.")]
    Forbidden,
    #[error("Request was throttled. Expected available in {0} second{s}.", s = if *.0 == 1 { "" } else { "s" })]
    Throttled(i64),
    #[error("Method \"{0}\" not allowed.")]
    MethodNotAllowed(String),
    #[error("Not found.")]
    NotFound,
    /// An error, and what there is to tell of it: where production would have answered otherwise, whom it missed.
    #[error("{0}")]
    Told(Box<ApiError>, Vec<Effect>),
    #[error("Invalid cursor")]
    InvalidCursor,
    #[error("URN lookups not allowed for anonymous organizations")]
    AnonymousLookup,
    #[error("Invalid URN: {0}")]
    InvalidUrn(String),
    #[error("URL can only contain one of the following parameters: {0}")]
    ManyLookups(&'static str),
    #[error("URL must contain one of the following parameters: {0}")]
    NoLookup(&'static str),
    #[error("You may only specify one of the {0} parameters")]
    ManyFilters(&'static str),
    #[error("Group is being used by the following {} which must be archived first: {}", .0.plural(), .1.join(", "))]
    GroupInUse(LinkKind, Vec<String>),
    #[error("JSON parse error - {0}")]
    JsonParse(#[from] json::Error),
    #[error("Multipart form parse error - {0}")]
    MultipartParse(String),
    #[error("Request body exceeded 2.5 MB.")]
    BodyTooLarge,
    #[error("Request body did not arrive in time.")]
    BodyTooSlow,
    #[error("Request body broke off.")]
    BodyBrokenOff,
    /// A neighbouring endpoint, by its name in the path.
    #[error(
        "not mocked: weni-mock answers contacts, fields and groups; --stub {0}=201:answer.json would answer this"
    )]
    NotMocked(String),
    #[error("Unsupported media type \"{0}\" in request.")]
    UnsupportedMediaType(String),
    #[error("refused")]
    Refused(Refusal),
}

/// The member that an error says its reason in.
pub(crate) const DETAIL: &str = "detail";

/// Why credentials were not accepted; always 403, never 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum AuthProblem {
    #[error("Authentication credentials were not provided.")]
    NotProvided,
    #[error("Invalid token")]
    Token,
    #[error("Invalid token or email")]
    TokenOrEmail,
    #[error("Invalid {0} header. No credentials provided.")]
    NoCredentials(&'static str),
    #[error("Invalid token header. Token string should not contain spaces.")]
    TokenSpaces,
    #[error("Invalid token header. Token string should not contain invalid characters.")]
    TokenCharacters,
    #[error("Invalid basic header. Credentials string should not contain spaces.")]
    BasicSpaces,
    #[error("Invalid basic header. Credentials not correctly base64 encoded.")]
    BasicEncoding,
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => ApiError::NotFound,
            refusal => ApiError::Refused(refusal),
        }
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        let Refused { refusal, effects } = refused;
        let error = ApiError::from(refusal);
        if effects.is_empty() { error } else { ApiError::Told(Box::new(error), effects) }
    }
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            ApiError::Unauthenticated(_) | ApiError::Forbidden => StatusCode::FORBIDDEN,
            ApiError::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
            ApiError::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            ApiError::Told(error, _) => error.status(),
            ApiError::NotFound | ApiError::NotMocked(_) | ApiError::InvalidCursor => StatusCode::NOT_FOUND,
            ApiError::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ApiError::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            ApiError::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ApiError::BodyBrokenOff
            | ApiError::AnonymousLookup
            | ApiError::InvalidUrn(_)
            | ApiError::ManyLookups(_)
            | ApiError::NoLookup(_)
            | ApiError::ManyFilters(_)
            | ApiError::GroupInUse(..)
            | ApiError::JsonParse(_)
            | ApiError::MultipartParse(_)
            | ApiError::Refused(_) => StatusCode::BAD_REQUEST,
        }
    }

    pub(crate) fn into_answer(self) -> Answer {
        let status = self.status();
        match self {
            ApiError::Told(error, effects) => error.into_answer().with_effects(effects),
            ApiError::Refused(refusal) => Answer::json(status, &RefusalBody(&refusal)),
            other => {
                let retry_after = if let ApiError::Throttled(wait) = other { Some(wait) } else { None };
                Answer { retry_after, ..Answer::json(status, &One(DETAIL, other.to_string())) }
            }
        }
    }
}

/// `{name: value}`.
struct One<T>(&'static str, T);

impl<T: Serialize> Serialize for One<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, &self.1)?;
        map.end()
    }
}

struct RefusalBody<'a>(&'a Refusal);

impl Serialize for RefusalBody<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Refusal::Members(members) => {
                serializer.collect_map(members.iter().map(|(name, problem)| (name, MemberBody(problem))))
            }
            Refusal::Body(problem) => One("non_field_errors", [problem.to_string()]).serialize(serializer),
            Refusal::Engine(refusal) => One("error", refusal.to_string()).serialize(serializer),
            Refusal::NotFound => One(DETAIL, ApiError::NotFound.to_string()).serialize(serializer),
        }
    }
}

struct MemberBody<'a>(&'a MemberProblem);

impl Serialize for MemberBody<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            MemberProblem::Whole(problems) => serializer.collect_seq(messages(problems)),
            MemberProblem::Items(items) => serializer.collect_map(
                items.iter().map(|(item, problems)| (item, messages(problems).collect::<Vec<_>>())),
            ),
        }
    }
}

fn messages(problems: &[Problem]) -> impl Iterator<Item = String> + '_ {
    problems.iter().map(ToString::to_string)
}
