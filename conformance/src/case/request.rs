//! What a step sends.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::present;
use super::template::{self, Template, Unbound};
use crate::bindings::Bindings;
use crate::client::TOKEN;

/// One request, as the case describes it: [`crate::client::Client::prepare`] makes it concrete.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RequestFile")]
pub struct Request {
    /// The HTTP method; `GET` where the file gives none.
    pub method: String,
    /// Where it goes.
    pub target: Target,
    /// Who asks.
    pub actor: Actor,
    /// Headers besides those that follow from the rest: they replace a default of the same name.
    pub headers: BTreeMap<String, String>,
    /// What it carries; none at all, not an empty one, where the file gives none.
    pub body: Option<Body>,
}

impl Request {
    /// Whether HTTP calls the method safe.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    /// The names that it refers to, but for the token's in an `Authorization` of its own.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names = match &self.target {
            Target::Follow(name) => vec![name.as_str()],
            Target::Path(_, Query::None) => Vec::new(),
            Target::Path(_, Query::Raw(text)) => text.names(),
            Target::Path(_, Query::Pairs(pairs)) => {
                pairs.iter().flat_map(|(name, value)| [name, value]).flat_map(Template::names).collect()
            }
        };
        if let Actor::Raw(text) = &self.actor {
            names.extend(text.names().into_iter().filter(|name| *name != TOKEN));
        }
        names.extend(self.body.iter().flat_map(|body| body.names()));
        names
    }
}

/// The address of a request.
#[derive(Debug, Clone)]
pub enum Target {
    /// A path on the server, from `/api/v2` on, and a query.
    Path(String, Query),
    /// A link bound by `$url`, followed on the server under test.
    Follow(String),
}

/// The part of the address after `?`.
#[derive(Debug, Clone)]
pub enum Query {
    /// None, not even the `?`.
    None,
    /// Names and values, to be form-encoded.
    Pairs(Vec<(Template, Template)>),
    /// As it stands.
    Raw(Template),
}

impl Query {
    /// The value of a parameter; of a repeated one the last.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Template> {
        match self {
            Self::None => None,
            Self::Pairs(pairs) => {
                pairs.iter().rev().find(|(key, _)| key.as_str() == name).map(|(_, value)| value.clone())
            }
            Self::Raw(text) => {
                let mut url: reqwest::Url = "http://localhost/".parse().ok()?;
                url.set_query(Some(text.as_str()));
                let value = url.query_pairs().filter(|(key, _)| key == name).last()?.1.into_owned();
                Some(Template::new(value))
            }
        }
    }
}

/// The body of a request. `Content-Type` is `application/json` unless the case gives another.
#[derive(Debug, Clone)]
pub enum Body {
    /// JSON, its tokens spelt as in the file.
    Json(JsonText),
    /// Any text.
    Raw(Template),
}

impl Body {
    /// The text to send.
    ///
    /// # Errors
    /// The first name that is not bound.
    pub fn fill(&self, bindings: &Bindings) -> Result<String, Unbound> {
        match self {
            Self::Json(json) => json.fill(bindings),
            Self::Raw(text) => text.fill(bindings),
        }
    }

    /// The string at a place of the body, given as a JSON pointer, if the body is JSON and there is one.
    #[must_use]
    pub fn text(&self, pointer: &str) -> Option<String> {
        let Self::Json(json) = self else { return None };
        let body: serde_json::Value = serde_json::from_str(json.as_str()).ok()?;
        body.pointer(pointer)?.as_str().map(str::to_owned)
    }

    /// The names that the body refers to.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Json(json) => template::names(json.as_str()),
            Self::Raw(text) => text.names(),
        }
    }
}

/// JSON kept as text, so that the order of members and the spelling of strings and numbers reach the server as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Box<RawValue>")]
pub struct JsonText(String);

