//! One step of a conversation.

use serde::{Deserialize, Serialize};

use super::request::Request;
use super::response::Response;
use super::template::Template;
use crate::contract::Deviation;

/// An exchange, or something that the API itself cannot do and the mock's control API prepares.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "StepFile")]
pub enum Step {
    /// A request and the answer that it must have.
    Exchange(Box<Exchange>),
    /// Something begins to use a group.
    Link {
        /// What uses it.
        kind: LinkKind,
        /// The group's UUID, as a rule `{{name}}`.
        group: Template,
        /// The name to bind the link's identifier to: the one that the refusal to delete the group shows.
        save: String,
    },
    /// The user of a group is archived: the name that its `link` was saved under.
    Unlink(String),
    /// A query-based group is made.
    Smart {
        /// The group's name.
        name: String,
        /// The contacts that it holds, such as `age > 18`.
        query: String,
        /// The name to bind the group's UUID to.
        save: String,
    },
    /// A contact's status is set. Ignored where the server refuses it, as the recordings' own set-up was.
    Status {
        /// The contact's UUID, as a rule `{{name}}`.
        contact: Template,
        /// What it becomes.
        status: Status,
    },
}

/// A request and its expected answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What is sent.
    pub request: Request,
    /// What must come back.
    pub response: Response,
    /// Answers that are as good.
    pub or: Vec<Response>,
    /// What the running API is known to answer instead.
    pub deviation: Option<KnownDeviation>,
}

impl Exchange {
    /// Every answer that the case file describes for this request, the one that must come first.
    pub fn described(&self) -> impl Iterator<Item = &Response> {
        let deviating = self.deviation.iter().map(|known| &known.response);
        std::iter::once(&self.response).chain(&self.or).chain(deviating)
    }
}

/// An answer of the running API that departs from the article in a known way. It is right in the profile `observed`,
/// and its own verdict in the profile `documented`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownDeviation {
    /// Which one.
    pub id: Deviation,
    /// The answer.
    pub response: Response,
}

/// What can use a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the platform's own")]
pub enum LinkKind {
    Flow,
    Campaign,
    Trigger,
}

/// What people can make of a contact in the web interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the platform's own")]
pub enum Status {
    Active,
    Blocked,
    Stopped,
    Archived,
}

/// The members of a step as a file has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    request: Option<Request>,
    response: Option<Response>,
    #[serde(default)]
    or: Vec<Response>,
    deviation: Option<KnownDeviation>,
    link: Option<LinkFile>,
    unlink: Option<String>,
    smart: Option<SmartFile>,
    status: Option<StatusFile>,
    save: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkFile {
    kind: LinkKind,
    group: Template,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmartFile {
    name: String,
    query: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusFile {
    contact: Template,
    status: Status,
}

const NO_SAVE: &str = "`link` and `smart` need `save`: the name that later steps use";

impl TryFrom<StepFile> for Step {
    type Error = &'static str;

    fn try_from(file: StepFile) -> Result<Self, Self::Error> {
        let (or, deviation) = (file.or, file.deviation);
        let exchange = match (file.request, file.response) {
            (Some(request), Some(response)) => Some(Box::new(Exchange { request, response, or, deviation })),
            (Some(_), None) => return Err("a `request` needs a `response`"),
            (None, Some(_)) => return Err("a `response` needs a `request`"),
            (None, None) if !or.is_empty() || deviation.is_some() => {
                return Err("`or` and `deviation` stand beside a `response`");
            }
            (None, None) => None,
        };
        let mut save = file.save;
        let step = match (exchange, file.link, file.unlink, file.smart, file.status) {
            (Some(exchange), None, None, None, None) => Self::Exchange(exchange),
            (None, Some(LinkFile { kind, group }), None, None, None) => {
                Self::Link { kind, group, save: save.take().ok_or(NO_SAVE)? }
            }
            (None, None, Some(name), None, None) => Self::Unlink(name),
            (None, None, None, Some(SmartFile { name, query }), None) => {
                Self::Smart { name, query, save: save.take().ok_or(NO_SAVE)? }
            }
            (None, None, None, None, Some(StatusFile { contact, status })) => {
                Self::Status { contact, status }
            }
            _ => {
                return Err(
                    "a step is `request` with `response`, or one of `link`, `unlink`, `smart`, `status`",
                );
            }
        };
        if save.is_some() {
            return Err(
                "`save` belongs to `link` and `smart`; answers bind names with $uuid, $time and $url",
            );
        }
        Ok(step)
    }
}
