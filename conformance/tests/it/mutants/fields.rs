//! Faults in contact fields.

use serde_json::{Value, json};

use super::call::Call;
use super::common::{accept, create_unknown, keep_white_space, lacks, now};
use super::exchange::{Answer, FIELDS, Request, text};
use super::mutant::Act::{Any, Create, Read, Update, Write};
use super::mutant::{Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        mutant("fields/created-answers-200", "Creating a field is answered with 200.")
            .on(Create, FIELDS)
            .status(201, 200),
        mutant("fields/updated-answers-201", "Updating a field is answered with 201.")
            .on(Update, FIELDS)
            .status(200, 201),
        mutant("fields/key-with-hyphens", "Keys have hyphens in place of underscores.")
            .on(Any, FIELDS)
            .shows(|field| field["key"] = text(&field["key"]).replace('_', "-").into()),
        mutant("fields/key-keeps-capitals", "Keys keep the capitals of their label.")
            .on(Any, FIELDS)
            .shows(|field| field["key"] = key(text(&field["label"])).into()),
        mutant("fields/key-keeps-runs", "Keys have as many underscores in a row as their label has gaps.")
            .on(Any, FIELDS)
            .shows(|field| {
                field["key"] = text(&field["label"]).to_lowercase().replace([' ', '-'], "_").into()
            }),
        mutant("fields/key-from-caller-accepted", "A key in the body becomes the key of the new field.")
            .on(Create, FIELDS)
            .instead(take_key),
        mutant("fields/label-not-trimmed", "White space around a label is kept.")
            .on(Write, FIELDS)
            .instead(|call| keep_white_space(call, "label")),
        mutant("fields/label-need-not-be-unique", "Two fields may have one label.")
            .on(Write, FIELDS)
            .accepts("label", "must be unique", another),
        mutant("fields/label-in-another-case-accepted", "Two labels may differ in letter case alone.")
            .on(Write, FIELDS)
            .instead(unless_taken),
        mutant("fields/conflicting-key-accepted", "Labels may differ in what a key does not show.")
            .on(Write, FIELDS)
            .accepts("label", "conflicts with an existing", another),
        mutant("fields/any-value-type-accepted", "An unknown type is taken for text.")
            .on(Write, FIELDS)
            .accepts("value_type", "not a valid choice", |_| json!("text")),
        mutant("fields/type-is-optional", "Without a type a new field holds text.")
            .on(Create, FIELDS)
            .accepts("value_type", "is required", |_| json!("text")),
        mutant("fields/type-not-stored", "The type of a new field is shown once, and then is text.")
            .on(Create, FIELDS)
            .instead(forget_type),
        mutant("fields/datetime-is-text", "Fields of instants are made as fields of text.")
            .on(Create, FIELDS)
            .body(|body| {
                if body.get("value_type") == Some(&json!("datetime")) {
                    body.insert("value_type".to_owned(), json!("text"));
                }
            }),
        mutant("fields/long-label-accepted", "A label may have more than 36 characters.")
            .on(Write, FIELDS)
            .accepts("label", "no more than 36", |label| {
                text(label).chars().take(36).collect::<String>().into()
            }),
        mutant("fields/empty-label-accepted", "A label may be empty.").on(Write, FIELDS).accepts(
            "label",
            "may not be blank",
            |_| json!("Nothing"),
        ),
        mutant("fields/any-character-accepted", "A label may have any characters.")
            .on(Write, FIELDS)
            .accepts("label", "Can only contain", |label| {
                let allowed = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
                text(label).chars().map(allowed).collect::<String>().into()
            }),
        mutant("fields/reserved-names-accepted", "The key of a field may be a reserved name.")
            .on(Write, FIELDS)
            .when(|request| !begins_with_digit(request))
            .accepts("label", "reserved name", |label| format!("a {}", text(label)).into()),
        mutant("fields/leading-digit-accepted", "The key of a field may begin with a digit.")
            .on(Write, FIELDS)
            .when(begins_with_digit)
            .accepts("label", "reserved name", |label| format!("a {}", text(label)).into()),
        mutant("fields/update-creates", "`POST ?key=` makes a new field.")
            .on(Update, FIELDS)
            .instead(create_instead),
        mutant("fields/update-of-unknown-creates", "`POST ?key=` of an unknown key makes a new field.")
            .on(Update, FIELDS)
            .instead(create_unknown),
        mutant("fields/update-changes-the-key", "A new label gives a field a new key.")
            .on(Update, FIELDS)
            .instead(change_key),
        mutant("fields/update-ignores-type", "An update leaves the type as it is.")
            .on(Update, FIELDS)
            .instead(|call| put_back(call, "value_type")),
        mutant("fields/update-ignores-label", "An update leaves the label as it is.")
            .on(Update, FIELDS)
            .instead(|call| put_back(call, "label")),
        mutant("fields/pinned-missing", "Fields have no `pinned`.")
            .on(Any, FIELDS)
            .shows(|field| lacks(field, "pinned")),
        mutant("fields/pinned-is-null", "Fields show `pinned` as null.")
            .on(Any, FIELDS)
            .shows(|field| field["pinned"] = Value::Null),
        mutant("fields/type-in-upper-case", "Types are shown in upper case.")
            .on(Any, FIELDS)
            .shows(|field| field["value_type"] = text(&field["value_type"]).to_uppercase().into()),
        mutant("fields/not-listed", "A field that was just made is not listed.")
            .on(Read, FIELDS)
            .lists(|_, fields| drop(fields.drain(..fields.len().min(1)))),
    ]
}

