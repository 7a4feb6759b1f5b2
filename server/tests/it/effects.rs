//! What a write did besides what was asked stands in the log, under the request's line.

use rstest::rstest;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::program::{Program, TOKEN, start};
use crate::wire::{Wire, request};

/// How an effect comes about: its ID and severity, the requests of which the last provokes it, parts of what the log
/// says, and requests that mean the same and do it right.
#[derive(Deserialize)]
struct Provocation {
    id: String,
    severity: String,
    bad: Vec<(String, String, Value)>,
    good: Vec<(String, String, Value)>,
    says: Vec<String>,
}

fn provocations() -> Vec<Provocation> {
    serde_json::from_str(include_str!("../../../fixtures/effects.json")).expect("provocations")
}

/// Sends requests one after another, in a workspace of their own; returns the last one's line in the log and those
/// under it.
#[track_caller]
fn log_of(program: &mut Program, requests: &[(String, String, Value)]) -> (String, Vec<String>) {
    let mut wire = Wire::connect(&program.address);
    let made = wire.ask(request("POST", "/__mock/workspaces", "", r#"{"data": "shop"}"#)).json();
    let authorization = format!("Token {}", made["tokens"]["administrator"].as_str().expect("a token"));
    let mut asked = String::new();
    for (method, path, body) in requests {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let reply = wire.ask(request(method, path, &authorization, &body));
        assert!(reply.status < 405, "{method} {path}: {reply:?}");
        asked = format!("{method} {path} {}", reply.status);
    }
    // The line of a request that comes after it ends what is under it.
    wire.ask(request("GET", "/__mock/health", "", ""));
    let mut lines = program.log_until("GET /__mock/health 200");
    lines.pop();
    let last = lines.iter().rposition(|line| !line.starts_with(' ')).expect("a request's line");
    let under = lines.split_off(last + 1);
    let line = lines.pop().unwrap_or_default();
    assert!(line.starts_with(&asked), "{asked} is not in the log, but {line}");
    (line, under)
}

#[rstest]
fn every_effect_is_logged_under_its_request() {
    let mut program = start(&[]);
    for Provocation { id, severity, bad, good, says } in provocations() {
        let (line, under) = log_of(&mut program, &good);
        assert!(under.is_empty(), "{line}: {under:?}");
        let (line, under) = log_of(&mut program, &bad);
        let found = under.iter().find(|effect| effect.ends_with(&format!("[{id}]")));
        let effect = found.unwrap_or_else(|| panic!("no {id} under {line}: {under:?}"));
        assert!(effect.starts_with(&format!("    {severity}: ")), "{effect}");
        for text in says {
            assert!(effect.contains(&text), "{id}: no {text:?} in {effect}");
        }
    }
}

/// The table of this test names all there are.
#[rstest]
fn fourteen_effects_are_provoked() {
    let mut ids: Vec<String> = provocations().into_iter().map(|provocation| provocation.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 14, "{ids:?}");
}

/// Who does what is usual is not bothered.
#[rstest]
fn ordinary_requests_have_no_effects() {
    let requests = [
        ("POST", "/api/v2/groups.json", json!({"name": "Members"})),
        ("POST", "/api/v2/fields.json", json!({"label": "Age", "value_type": "numeric"})),
        ("POST", "/__mock/workspaces/current/clock", json!({"advance": "6s"})),
        ("POST", "/api/v2/contacts.json", json!({"name": "Ana", "urns": ["ext:1", "tel:+5582993311001"]})),
        ("GET", "/api/v2/contacts.json?urn=whatsapp%3A5582993311002", Value::Null),
        ("GET", "/api/v2/contacts.json?urn=tel%3A%2B558293311001", Value::Null),
        (
            "POST",
            "/api/v2/contacts.json?urn=ext%3A1",
            json!({"groups": ["Members"], "fields": {"age": "30"}}),
        ),
        ("GET", "/api/v2/contacts.json?urn=ext%3A1", Value::Null),
        ("DELETE", "/api/v2/contacts.json?urn=ext%3A1", Value::Null),
    ];
    let requests = requests.map(|(method, path, body)| (method.to_owned(), path.to_owned(), body));
    let mut program = start(&[]);
    for until in 1..=requests.len() {
        let (line, under) = log_of(&mut program, &requests[..until]);
        assert!(under.is_empty(), "{line}: {under:?}");
    }
}

/// However it comes, a token is not written down.
#[rstest]
fn no_token_in_the_log() {
    let secrets = ["our-api-token", "our-control-token", "dGhlaXI6b3VyLWFwaS10b2tlbg=="];
    let [token, control, basic] = secrets;
    let mut program = start(&["--token", token, "--control", "token", "--control-token", control]);
    let mut wire = Wire::connect(&program.address);
    let attempts = [
        ("/api/v2/contacts.json".to_owned(), format!("Token {token}"), 200),
        ("/api/v2/contacts.json".to_owned(), format!("Token  {token} {token}"), 403),
        ("/api/v2/contacts.json".to_owned(), format!("Basic {basic}"), 403),
        ("/api/v2/contacts.json".to_owned(), format!("Bearer {token}"), 403),
        (format!("/api/v2/contacts.json?token={token}&Access_Token={token}"), TOKEN.to_owned(), 403),
        (format!("/api/v2/contacts.json?limit=1&api_key={token}"), format!("Token {token}"), 200),
        ("/__mock/workspaces/default".to_owned(), format!("Bearer {control}"), 200),
        (format!("/__mock/workspaces/default?token={control}"), format!("Bearer {control}{control}"), 403),
        ("/__mock/health".to_owned(), format!("Bearer {control}"), 200),
    ];
    for (path, authorization, status) in attempts {
        assert_eq!(
            wire.ask(request("GET", &path, &authorization, "")).status,
            status,
            "{path} {authorization}"
        );
    }
    let lines = program.log_until("GET /__mock/health 200");
    assert!(lines.len() > 8, "{lines:#?}");
    for secret in secrets {
        assert!(!lines.iter().any(|line| line.contains(secret)), "{secret}: {lines:#?}");
    }
}
