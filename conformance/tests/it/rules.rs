//! Every rule fires on its bad example and is silent on its good one.

use std::collections::BTreeSet;
use std::fmt::Write;

use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::rules::{self, Rule, all, example, judge};
use weni_conformance::traffic::{Answer, Effect, Exchange, Traffic};

use crate::schema::Schema;
use crate::support::{fixtures, generated};

fn told(rule: &Rule, exchanges: &[rules::Example]) -> Vec<String> {
    let findings = judge(&example(exchanges));
    let told = |found: &rules::Finding| format!("{} at {}: {}", found.rule.id, found.exchange, found.told);
    assert!(findings.iter().all(|found| !found.told.is_empty()), "{}", rule.id);
    findings.iter().map(told).collect()
}

#[test]
fn every_rule_fires_on_its_bad_example_and_is_silent_on_its_good_one() {
    for rule in all() {
        let bad = judge(&example(&rule.bad));
        assert!(bad.iter().any(|found| found.rule.id == rule.id), "{}: {:?}", rule.id, told(rule, &rule.bad));
        // Good traffic shows nothing at all, not only nothing of this rule.
        assert_eq!(told(rule, &rule.good), Vec::<String>::new(), "{}", rule.id);
    }
}

#[test]
fn every_rule_finds_what_its_stories_say_and_nothing_else() {
    let mut otherwise = Vec::new();
    for rule in all() {
        for story in &rule.more {
            let findings = judge(&story.traffic());
            let own = findings.iter().filter(|found| found.rule.id == rule.id || story.finds.is_empty());
            let found: Vec<_> = own.map(|found| (found.rule.id.as_str(), found.exchange)).collect();
            let expected: Vec<_> = story.finds.iter().map(|number| (rule.id.as_str(), *number)).collect();
            if found != expected {
                otherwise.push(format!("{}: {}: {found:?}, expected {expected:?}", rule.id, story.about));
            }
        }
    }
    assert_eq!(otherwise, Vec::<String>::new());
}

/// Several effects of one request are one finding, and what two rules would say is said by the one with the better words.
#[test]
fn what_is_one_mistake_is_told_once() {
    let rule = all().iter().find(|rule| rule.id == "group-objects").unwrap();
    let mut traffic = example(&rule.bad);
    let effect = |id: &str, text: &str| Effect { id: id.to_owned(), text: text.to_owned() };
    traffic.exchanges[0].effects =
        vec![effect("deviation-met", "DV1"), effect("urn-taken", "ext:1"), effect("urn-taken", "ext:2")];
    let told: Vec<_> =
        judge(&traffic).into_iter().map(|found| (found.rule.id.as_str(), found.told)).collect();
    assert_eq!(
        told,
        [
            ("group-objects", "`groups` has objects in it".to_owned()),
            ("urn-taken", "ext:1; ext:2".to_owned())
        ]
    );
}

/// The page that lists them all.
#[test]
fn the_page_of_rules_is_up_to_date() {
    let mut page = "# Rules on an integration's traffic\n\n\
         Made by a test from `fixtures/rules` (`UPDATE=1 cargo test -p weni-conformance rules`), where each has its examples. \
         `weni-conformance rules` prints them, too. Those with a * are told by the mock's effects alone: `check --mock` and \
         `try` know them, a recording of other servers does not.\n\n\
         | rule | what is wrong | what to do instead | source |\n| --- | --- | --- | --- |\n"
        .to_owned();
    let mut all: Vec<&Rule> = all().iter().collect();
    all.sort_by_key(|rule| std::cmp::Reverse(rule.severity));
    for rule in all {
        let (mark, severity) = (if rules::needs_mock(rule) { "*" } else { "" }, rule.severity.as_str());
        let cells = [&rule.title, &rule.instead, &rule.source].map(|text| text.replace('|', "\\|"));
        writeln!(page, "| `{}`{mark}, {severity} | {} |", rule.id, cells.join(" | ")).unwrap();
    }
    generated("RULES.md", &page);
}

