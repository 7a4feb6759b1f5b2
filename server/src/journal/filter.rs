//! Which entries of a journal are meant.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::Entry;
use crate::matching::{Difference, RequestPattern};

/// Which entries are meant: by the request, and by what became of it. What is left out is not looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    request: RequestPattern,
    status: Option<StatusPattern>,
    /// The id of an effect, one of those it had.
    effect: Option<String>,
    /// The id of the fault that met it, or its kind.
    fault: Option<String>,
}

/// All members that a filter has, those of a request's pattern first.
const MEMBERS: [&str; 9] =
    ["method", "endpoint", "path", "query", "headers", "body", "status", "effect", "fault"];

/// How many of them are of the request's pattern.
const OF_REQUEST: usize = 6;

/// The members that a filter has besides those of a request's pattern.
#[derive(Deserialize)]
struct Members {
    #[serde(default)]
    status: Option<StatusPattern>,
    #[serde(default)]
    effect: Option<String>,
    #[serde(default)]
    fault: Option<String>,
}

impl<'de> Deserialize<'de> for Filter {
    /// One object; serde does not refuse unknown members of one that is put together.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let mut all = serde_json::Map::<String, Value>::deserialize(deserializer)?;
        if let Some(name) = all.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
            return Err(D::Error::custom(format!(
                "there is no member \"{name}\": there are {}",
                MEMBERS.join(", ")
            )));
        }
        let own =
            MEMBERS[OF_REQUEST..].iter().filter_map(|name| Some(((*name).to_owned(), all.remove(*name)?)));
        let own: serde_json::Map<String, Value> = own.collect();
        let Members { status, effect, fault } =
            serde_json::from_value(own.into()).map_err(D::Error::custom)?;
        let request = serde_json::from_value(all.into()).map_err(D::Error::custom)?;
        Ok(Filter { request, status, effect, fault })
    }
}

/// `201`, or `"4xx"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatusPattern {
    from: u16,
    to: u16,
}

impl std::str::FromStr for StatusPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(class) = text.strip_suffix("xx").and_then(|class| class.parse::<u16>().ok())
            && (1..=5).contains(&class)
        {
            return Ok(StatusPattern { from: class * 100, to: class * 100 + 99 });
        }
        match text.parse() {
            Ok(status) if (100..600).contains(&status) => Ok(StatusPattern { from: status, to: status }),
            _ => Err(format!("\"{text}\" is no status such as 201 or 4xx")),
        }
    }
}

impl<'de> Deserialize<'de> for StatusPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl std::fmt::Display for StatusPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.from == self.to { write!(f, "{}", self.from) } else { write!(f, "{}xx", self.from / 100) }
    }
}

impl Serialize for StatusPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Filter {
    /// Whether an entry is meant.
    pub(crate) fn accepts(&self, entry: &Entry) -> bool {
        self.differences(entry).is_empty()
    }

    /// Every place where an entry is not what is meant.
    pub(crate) fn differences(&self, entry: &Entry) -> Vec<Difference> {
        let mut found = self.request.differences(entry.seen());
        if entry.body.is_cut() {
            // Whether it was what is meant cannot be told any more, and is not held against the client.
            let (kept, all) = (entry.body.bytes().len(), entry.body.length());
            let of_body = found.iter_mut().filter(|found| found.at == "body" || found.at.starts_with('/'));
            of_body
                .for_each(|found| found.got = format!("unknown: {kept} of the body's {all} bytes were kept"));
        }
        if let Some(pattern) = &self.status {
            let status = entry.status.map(|status| status.as_u16());
            if !status.is_some_and(|status| (pattern.from..=pattern.to).contains(&status)) {
                let got = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
                found.push(Difference::new("status", pattern, got));
            }
        }
        if let Some(id) = &self.effect
            && !entry.effects.iter().any(|effect| effect.id() == id)
        {
            let ids: Vec<_> = entry.effects.iter().map(|effect| effect.id()).collect();
            found.push(Difference::new("effect", id, none_or(&ids.join(", "))));
        }
        if let Some(id) = &self.fault {
            let met = entry.fault.as_ref();
            if !met.is_some_and(|fault| fault.id == *id || fault.kind == id) {
                let met = met.map(|fault| format!("{} ({})", fault.id, fault.kind));
                found.push(Difference::new("fault", id, none_or(&met.unwrap_or_default())));
            }
        }
        found
    }
}

fn none_or(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
