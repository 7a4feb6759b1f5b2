//! The OpenAPI document says what the running API does: held against all that was recorded of it.

use std::collections::{BTreeMap, BTreeSet};

use rstest::{fixture, rstest};
use serde_json::{Value, json};

use crate::schema::{Schema, read};
use crate::support::fixtures;

/// Answers that no program asks for: the pages for browsers, at paths without `.json` (observed, Paths).
const PAGES: usize = 12;

/// Over the hourly limit: an answer that is in no recording (observed.md, Throttle).
const THROTTLED: &str = "429";

struct OpenApi(Value);

/// What the document says of an answer.
struct Documented {
    headers: Vec<(String, Schema)>,
    body: Option<Schema>,
}

impl Documented {
    /// Whether a recorded answer has these headers and this body.
    fn agrees(&self, answer: &Value, method: &str) -> Result<(), String> {
        for (name, schema) in &self.headers {
            schema.accepts(&answer["headers"][name]).map_err(|error| format!("header {name}: {error}"))?;
        }
        match (&self.body, answer.get("json")) {
            (Some(schema), Some(body)) => schema.accepts(&plain(body)),
            (None, None) => Ok(()),
            (Some(_), None) if method == "HEAD" => Ok(()),
            (Some(_), None) => Err("a body is documented".to_owned()),
            (None, Some(_)) => Err("no body is documented".to_owned()),
        }
    }
}

#[fixture]
fn openapi() -> OpenApi {
    OpenApi(read(&fixtures().join("openapi.json")))
}

impl OpenApi {
    /// What a `$ref` leads to; anything else is itself.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(pointer) => self.resolve(self.0.pointer(&pointer[1..]).expect("what a $ref names")),
            None => value,
        }
    }

    /// A schema out of the document, which may refer to others.
    fn schema(&self, schema: &Value) -> Schema {
        let mut root = schema.clone();
        root["components"] = self.0["components"].clone();
        Schema::new(&root)
    }

    /// Every operation: path, method, itself.
    fn operations(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        members(&self.0["paths"]).flat_map(|(path, methods)| {
            members(methods).map(move |(method, operation)| (path, method, operation))
        })
    }

    /// Every body with its schema and examples: of requests, and of answers.
    fn bodies(&self) -> impl Iterator<Item = (String, &Value)> {
        self.operations().flat_map(|(path, method, operation)| {
            let answers =
                members(&operation["responses"]).map(|(status, answer)| (status, self.resolve(answer)));
            let all = answers.chain([("request", &operation["requestBody"])]);
            all.filter_map(move |(name, holder)| {
                Some((format!("{method} {path} {name}"), holder.pointer("/content/application~1json")?))
            })
        })
    }

    /// What the document says of an answer, or why it says nothing of it.
    fn answer(&self, method: &str, path: &str, status: u64) -> Result<Documented, String> {
        let operation = self.0["paths"].get(path).and_then(|path| path.get(method));
        let operation = operation.ok_or("no such operation")?;
        let answer = operation["responses"].get(status.to_string());
        let answer = self.resolve(answer.ok_or_else(|| format!("{status} is not documented"))?);
        let header = |(name, header)| -> (String, Schema) {
            let name: &str = name;
            (name.to_ascii_lowercase(), self.schema(&self.resolve(header)["schema"]))
        };
        let body = answer.pointer("/content/application~1json/schema").map(|schema| self.schema(schema));
        Ok(Documented { headers: members(&answer["headers"]).map(header).collect(), body })
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, member)| (name.as_str(), member))
}

