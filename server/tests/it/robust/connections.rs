//! Many connections, slow ones, and such as say several things at once.

use rstest::rstest;
use serde_json::json;

use super::{assert_answers, program};
use crate::program::TOKEN;
use crate::wire::{Reply, Wire, request};

/// All are open before the first is asked.
#[rstest]
fn a_thousand_connections_at_once() {
    let program = program();
    let mut wires: Vec<Wire> = (0..1000).map(|_| Wire::connect(&program.address)).collect();
    let ask = request("GET", "/api/v2/contacts.json?limit=1", TOKEN, "");
    for round in 0..2 {
        wires.iter_mut().for_each(|wire| assert!(wire.send(&ask)));
        let answered = wires.iter_mut().filter_map(Wire::reply).filter(|reply| reply.status == 200);
        assert_eq!(answered.count(), 1000, "round {round}");
    }
}

/// Whoever stops half-way stops nobody else; and whoever goes on is answered.
#[rstest]
#[case::before_anything("")]
#[case::in_the_method("PO")]
#[case::in_the_head("POST /api/v2/contacts.json HTTP/1.1\r\nHost: local")]
#[case::before_the_body(
    "POST /api/v2/contacts.json HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n"
)]
#[case::in_the_body(
    "POST /api/v2/contacts.json HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{\"na"
)]
#[case::in_a_chunk(
    "POST /api/v2/contacts.json HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"
)]
fn half_a_request(#[case] half: &str) {
    let program = program();
    let slow: Vec<Wire> = (0..50)
        .map(|_| {
            let mut wire = Wire::connect(&program.address);
            assert!(wire.send(half));
            wire
        })
        .collect();
    assert_answers(&program);
    drop(slow);
    assert_answers(&program);
}

#[rstest]
fn a_request_in_small_pieces_is_answered() {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    for byte in request("POST", "/api/v2/contacts.json", TOKEN, r#"{"name": "Ana"}"#).bytes() {
        assert!(wire.send([byte]));
    }
    let reply = wire.reply().expect("an answer");
    assert_eq!((reply.status, &reply.json()["name"]), (201, &json!("Ana")));
}

/// Answers come in the order of the questions.
#[rstest]
fn pipelined_requests() {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    let create = |number: usize| {
        request("POST", "/api/v2/contacts.json", TOKEN, &format!(r#"{{"urns": ["ext:pipe-{number}"]}}"#))
    };
    let requests: String = (0..50)
        .map(|number| {
            let look = format!("/api/v2/contacts.json?urn=ext%3Apipe-{number}");
            create(number) + &request("GET", &look, TOKEN, "") + &request("DELETE", &look, TOKEN, "")
        })
        .collect();
    assert!(wire.send(requests));
    for number in 0..50 {
        let [made, found, deleted] = std::array::from_fn(|_| wire.reply().expect("an answer"));
        let urns = json!([format!("ext:pipe-{number}")]);
        assert_eq!((made.status, &made.json()["urns"]), (201, &urns));
        assert_eq!((found.status, &found.json()["results"][0]["urns"]), (200, &urns));
        assert_eq!(deleted.status, 204);
    }
}

/// `HEAD` answers with the head of `GET`, its length included, and nothing more.
#[rstest]
#[case("/api/v2/contacts.json")]
#[case("/api/v2/contacts.json?limit=3")]
#[case("/api/v2/contacts.json?cursor=none")]
#[case("/api/v2/fields.json/")]
#[case("/api/v2/groups.json")]
#[case("/api/v2/groups")]
#[case("/api/v2/flow_starts.json")]
#[case("/nowhere")]
fn head_is_get_without_a_body(#[case] path: &str) {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    let undated = |reply: &Reply| -> Vec<String> {
        reply
            .head
            .lines()
            .filter(|line| !line.to_lowercase().starts_with("date:"))
            .map(str::to_owned)
            .collect()
    };
    let got = wire.ask(request("GET", path, TOKEN, ""));
    wire.send(request("HEAD", path, TOKEN, ""));
    let head = wire.reply_to_head().expect("an answer");
    assert_eq!(undated(&head), undated(&got));
    assert_eq!(head.header("content-length"), Some(got.body.len().to_string().as_str()));
    // Had it sent a body after all, the next answer would be spoilt.
    assert_eq!(wire.ask(request("GET", path, TOKEN, "")).body, got.body);
}

/// The old protocol: answered, and then the connection is closed.
#[rstest]
fn http_1_0() {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    let reply = wire.ask(format!("GET /api/v2/groups.json HTTP/1.0\r\nAuthorization: {TOKEN}\r\n\r\n"));
    assert_eq!((reply.status, reply.json()["next"].is_null()), (200, true));
    assert_eq!(wire.reply(), None);
}

/// Links have a host even where the request names none.
#[rstest]
fn http_1_0_has_links() {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    let reply =
        wire.ask(format!("GET /api/v2/contacts.json?limit=1 HTTP/1.0\r\nAuthorization: {TOKEN}\r\n\r\n"));
    let next = reply.json()["next"].to_string();
    assert!(next.starts_with("\"http://localhost/api/v2/contacts.json?cursor="), "{next}");
}
