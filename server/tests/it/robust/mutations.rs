//! Thousands of requests with something changed at random.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use rstest::rstest;
use serde_json::Value;

use super::{assert_answers, program};
use crate::program::TOKEN;
use crate::wire::{Wire, request};

/// What makes trouble, wherever it is put.
const TROUBLE: [&[u8]; 24] = [
    b"\0",
    b"\xff",
    b"\"",
    b"\\",
    b"\\ud800",
    b"%",
    b"%00",
    b"&",
    b"=",
    b"[",
    b"]",
    b"{",
    b"}",
    b":",
    b"#",
    b"?",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"99999999999999999999",
    b"null",
    b"\xf0\x9f\x98\x80",
    b"\xef\xbb\xbf",
    b"",
];

/// A change of some bytes: where, how many go, and what comes.
#[derive(Debug, Clone)]
struct Change {
    at: Index,
    gone: usize,
    come: Vec<u8>,
}

fn change() -> impl Strategy<Value = Change> {
    let trouble = proptest::sample::select(TROUBLE.to_vec()).prop_map(<[u8]>::to_vec);
    let noise = proptest::collection::vec(any::<u8>(), 0..4);
    let come = prop_oneof![3 => trouble, 1 => noise];
    (any::<Index>(), 0..6_usize, come).prop_map(|(at, gone, come)| Change { at, gone, come })
}

/// Requests that are as they should be.
fn samples() -> Vec<(String, String, String)> {
    let samples: Vec<(String, String, Value)> =
        serde_json::from_str(include_str!("../data/samples.json")).expect("samples");
    let text = |body: Value| if body.is_null() { String::new() } else { body.to_string() };
    samples.into_iter().map(|(method, path, body)| (method, path, text(body))).collect()
}

fn apply(changes: &[Change], text: &str) -> Vec<u8> {
    changes.iter().fold(text.as_bytes().to_vec(), |mut bytes, Change { at, gone, come }| {
        let start = at.index(bytes.len() + 1);
        let end = (start + gone).min(bytes.len());
        bytes.splice(start..end, come.iter().copied());
        bytes
    })
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(cases) })
}

/// Bodies with something changed are refused or taken, never a failure of the server.
#[rstest]
fn bodies() {
    let (program, samples) = (program(), samples());
    let samples: Vec<_> = samples.into_iter().filter(|(.., body)| !body.is_empty()).collect();
    let strategy = (any::<Index>(), proptest::collection::vec(change(), 1..4));
    let outcome = runner(3000).run(&strategy, |(sample, changes)| {
        let (method, path, body) = sample.get(&samples);
        let body = apply(&changes, body);
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {TOKEN}\r\nContent-Type: \
             application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let reply = Wire::connect(&program.address).ask([head.as_bytes(), &body].concat());
        prop_assert!(reply.status < 500, "{reply:?}");
        prop_assert!(
            reply.status == 204 || serde_json::from_slice::<Value>(&reply.body).is_ok(),
            "{reply:?}"
        );
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert_answers(&program);
}

/// Whole requests with something changed, down to such as are none.
#[rstest]
fn whole_requests() {
    let (program, samples) = (program(), samples());
    let strategy = (any::<Index>(), proptest::collection::vec(change(), 1..4));
    let outcome = runner(3000).run(&strategy, |(sample, changes)| {
        let (method, path, body) = sample.get(&samples);
        let mut wire = Wire::connect(&program.address);
        wire.send(apply(&changes, &request(method, path, TOKEN, body)));
        // What still waits for something is told that there is nothing more.
        wire.finish();
        while let Some(reply) = wire.reply() {
            prop_assert!(reply.status < 500, "{reply:?}");
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert_answers(&program);
}
