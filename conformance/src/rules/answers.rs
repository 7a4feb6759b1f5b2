//! What the server answers: whether it has the documented shape. The shapes are data, `fixtures/answers.json`.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::Found;
use crate::case::{BodyMatch, Pattern, present};
use crate::client::Endpoint;
use crate::difference::{Difference, Place};
use crate::matcher::Matcher;
use crate::traffic::{Answer, Exchange, Traffic};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shapes {
    answers: Vec<Shape>,
}

/// One kind of answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    /// What is left out may be any.
    #[serde(default)]
    method: OneOrMore<String>,
    #[serde(default)]
    endpoint: OneOrMore<Endpoint>,
    status: OneOrMore<u16>,
    /// Where that is documented.
    source: String,
    /// null: there is no body. Left out: it is not looked at.
    #[serde(default, deserialize_with = "present")]
    json: Option<Pattern>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore<T> {
    One(T),
    More(Vec<T>),
}

impl<T> Default for OneOrMore<T> {
    fn default() -> Self {
        Self::More(Vec::new())
    }
}

impl<T: PartialEq> OneOrMore<T> {
    fn all(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }

    fn allows(&self, value: &T) -> bool {
        self.all().is_empty() || self.all().contains(value)
    }
}

static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let text = include_str!("../../../fixtures/answers.json");
    let shapes: Shapes =
        serde_json::from_str(text).unwrap_or_else(|error| panic!("fixtures/answers.json: {error}"));
    shapes.answers
});

/// Answers that do not have the documented shape.
pub(super) fn answer_shape(traffic: &Traffic) -> Found {
    let exchanges = traffic.exchanges.iter().enumerate();
    exchanges.filter_map(|(place, exchange)| Some((place, departure(exchange)?))).collect()
}

/// How an answer departs from what is documented; `None` where it does not, or is not the API's own.
fn departure(exchange: &Exchange) -> Option<String> {
    let endpoint = exchange.endpoint()?;
    let answer = exchange.answer.as_ref().filter(|_| is_of_api(exchange))?;
    let of_request =
        |shape: &&Shape| shape.method.allows(&exchange.method) && shape.endpoint.allows(&endpoint);
    let known: Vec<&Shape> = SHAPES.iter().filter(of_request).collect();
    let Some(shape) = known.iter().find(|shape| shape.status.all().contains(&answer.status)) else {
        let mut statuses: Vec<u16> = known.iter().flat_map(|shape| shape.status.all()).copied().collect();
        statuses.sort_unstable();
        let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
        let (expected, got) = (format!("one of {}", statuses.join(", ")), answer.status.to_string());
        return Some(Difference { place: Place::Status, expected, got }.to_string());
    };
    let difference = compare(shape.json.as_ref()?, answer).err()?;
    Some(format!("{difference} ({})", shape.source))
}

/// Whether the API itself answered, all of it was kept, and it is JSON that was asked for. Redirects and failures are those
/// of whatever stands in front; a path without `.json` leads to pages for browsers (observed, Paths).
fn is_of_api(exchange: &Exchange) -> bool {
    let Some(answer) = &exchange.answer else { return false };
    let json = exchange.parameter("format").is_none_or(|format| format == "json");
    let page = exchange.only_reads() && !exchange.url.path().contains(".json");
    let broken = exchange.fault.is_some() || answer.cut;
    matches!(answer.status, 200..=299 | 400..=499) && json && !page && !broken && exchange.method != "HEAD"
}

fn compare(expected: &Pattern, answer: &Answer) -> Result<(), Difference> {
    let differs = |expected: &str| {
        let (place, got) = (Place::Body(String::new()), answer.body.clone());
        Err(Difference { place, expected: expected.to_owned(), got })
    };
    match (expected, serde_json::from_str(&answer.body)) {
        (Pattern::Literal(Value::Null), _) if answer.body.is_empty() => Ok(()),
        (Pattern::Literal(Value::Null), _) => differs("nothing"),
        (_, Ok(got)) => Matcher::default().compare(expected, BodyMatch::Exact, &got),
        (_, Err(_)) if answer.body.is_empty() => Err(Difference {
            place: Place::Body(String::new()),
            expected: "JSON".to_owned(),
            got: "nothing".to_owned(),
        }),
        (_, Err(_)) => differs("JSON"),
    }
}
