//! What a body would write, as far as it names others.

use serde_json::{Number, Value};

use crate::client::SentRequest;

/// The members of a body that matter to the guard: of JSON, a form or multipart.
#[derive(Debug)]
pub(crate) struct Sent {
    /// Whether it could make anything at all.
    pub(super) makes: bool,
    /// Whether every member of it is known.
    pub(super) is_understood: bool,
    /// Names, as the API reads them: a number counts as its text.
    pub(super) names: Vec<String>,
    pub(super) labels: Vec<String>,
    /// All texts within `urns`.
    pub(crate) urns: Vec<String>,
    /// All texts within `groups`.
    pub(crate) groups: Vec<String>,
}

impl Sent {
    /// Reads the body of a request. One that is neither JSON nor a form names nobody.
    pub(crate) fn read(request: &SentRequest) -> Self {
        let Some(body) = request.body.as_deref() else { return Self::of(Vec::new(), true) };
        match serde_json::from_str::<Value>(body) {
            Ok(Value::Object(members)) => Self::of(members.into_iter().collect(), true),
            Ok(_) => Self { makes: false, ..Self::of(Vec::new(), true) },
            Err(_) if body.contains("form-data") => match multipart(body) {
                Some(parts) => Self::of(parts, true),
                None => Self::of(Vec::new(), false),
            },
            Err(_) => Self { makes: body.contains('='), ..Self::of(form(body), true) },
        }
    }

    fn of(members: Vec<(String, Value)>, is_understood: bool) -> Self {
        let of = |member: &str, number: fn(&Number) -> bool| -> Vec<String> {
            let named = members.iter().filter(|(name, _)| name.split('[').next() == Some(member));
            named.flat_map(|(_, value)| texts(value, number)).collect()
        };
        // A number is taken as a text, but for items of lists; a group may go by a whole number.
        let (names, labels) = (of("name", |_| true), of("label", |_| true));
        let urns = of("urns", |_| false);
        let is_list = members.iter().any(|(name, value)| name == "groups" && value.is_array());
        let groups = of("groups", if is_list { |number| !number.is_f64() } else { |_| false });
        Self { makes: true, is_understood, names, labels, urns, groups }
    }
}

/// The fields of a form.
fn form(body: &str) -> Vec<(String, Value)> {
    let mut url: reqwest::Url = "http://localhost/".parse().expect("an address");
    url.set_query(Some(body));
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect()
}

/// The parts of a multipart body, written in the one way that is read here: a disposition with a quoted name, a blank
/// line, the value. `None` for any other.
fn multipart(body: &str) -> Option<Vec<(String, Value)>> {
    let boundary =
        body.lines().next()?.trim_end().strip_prefix("--").filter(|boundary| !boundary.is_empty())?;
    let mut parts = Vec::new();
    for part in body.split(&format!("--{boundary}")).skip(1) {
        if part.starts_with("--") {
            break;
        }
        let (head, value) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n"))?;
        let [name] = head.split("name=\"").skip(1).collect::<Vec<_>>().try_into().ok()?;
        let (name, _) = name.split_once('"')?;
        parts.push((name.to_owned(), value.trim_end().into()));
    }
    (body.matches("name=").count() == parts.len()).then_some(parts)
}

/// The texts within a value, to any depth, and the numbers that count as texts.
fn texts(value: &Value, number: fn(&Number) -> bool) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(found) if number(found) => vec![found.to_string()],
        Value::Array(items) => items.iter().flat_map(|item| texts(item, number)).collect(),
        Value::Object(members) => members.values().flat_map(|value| texts(value, number)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}
