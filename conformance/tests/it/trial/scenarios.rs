//! The scenarios that the program brings along, those that are wrong, and commands.

use std::collections::BTreeSet;
use std::path::PathBuf;

use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::scenario::{Delivery, Payloads, load};
use weni_conformance::trial::Ready;

use super::Bench;
use crate::schema::Schema;
use crate::support::{fixtures, told};

#[rstest]
fn every_scenario_agrees_with_the_schema_and_its_events_have_messages(
    #[files("../fixtures/scenarios/*.json")] file: PathBuf,
) {
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(Schema::load("scenario").accepts(&written), Ok(()));
    let scenario = load(file.to_str().unwrap()).unwrap();
    assert_eq!(scenario.id, file.file_stem().unwrap().to_str().unwrap());
    let delivery = Delivery::Command("true".to_owned());
    let ready = Ready::new(scenario, Some(&delivery), &Payloads::built_in().unwrap(), None).unwrap();
    assert!(!format!("{:?}", ready.acts).contains("{{"), "{:?}", ready.acts);
}

#[test]
fn every_shipped_scenario_is_listed_and_found_by_its_name() {
    let output = Bench::new().run(&["--list"]);
    let files = std::fs::read_dir(fixtures().join("scenarios")).unwrap();
    let names: BTreeSet<String> =
        files.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let text = told(&output);
    let listed: BTreeSet<String> =
        text.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(listed, names);
}

