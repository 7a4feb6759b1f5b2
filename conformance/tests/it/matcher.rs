//! What counts as the expected body.

use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::case::BodyMatch;
use weni_conformance::difference::Place;
use weni_conformance::matcher::Matcher;

use crate::support::pattern;

const A: &str = "6685e933-26e1-4363-a468-8f7268ab63a9";
const B: &str = "5f05311e-8f81-4a67-a5b5-1501b6d6496a";
const T: &str = "2026-11-22T12:00:00.000001Z";
const U: &str = "2026-11-22T12:00:00.000002Z";

/// Compares in a fresh conversation; the difference as its line.
fn compare(expected: Value, how: BodyMatch, got: &Value) -> Result<(), String> {
    Matcher::default().compare(&pattern(expected), how, got).map_err(|difference| difference.to_string())
}

#[rstest]
#[case::equal(json!({"a": [1, "x", null, true]}), json!({"a": [1, "x", null, true]}))]
#[case::order_of_members(json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}))]
#[case::integer_and_decimal(json!({"count": 1}), json!({"count": 1.0}))]
#[case::a_uuid(json!({"$uuid": "u"}), json!(A))]
#[case::the_same_uuid_again(json!([{"$uuid": "u"}, {"$uuid": "u"}]), json!([A, A]))]
#[case::an_instant(json!({"$time": "t"}), json!(T))]
#[case::an_instant_without_decimals(json!({"$time": "t"}), json!("2026-11-22T12:00:00Z"))]
#[case::created_when_modified(
    json!({"created_on": {"$time": "t1"}, "modified_on": {"$time": "t2"}}),
    json!({"created_on": T, "modified_on": T})
)]
#[case::a_link(json!({"next": {"$url": "n"}}), json!({"next": "http://localhost/api/v2/contacts.json?cursor=x"}))]
#[case::links_are_opaque(
    json!([{"$url": "n"}, {"$url": "n"}]),
    json!(["http://a/api/v2/contacts.json?cursor=x", "http://a/api/v2/contacts.json?cursor=y"])
)]
#[case::a_prefix(json!({"$prefix": "JSON parse error - "}), json!("JSON parse error - anything"))]
#[case::a_text_with_a_name(json!([{"$uuid": "g"}, {"$text": "in use: {{g}}"}]), json!([A, format!("in use: {A}")]))]
#[case::a_text_with_a_name_unknown(json!({"$text": "in use: {{g}}"}), json!("in use: {{g}}"))]
#[case::anything(json!({"a": {"$any": true}}), json!({"a": null}))]
#[case::groups_in_any_order(
    json!({"groups": [{"uuid": {"$uuid": "a"}, "name": "A"}, {"uuid": {"$uuid": "b"}, "name": "B"}]}),
    json!({"groups": [{"uuid": B, "name": "B"}, {"uuid": A, "name": "A"}]})
)]
fn agrees(#[case] expected: Value, #[case] got: Value) {
    assert_eq!(compare(expected, BodyMatch::Exact, &got), Ok(()));
}

