//! Random writes, and a client that performs them.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::text;
use crate::wire::{Reply, Wire, request};

/// The URNs that contacts quarrel about: two forms of one number, and one number under two schemes, among them.
pub(super) const URNS: [&str; 6] = [
    "ext:a",
    "mailto:b@example.com",
    "tel:+5582993311001",
    "whatsapp:5582993311001",
    "whatsapp:558293311001",
    "telegram:100200",
];

const STATUSES: [&str; 4] = ["active", "blocked", "stopped", "archived"];

/// A write. Numbers choose among what there is: a URN of [`URNS`], a contact or a group made before.
#[derive(Debug, Clone)]
pub(super) enum Write {
    Create(Members),
    Update(u8, Members),
    Upsert(u8, Members),
    Delete(u8),
    DeleteByUrn(u8),
    Status(u8, u8),
    CreateGroup(u8),
    RenameGroup(u8, u8),
    DeleteGroup(u8),
    RetypeField(bool),
}

/// The members of a contact's body; `None` leaves one out.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    pub(super) name: Option<u8>,
    pub(super) urns: Option<Vec<u8>>,
    pub(super) groups: Option<Vec<u8>>,
    pub(super) score: Option<u8>,
}

/// Any write, those of contacts more often.
pub(super) fn write() -> impl Strategy<Value = Write> {
    let number = any::<u8>;
    prop_oneof![
        5 => members().prop_map(Write::Create),
        5 => (number(), members()).prop_map(|(contact, members)| Write::Update(contact, members)),
        3 => (number(), members()).prop_map(|(urn, members)| Write::Upsert(urn, members)),
        2 => number().prop_map(Write::Delete),
        1 => number().prop_map(Write::DeleteByUrn),
        2 => (number(), number()).prop_map(|(contact, status)| Write::Status(contact, status)),
        2 => number().prop_map(Write::CreateGroup),
        1 => (number(), number()).prop_map(|(group, name)| Write::RenameGroup(group, name)),
        1 => number().prop_map(Write::DeleteGroup),
        1 => any::<bool>().prop_map(Write::RetypeField),
    ]
}

fn members() -> impl Strategy<Value = Members> {
    let few = || vec(any::<u8>(), 0..3);
    let members = (option::of(0..3_u8), option::of(few()), option::of(few()), option::of(0..10_u8));
    members.prop_map(|(name, urns, groups, score)| Members { name, urns, groups, score })
}

/// A client of a workspace of its own, which remembers what it made.
pub(super) struct Client {
    wire: Wire,
    authorization: String,
    contacts: Vec<String>,
    groups: Vec<String>,
    /// Contacts that are not active: an archived one does not show it.
    pub(super) inactive: BTreeSet<String>,
    /// Whether the field was text for a while: then memberships may wait for the next write.
    pub(super) retyped: bool,
}

impl Client {
    /// A workspace with the field `score`, a group, and a query-based group of those who have five points.
    pub(super) fn with_fresh_workspace(address: &str) -> Self {
        let mut wire = Wire::connect(address);
        let made = wire.ask(request("POST", "/__mock/workspaces", "", "{}")).json();
        let authorization = format!("Token {}", text(&made["tokens"]["administrator"]));
        let mut client = Client {
            wire,
            authorization,
            contacts: Vec::new(),
            groups: Vec::new(),
            inactive: BTreeSet::new(),
            retyped: false,
        };
        client.post("fields.json", json!({"label": "score", "value_type": "numeric"}));
        let smart = json!({"name": "Five points", "query": "score >= 5"});
        let smart = client.ask("POST", "/__mock/workspaces/current/smart-groups", &smart.to_string());
        client.groups.push(text(&smart.json()["uuid"]));
        client.perform(&Write::CreateGroup(0));
        client
    }