impl From<Box<RawValue>> for JsonText {
    /// Drops the white space between tokens: the layout of a case file is no business of the server's.
    fn from(json: Box<RawValue>) -> Self {
        let (mut in_string, mut escaped) = (false, false);
        let is_kept = |&c: &char| {
            let quote = c == '"' && !escaped;
            let kept = in_string || !c.is_ascii_whitespace();
            in_string ^= quote;
            escaped = c == '\\' && !escaped;
            kept
        };
        Self(json.get().chars().filter(is_kept).collect())
    }
}

impl JsonText {
    /// The text without white space between tokens, and with its placeholders.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn fill(&self, bindings: &Bindings) -> Result<String, Unbound> {
        // Placeholders stand inside JSON strings, so a value takes its place escaped and without quotes.
        template::substitute(self.as_str(), |name| {
            let value = bindings.get(name).ok_or_else(|| Unbound(name.to_owned()))?;
            let quoted = serde_json::Value::from(value).to_string();
            Ok(Cow::Owned(quoted[1..quoted.len() - 1].to_owned()))
        })
    }
}

/// On whose behalf a request is sent: the member `as`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Actor {
    /// A user of the workspace, with that user's token.
    Role(Role),
    /// Nobody: no `Authorization` at all.
    Nobody,
    /// A token that no workspace has.
    Stranger,
    /// `raw:…`: an `Authorization` header of just this value.
    Raw(Template),
}

impl TryFrom<String> for Actor {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Some(value) = text.strip_prefix("raw:") {
            return Ok(Self::Raw(Template::new(value)));
        }
        match text.as_str() {
            "none" => Ok(Self::Nobody),
            "bad" => Ok(Self::Stranger),
            _ => Role::ALL.into_iter().find(|role| role.as_str() == text).map(Self::Role).ok_or_else(|| {
                let roles = Role::ALL.map(Role::as_str).join(", ");
                format!("unknown role `{text}`: `as` is one of {roles}, none, bad, or begins with raw:")
            }),
        }
    }
}

/// What a user may do in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the API's own")]
pub enum Role {
    Administrator,
    Editor,
    Surveyor,
    Viewer,
    Agent,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Administrator, Self::Editor, Self::Surveyor, Self::Viewer, Self::Agent];

    /// The name as cases and the control API write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Editor => "editor",
            Self::Surveyor => "surveyor",
            Self::Viewer => "viewer",
            Self::Agent => "agent",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The members of `request` as a file has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestFile {
    method: Option<String>,
    path: Option<String>,
    follow: Option<String>,
    query: Option<Vec<(Template, Template)>>,
    rawquery: Option<Template>,
    #[serde(rename = "as")]
    actor: Option<Actor>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "present")]
    json: Option<JsonText>,
    raw: Option<Template>,
}

impl TryFrom<RequestFile> for Request {
    type Error = &'static str;

    fn try_from(file: RequestFile) -> Result<Self, Self::Error> {
        let query = match (file.query, file.rawquery) {
            (None, None) => Query::None,
            (Some(pairs), None) => Query::Pairs(pairs),
            (None, Some(text)) => Query::Raw(text),
            (Some(_), Some(_)) => return Err("a request has `query` or `rawquery`, not both"),
        };
        let target = match (file.path, file.follow) {
            (Some(path), None) if path.starts_with('/') => Target::Path(path, query),
            (Some(_), None) => return Err("`path` must begin with `/`, such as /api/v2/contacts.json"),
            (None, Some(name)) if matches!(query, Query::None) => Target::Follow(name),
            (None, Some(_)) => return Err("`follow` takes the link as it is: no `query` beside it"),
            _ => return Err("a request has either `path` or `follow`"),
        };
        let body = match (file.json, file.raw) {
            (None, None) => None,
            (Some(json), None) => Some(Body::Json(json)),
            (None, Some(text)) => Some(Body::Raw(text)),
            (Some(_), Some(_)) => return Err("a request has `json` or `raw`, not both"),
        };
        Ok(Self {
            method: file.method.unwrap_or_else(|| "GET".to_owned()),
            target,
            actor: file.actor.unwrap_or(Actor::Role(Role::Administrator)),
            headers: file.headers,
            body,
        })
    }
}