#[rstest]
#[case::another_value(json!({"name": "Ann"}), json!({"name": "Bob"}), r#"/name: expected "Ann", got "Bob""#)]
#[case::another_type(json!({"name": "1"}), json!({"name": 1}), r#"/name: expected "1", got 1"#)]
#[case::a_boolean_is_no_number(json!({"n": 1}), json!({"n": true}), "/n: expected 1, got true")]
#[case::null_is_not_absent(json!({"name": null}), json!({}), "/name: expected null, got nothing")]
#[case::a_member_too_many(json!({}), json!({"pinned": false}), "/pinned: expected nothing, got false")]
#[case::missing_before_unexpected(json!({"b": 1}), json!({"a": 1}), "/b: expected 1, got nothing")]
#[case::deep(json!({"results": [{"a": 1}]}), json!({"results": [{"a": 2}]}), "/results/0/a: expected 1, got 2")]
#[case::a_pointer_is_escaped(json!({"a/b~c": 1}), json!({"a/b~c": 2}), "/a~1b~0c: expected 1, got 2")]
#[case::an_item_too_few(json!([1, 2]), json!([1]), "body: expected 2 items, got 1 item: [1]")]
#[case::the_order_of_items(json!([1, 2]), json!([2, 1]), "/0: expected 1, got 2")]
#[case::a_uuid_in_upper_case(
    json!({"uuid": {"$uuid": "u"}}),
    json!({"uuid": A.to_uppercase()}),
    r#"/uuid: expected a UUID, got "6685E933-26E1-4363-A468-8F7268AB63A9""#
)]
#[case::a_uuid_that_changes(
    json!([{"$uuid": "u"}, {"$uuid": "u"}]),
    json!([A, B]),
    &format!("/1: expected u = {A}, got {B}")
)]
#[case::one_uuid_by_two_names(
    json!([{"$uuid": "u"}, {"$uuid": "v"}]),
    json!([A, A]),
    &format!("/1: expected a new value for v, got {A}, which is u")
)]
#[case::modified_at_the_same_instant(
    json!([{"modified_on": {"$time": "t1"}}, {"modified_on": {"$time": "t2"}}]),
    json!([{"modified_on": T}, {"modified_on": T}]),
    &format!("/1/modified_on: expected a new value for t2, got {T}, which is t1")
)]
#[case::an_instant_that_changes(
    json!({"a": {"$time": "t"}, "b": {"$time": "t"}}),
    json!({"a": T, "b": U}),
    &format!("/b: expected t = {T}, got {U}")
)]
#[case::an_instant_with_offset(
    json!({"$time": "t"}),
    json!("2026-11-22T12:00:00+00:00"),
    r#"body: expected a UTC instant, got "2026-11-22T12:00:00+00:00""#
)]
#[case::three_decimals(
    json!({"$time": "t"}),
    json!("2026-11-22T12:00:00.123Z"),
    r#"body: expected a UTC instant, got "2026-11-22T12:00:00.123Z""#
)]
#[case::a_link_elsewhere(
    json!({"$url": "n"}),
    json!("http://localhost/other"),
    r#"body: expected a link into the API, got "http://localhost/other""#
)]
#[case::no_link(json!({"$url": "n"}), json!(null), "body: expected a link into the API, got null")]
#[case::another_prefix(json!({"$prefix": "JSON"}), json!("Not"), r#"body: expected "JSON"…, got "Not""#)]
#[case::another_text(
    json!([{"$uuid": "g"}, {"$text": "in use: {{g}}"}]),
    json!([A, "in use"]),
    &format!(r#"/1: expected "in use: {A}", got "in use""#)
)]
#[case::anything_must_be_there(json!({"a": {"$any": true}}), json!({}), r#"/a: expected {"$any":true}, got nothing"#)]
#[case::groups_with_another_name(
    json!({"groups": [{"name": "A"}, {"name": "B"}]}),
    json!({"groups": [{"name": "C"}, {"name": "A"}]}),
    r#"/groups/0/name: expected "B", got "C""#
)]
#[case::other_lists_are_ordered(
    json!({"results": [{"name": "A"}, {"name": "B"}]}),
    json!({"results": [{"name": "B"}, {"name": "A"}]}),
    r#"/results/0/name: expected "A", got "B""#
)]
fn differs(#[case] expected: Value, #[case] got: Value, #[case] line: &str) {
    assert_eq!(compare(expected, BodyMatch::Exact, &got), Err(line.to_owned()));
}

#[rstest]
#[case::more_members(json!({"a": 1}), json!({"a": 1, "b": 2}), Ok(()))]
#[case::more_members_deeper(json!({"a": [{"b": 1}]}), json!({"a": [{"b": 1, "c": 2}], "d": 3}), Ok(()))]
#[case::a_member_missing(json!({"a": 1}), json!({"b": 2}), Err("/a: expected 1, got nothing"))]
#[case::an_item_too_many(json!({"a": [1]}), json!({"a": [1, 2]}), Err("/a: expected 1 item, got 2 items: [1,2]"))]
#[case::another_value(json!({"a": 1}), json!({"a": 2}), Err("/a: expected 1, got 2"))]
fn contains(#[case] expected: Value, #[case] got: Value, #[case] result: Result<(), &str>) {
    assert_eq!(compare(expected, BodyMatch::Contains, &got), result.map_err(str::to_owned));
}

#[test]
fn what_one_answer_binds_the_next_must_repeat() {
    let mut matcher = Matcher::default();
    let expected = pattern(json!({"uuid": {"$uuid": "u"}}));
    assert_eq!(matcher.compare(&expected, BodyMatch::Exact, &json!({"uuid": A})), Ok(()));
    let difference = matcher.compare(&expected, BodyMatch::Exact, &json!({"uuid": B})).unwrap_err();
    assert_eq!(difference.place, Place::Body("/uuid".to_owned()));
    assert_eq!(matcher.bindings.get("u"), Some(A));
}

#[test]
fn a_group_made_by_a_preparing_step_is_known_by_its_name_alone() {
    let mut matcher = Matcher::default();
    matcher.bindings.set_uuid("adults", A);
    assert_eq!(matcher.compare(&pattern(json!({"$uuid": "adults"})), BodyMatch::Exact, &json!(A)), Ok(()));
    assert!(matcher.compare(&pattern(json!({"$uuid": "other"})), BodyMatch::Exact, &json!(A)).is_err());
}

#[test]
fn names_after_the_first_difference_are_not_bound() {
    let mut matcher = Matcher::default();
    let expected = pattern(json!([{"$uuid": "a"}, 1, {"$uuid": "b"}]));
    matcher.compare(&expected, BodyMatch::Exact, &json!([A, 2, B])).unwrap_err();
    assert_eq!((matcher.bindings.get("a"), matcher.bindings.get("b")), (Some(A), None));
}

#[test]
fn a_long_value_is_whole_in_the_difference_and_short_in_its_line() {
    let long = "x".repeat(500);
    let difference =
        Matcher::default().compare(&pattern(json!("y")), BodyMatch::Exact, &json!(long)).unwrap_err();
    assert_eq!(difference.got.len(), 502);
    assert!(difference.to_string().ends_with("x…"));
    assert!(difference.to_string().chars().count() < 200);
}
