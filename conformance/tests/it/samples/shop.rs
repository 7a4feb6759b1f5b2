//! A shop to try the samples in: a workspace of its own with the contacts of `fixtures/workspaces/shop.json`, and the
//! events of `fixtures/scenarios`.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Map, Value, json};
use weni_conformance::{rules, traffic};
use weni_mock::MockServer;

use crate::support::{fixtures, sample};

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// One scenario's file.
pub(super) struct Scenario {
    pub(super) id: String,
    pub(super) faults: Vec<Value>,
    trigger: Vec<Value>,
    expect: Value,
}

impl Scenario {
    pub(super) fn named(id: &str) -> Self {
        let file = read(&fixtures().join("scenarios").join(format!("{id}.json")));
        let list = |member: &str| file[member].as_array().cloned().unwrap_or_default();
        Self {
            id: id.to_owned(),
            faults: list("faults"),
            trigger: list("trigger"),
            expect: file["expect"].clone(),
        }
    }

    pub(super) fn all() -> Vec<Self> {
        let files = std::fs::read_dir(fixtures().join("scenarios")).unwrap();
        let mut ids: Vec<String> = files
            .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids.iter().map(|id| Self::named(id)).collect()
    }

    /// The payloads, with what the scenario says in their places.
    pub(super) fn events(&self) -> Vec<String> {
        let fill = |trigger: &Value| {
            let name = format!("{}.json", trigger["event"].as_str().unwrap());
            let template = std::fs::read_to_string(fixtures().join("payloads").join(name)).unwrap();
            let values = trigger["with"].as_object().unwrap();
            values.iter().fold(template, |text, (name, value)| {
                text.replace(&format!("{{{{{name}}}}}"), value.as_str().unwrap())
            })
        };
        self.trigger.iter().map(fill).collect()
    }

    /// Holds the contacts before and after against what is expected: those named, and how many are new.
    #[track_caller]
    pub(super) fn judge(&self, before: &[Value], after: &[Value]) {
        let id = &self.id;
        for (urns, expected) in self.expect["contacts"].as_object().into_iter().flatten() {
            let one_of = |urn: &Value| urns.split(' ').any(|wanted| urn == wanted);
            let found: Vec<&Value> = after
                .iter()
                .filter(|contact| contact["urns"].as_array().unwrap().iter().any(one_of))
                .collect();
            let Some(expected) = expected.as_object() else {
                assert!(found.is_empty(), "{id}: {urns}: {found:?}");
                continue;
            };
            assert_eq!(found.len(), 1, "{id}: {urns}");
            is_as(found[0], expected, &format!("{id}: {urns}"));
        }
        let new = after.iter().filter(|contact| before.iter().all(|old| old["uuid"] != contact["uuid"]));
        assert_eq!(json!(new.count()), self.expect["new_contacts"], "{id}");
    }
}

#[track_caller]
fn is_as(contact: &Value, expected: &Map<String, Value>, place: &str) {
    for (member, value) in expected {
        match (member.as_str(), value) {
            ("groups", groups) => {
                let names: Vec<&Value> =
                    contact["groups"].as_array().unwrap().iter().map(|group| &group["name"]).collect();
                for name in groups["include"].as_array().unwrap() {
                    assert!(names.contains(&name), "{place}: {names:?}");
                }
            }
            ("fields", fields) => {
                for (key, value) in fields.as_object().unwrap() {
                    assert_eq!(&contact["fields"][key], value, "{place}: {key}");
                }
            }
            (member, value) => assert_eq!(&contact[member], value, "{place}: {member}"),
        }
    }
}

/// A fresh workspace.
pub(super) struct Shop {
    pub(super) client: reqwest::Client,
    url: String,
    token: String,
    control: String,
}

