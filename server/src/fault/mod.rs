//! Faults: what a test does to requests on purpose, where production does it by chance. Data, armed for a workspace; each
//! request is held against them in order, and the first that is due strikes.

mod file;
mod kind;
mod strike;
mod when;

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::matching::{RequestPattern, Seen};

pub(crate) use file::{open, preset_names, read_value};
use kind::Kind;
use when::When;

/// A fault, as a file, the control API and `--fault` give it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// What the journal calls it; made where none is given.
    #[serde(default)]
    pub(crate) id: String,
    /// Which requests it can meet: every one, where nothing is said.
    #[serde(rename = "match", default)]
    pattern: RequestPattern,
    /// Which of these it does: every one, where nothing is said.
    #[serde(default)]
    when: When,
    /// How often it strikes at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    /// What happens.
    #[serde(rename = "fault")]
    kind: Kind,
}

impl Fault {
    /// Whether it is that contacts are written by an engine whose cache is old.
    pub(crate) fn is_stale(&self) -> bool {
        matches!(self.kind, Kind::Stale)
    }
}

/// A fault that strikes.
#[derive(Debug, Clone)]
pub(crate) struct Strike {
    pub(crate) id: String,
    pub(crate) kind: Kind,
}

/// The faults of one workspace.
#[derive(Debug)]
pub(crate) struct Faults {
    /// Whether there is any: most workspaces have none, and their requests do not wait for a lock.
    armed: AtomicBool,
    /// What chance depends on.
    seed: u64,
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    faults: Vec<Armed>,
    made: u64,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Armed {
    #[serde(flatten)]
    fault: Fault,
    /// Requests that it could have met.
    seen: u64,
    /// Those that it did.
    struck: u64,
}

impl Faults {
    /// These faults. `seed`: same seed, same requests in sequence, same strikes.
    pub(crate) fn new(seed: u64, faults: &[Fault]) -> Self {
        let these = Faults { armed: AtomicBool::new(false), seed, list: Mutex::default() };
        these.add(faults);
        these
    }

    /// Arms further faults, and returns them with their ids.
    pub(crate) fn add(&self, faults: &[Fault]) -> Vec<Armed> {
        let mut list = self.list.lock();
        let mut added = Vec::new();
        for fault in faults {
            list.made += 1;
            let mut fault = fault.clone();
            let taken = |list: &List, id: &str| list.faults.iter().any(|armed| armed.fault.id == id);
            if fault.id.is_empty() {
                fault.id = format!("fault-{}", list.made);
            }
            if taken(&list, &fault.id) {
                fault.id = format!("{}-{}", fault.id, list.made);
            }
            let armed = Armed { fault, seen: 0, struck: 0 };
            added.push(armed.clone());
            list.faults.push(armed);
        }
        self.armed.store(!list.faults.is_empty(), Ordering::Release);
        added
    }

    /// All that are armed, with what they did.
    pub(crate) fn all(&self) -> Vec<Armed> {
        self.list.lock().faults.clone()
    }

    /// The ids of all that are armed.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.list.lock().faults.iter().map(|armed| armed.fault.id.clone()).collect()
    }

    /// Takes faults away: one, or all. `false` where there is none such.
    pub(crate) fn remove(&self, id: Option<&str>) -> bool {
        let mut list = self.list.lock();
        let before = list.faults.len();
        list.faults.retain(|armed| id.is_some_and(|id| armed.fault.id != id));
        self.armed.store(!list.faults.is_empty(), Ordering::Release);
        id.is_none() || list.faults.len() < before
    }

