//! With `--seed` and `--clock`, the same requests in the same order get the same bytes.

use rstest::{fixture, rstest};
use serde::Deserialize;
use serde_json::Value;
use weni_mock::MockServer;

use crate::wire::{Reply, Wire, request};

/// Method, path, `Authorization` and body. In a path or an authorization, `{n/a/b}` stands for the member at
/// `/a/b` of the answer to request `n`.
#[derive(Deserialize)]
struct Step(String, String, String, Value);

/// Every kind of request, and every kind of answer.
#[fixture]
fn steps() -> Vec<Step> {
    serde_json::from_str(include_str!("data/determinism.json")).expect("steps")
}

/// The answers of a mock to requests sent one after another.
async fn play(steps: &[Step], seed: u64) -> Vec<Reply> {
    let mock = MockServer::builder().seed(seed).clock("2026-01-31T23:59:58.5Z").start().await;
    let mut wire = Wire::connect(mock.url().trim_start_matches("http://"));
    let mut replies: Vec<Reply> = Vec::new();
    for Step(method, path, authorization, body) in steps {
        let authorization = match filled(authorization, &replies) {
            token if token.is_empty() => format!("Token {}", mock.token()),
            other => other,
        };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        replies.push(wire.ask(request(method, &filled(path, &replies), &authorization, &body)));
    }
    replies
}

/// A text with its references to earlier answers filled in.
fn filled(text: &str, replies: &[Reply]) -> String {
    let Some((before, rest)) = text.split_once('{') else { return text.to_owned() };
    let (reference, after) = rest.split_once('}').expect("a reference that ends");
    let (number, pointer) = reference.split_once('/').expect("a number and a pointer");
    let reply = replies[number.parse::<usize>().expect("a number")].json();
    let value = reply.pointer(&format!("/{pointer}")).unwrap_or_else(|| panic!("no {pointer}: {reply}"));
    format!("{before}{}{}", value.as_str().expect("text"), filled(after, replies))
}

#[rstest]
#[tokio::test]
async fn same_seed_same_bytes(steps: Vec<Step>) {
    let (one, other) = (play(&steps, 7).await, play(&steps, 7).await);
    for (step, (one, other)) in steps.iter().zip(one.iter().zip(&other)) {
        assert_eq!(
            String::from_utf8_lossy(&one.body),
            String::from_utf8_lossy(&other.body),
            "{} {}",
            step.0,
            step.1
        );
        assert_eq!(one.head, other.head, "{} {}", step.0, step.1);
    }
}

/// Else the test above would hold of a mock that answers always the same.
#[rstest]
#[tokio::test]
async fn another_seed_other_identifiers(steps: Vec<Step>) {
    let (one, other) = (play(&steps, 7).await, play(&steps, 8).await);
    let mut made = 0;
    for (step, (one, other)) in steps.iter().zip(one.iter().zip(&other)) {
        assert_eq!(one.status, other.status, "{} {}", step.0, step.1);
        if one.status != 201 || !step.2.is_empty() || !step.3["seed"].is_null() {
            continue;
        }
        let (one, other) = (one.json(), other.json());
        for member in ["uuid", "tokens"].into_iter().filter(|member| one.get(member).is_some()) {
            assert_ne!(one[member], other[member], "{} {}", step.0, step.1);
            made += 1;
        }
    }
    assert!(made > 4, "{made} identifiers were made");
}

/// Whatever it answers, it has one clock.
#[rstest]
#[tokio::test]
async fn every_answer_is_dated_by_the_clock(steps: Vec<Step>) {
    let replies = play(&steps, 7).await;
    for (step, reply) in steps.iter().zip(&replies).take_while(|(step, _)| !step.1.ends_with("/clock")) {
        assert_eq!(reply.header("date"), Some("Sat, 31 Jan 2026 23:59:58 GMT"), "{} {}", step.0, step.1);
    }
}

/// Every change comes a microsecond after the one before, though the clock stands.
#[rstest]
#[tokio::test]
async fn a_standing_clock_still_orders_changes(steps: Vec<Step>) {
    let replies = play(&steps, 7).await;
    let own = steps.iter().zip(&replies).filter(|(step, reply)| step.2.is_empty() && reply.status == 201);
    let instants: Vec<String> =
        own.filter_map(|(_, reply)| Some(reply.json().get("modified_on")?.as_str()?.to_owned())).collect();
    assert!(instants.len() > 2 && instants.is_sorted_by(|a, b| a < b), "{instants:?}");
    assert_eq!(instants.first().map(|first| &first[..19]), Some("2026-01-31T23:59:58"));
}
