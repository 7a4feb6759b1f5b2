//! What sets an integration to work.

use std::collections::BTreeMap;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{EventError, Payloads};

/// Something that happens, as a scenario says it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Trigger {
    /// A command for the shell.
    Command {
        /// It, with `WENI_URL`, `WENI_TOKEN` and `WENI_SCRATCH` in its environment.
        command: String,
        /// What it finds on its standard input.
        stdin: Option<Value>,
    },
    /// A request to an integration that is running.
    Http(HttpCall),
    /// An event of the article's, in a message of [`Payloads`], delivered as the command line says.
    Event {
        /// Such as `customer-created`.
        event: String,
        /// What the message says.
        with: Map<String, Value>,
    },
}

/// A request to an integration.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpCall {
    /// Where to. `{{port}}` is the `PORT` of an integration that was started.
    #[serde(deserialize_with = "address")]
    pub url: String,
    /// The method.
    #[serde(default = "post", deserialize_with = "method")]
    pub method: String,
    /// Further headers.
    #[serde(default, deserialize_with = "headers")]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub json: Option<Value>,
}

fn post() -> String {
    "POST".to_owned()
}

/// Why an address is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAddress {
    /// It is no URL.
    #[error("`{0}` is no URL such as http://localhost:8000/webhook")]
    NoUrl(String),
    /// It is a URL of something else.
    #[error("`{0}` is no http or https URL")]
    OtherScheme(String),
}

/// A URL in which `{{port}}` stands for the port of the integration.
pub(crate) fn with_port(url: &str, port: Option<u16>) -> String {
    port.map_or_else(|| url.to_owned(), |port| url.replace("{{port}}", &port.to_string()))
}

/// Sees whether this is the address of an integration, perhaps with `{{port}}` in it.
///
/// # Errors
/// It is not.
pub fn check_address(address: &str) -> Result<(), NoAddress> {
    let url = with_port(address, Some(1)).parse::<Url>().map_err(|_| NoAddress::NoUrl(address.to_owned()))?;
    match url.scheme() {
        "http" | "https" => Ok(()),
        // `localhost:8000/webhook` is a URL of the scheme `localhost`.
        _ if address.contains("://") => Err(NoAddress::OtherScheme(address.to_owned())),
        _ => Err(NoAddress::NoUrl(address.to_owned())),
    }
}

/// An address of an integration.
pub(super) fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let address = String::deserialize(deserializer)?;
    check_address(&address).map_err(D::Error::custom)?;
    Ok(address)
}

pub(super) fn method<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let method = String::deserialize(deserializer)?;
    match Method::from_bytes(method.as_bytes()) {
        Ok(_) => Ok(method),
        Err(_) => Err(D::Error::custom(format!("`{method}` is no method such as POST"))),
    }
}

pub(super) fn headers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let headers = BTreeMap::<String, String>::deserialize(deserializer)?;
    let is_one =
        |name: &str, value: &str| name.parse::<HeaderName>().is_ok() && HeaderValue::from_str(value).is_ok();
    match headers.iter().find(|(name, value)| !is_one(name, value)) {
        None => Ok(headers),
        Some((name, _)) => Err(D::Error::custom(format!("`{name}` with its value can be no header"))),
    }
}

/// How events are delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Each as a `POST` to this URL.
    To(String),
    /// Each to this command for the shell, on its standard input.
    Command(String),
}

/// What is really done.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// A command for the shell, and what it finds on its standard input.
    Command(String, String),
    /// A request.
    Http(HttpCall),
}

impl Trigger {
    /// The event that it is.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        match self {
            Self::Event { event, .. } => Some(event),
            _ => None,
        }
    }

    /// What happens, in a line, with the message of an event.
    ///
    /// # Errors
    /// There is no message for the event.
    pub fn shown(&self, payloads: &Payloads) -> Result<String, EventError> {
        Ok(match self {
            Self::Command { command, .. } => format!("command: {command}"),
            Self::Http(call) => format!("{} {}", call.method, call.url),
            Self::Event { event, with } => format!("event {event}: {}", payloads.fill(event, with)?),
        })
    }

    /// What it comes to. `None`: it is an event, and nothing says how events are delivered.
    ///
    /// # Errors
    /// There is no message for the event.
    pub fn act(&self, delivery: Option<&Delivery>, payloads: &Payloads) -> Result<Option<Act>, EventError> {
        Ok(match (self, delivery) {
            (Self::Command { command, stdin }, _) => {
                Some(Act::Command(command.clone(), stdin.as_ref().map(text).unwrap_or_default()))
            }
            (Self::Http(call), _) => Some(Act::Http(call.clone())),
            (Self::Event { .. }, None) => None,
            (Self::Event { event, with }, Some(delivery)) => {
                let message = payloads.fill(event, with)?;
                Some(match delivery {
                    Delivery::Command(command) => Act::Command(command.clone(), text(&message)),
                    Delivery::To(url) => Act::Http(HttpCall {
                        url: url.clone(),
                        method: post(),
                        headers: BTreeMap::new(),
                        json: Some(message),
                    }),
                })
            }
        })
    }
}

/// A text as it is, anything else as JSON.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    command: Option<String>,
    #[serde(default)]
    stdin: Option<Value>,
    #[serde(default)]
    http: Option<HttpCall>,
    #[serde(default)]
    event: Option<String>,
    #[serde(default)]
    with: Option<Map<String, Value>>,
}

impl TryFrom<Written> for Trigger {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written { command: Some(command), stdin, http: None, event: None, with: None } => {
                Ok(Self::Command { command, stdin })
            }
            Written { command: None, stdin: None, http: Some(call), event: None, with: None } => {
                Ok(Self::Http(call))
            }
            Written { command: None, stdin: None, http: None, event: Some(event), with } => {
                Ok(Self::Event { event, with: with.unwrap_or_default() })
            }
            _ => Err("a trigger is one of `command` (with `stdin`), `http`, or `event` (with `with`)"),
        }
    }
}
