//! What a body would write, as far as it names others.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Number, Value};

use super::lenient;
use crate::client::SentRequest;

/// The members of a body that matter to the guard: of JSON, a form or multipart.
#[derive(Debug)]
pub(crate) struct Sent {
    /// Whether it could make anything at all.
    pub(super) makes: bool,
    /// Whether every member of it is known.
    pub(super) is_understood: bool,
    /// Names, as the API reads them: a number counts as its text.
    pub(crate) names: Vec<String>,
    pub(super) labels: Vec<String>,
    /// All texts within `urns`.
    pub(crate) urns: Vec<String>,
    /// All texts within `groups`.
    pub(crate) groups: Vec<String>,
}

impl Sent {
    /// Reads the body of a request as its media type says, and one of another media type in every way that a server in error
    /// might. One that is neither JSON nor a form names nobody.
    pub(crate) fn read(request: &SentRequest) -> Self {
        let Some(body) = request.body.as_deref() else { return Self::of(Vec::new(), true) };
        let kind = request.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let (media_type, parameters) = kind.split_once(';').unwrap_or((kind, ""));
        if !is_plain(parameters) {
            return Self::of(Vec::new(), false);
        }
        match media_type.trim().to_ascii_lowercase().as_str() {
            "application/json" => Self::of_json(body),
            "application/x-www-form-urlencoded" => Self::of_form(body),
            "multipart/form-data" => Self::of_multipart(body, parameters),
            _ => {
                let (json, form) = (Self::of_json(body), Self::of_form(body));
                Self {
                    makes: json.makes || form.makes,
                    is_understood: json.is_understood && !body.contains("form-data"),
                    names: [json.names, form.names].concat(),
                    labels: [json.labels, form.labels].concat(),
                    urns: [json.urns, form.urns].concat(),
                    groups: [json.groups, form.groups].concat(),
                }
            }
        }
    }

    fn of_json(body: &str) -> Self {
        match lenient::parse(body) {
            Some(Value::Object(members)) => Self::of(members.into_iter().collect(), true),
            Some(_) => Self { makes: false, ..Self::of(Vec::new(), true) },
            // What is broken counts, as a whole, as whatever is named in it.
            None => {
                let text = body.to_ascii_lowercase();
                let of = |word: &str| -> Vec<String> {
                    let named = text.contains(word) || text.contains("\\u");
                    named.then(|| body.to_owned()).into_iter().collect()
                };
                let (names, labels, urns, groups) = (of("name"), of("label"), of("urn"), of("group"));
                let makes = [&names, &labels, &urns, &groups].into_iter().any(|named| !named.is_empty());
                Self { makes, is_understood: true, names, labels, urns, groups }
            }
        }
    }

    fn of_form(body: &str) -> Self {
        Self { makes: body.contains('='), ..Self::of(form(body), true) }
    }

    fn of_multipart(body: &str, parameters: &str) -> Self {
        match parameters.trim().strip_prefix("boundary=").and_then(|boundary| multipart(body, boundary)) {
            Some(parts) => Self::of(parts, true),
            None => Self::of(Vec::new(), false),
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

/// Charsets in which the letters of ASCII stand for themselves, and a name that no charset has.
const PLAIN: [&str; 10] = [
    "utf-8",
    "utf8",
    "utf_8",
    "us-ascii",
    "ascii",
    "iso-8859-1",
    "latin-1",
    "latin1",
    "windows-1252",
    "unknown",
];

/// Whether a media type's parameters are one at the most, which nobody can read in two ways: a boundary of letters and
/// digits, or a charset that is ASCII's.
fn is_plain(parameters: &str) -> bool {
    let parameters = parameters.trim();
    let alphanumeric = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric());
    match parameters.split_once('=') {
        // Without an equals sign it is none.
        None => true,
        Some(("boundary", boundary)) => alphanumeric(boundary),
        Some((name, charset)) if name.eq_ignore_ascii_case("charset") => {
            PLAIN.contains(&charset.trim_matches('"').to_ascii_lowercase().as_str())
        }
        Some(_) => false,
    }
}

/// The fields of a form.
fn form(body: &str) -> Vec<(String, Value)> {
    let mut url: reqwest::Url = "http://localhost/".parse().expect("an address");
    url.set_query(Some(body));
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect()
}

/// The parts of a multipart body, written in the one way that is read here: a line with the boundary, a disposition with
/// a quoted name and nothing else, a blank line, the value. `None` for any other.
fn multipart(body: &str, boundary: &str) -> Option<Vec<(String, Value)>> {
    let delimiter = format!("--{boundary}");
    let mut sections = body.split(delimiter.as_str());
    if boundary.is_empty() || sections.next() != Some("") {
        return None;
    }
    let (mut parts, mut ended) = (Vec::new(), false);
    for section in sections {
        if let Some(rest) = section.strip_prefix("--") {
            ended = rest.trim().is_empty();
            continue;
        }
        // What comes behind the end somebody else may read.
        ended = false;
        let (head, value) = section.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
        let name = head.strip_prefix("Content-Disposition: form-data; name=\"")?.strip_suffix('"')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "_[]".contains(c);
        if !name.chars().all(plain) {
            return None;
        }
        parts.push((name.to_owned(), value.strip_suffix("\r\n")?.into()));
    }
    ended.then_some(parts)
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