    /// The fault that meets a request, if one does. Every fault that could have counts it.
    pub(crate) fn strike(&self, request: Seen<'_>) -> Option<Strike> {
        if !self.armed.load(Ordering::Acquire) {
            return None;
        }
        let mut strike = None;
        for Armed { fault, seen, struck } in &mut self.list.lock().faults {
            if !fault.pattern.differences(request).is_empty() {
                continue;
            }
            *seen += 1;
            let left = fault.times.is_none_or(|times| *struck < times);
            if strike.is_none() && left && fault.when.is_due(*seen, self.seed, &fault.id) {
                *struck += 1;
                strike = Some(Strike { id: fault.id.clone(), kind: fault.kind.clone() });
            }
        }
        strike
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Method};
    use serde_json::{Value, json};

    use super::*;
    use crate::matching::HeadersSeen;

    /// Which of the first `requests` requests of a method are met.
    fn struck(faults: &Faults, method: &Method, requests: u64) -> Vec<u64> {
        let headers = HeaderMap::new();
        let seen = Seen {
            method,
            path: "/api/v2/contacts.json",
            query: "",
            headers: HeadersSeen::There(&headers),
            body: b"",
        };
        (1..=requests).filter(|_| faults.strike(seen).is_some()).collect()
    }

    fn of(faults: Value) -> Faults {
        let faults: Vec<Fault> = serde_json::from_value(faults).unwrap();
        Faults::new(1, &faults)
    }

    const RESET: &str = "reset";

    #[test]
    fn a_fault_strikes_when_it_is_due() {
        let of_one = |when: Value| of(json!([{"when": when, "fault": {"kind": RESET}}]));
        assert_eq!(struck(&of_one(json!({"nth": 3})), &Method::GET, 9), [3]);
        assert_eq!(struck(&of_one(json!({"every": 4})), &Method::GET, 9), [4, 8]);
        assert_eq!(struck(&of_one(json!({"first": 2})), &Method::GET, 9), [1, 2]);
        assert_eq!(struck(&of_one(json!({"from": 8})), &Method::GET, 9), [8, 9]);
        assert_eq!(struck(&of(json!([{"times": 2, "fault": {"kind": RESET}}])), &Method::GET, 9), [1, 2]);
    }

    #[test]
    fn chance_depends_on_the_seed_alone() {
        let chance = |seed: u64, probability: f64| {
            let faults: Vec<Fault> = serde_json::from_value(
                json!([{"when": {"probability": probability}, "fault": {"kind": RESET}}]),
            )
            .unwrap();
            struck(&Faults::new(seed, &faults), &Method::GET, 1000)
        };
        assert_eq!(chance(7, 0.2), chance(7, 0.2));
        assert_ne!(chance(7, 0.2), chance(8, 0.2));
        let met = chance(7, 0.2).len();
        assert!((150..250).contains(&met), "{met} of 1000");
        assert_eq!((chance(7, 0.0).len(), chance(7, 1.0).len()), (0, 1000));
    }

    #[test]
    fn the_first_that_is_due_strikes_and_all_count() {
        let faults = of(json!([
            {"id": "deletes", "match": {"method": "DELETE"}, "when": {"nth": 1}, "fault": {"kind": RESET}},
            {"id": "second", "when": {"nth": 2}, "fault": {"kind": RESET}},
            {"id": "second", "when": {"every": 2}, "fault": {"kind": "latency", "delay": "1ms"}},
        ]));
        assert_eq!(struck(&faults, &Method::GET, 4), [2, 4]);
        assert_eq!(struck(&faults, &Method::DELETE, 1), [1]);
        let all = serde_json::to_value(faults.all()).unwrap();
        let told: Vec<_> =
            all.as_array().unwrap().iter().map(|f| (&f["id"], &f["seen"], &f["struck"])).collect();
        let expected = [("deletes", 1, 1), ("second", 5, 1), ("second-3", 5, 1)];
        assert_eq!(
            told,
            expected
                .map(|(id, seen, met)| (json!(id), json!(seen), json!(met)))
                .each_ref()
                .map(|(a, b, c)| (a, b, c))
        );
        assert!(faults.remove(Some("second")) && !faults.remove(Some("second")) && faults.remove(None));
        assert!(faults.all().is_empty());
    }
}