#[rstest]
#[case::no_json("{", "w.json:1:1: EOF while parsing an object")]
#[case::nothing_happens(r#"{"trigger": []}"#, "w.json: `trigger` is empty: nothing happens")]
#[case::no_trigger("{}", "w.json:1:2: missing field `trigger`")]
#[case::two_in_one(
    "{\"trigger\":\n  [{\"command\": \"true\"}, {\"command\": \"a\", \"event\": \"b\"}]}",
    "w.json:2:55: a trigger is one of `command` (with `stdin`), `http`, or `event` (with `with`)"
)]
#[case::unknown_member(
    r#"{"trigger": {"command": "true"}, "expects": {}}"#,
    "w.json:1:42: unknown field `expects`"
)]
#[case::unknown_contact_member(
    r#"{"trigger": {"command": "true"}, "expect": {"contacts": {"ext:1": {"nam": "A"}}}}"#,
    "w.json:1:72: unknown variant `nam`, expected one of `uuid`, `name`"
)]
#[case::no_number(
    r#"{"trigger": {"command": "true"}, "expect": {"new_contacts": "1"}}"#,
    "expected a number, or {\"at_least\": …, \"at_most\": …}"
)]
#[case::no_time(
    r#"{"trigger": {"command": "true"}, "settle": "soon"}"#,
    "`soon` is no time such as 500ms or 2s"
)]
#[case::too_long(
    r#"{"trigger": {"command": "true"}, "timeout": "9999999999999h"}"#,
    "`9999999999999h` is longer than a day"
)]
#[case::negative(r#"{"trigger": {"command": "true"}, "settle": "-2s"}"#, "`-2s` is less than nothing")]
#[case::too_often(
    r#"{"trigger": {"command": "true"}, "redeliver": 4000000000}"#,
    "`redeliver` is 100 at most"
)]
#[case::no_marker(
    r#"{"trigger": {"command": "true"}, "expect": {"contacts": {"ext:1": {"name": {"$is": 1}}}}}"#,
    "unknown marker `$is`"
)]
#[case::unknown_event(
    r#"{"trigger": {"event": "customer-lost"}}"#,
    "there is no message for the event `customer-lost`: fixtures/payloads has customer-created, customer-deleted"
)]
#[case::lacks_a_value(
    r#"{"trigger": {"event": "customer-deleted", "with": {"id": "1"}}}"#,
    "the message for `customer-deleted` has {{at}} in it, and `with` has no such member"
)]
#[case::unknown_data(r#"{"trigger": {"command": "true"}, "data": "none.json"}"#, "none.json: No such file")]
fn a_wrong_scenario_is_told_with_its_place(#[case] text: &str, #[case] message: &str) {
    let bench = Bench::new();
    std::fs::write(bench.path("w.json"), text).unwrap();
    let output = bench.run(&["w.json", "--command", "true"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains(message), "{}", told(&output));
}

#[test]
fn events_need_a_way_to_the_integration() {
    let output = Bench::new().run(&["customer-created"]);
    assert_eq!(output.status.code(), Some(2));
    let text = told(&output);
    assert!(text.contains("it delivers events: say where to with --to URL, or with --command"), "{text}");
}

#[test]
fn an_integration_that_sends_nothing_is_not_judged() {
    let bench = Bench::new();
    let output = bench.run(&["customer-deleted-unknown", "--command", "true"]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("your integration sent nothing: is WENI_URL set?"), "{text}");
}

/// Commands find what they need in their environment, and one that fails is told by its last words.
#[test]
fn commands_and_their_environment() {
    let bench = Bench::new();
    let command = "cat; echo; echo \"url $WENI_URL\"; ls -A \"$WENI_SCRATCH\" | wc -l; touch \"$WENI_SCRATCH/x\"; \
                   echo \"token $WENI_TOKEN\" >&2; exit 3";
    let stdin = json!({"a": "ü"});
    let scenario = bench.scenario("s.json", &json!({"trigger": {"command": command, "stdin": stdin}}));
    let output = bench.run(&[&scenario]);
    let text = told(&output);
    assert!(text.contains("  trigger 1: exit code 3: token $WENI_TOKEN\n"), "{text}");
}

#[test]
fn a_command_that_is_none_is_an_error() {
    let bench = Bench::new();
    let scenario = bench.scenario("s.json", &json!({"trigger": {"command": "no-such-command-here"}}));
    let output = bench.run(&[&scenario]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("ERROR "), "{text}");
    assert!(text.contains("trigger 1: `no-such-command-here` cannot be run: "), "{text}");
}

/// What takes too long is ended with all that it started.
#[cfg(target_os = "linux")]
#[test]
fn a_command_that_does_not_end_is_ended() {
    let bench = Bench::new();
    let pid = bench.path("pid");
    let command = format!("sleep 600 & echo $! > {}; wait", pid.display());
    let scenario = json!({"trigger": {"command": command}, "timeout": "500ms"});
    let output = bench.run(&[&bench.scenario("s.json", &scenario)]);
    let text = told(&output);
    assert!(text.contains("trigger 1: it is not done after 0.5 s"), "{text}");
    let pid = std::fs::read_to_string(pid).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    // Gone, or a zombie that nobody has looked after yet.
    assert!(stat.as_ref().map_or(true, |stat| stat.contains(") Z ")), "{stat:?}");
}

/// What the integration remembers is put back before each play; where that fails, nothing is judged.
#[test]
fn a_command_puts_the_integration_back_before_each_play() {
    let bench = Bench::new();
    let scenario = bench.scenario("s.json", &json!({"trigger": {"command": "echo played >> log"}}));
    let output = bench.run(&[&scenario, &scenario, "--jobs", "1", "--reset", "echo reset >> log"]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    let log = std::fs::read_to_string(bench.path("log")).unwrap();
    assert_eq!(log, "reset\nplayed\nreset\nplayed\n");
    let output = bench.run(&[&scenario, "--reset", "echo no database; exit 4"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("--reset: exit code 4: no database"), "{}", told(&output));
}

/// Whoever leaves something running in the background is done all the same.
#[test]
fn what_runs_on_in_the_background_is_not_waited_for() {
    let bench = Bench::new();
    let scenario = json!({"trigger": {"command": "sleep 20 & echo started; exit 5"}, "timeout": "15s"});
    let output = bench.run(&[&bench.scenario("s.json", &scenario)]);
    assert!(told(&output).contains("trigger 1: exit code 5"), "{}", told(&output));
}

#[cfg(unix)]
#[test]
fn a_device_is_no_scenario() {
    let output = Bench::new().run(&["/dev/zero", "--command", "true"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("/dev/zero: it is no file"), "{}", told(&output));
}

/// A part of a token is one, too: it is hidden before a line is cut.
#[test]
fn no_part_of_a_token_is_told() {
    let bench = Bench::new();
    let command = "printf '%s' $WENI_TOKEN > token; printf '%0150d%s' 0 $WENI_TOKEN >&2; exit 1";
    let output = bench.run(&[&bench.scenario("s.json", &json!({"trigger": {"command": command}}))]);
    let token = std::fs::read_to_string(bench.path("token")).unwrap();
    assert!(token.len() == 40 && !told(&output).contains(&token[..6]), "{token}: {}", told(&output));
}