/// The key that a label generates, but for its letter case.
fn key(label: &str) -> String {
    let words = label.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

/// A label that no field has.
fn another(_: &Value) -> Value {
    format!("Mutant {}", now()).into()
}

fn begins_with_digit(request: &Request) -> bool {
    key(text(&request.member("label"))).starts_with(|c: char| c.is_ascii_digit())
}

/// The key goes as the label, from which it is generated.
async fn take_key(mut call: Call) -> Answer {
    let (key, label) = (call.request.member("key"), call.request.member("label"));
    if !key.is_string() {
        return call.forward().await;
    }
    call.request.edit(|body| drop(body.insert("label".to_owned(), key)));
    let answer = call.forward().await;
    if answer.is_success() {
        call.show(&answer.json(), json!({"label": label}));
    }
    answer
}

async fn unless_taken(call: Call) -> Answer {
    let label = call.request.member("label");
    if call.get(FIELDS, &[]).await.iter().any(|field| field["label"] == label) {
        return call.forward().await;
    }
    accept(call, "label", "must be unique", another).await
}

async fn forget_type(call: Call) -> Answer {
    let answer = call.forward().await;
    if answer.status == 201 {
        let field = answer.json();
        let as_text = json!({"label": field["label"], "value_type": "text"});
        call.post(FIELDS, &[("key", text(&field["key"]))], &as_text).await;
    }
    answer
}

async fn create_instead(mut call: Call) -> Answer {
    if call.target().await.is_some() {
        call.request.drop_param("key");
    }
    call.forward().await
}

async fn change_key(call: Call) -> Answer {
    let answer = call.forward().await;
    if answer.is_success() {
        let field = answer.json();
        call.show(&field, json!({"key": key(text(&field["label"])).to_lowercase()}));
    }
    answer
}

/// Updates as asked, then gives a member the value that it had.
async fn put_back(call: Call, member: &'static str) -> Answer {
    let before = call.target().await;
    let answer = call.forward().await;
    let (true, Some(mut before)) = (answer.is_success(), before) else { return answer };
    let mut field = answer.json();
    field[member] = before[member].take();
    call.post(FIELDS, &[("key", text(&field["key"]))], &field).await
}