/// A recorded answer with a value in the place of each marker.
fn plain(recorded: &Value) -> Value {
    match recorded {
        Value::Object(marker) if marker.len() == 1 && marker.keys().all(|key| key.starts_with('$')) => {
            let (kind, value) = marker.iter().next().expect("one");
            match kind.as_str() {
                "$uuid" => json!("4a5f24a3-5c9e-44d2-9d1c-0e6c2b3b7a11"),
                "$time" => json!("2026-11-02T14:03:11.482913Z"),
                "$url" => json!("http://127.0.0.1:9364/api/v2/contacts.json?cursor=cD0x"),
                _ => value.clone(),
            }
        }
        Value::Object(object) => object.iter().map(|(name, member)| (name.clone(), plain(member))).collect(),
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

/// The path under which the document describes what was asked for at one of the endpoint's other paths.
fn canonical(path: &str) -> String {
    let name = path.strip_suffix('/').unwrap_or(path);
    format!("{}.json", name.strip_suffix(".json").unwrap_or(name))
}

/// What the API refuses as a method: 405, or 403 where it comes to that first.
fn is_no_operation(method: &str, path: &str) -> bool {
    matches!(method, "PUT" | "PATCH" | "OPTIONS") || (method == "DELETE" && path.contains("fields"))
}

/// Every exchange that was recorded: where it stands, its request and its answer.
fn recorded() -> Vec<(String, Value, Value)> {
    let conversations = weni_conformance::load::load(&[fixtures().join("recorded")]).unwrap();
    let mut exchanges = Vec::new();
    for conversation in conversations {
        let document = read(&conversation.source);
        let mut links = BTreeMap::new();
        for (number, step) in document["steps"].as_array().unwrap().iter().enumerate() {
            let (Some(request), Some(answer)) = (step.get("request"), step.get("response")) else { continue };
            let mut request = request.clone();
            if let Some(link) = request["follow"].as_str() {
                request["path"] = Value::clone(&links[link]);
            }
            // A link leads to the list that it came from.
            for link in ["next", "previous"].iter().filter_map(|name| answer["json"][name]["$url"].as_str()) {
                links.insert(link.to_owned(), request["path"].clone());
            }
            exchanges.push((format!("{} step {}", conversation.id, number + 1), request, answer.clone()));
        }
    }
    exchanges
}

#[rstest]
fn every_recorded_exchange_agrees(openapi: OpenApi) {
    let (mut pages, mut wrong, mut documented) = (0, Vec::new(), BTreeMap::new());
    for (place, request, answer) in recorded() {
        let (method, path) = (request["method"].as_str().unwrap_or("GET"), request["path"].as_str().unwrap());
        let status = answer["status"].as_u64().unwrap();
        if answer.get("json").is_none() && status == 404 || (method == "GET" && !path.contains(".json")) {
            pages += 1;
            continue;
        }
        let operation = if method == "HEAD" { "get".to_owned() } else { method.to_ascii_lowercase() };
        let asked = (operation, canonical(path), status);
        let documented =
            documented.entry(asked.clone()).or_insert_with(|| openapi.answer(&asked.0, &asked.1, status));
        let agrees = match documented {
            Ok(documented) => documented.agrees(&answer, method),
            Err(_) if is_no_operation(method, path) && (status == 405 || status == 403) => Ok(()),
            Err(missing) => Err(missing.clone()),
        };
        wrong.extend(agrees.err().map(|difference| format!("{place}: {method} {path}: {difference}")));
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(pages, PAGES);
}

#[rstest]
fn every_body_has_examples_that_agree(openapi: OpenApi) {
    for (place, body) in openapi.bodies() {
        let schema = openapi.schema(&body["schema"]);
        assert!(members(&body["examples"]).count() > 0, "{place} has no example");
        for (name, example) in members(&body["examples"]) {
            assert_eq!(schema.accepts(&example["value"]), Ok(()), "{place}, example {name}");
        }
    }
}

#[rstest]
fn every_refusal_it_shows_was_recorded_word_for_word(openapi: OpenApi) {
    let mut known = BTreeSet::new();
    recorded().iter().for_each(|(_, _, answer)| texts(&answer["json"], &mut known));
    let refusals = openapi.bodies().filter(|(place, _)| place.rsplit(' ').next() >= Some("400"));
    let mut shown = BTreeSet::new();
    for (_, body) in refusals.filter(|(place, _)| !place.ends_with("request") && !place.ends_with(THROTTLED))
    {
        members(&body["examples"]).for_each(|(_, example)| texts(&example["value"], &mut shown));
    }
    assert!(shown.len() > 20, "{shown:?}");
    let invented: Vec<&String> = shown.difference(&known).collect();
    assert!(invented.is_empty(), "never recorded: {invented:#?}");
}

/// Every text in a body, a marker or UUID in it as `{}`.
fn texts(body: &Value, found: &mut BTreeSet<String>) {
    match body {
        Value::String(text) => {
            let words = text.split_inclusive([' ', ',']).map(|word| {
                let bare = word.trim_end_matches([' ', ',']);
                let named = bare.starts_with("{{") || uuid::Uuid::try_parse(bare).is_ok();
                if named { word.replace(bare, "{}") } else { word.to_owned() }
            });
            found.insert(words.collect());
        }
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        _ => {}
    }
}

#[rstest]
fn the_clauses_it_names_are_those_of_the_article(openapi: OpenApi) {
    let contract = read(&fixtures().join("contract.json"));
    let named = |key: &str| {
        let mut names = BTreeSet::new();
        collect(&openapi.0, key, &mut names);
        names
    };
    let known = |kind: &str| members(&contract[kind]).map(|(id, _)| id.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(named("x-weni-clause"), known("clauses"));
    assert_eq!(named("x-weni-deviation"), known("deviations"));
}

/// The texts of every member of this name, at any depth.
fn collect(value: &Value, key: &str, texts: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, member) in object {
                if name == key {
                    let items = member.as_array().cloned().unwrap_or_else(|| vec![member.clone()]);
                    texts.extend(items.iter().map(|item| item.as_str().expect("a text").to_owned()));
                } else {
                    collect(member, key, texts);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, key, texts)),
        _ => {}
    }
}
