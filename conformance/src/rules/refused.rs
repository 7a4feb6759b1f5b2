//! Refusals: what was not carried out, as far as no other rule says why in better words.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Found;
use super::requests::each;
use super::writes::creates;
use crate::traffic::{Exchange, Traffic};

/// Rules that say all there is to say of a refusal.
const ALL: [&str; 4] = ["credentials", "several-look-ups", "misspelt-look-up", "json-as-form"];

/// Rules that say what is wrong with a member, and how the API's words for that begin.
const MEMBERS: [(&str, &str, &str); 12] = [
    ("already-there", "urns", TAKEN[0]),
    ("already-there", "error", TAKEN[1]),
    ("language", "language", ""),
    ("group-objects", "groups", "Must be a string or integer"),
    ("unknown-field", "fields", "Invalid contact field key: "),
    ("urns-beside-urn", "urns", "Field not allowed when using URN in URL"),
    ("not-e164", "urns", "Invalid URN: tel:"),
    ("too-many-items", "urns", "This field can only contain up to "),
    ("too-many-items", "groups", "This field can only contain up to "),
    ("too-many-items", "fields", "This field can only contain up to "),
    ("fresh", "error", "unknown contact "),
    ("first-of-all", "detail", ""),
];

/// How the API says that a contact has one of the URNs.
const TAKEN: [&str; 2] = ["URN belongs to another contact: ", "URNs in use by other contacts"];

/// A problem that an answer names: the member, if it is one of the body, and what is wrong with it.
struct Problem {
    member: String,
    text: String,
}

/// Requests that were not carried out, as far as the rules that found something at their places leave anything to say.
pub(super) fn refused(traffic: &Traffic, named: &BTreeMap<usize, BTreeSet<&str>>) -> Found {
    let nothing = BTreeSet::new();
    let tell = |(place, exchange): (usize, &Exchange)| {
        let named = named.get(&place).unwrap_or(&nothing);
        if !is_refused(exchange) || ALL.iter().any(|rule| named.contains(rule)) {
            return None;
        }
        let problems = problems(exchange);
        if problems.is_empty() && exchange.fault.is_some() {
            // Why, the fault has made unreadable.
            return None;
        }
        if problems.is_empty() {
            // A recording without bodies: whatever else was found may be why. An answer of another shape is no reason.
            let known = named.iter().any(|rule| *rule != "answer-shape");
            let answer = exchange.answer.as_ref().filter(|_| !known)?;
            return Some((place, format!("{} {}", answer.status, answer.body).trim_end().to_owned()));
        }
        let left = problems.iter().filter(|problem| !is_explained(problem, named)).map(Problem::told);
        let left = left.collect::<Vec<_>>().join("; ");
        (!left.is_empty()).then_some((place, left))
    };
    traffic.exchanges.iter().enumerate().filter_map(tell).collect()
}

fn is_refused(exchange: &Exchange) -> bool {
    // What looks for something, or deletes it twice, may be told that there is none.
    let asked = exchange.only_reads() || exchange.method == "DELETE";
    exchange.endpoint().is_some()
        && match exchange.status() {
            Some(404) => !asked,
            Some(400 | 405 | 413 | 415) => true,
            Some(403) => {
                exchange.answer.as_ref().is_some_and(|it| it.body.contains("You do not have permission"))
            }
            _ => false,
        }
}

fn is_explained(problem: &Problem, named: &BTreeSet<&str>) -> bool {
    MEMBERS.iter().any(|(rule, member, text)| {
        named.contains(rule) && problem.member == *member && problem.text.starts_with(text)
    })
}

impl Problem {
    fn told(&self) -> String {
        match self.member.as_str() {
            "detail" | "error" | "non_field_errors" => self.text.clone(),
            member => format!("`{member}`: {}", self.text),
        }
    }
}

/// What an answer says is wrong, one by one; nothing where it does not say it as the API does.
fn problems(exchange: &Exchange) -> Vec<Problem> {
    let Value::Object(members) = exchange.answered() else { return Vec::new() };
    let mut problems = Vec::new();
    for (member, said) in members {
        let mut texts = Vec::new();
        collect(&said, &mut texts);
        problems.extend(texts.into_iter().map(|text| Problem { member: member.clone(), text }));
    }
    problems
}

fn collect(said: &Value, texts: &mut Vec<String>) {
    match said {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.values().for_each(|said| collect(said, texts)),
        _ => {}
    }
}

/// A create for a URN that a contact has: POST ?urn= would have updated that one (C15).
pub(super) fn already_there(traffic: &Traffic) -> Found {
    each(traffic, |exchange| {
        if !creates(exchange) || !is_refused(exchange) {
            return None;
        }
        let problem =
            problems(exchange).into_iter().find(|it| TAKEN.iter().any(|text| it.text.starts_with(text)))?;
        Some(problem.text)
    })
}
