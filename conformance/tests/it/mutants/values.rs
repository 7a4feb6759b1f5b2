//! Faults in the values of fields.

use serde_json::{Map, Number, Value, json};

use super::call::Call;
use super::exchange::{Answer, CONTACTS};
use super::mutant::Act::{Any, Write};
use super::mutant::{Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        mutant("values/number-as-number", "Numeric values are shown as JSON numbers.")
            .on(Any, CONTACTS)
            .instead(|call| shown(call, "numeric", |text| text.parse::<Number>().ok().map(Value::Number))),
        mutant("values/number-with-decimals", "Numeric values are shown with two decimals.")
            .on(Any, CONTACTS)
            .instead(|call| {
                shown(call, "numeric", |text| (!text.contains('.')).then(|| json!(format!("{text}.00"))))
            }),
        mutant("values/number-as-sent", "Numeric values keep needless zeros.")
            .on(Write, CONTACTS)
            .instead(|call| keep(call, Some("numeric"), |sent, shown| shown.is_string() && shown != sent)),
        mutant("values/numeric-keeps-text", "A numeric field shows a text that is no number.")
            .on(Write, CONTACTS)
            .instead(|call| {
                keep(call, Some("numeric"), |sent, shown| shown.is_null() && !sent.trim().is_empty())
            }),
        mutant("values/datetime-keeps-text", "A datetime field shows a text that is no instant.")
            .on(Write, CONTACTS)
            .instead(|call| {
                keep(call, Some("datetime"), |sent, shown| shown.is_null() && !sent.trim().is_empty())
            }),
        mutant("values/datetime-without-offset", "Instants are shown without their offset.")
            .on(Any, CONTACTS)
            .instead(|call| shown(call, "datetime", |text| Some(json!(text.get(..26)?)))),
        mutant("values/datetime-with-z", "Instants are shown with a Z in place of their offset.")
            .on(Any, CONTACTS)
            .instead(|call| shown(call, "datetime", |text| Some(json!(format!("{}Z", text.get(..26)?))))),
        mutant("values/datetime-without-microseconds", "Instants are shown without microseconds.")
            .on(Any, CONTACTS)
            .instead(|call| {
                shown(call, "datetime", |text| Some(json!(text.get(..19)?.to_owned() + text.get(26..)?)))
            }),
        mutant("values/datetime-to-the-millisecond", "Instants lose what is shorter than a millisecond.")
            .on(Any, CONTACTS)
            .instead(|call| {
                shown(call, "datetime", |text| {
                    Some(json!(format!("{}000{}", text.get(..23)?, text.get(26..)?)))
                })
            }),
        mutant("values/null-does-not-remove", "null leaves a value as it is.")
            .on(Write, CONTACTS)
            .body(|body| values(body, |value| !value.is_null())),
        mutant("values/empty-does-not-remove", "An empty text leaves a value as it is.")
            .on(Write, CONTACTS)
            .body(|body| values(body, |value| value != "")),
        mutant("values/empty-text-stored", "An empty text is kept as a value.")
            .on(Write, CONTACTS)
            .instead(|call| keep(call, None, |sent, shown| shown.is_null() && sent.is_empty())),
        mutant("values/not-trimmed", "White space around a value is kept.").on(Write, CONTACTS).instead(
            |call| {
                keep(call, Some("text"), |sent, shown| shown.as_str() == Some(sent.trim()) && shown != sent)
            },
        ),
        mutant("values/not-cut", "A value may have more than 640 characters.")
            .on(Write, CONTACTS)
            .instead(|call| keep(call, Some("text"), |sent, _| sent.chars().count() > 640)),
        mutant("values/cut", "A value ends after 255 characters.").on(Write, CONTACTS).body(|body| {
            for value in
                body.get_mut("fields").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
            {
                if let Value::String(text) = value {
                    *text = text.chars().take(255).collect();
                }
            }
        }),
        mutant("values/without-those-that-are-null", "`fields` lacks the fields without a value.")
            .on(Any, CONTACTS)
            .shows(|contact| {
                if let Value::Object(fields) = &mut contact["fields"] {
                    fields.retain(|_, value| !value.is_null());
                }
            }),
    ]
}

fn values(body: &mut Map<String, Value>, keep: impl Fn(&Value) -> bool) {
    if let Some(Value::Object(fields)) = body.get_mut("fields") {
        fields.retain(|_, value| keep(value));
    }
}

/// Shows the values of fields of one type in another way.
async fn shown(call: Call, value_type: &str, show: fn(&str) -> Option<Value>) -> Answer {
    let mut answer = call.forward().await;
    let keys = if answer.is_success() { call.fields_of(value_type).await } else { Vec::new() };
    answer.edit_objects(|contact| {
        for key in &keys {
            if let Some(value) = contact["fields"].get_mut(key)
                && let Some(other) = value.as_str().and_then(show)
            {
                *value = other;
            }
        }
    });
    answer
}

/// Shows values as they were sent, of fields of one type or of all, where this holds of what was sent and what is shown.
async fn keep(call: Call, value_type: Option<&str>, holds: fn(&str, &Value) -> bool) -> Answer {
    let answer = call.forward().await;
    let (contact, sent) = (answer.json(), call.request.member("fields"));
    let sent = sent.as_object().into_iter().flatten().filter_map(|(key, sent)| Some((key, sent.as_str()?)));
    let mut kept: Map<String, Value> = sent
        .filter(|(key, sent)| holds(sent, &contact["fields"][*key]))
        .map(|(key, sent)| (key.clone(), json!(sent)))
        .collect();
    if answer.is_success() && !kept.is_empty() {
        if let Some(value_type) = value_type {
            let keys = call.fields_of(value_type).await;
            kept.retain(|key, _| keys.contains(key));
        }
        call.show(&contact, json!({"fields": kept}));
    }
    answer
}