#[test]
fn every_rule_is_recognised_and_nothing_else_is() {
    let texts: BTreeSet<&str> = all().iter().map(|rule| rule.id.as_str()).collect();
    let recognised: BTreeSet<&str> = rules::recognised().into_iter().collect();
    assert_eq!(texts, recognised);
    assert_eq!(texts.len(), all().len());
}

#[rstest]
fn every_rule_agrees_with_the_schema(#[files("../fixtures/rules/*.json")] file: std::path::PathBuf) {
    let schema = Schema::load("rule");
    let rule: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(schema.accepts(&rule), Ok(()));
    let name = file.file_stem().unwrap().to_str().unwrap();
    assert_eq!(rule["id"], name);
    assert!(fixtures().join("rules").join(format!("{name}.json")).is_file());
}

/// A recorded expectation as the body that it was made from.
fn concrete(recorded: &Value) -> Value {
    match recorded {
        Value::Object(members) => match members.iter().next() {
            Some((name, _)) if name == "$uuid" => "00000000-0000-4000-8000-000000000000".into(),
            Some((name, _)) if name == "$time" => "2026-01-05T12:00:00.000000Z".into(),
            Some((name, _)) if name == "$url" => "http://localhost/api/v2/contacts.json?cursor=cD0x".into(),
            Some((name, text)) if name == "$text" || name == "$prefix" => text.clone(),
            Some((name, _)) if name.starts_with('$') => panic!("{name} in a recording"),
            _ => members.iter().map(|(name, member)| (name.clone(), concrete(member))).collect(),
        },
        Value::Array(items) => items.iter().map(concrete).collect(),
        other => other.clone(),
    }
}

/// The path of a step; of one that follows a link that of the answer which gave it.
fn path<'a>(step: &'a Value, before: &'a [Value]) -> &'a str {
    let request = &step["request"];
    let Some(link) = request["follow"].as_str() else { return request["path"].as_str().unwrap() };
    let gave =
        |step: &&Value| ["next", "previous"].iter().any(|by| step["response"]["json"][by]["$url"] == link);
    let place = before.iter().position(|step| gave(&step)).unwrap();
    path(&before[place], &before[..place])
}

