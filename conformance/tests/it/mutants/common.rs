//! Faults that several kinds of objects can have.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::call::Call;
use super::exchange::{Answer, Request, text};

/// Takes what is refused: where a member has this problem, a stand-in goes in its place. Answers show what was sent.
pub(super) async fn accept(
    mut call: Call,
    member: &'static str,
    problem: &'static str,
    stand_in: fn(&Value) -> Value,
) -> Answer {
    let sent = call.request.json().and_then(|body| body.get(member).cloned());
    let mut accepted = false;
    let answer = call
        .mended(|problems, body| {
            if problems[member].to_string().contains(problem) {
                accepted = true;
                body.insert(member.to_owned(), stand_in(sent.as_ref().unwrap_or(&Value::Null)));
            }
        })
        .await;
    if let (true, true, Some(sent)) = (accepted, answer.is_success(), sent) {
        call.show(&answer.json(), json!({ member: sent }));
    }
    answer
}

/// Checks a member and does nothing else with it, unless the URL names what is not there yet.
pub(super) async fn ignore(mut call: Call, member: &'static str) -> Answer {
    let sent = call.request.json().is_some_and(|body| body.get(member).is_some());
    let creates = call.request.lookup().is_some() && call.target().await.is_none();
    if sent && !creates && !is_refused(&call, member).await {
        call.request.edit(|body| drop(body.remove(member)));
    }
    call.forward().await
}

/// Whether a member would be refused: asked together with another one that surely is, so that nothing is done.
async fn is_refused(call: &Call, member: &str) -> bool {
    let poison = if member == "name" { "language" } else { "name" };
    let mut probe = call.request.clone();
    probe.edit(|body| {
        body.retain(|name, _| name == member);
        body.insert(poison.to_owned(), json!([]));
    });
    call.send(&probe).await.json().get(member).is_some()
}

/// Removes a member of what is shown.
pub(super) fn lacks(object: &mut Value, member: &str) {
    if let Value::Object(members) = object {
        members.remove(member);
    }
}

/// Keeps white space around a member.
pub(super) async fn keep_white_space(call: Call, member: &'static str) -> Answer {
    let answer = call.forward().await;
    let sent = call.request.member(member);
    if answer.is_success() && text(&sent) != text(&sent).trim() {
        call.show(&answer.json(), json!({ member: sent }));
    }
    answer
}

/// Answers an update with the object as it was.
pub(super) async fn answer_before(call: Call) -> Answer {
    let before = call.target().await;
    let mut answer = call.forward().await;
    if let (200, Some(before)) = (answer.status, before) {
        answer.become_json(200, &before);
    }
    answer
}

/// Makes what an update does not find.
pub(super) async fn create_unknown(mut call: Call) -> Answer {
    let answer = call.forward().await;
    match call.request.lookup() {
        Some((name, _)) if answer.status == 404 => {
            call.request.drop_param(name);
            call.forward().await
        }
        _ => answer,
    }
}

/// Answers a deletion as if it were done.
pub(super) async fn do_nothing(call: Call) -> Answer {
    match call.target().await {
        Some(_) => call.reply(204, &Value::Null),
        None => call.forward().await,
    }
}

/// Leaves of several look-ups the first.
pub(super) fn first_lookup(request: &mut Request) {
    if let Some((first, _)) = request.lookup() {
        for name in request.lookups().iter().filter(|name| **name != first) {
            request.drop_param(name);
        }
    }
}

/// Nanoseconds since 1970, for names that nothing else has.
pub(super) fn now() -> u128 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos()
}
