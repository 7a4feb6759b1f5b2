//! Two clients at the same moment: the program itself, on all its threads, over real sockets.

use std::collections::HashSet;
use std::sync::Barrier;
use std::thread;

use rstest::rstest;

use crate::program::{Program, TOKEN, start};
use crate::support::texts;
use crate::wire::{Wire, request};

/// The program with an empty workspace and without a log, which would only cost time.
fn program() -> Program {
    start(&["--data", "empty", "--quiet"])
}

/// In each round both clients send their request at once; returns the two statuses of every round, sorted.
fn race(
    address: &str,
    rounds: usize,
    body: impl Fn(usize, usize) -> (String, String) + Sync,
) -> Vec<[u16; 2]> {
    let barrier = Barrier::new(2);
    let run = |client: usize| {
        let mut wire = Wire::connect(address);
        let requests = (0..rounds).map(|round| {
            let (query, body) = body(client, round);
            request("POST", &format!("/api/v2/contacts.json{query}"), TOKEN, &body)
        });
        let requests: Vec<String> = requests.collect();
        let send = |request: &String| {
            barrier.wait();
            wire.ask(request).status
        };
        requests.iter().map(send).collect::<Vec<u16>>()
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| run(1));
        let (one, other) = (run(0), other.join().expect("the other client"));
        let pairs = one.into_iter().zip(other);
        pairs.map(|(one, other)| [one.min(other), one.max(other)]).collect()
    })
}

/// Every URN of the workspace, one contact after another.
fn all_urns(address: &str) -> Vec<Vec<String>> {
    let list =
        Wire::connect(address).ask(request("GET", "/api/v2/contacts.json?limit=1000000", TOKEN, "")).json();
    let contacts = list["results"].as_array().expect("contacts");
    let urns = contacts.iter().map(|contact| contact["urns"].as_array().expect("URNs"));
    urns.map(|urns| urns.iter().map(crate::support::text).collect()).collect()
}

/// Fails where a round did not end with the two statuses.
#[track_caller]
fn assert_all(outcomes: &[[u16; 2]], expected: [u16; 2]) {
    let other: Vec<_> = outcomes.iter().enumerate().filter(|(_, outcome)| **outcome != expected).collect();
    assert!(
        other.is_empty(),
        "{} rounds did not end with {expected:?}, among them {:?}",
        other.len(),
        &other[..1]
    );
}

#[rstest]
fn one_of_two_upserts_creates() {
    const ROUNDS: usize = 10_000;
    let program = program();
    let upsert = |client: usize, round: usize| {
        (format!("?urn=ext%3A{round}"), format!("{{\"name\": \"Client {client}\"}}"))
    };
    assert_all(&race(&program.address, ROUNDS, upsert), [200, 201]);
    let urns = all_urns(&program.address);
    assert_eq!(urns.len(), ROUNDS, "contacts");
    assert_eq!(urns.into_iter().flatten().collect::<HashSet<_>>().len(), ROUNDS, "different URNs");
}

/// The two forms of a Brazilian WhatsApp number are one person.
#[rstest]
fn one_of_two_forms_of_a_number_creates() {
    const ROUNDS: usize = 1_000;
    let program = program();
    let upsert = |client: usize, round: usize| {
        let ninth = ["", "9"][client];
        (format!("?urn=whatsapp%3A5582{ninth}8{round:07}"), String::from("{}"))
    };
    assert_all(&race(&program.address, ROUNDS, upsert), [200, 201]);
    assert_eq!(all_urns(&program.address).len(), ROUNDS, "contacts");
}

#[rstest]
fn one_of_two_creations_is_refused() {
    const ROUNDS: usize = 1_000;
    let program = program();
    let create = |_: usize, round: usize| (String::new(), format!("{{\"urns\": [\"ext:{round}\"]}}"));
    assert_all(&race(&program.address, ROUNDS, create), [201, 400]);
    assert_eq!(all_urns(&program.address).len(), ROUNDS, "contacts");
}

/// Each takes the URN that the other has: at every moment one of them has it.
#[rstest]
fn a_urn_that_is_taken_to_and_fro_has_one_owner() {
    const ROUNDS: usize = 1_000;
    let program = program();
    let mut wire = Wire::connect(&program.address);
    let mut make = |urn: &str| {
        let body = format!("{{\"urns\": [\"{urn}\"]}}");
        texts(
            &serde_json::json!([wire.ask(request("POST", "/api/v2/contacts.json", TOKEN, &body)).json()]),
            "uuid",
        )
    };
    let (one, other) = (make("ext:prize"), make("ext:nothing"));
    let take = |client: usize, _: usize| {
        let uuid = [&one, &other][client][0].as_str();
        (format!("?uuid={uuid}"), String::from("{\"urns\": [\"ext:prize\"]}"))
    };
    assert_all(&race(&program.address, ROUNDS, take), [200, 200]);
    let mut urns = all_urns(&program.address);
    urns.sort();
    assert_eq!(urns, [vec![], vec!["ext:prize".to_owned()]]);
}