    /// Does a write. What refers to nothing is left undone.
    ///
    /// # Panics
    /// Where the answer is none that such a write can get.
    #[track_caller]
    pub(super) fn perform(&mut self, write: &Write) {
        let (reply, expected): (Option<Reply>, &[u16]) = match write {
            Write::Create(members) => (Some(self.post("contacts.json", self.body(members))), &[201, 400]),
            Write::Update(contact, members) => {
                let body = self.body(members);
                let contact = pick(&self.contacts, *contact).cloned();
                (contact.map(|uuid| self.post(&format!("contacts.json?uuid={uuid}"), body)), &[200, 400])
            }
            Write::Upsert(urn, members) => {
                let urn = encoded(URNS[usize::from(*urn) % URNS.len()]);
                let body = self.body(&Members { urns: None, ..members.clone() });
                (Some(self.post(&format!("contacts.json?urn={urn}"), body)), &[200, 201, 400])
            }
            Write::Delete(contact) => {
                let contact = pick(&self.contacts, *contact).cloned();
                (contact.map(|uuid| self.delete(&format!("contacts.json?uuid={uuid}"))), &[204, 404])
            }
            Write::DeleteByUrn(urn) => {
                let urn = encoded(URNS[usize::from(*urn) % URNS.len()]);
                (Some(self.delete(&format!("contacts.json?urn={urn}"))), &[204, 404])
            }
            Write::Status(contact, status) => {
                let status = json!({"status": STATUSES[usize::from(*status) % STATUSES.len()]}).to_string();
                let path = pick(&self.contacts, *contact)
                    .map(|uuid| format!("/__mock/workspaces/current/contacts/{uuid}/status"));
                (path.map(|path| self.ask("PUT", &path, &status)), &[204, 404])
            }
            Write::CreateGroup(name) => {
                (Some(self.post("groups.json", json!({"name": group_name(*name)}))), &[201, 400])
            }
            Write::RenameGroup(group, name) => {
                let group = pick(&self.groups, *group).cloned();
                let body = json!({"name": group_name(*name)});
                (group.map(|uuid| self.post(&format!("groups.json?uuid={uuid}"), body)), &[200, 400, 404])
            }
            Write::DeleteGroup(group) => {
                let group = pick(&self.groups, *group).cloned();
                (group.map(|uuid| self.delete(&format!("groups.json?uuid={uuid}"))), &[204, 404])
            }
            Write::RetypeField(numeric) => {
                let value_type = if *numeric { "numeric" } else { "text" };
                let body = json!({"label": "score", "value_type": value_type});
                (Some(self.post("fields.json?key=score", body)), &[200])
            }
        };
        let Some(reply) = reply else { return };
        match write {
            Write::Status(contact, status) if reply.status == 204 => {
                let uuid = pick(&self.contacts, *contact).expect("it was asked for").clone();
                let active = usize::from(*status) % STATUSES.len() == 0;
                if active {
                    self.inactive.remove(&uuid)
                } else {
                    self.inactive.insert(uuid)
                };
            }
            Write::RetypeField(_) => self.retyped = true,
            _ => {}
        }
        assert!(expected.contains(&reply.status), "{write:?}: {reply:?}");
        if reply.status == 201 {
            let made = reply.json();
            let known = if made.get("urns").is_some() { &mut self.contacts } else { &mut self.groups };
            known.push(text(&made["uuid"]));
        }
    }

    fn body(&self, members: &Members) -> Value {
        let mut body = json!({});
        if let Some(name) = members.name {
            body["name"] = [json!("Ana"), json!("Bia"), Value::Null][usize::from(name)].clone();
        }
        if let Some(urns) = &members.urns {
            body["urns"] = urns.iter().map(|urn| URNS[usize::from(*urn) % URNS.len()]).collect();
        }
        if let Some(groups) = &members.groups {
            body["groups"] = groups.iter().filter_map(|group| pick(&self.groups, *group).cloned()).collect();
        }
        if let Some(score) = members.score {
            body["fields"] = json!({"score": score.to_string()});
        }
        body
    }

    #[track_caller]
    pub(super) fn ask(&mut self, method: &str, path: &str, body: &str) -> Reply {
        self.wire.ask(request(method, path, &self.authorization, body))
    }

    #[track_caller]
    fn post(&mut self, path: &str, body: Value) -> Reply {
        self.ask("POST", &format!("/api/v2/{path}"), &body.to_string())
    }

    #[track_caller]
    fn delete(&mut self, path: &str) -> Reply {
        self.ask("DELETE", &format!("/api/v2/{path}"), "")
    }

    /// A page; `link` is one that an answer gave, or a path below `/api/v2/`.
    #[track_caller]
    pub(super) fn page(&mut self, link: &str) -> Value {
        let path = link.strip_prefix("http://localhost").map_or(format!("/api/v2/{link}"), str::to_owned);
        let reply = self.ask("GET", &path, "");
        assert_eq!(reply.status, 200, "{link}: {reply:?}");
        reply.json()
    }
}

fn pick(made: &[String], number: u8) -> Option<&String> {
    made.get(usize::from(number) % made.len().max(1))
}

fn group_name(number: u8) -> String {
    format!("Group {}", number % 4)
}

/// A URN as it stands in a query.
pub(super) fn encoded(urn: &str) -> String {
    urn.replace(':', "%3A").replace('+', "%2B").replace('@', "%40")
}