fn recorded(step: &Value, before: &[Value]) -> Option<Exchange> {
    let (request, response) = (step.get("request")?, step.get("response")?);
    let path = path(step, before);
    let mut url: reqwest::Url = format!("http://localhost:9364{path}").parse().unwrap();
    for pair in request["query"].as_array().into_iter().flatten() {
        url.query_pairs_mut().append_pair(pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
    }
    let body = response.get("json").map(|json| concrete(json).to_string());
    Some(Exchange {
        number: 1,
        time: jiff::Timestamp::UNIX_EPOCH,
        clock: None,
        took: None,
        method: request["method"].as_str().unwrap_or("GET").to_owned(),
        url,
        headers: Vec::new(),
        body: None,
        answer: Some(Answer {
            status: response["status"].as_u64().unwrap() as u16,
            headers: Vec::new(),
            body: body.unwrap_or_default(),
            cut: false,
        }),
        effects: Vec::new(),
        fault: None,
    })
}

/// What was found of the answer alone.
fn shape_told(exchange: Exchange) -> Option<String> {
    let findings = judge(&Traffic { exchanges: vec![exchange], ..Traffic::default() });
    findings.into_iter().find(|found| found.rule.id == "answer-shape").map(|found| found.told)
}

#[test]
fn every_recorded_answer_has_the_documented_shape() {
    let mut judged = 0;
    let mut departures = Vec::new();
    for case in weni_conformance::load::load(&[fixtures().join("recorded")]).unwrap() {
        let file: Value = serde_json::from_str(&std::fs::read_to_string(&case.source).unwrap()).unwrap();
        let steps = file["steps"].as_array().unwrap();
        for (exchange, place) in
            steps.iter().enumerate().filter_map(|(at, step)| recorded(step, &steps[..at])).zip(1..)
        {
            judged += 1;
            let told = shape_told(exchange).map(|told| format!("{} {place}: {told}", case.source.display()));
            departures.extend(told);
        }
    }
    assert_eq!(departures, Vec::<String>::new());
    assert_eq!(judged, 8418);
}

#[test]
fn the_answers_of_all_examples_have_the_documented_shape() {
    for rule in all().iter().filter(|rule| rule.id != "answer-shape") {
        for exchange in example(&rule.bad).exchanges.into_iter().chain(example(&rule.good).exchanges) {
            assert_eq!(shape_told(exchange), None, "{}", rule.id);
        }
    }
}

#[rstest]
#[case::a_value("GET", "contacts.json", 200, r#"{"next": null, "previous": null, "results": [{"uuid": 7, "name": null, "language": null, "urns": [], "groups": [], "fields": {}, "blocked": false, "stopped": false, "created_on": "2026-01-05T12:00:00Z", "modified_on": "2026-01-05T12:00:00Z", "last_seen_on": null}]}"#, Some("/results/0/uuid: expected a UUID, got 7 (observed: Lists, The object)"))]
#[case::a_member_missing(
    "POST",
    "fields.json",
    201,
    r#"{"key": "a", "label": "A"}"#,
    Some(r#"/value_type: expected {"$type":"string"}, got nothing (F5)"#)
)]
#[case::a_member_more(
    "POST",
    "fields.json",
    201,
    r#"{"key": "a", "label": "A", "value_type": "text", "new": 1}"#,
    None
)]
#[case::a_list_for_an_object("POST", "groups.json", 200, "[]", Some("body: expected "))]
#[case::no_json(
    "GET",
    "groups.json",
    200,
    "<html>",
    Some("body: expected JSON, got <html> (observed: Lists; G3)")
)]
#[case::nothing("GET", "groups.json", 200, "", Some("body: expected JSON, got nothing"))]
#[case::a_body_of_a_deletion(
    "DELETE",
    "groups.json",
    204,
    "{}",
    Some("body: expected nothing, got {} (C18, G5)")
)]
#[case::no_status_of_the_api(
    "GET",
    "groups.json",
    401,
    r#"{"detail": "x"}"#,
    Some("status: expected one of 200, 400, 403, 404, 405, 413, 415, 429, got 401")
)]
#[case::a_refusal("POST", "groups.json", 400, r#"{"name": "too long"}"#, Some("/name: expected "))]
#[case::a_refusal_of_items("POST", "contacts.json", 400, r#"{"urns": {"0": ["Invalid URN: x"]}}"#, None)]
#[case::a_failure("GET", "groups.json", 502, "<html>", None)]
#[case::a_redirect("GET", "groups.json", 301, "", None)]
#[case::a_page("GET", "groups", 200, "[]", None)]
#[case::another_format("GET", "groups.json?format=api", 200, "<html>", None)]
#[case::no_endpoint_of_ours("GET", "flows.json", 200, "[]", None)]
fn an_answer_is_held_against_its_shape(
    #[case] method: &str,
    #[case] path: &str,
    #[case] status: u16,
    #[case] body: &str,
    #[case] told: Option<&str>,
) {
    let step = json!({"request": {"method": method, "path": format!("/api/v2/{path}")}, "response": {"status": status}});
    let exchange = recorded(&step, &[]).unwrap();
    let answer = Answer { body: body.to_owned(), ..exchange.answer.clone().unwrap() };
    let exchange = Exchange { answer: Some(answer.clone()), ..exchange };
    let found = shape_told(exchange.clone());
    match told {
        None => assert_eq!(found, None),
        Some(told) => assert!(found.as_deref().is_some_and(|found| found.starts_with(told)), "{found:?}"),
    }
    let cut = Exchange { answer: Some(Answer { cut: true, ..answer }), ..exchange.clone() };
    assert_eq!(shape_told(cut), None, "cut");
    assert_eq!(shape_told(Exchange { fault: Some("status".to_owned()), ..exchange }), None, "a fault");
}
