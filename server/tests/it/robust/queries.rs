//! Queries and forms that nobody should send.

use rstest::rstest;

use super::{assert_answers, program};
use crate::program::TOKEN;
use crate::wire::{Wire, request};

/// Queries that are odd, and yet queries.
#[rstest]
#[case::no_utf_8("?name=%ff%fe")]
#[case::half_an_escape("?name=%")]
#[case::half_an_escape_more("?name=%4&search=%zz")]
#[case::zero("?name=%00")]
#[case::surrogate("?name=%ed%a0%80")]
#[case::overlong("?name=%c0%af")]
#[case::only_signs("?&&==&=&?#")]
#[case::question_marks("????")]
#[case::brackets("?name[]=1&name[0]=2")]
#[case::huge_limit("?limit=99999999999999999999999999")]
#[case::largest_limit("?limit=18446744073709551615")]
#[case::negative_limit("?limit=-1")]
#[case::odd_limit("?limit=1e9&limit=%00")]
#[case::odd_dates("?after=9999999999999-13-45T99:99:99&before=-1")]
#[case::last_instant("?after=9999-12-31T23:59:59.999999Z")]
#[case::first_instant("?before=0001-01-01T00:00:00Z")]
#[case::beyond("?before=0000-00-00T00:00:00Z&after=%2B275760-09-13")]
#[case::offsets("?before=0001-01-01T00:00:00%2B23:59&after=9999-12-31T23:59:59-23:59")]
#[case::case_folding("?name=%C4%B0%E1%BA%9E%EF%AC%81")]
#[case::group_of_nothing("?group=%00&deleted=%ff")]
#[case::order("?order_by=name;drop&reverse=maybe")]
fn an_odd_query_of_a_list(#[case] query: &str) {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    for endpoint in ["contacts", "fields", "groups"] {
        let reply = wire.ask(request("GET", &format!("/api/v2/{endpoint}.json{query}"), TOKEN, ""));
        assert_eq!(reply.status, 200, "{endpoint}{query}: {reply:?}");
    }
    assert_answers(&program);
}

/// What is no cursor is an invalid one, however close it comes.
#[rstest]
#[case("x")]
#[case("%00")]
#[case("qAAAAAAAAAAAAAAA")]
#[case("_______________________________")]
#[case("AAAAAAAAAAAAAAAAAA")]
#[case("cD0yMDI2")]
fn an_odd_cursor(#[case] cursor: &str) {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    for endpoint in ["contacts", "fields", "groups"] {
        let path = format!("/api/v2/{endpoint}.json?cursor={cursor}");
        let reply = wire.ask(request("GET", &path, TOKEN, ""));
        assert_eq!(
            (reply.status, reply.body.as_slice()),
            (404, &br#"{"detail":"Invalid cursor"}"#[..]),
            "{path}"
        );
    }
}

/// A cursor whose place is at the end of all things still names a page.
#[rstest]
fn cursors_at_the_ends_of_the_order() {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    let list = wire.ask(request("GET", "/api/v2/contacts.json?limit=1", TOKEN, "")).json();
    let next = list["next"].as_str().expect("a link");
    let (_, cursor) = next.split_once("cursor=").expect("a cursor");
    let length = cursor.split('&').next().map_or(0, str::len);
    for kind in ["qA", "qB", "qC", "qD", "qE", "qP", "qf", "qv", "q3", "q_", "qn"] {
        for filling in ["A", "_", "f", "g"] {
            let path = format!("/api/v2/contacts.json?limit=2&cursor={kind}{}", filling.repeat(length - 2));
            let reply = wire.ask(request("GET", &path, TOKEN, ""));
            assert!([200, 404].contains(&reply.status), "{path}: {reply:?}");
        }
    }
}

#[rstest]
fn ten_thousand_parameters() {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    let many = (0..10_000).map(|number| format!("&{number:x}=")).collect::<String>();
    let list = wire.ask(request("GET", &format!("/api/v2/contacts.json?limit=1{many}"), TOKEN, ""));
    assert_eq!(list.status, 200, "{} {}", list.status, list.head);
    assert_answers(&program);
}

/// Longer than any server takes.
#[rstest]
fn a_hundred_thousand_parameters() {
    let program = program();
    let mut wire = Wire::connect(&program.address);
    wire.send(request("GET", &format!("/api/v2/contacts.json?{}", "limit=1&".repeat(100_000)), TOKEN, ""));
    if let Some(reply) = wire.reply() {
        assert!([414, 431].contains(&reply.status), "{} {}", reply.status, reply.head);
    }
    assert_answers(&program);
}

/// As a form they fit into a body.
#[rstest]
#[case::unknown("p", 201)]
#[case::names("name=", 201)]
#[case::urns("urns=ext:", 400)]
#[case::places("urns[0]=ext:1&urns[1]=ext:", 201)]
fn ten_thousand_members(#[case] name: &str, #[case] status: u16) {
    let program = program();
    let body = (0..10_000).map(|number| format!("{name}{number}")).collect::<Vec<_>>().join("&");
    let form = request("POST", "/api/v2/contacts.json", TOKEN, &body);
    let form = form.replace("application/json", "application/x-www-form-urlencoded");
    let reply = Wire::connect(&program.address).ask(form);
    assert_eq!(reply.status, status, "{reply:?}");
    assert_answers(&program);
}
