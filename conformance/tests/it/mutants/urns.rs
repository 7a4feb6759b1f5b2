//! Faults in URNs.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::exchange::{Answer, CONTACTS};
use super::mutant::Act::{Any, Create, Update, Write};
use super::mutant::{Mutant, mutant};

pub(super) fn mutants() -> Vec<Mutant> {
    vec![
        mutant("urns/unknown-scheme-accepted", "The scheme of a URN need not be known.")
            .on(Write, CONTACTS)
            .instead(|call| accept(call, |urn| has_scheme(urn, false))),
        mutant("urns/no-scheme-accepted", "A URN need not have a scheme.")
            .on(Write, CONTACTS)
            .instead(|call| accept(call, |urn| !urn.contains(':'))),
        mutant("urns/bad-path-accepted", "The path of a URN need not keep to its scheme's rule.")
            .on(Write, CONTACTS)
            .instead(|call| accept(call, |urn| has_scheme(urn, true))),
        mutant("urns/ext-in-lower-case", "`ext:` URNs are put into lower case.").on(Any, CONTACTS).asks(
            |request| request.edit_urns(|urn| if is_ext(urn) { urn.to_lowercase() } else { urn.to_owned() }),
        ),
        mutant("urns/ext-cut", "`ext:` URNs end after 32 characters.").on(Any, CONTACTS).asks(|request| {
            request.edit_urns(|urn| urn.chars().take(if is_ext(urn) { 32 } else { usize::MAX }).collect())
        }),
        mutant("urns/mailto-keeps-capitals", "`mailto:` URNs are not put into lower case.")
            .on(Write, CONTACTS)
            .instead(|call| show(call, |sent, _| sent.starts_with("mailto:").then(|| sent.replace(' ', "")))),
        mutant("urns/tel-as-sent", "`tel:` URNs are not put into E.164.")
            .on(Write, CONTACTS)
            .instead(|call| show(call, |sent, _| sent.starts_with("tel:").then(|| sent.to_owned()))),
        mutant("urns/tel-without-plus", "`tel:` URNs are shown without their plus.")
            .on(Any, CONTACTS)
            .shows(|contact| each_urn(contact, |urn| urn.replace("tel:+", "tel:"))),
        mutant("urns/whatsapp-keeps-its-plus", "A telephone number without a scheme keeps its plus.")
            .on(Write, CONTACTS)
            .instead(|call| show(call, |sent, _| sent.starts_with('+').then(|| format!("whatsapp:{sent}")))),
        mutant("urns/whatsapp-with-plus-accepted", "`whatsapp:` URNs may have a plus, which is dropped.")
            .on(Any, CONTACTS)
            .asks(|request| request.edit_urns(|urn| urn.replace("whatsapp:+", "whatsapp:"))),
        mutant("urns/bare-number-is-tel", "A telephone number without a scheme becomes a `tel:` URN.")
            .on(Write, CONTACTS)
            .instead(|call| {
                show(call, |sent, shown| (!sent.contains(':')).then(|| shown.replace("whatsapp:", "tel:+")))
            }),
        mutant("urns/order-changed", "URNs are shown in another order than sent.").on(Any, CONTACTS).shows(
            |contact| {
                if let Value::Array(urns) = &mut contact["urns"] {
                    urns.reverse();
                }
            },
        ),
        mutant("urns/only-the-first-kept", "Of several URNs the first is kept.").on(Write, CONTACTS).body(
            |body| {
                if let Some(Value::Array(urns)) = body.get_mut("urns")
                    && urns.iter().all(Value::is_string)
                {
                    urns.truncate(1);
                }
            },
        ),
        mutant("urns/appended-by-updates", "An update adds URNs to those that the contact has.")
            .on(Update, CONTACTS)
            .instead(append),
        mutant("urns/taken-urn-accepted", "A new contact may have a URN of another one, which keeps it.")
            .on(Create, CONTACTS)
            .instead(share),
        mutant("urns/taken-urn-stolen", "A new contact takes its URNs from whoever has them.")
            .on(Create, CONTACTS)
            .instead(steal),
        mutant("urns/taken-urn-refused-in-updates", "An update cannot take a URN from another contact.")
            .on(Update, CONTACTS)
            .instead(refuse_to_take),
        mutant("urns/loser-keeps-its-urn", "A URN that an update takes from a contact stays there, too.")
            .on(Update, CONTACTS)
            .instead(leave_with_losers),
    ]
}

const SCHEMES: &str = "tel whatsapp mailto ext facebook instagram twitter twitterid viber line telegram jiochat wechat \
                       fcm freshchat vk rocketchat discord weniwebchat slack teams deleted";

fn has_scheme(urn: &str, known: bool) -> bool {
    let scheme = urn.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| SCHEMES.split(' ').any(|one| one == scheme) == known)
}

fn is_ext(urn: &str) -> bool {
    urn.starts_with("ext:")
}

fn each_urn(contact: &mut Value, edit: impl Fn(&str) -> String) {
    for urn in contact["urns"].as_array_mut().into_iter().flatten() {
        *urn = edit(urn.as_str().unwrap_or_default()).into();
    }
}

