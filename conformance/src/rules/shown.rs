//! What the answer to a write shows: that something sent did not become what was meant. The mock says it in better words.

use serde_json::Value;

use super::requests::{contact, each, texts};
use super::{Found, effects};
use crate::traffic::{Exchange, Traffic};

/// Characters of a value that are kept (observed, Values).
const KEPT: usize = 640;

/// A contact that was written, unless the mock saw this effect of it, and what the answer says that it is now.
fn written(exchange: &Exchange, effect: &str) -> Option<(Value, Value)> {
    let whole = exchange.succeeded() && exchange.answer.as_ref().is_some_and(|answer| !answer.cut);
    if !whole || effects::has(exchange, effect) {
        return None;
    }
    Some((contact(exchange)?, exchange.answered()))
}

/// Names, quoted, with commas between.
fn quoted<'a>(names: impl Iterator<Item = &'a String>) -> Option<String> {
    let names: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// A value that is not blank and shows as null: the field's type cannot read it.
pub(super) fn value_reads_as_null(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let (body, answered) = written(exchange, "value-reads-as-null")?;
        let is_something = |value: &Value| match value {
            Value::String(text) => !text.trim().is_empty(),
            value => value.is_number(),
        };
        let shows_null = |key: &String| answered["fields"].get(key).is_some_and(Value::is_null);
        let sent = body["fields"].as_object()?.iter();
        let unread = sent.filter(|(key, value)| is_something(value) && shows_null(key));
        Some(format!("sent and stored, but the answer shows null: {}", quoted(unread.map(|(key, _)| key))?))
    })
}

/// A value that is longer than what is kept.
pub(super) fn value_cut(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let (body, _) = written(exchange, "value-cut")?;
        let long = |value: &Value| value.as_str().is_some_and(|text| text.trim().chars().count() > KEPT);
        let sent = body["fields"].as_object()?.iter();
        let cut = quoted(sent.filter(|(_, value)| long(value)).map(|(key, _)| key))?;
        Some(format!("longer than {KEPT} characters: {cut}"))
    })
}

/// A URN of whose scheme the contact has none. `twitter:` may become another one, and a number alone gets one.
pub(super) fn urn_not_applied(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let (body, answered) = written(exchange, "urn-not-applied")?;
        let scheme = |urn: &str| urn.trim().split_once(':').map(|(scheme, _)| scheme.to_owned());
        let shown: Vec<_> = texts(answered.get("urns").filter(|urns| urns.is_array())?).map(scheme).collect();
        let dropped = texts(&body["urns"])
            .find(|urn| scheme(urn).is_some_and(|it| it != "twitter" && !shown.contains(&Some(it))))?;
        Some(format!("{dropped} was sent, and the answer does not show it"))
    })
}

/// A contact that is made without a URN: it cannot be written to, nor found by what others know it by.
pub(super) fn no_urn(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        let (_, answered) = written(exchange, "")?;
        let none = answered["urns"].as_array().is_some_and(Vec::is_empty);
        if exchange.status() != Some(201) || !none {
            return None;
        }
        Some(match answered["name"].as_str() {
            Some(name) => format!("the new contact \"{name}\" has no URN"),
            None => "the new contact has neither a URN nor a name".to_owned(),
        })
    })
}
