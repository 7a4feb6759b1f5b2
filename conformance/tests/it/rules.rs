//! Every rule fires on its bad example and is silent on its good one.

use std::collections::BTreeSet;

use rstest::rstest;
use weni_conformance::rules::{self, Rule, all, example, judge};

use crate::schema::Schema;
use crate::support::fixtures;

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
    for rule in all() {
        for story in &rule.more {
            let findings = judge(&story.traffic());
            let own = findings.iter().filter(|found| found.rule.id == rule.id || story.finds.is_empty());
            let found: Vec<_> = own.map(|found| (found.rule.id.as_str(), found.exchange)).collect();
            let expected: Vec<_> = story.finds.iter().map(|number| (rule.id.as_str(), *number)).collect();
            assert_eq!(found, expected, "{}: {}", rule.id, story.about);
        }
    }
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
    let rule: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(schema.accepts(&rule), Ok(()));
    let name = file.file_stem().unwrap().to_str().unwrap();
    assert_eq!(rule["id"], name);
    assert!(fixtures().join("rules").join(format!("{name}.json")).is_file());
}