/// The URNs that the body has.
fn sent(call: &Call) -> Vec<String> {
    serde_json::from_value(call.request.member("urns")).unwrap_or_default()
}

/// Takes refused URNs that are strange in this way: `ext:` is taken with any path.
async fn accept(mut call: Call, strange: fn(&str) -> bool) -> Answer {
    let mut accepted = false;
    let answer = call
        .mended(|problems, body| {
            for index in problems["urns"].as_object().into_iter().flat_map(Map::keys) {
                let urn = index.parse::<usize>().ok().and_then(|index| body.get_mut("urns")?.get_mut(index));
                if let Some(Value::String(urn)) = urn
                    && strange(urn)
                    && !urn.trim().is_empty()
                    && !urn.starts_with(STRANGE)
                {
                    *urn = format!("{STRANGE}{urn}");
                    accepted = true;
                }
            }
        })
        .await;
    if accepted && answer.is_success() {
        let mut contact = answer.json();
        each_urn(&mut contact, |urn| urn.replace(STRANGE, ""));
        call.show(&contact, json!({"urns": contact["urns"]}));
    }
    answer
}

/// What no other URN begins with.
const STRANGE: &str = "ext:\u{e000}";

/// Shows another text than the mock's for URNs of a body or of an upsert, known from what was sent and what is shown.
async fn show(call: Call, text: fn(&str, &str) -> Option<String>) -> Answer {
    let answer = call.forward().await;
    let mut contact = answer.json();
    let before = contact["urns"].clone();
    let sent = if answer.status == 201 && call.request.has("urn") {
        vec![call.request.param("urn").unwrap_or_default()]
    } else {
        sent(&call)
    };
    let shown =
        contact.get_mut("urns").and_then(Value::as_array_mut).filter(|shown| shown.len() == sent.len());
    for (sent, shown) in sent.iter().zip(shown.into_iter().flatten()) {
        let masked = shown.as_str().is_none_or(|shown| shown.ends_with('*'));
        if let (false, Some(text)) = (masked, text(sent.trim(), shown.as_str().unwrap_or_default())) {
            *shown = text.into();
        }
    }
    if answer.is_success() && contact["urns"] != before {
        call.show(&contact, json!({"urns": contact["urns"]}));
    }
    answer
}

async fn append(mut call: Call) -> Answer {
    let before = call.target().await.unwrap_or_default();
    call.request.edit(|body| {
        if let Some(Value::Array(urns)) = body.get_mut("urns") {
            let mut all = before["urns"].as_array().cloned().unwrap_or_default();
            all.retain(|urn| !urns.contains(urn));
            urns.splice(..0, all);
        }
    });
    call.forward().await
}

/// The URN that a refusal says to belong to another contact.
fn taken(problems: &Value) -> Option<&str> {
    problems["urns"][0].as_str()?.strip_prefix("URN belongs to another contact: ")
}

async fn share(mut call: Call) -> Answer {
    let mut shared = Vec::new();
    let answer = call
        .mended(|problems, body| {
            if let (Some(taken), Some(Value::Array(urns))) = (taken(problems), body.get_mut("urns")) {
                let at = urns.iter().position(|urn| urn == taken);
                shared.extend(at.map(|at| urns.remove(at)));
            }
        })
        .await;
    if !shared.is_empty() && answer.is_success() {
        let contact = answer.json();
        shared.extend(contact["urns"].as_array().into_iter().flatten().cloned());
        call.show(&contact, json!({"urns": shared}));
    }
    answer
}

async fn steal(call: Call) -> Answer {
    loop {
        let answer = call.forward().await;
        let problems = answer.json();
        let Some(urn) = taken(&problems) else { return answer };
        let Some(owner) = call.get(CONTACTS, &[("urn", urn)]).await.pop() else { return answer };
        let mut rest = owner["urns"].as_array().cloned().unwrap_or_default();
        rest.retain(|known| known != urn);
        if call.change(&owner, &json!({"urns": rest})).await.json()["urns"] == owner["urns"] {
            return answer;
        }
    }
}

/// Contacts other than the target that have one of the URNs of the body.
async fn owners(call: &Call) -> Vec<Value> {
    let target = call.target().await.unwrap_or_default();
    let mut owners = Vec::new();
    for urn in sent(call) {
        owners.extend(call.get(CONTACTS, &[("urn", &urn)]).await);
    }
    owners.retain(|owner| owner["uuid"] != target["uuid"]);
    owners
}

async fn refuse_to_take(call: Call) -> Answer {
    let owners = owners(&call).await;
    let mut sent = sent(&call).into_iter();
    let taken = sent.find(|urn| owners.iter().any(|owner| owner["urns"].to_string().contains(urn.as_str())));
    match taken {
        Some(urn) => call.reply(400, &json!({"urns": [format!("URN belongs to another contact: {urn}")]})),
        None => call.forward().await,
    }
}

async fn leave_with_losers(call: Call) -> Answer {
    let owners = owners(&call).await;
    let answer = call.forward().await;
    if answer.is_success() {
        for owner in owners {
            call.show(&owner, json!({"urns": owner["urns"]}));
        }
    }
    answer
}