impl Shop {
    pub(super) async fn open(mock: &MockServer) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let made = client.post(format!("{}/__mock/workspaces", mock.url())).json(&json!({"data": "shop"}));
        let made: Value = made.send().await.unwrap().json().await.unwrap();
        let control = format!("{}/__mock/workspaces/{}", mock.url(), made["uuid"].as_str().unwrap());
        let token = made["tokens"]["administrator"].as_str().unwrap().to_owned();
        Self { client, url: mock.url().to_owned(), token, control }
    }

    pub(super) async fn arm(&self, fault: &Value) {
        let armed = self.client.post(format!("{}/faults", self.control)).json(fault).send().await.unwrap();
        assert_eq!(armed.status(), 201, "{}", armed.text().await.unwrap());
    }

    /// How often the only fault struck.
    pub(super) async fn struck(&self) -> u64 {
        self.control("faults").await["faults"][0]["struck"].as_u64().unwrap()
    }

    /// Forgets what was asked so far: only what the sample sends is judged.
    pub(super) async fn forget(&self) {
        self.client.delete(format!("{}/journal", self.control)).send().await.unwrap();
    }

    /// All contacts.
    pub(super) async fn contacts(&self) -> Vec<Value> {
        let url = format!("{}/api/v2/contacts.json?limit=1000", self.url);
        let request = self.client.get(url).header("Authorization", format!("Token {}", self.token));
        let page: Value = request.send().await.unwrap().json().await.unwrap();
        page["results"].as_array().unwrap().clone()
    }

    /// The contact with a URN.
    pub(super) async fn with_urn(&self, urn: &str) -> Option<Value> {
        let contacts = self.contacts().await;
        contacts.into_iter().find(|contact| contact["urns"].as_array().unwrap().contains(&json!(urn)))
    }

    /// All contacts, without what no two runs have in common.
    pub(super) async fn state(&self) -> BTreeSet<String> {
        let stripped = |mut contact: Value| {
            let members = contact.as_object_mut().unwrap();
            for member in ["uuid", "created_on", "modified_on"] {
                members.remove(member);
            }
            let mut groups: Vec<String> =
                members["groups"].as_array().unwrap().iter().map(Value::to_string).collect();
            groups.sort();
            members.insert("groups".to_owned(), json!(groups));
            contact.to_string()
        };
        self.contacts().await.into_iter().map(stripped).collect()
    }

    /// How many requests came in.
    pub(super) async fn requests(&self) -> usize {
        self.control("journal").await["entries"].as_array().unwrap().len()
    }

    /// What `check` finds, each with its rule.
    pub(super) async fn findings(&self) -> Vec<String> {
        let traffic = traffic::of_value(Path::new("journal"), self.control("journal").await).unwrap();
        let findings = rules::judge(&traffic);
        findings.iter().map(|found| format!("{}: {}", found.rule.id, found.told)).collect()
    }

    /// The ids of what it finds.
    pub(super) async fn rules_broken(&self) -> BTreeSet<String> {
        let findings = self.findings().await;
        findings.iter().map(|told| told.split(':').next().unwrap().to_owned()).collect()
    }

    async fn control(&self, what: &str) -> Value {
        let answer = self.client.get(format!("{}/{what}", self.control)).send().await.unwrap();
        answer.json().await.unwrap()
    }
}

/// A sample integration with a folder of its own for its state, gone afterwards.
pub(super) struct Sample {
    program: PathBuf,
    scratch: PathBuf,
}

impl Sample {
    #[track_caller]
    pub(super) fn new(name: &str) -> Self {
        let program = sample(name);
        let scratch = std::env::temp_dir().join(format!("sample-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&scratch).unwrap();
        Self { program, scratch }
    }

    pub(super) fn command(&self, shop: &Shop) -> Command {
        let mut command = Command::new(&self.program);
        command.env("WENI_URL", &shop.url).env("WENI_TOKEN", &shop.token);
        command.env("WENI_SCRATCH", &self.scratch).env("NO_PROXY", "127.0.0.1");
        command
    }

    /// Gives it an event on standard input.
    pub(super) async fn handle(&self, shop: &Shop, event: &str) -> Output {
        let mut command = self.command(shop);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let event = event.to_owned();
        let run = move || {
            let mut child = command.spawn().unwrap();
            child.stdin.take().unwrap().write_all(event.as_bytes()).unwrap();
            child.wait_with_output().unwrap()
        };
        tokio::task::spawn_blocking(run).await.unwrap()
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.scratch).ok();
    }
}

/// A program that is ended when the test is.
pub(super) struct Child(pub(super) std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
