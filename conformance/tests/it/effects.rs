//! Every effect of the mock, by the requests that have it: played, read from the live journal, told by a rule.

use std::collections::BTreeSet;
use std::process::Command;

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use weni_conformance::rules;
use weni_conformance::traffic::Effect;
use weni_mock::MockServer;

use crate::support::{fixtures, told};

type Request = (String, String, Value);

/// One entry of `fixtures/effects.json`.
#[derive(Deserialize)]
struct Provocation {
    id: String,
    rule: String,
    bad: Vec<Request>,
    good: Vec<Request>,
}

fn provocations() -> Vec<Provocation> {
    let text = std::fs::read_to_string(fixtures().join("effects.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// What `check --mock` finds in these requests, played in a fresh workspace: rules, each with a request's number.
async fn found(mock: &MockServer, requests: &[Request]) -> Vec<(String, u64)> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let made = client.post(format!("{}/__mock/workspaces", mock.url())).json(&json!({"data": "shop"}));
    let made: Value = made.send().await.unwrap().json().await.unwrap();
    let token = made["tokens"]["administrator"].as_str().unwrap();
    for (method, path, body) in requests {
        let request = client.request(method.parse().unwrap(), format!("{}{path}", mock.url()));
        let request = request.header("Authorization", format!("Token {token}"));
        let request = if body.is_null() { request } else { request.json(body) };
        request.send().await.unwrap();
    }
    let report = NamedTempFile::new().unwrap();
    let mut check = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
    check.args(["check", "--mock", mock.url(), "--token", token, "--json"]).arg(report.path());
    let output = check.env_remove("WENI_URL").env_remove("WENI_TOKEN").output().unwrap();
    let report = std::fs::read_to_string(report.path()).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap_or_else(|_| panic!("{}", told(&output)));
    let of_rule = |finding: &Value| {
        let rule = finding["rule"].as_str().unwrap().to_owned();
        let at = finding["at"].as_array().unwrap().clone();
        at.into_iter().map(move |at| (rule.clone(), at["request"].as_u64().unwrap()))
    };
    report["findings"].as_array().unwrap().iter().flat_map(of_rule).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_effect_is_told_by_its_rule_and_nothing_is_told_of_what_has_none() {
    let mock = MockServer::start().await;
    for Provocation { id, rule, bad, good } in provocations() {
        assert_eq!(found(&mock, &good).await, [], "{id}, done right");
        let found = found(&mock, &bad).await;
        assert!(found.contains(&(rule.clone(), bad.len() as u64)), "{id}: no {rule} at the end: {found:?}");
    }
}

/// Also where nothing else in the request shows it.
#[test]
fn an_effect_alone_is_told_in_its_own_words() {
    let ids: BTreeSet<String> = provocations().into_iter().map(|provocation| provocation.id).collect();
    assert!(ids.len() >= 14, "{ids:?}");
    let rule = rules::all().iter().find(|rule| rule.id == "twin-exists").unwrap();
    for id in ids {
        let mut traffic = rules::example(&rule.good);
        traffic.exchanges[0].effects = vec![Effect { id: id.clone(), text: format!("{id} it is") }];
        let told: Vec<String> = rules::judge(&traffic).into_iter().map(|found| found.told).collect();
        assert_eq!(told, [format!("{id} it is")]);
    }
}
