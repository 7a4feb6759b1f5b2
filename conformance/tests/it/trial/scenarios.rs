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
    let own = text.lines().filter(|line| !line.starts_with(' '));
    let listed: BTreeSet<String> = own.map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(listed, names);
    // With what happens, and how it is told.
    let message = r#"  event customer-deleted: {"at":"2026-01-05T12:00:00Z","customer":{"id":"CLI-0143","phone":"+5582985550143"}"#;
    assert!(text.contains(message), "{text}");
}

#[rstest]
#[case::no_json("{", "w.json:1:1: the text ends in the middle of an object")]
#[case::nothing_happens(r#"{"trigger": []}"#, "w.json:1:13: /trigger: it is empty: nothing happens")]
#[case::no_trigger("{}", "w.json:1:2: `trigger` is missing")]
#[case::two_in_one(
    "{\"trigger\":\n  [{\"command\": \"true\"}, {\"command\": \"a\", \"event\": \"b\"}]}",
    "w.json:2:25: /trigger/1: a trigger is one of `command` (with `stdin`), `http`, or `event` (with `with`)"
)]
#[case::unknown_member(
    r#"{"trigger": {"command": "true"}, "expects": {}}"#,
    "w.json:1:42: /expects: there is no member `expects`: did you mean `expect`?"
)]
#[case::unknown_contact_member(
    r#"{"trigger": {"command": "true"}, "expect": {"contacts": {"ext:1": {"nam": "A"}}}}"#,
    "w.json:1:72: /expect/contacts/ext:1/nam: there is no `nam`: did you mean `name`?"
)]
#[case::no_number(
    r#"{"trigger": {"command": "true"}, "expect": {"new_contacts": "1"}}"#,
    "w.json:1:61: /expect/new_contacts: a number is expected here, or {\"at_least\": …, \"at_most\": …}, not \"1\""
)]
#[case::no_time(
    r#"{"trigger": {"command": "true"}, "settle": "soon"}"#,
    "w.json:1:44: /settle: `soon` is no time such as 500ms or 2s"
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
    "w.json:1:76: /expect/contacts/ext:1/name: unknown marker `$is`"
)]
#[case::no_list(
    r#"{"trigger": {"command": "true"}, "expect": {"contacts": {"ext:1": {"groups": {"includ": ["A"]}}}}}"#,
    "w.json:1:78: /expect/contacts/ext:1/groups: there is no member `includ`: did you mean `include`?"
)]
#[case::unknown_event(
    r#"{"trigger": {"event": "customer-lost"}}"#,
    "w.json:1:23: /trigger/event: there is no message for the event `customer-lost`: there are customer-created, "
)]
#[case::lacks_a_value(
    r#"{"trigger": {"event": "customer-deleted", "with": {"id": "1"}}}"#,
    "w.json:1:23: /trigger/event: its message, fixtures/payloads/customer-deleted.json, has {{at}} in it, and `with` has no \
     such member"
)]
#[case::no_time_at_all(
    r#"{"trigger": {"command": "true"}, "timeout": "0s"}"#,
    "w.json:1:45: /timeout: nothing is done within no time"
)]
#[case::no_urn(
    r#"{"trigger": {"command": "true"}, "expect": {"contacts": {"": {}}}}"#,
    "w.json:1:62: /expect/contacts/: a contact is named by a URN here"
)]
#[case::odd_urn(
    r#"{"trigger": {"command": "true"}, "expect": {"contacts": {"ext:1 5582985550105": null}}}"#,
    "/expect/contacts/ext:1 5582985550105: `5582985550105` is no URN such as whatsapp:5582985550105"
)]
#[case::unknown_scheme(
    r#"{"trigger": {"command": "true"}, "allow": [{}, {"contacts": {"whatsap:1": null}}]}"#,
    "/allow/1/contacts/whatsap:1: `whatsap:1`: there is no scheme `whatsap`: did you mean `whatsapp`?"
)]
#[case::impossible(
    r#"{"trigger": {"command": "true"}, "expect": {"new_groups": {"at_least": 2, "at_most": 1}}}"#,
    "w.json:1:59: /expect/new_groups: no number is at least 2 and at most 1"
)]
#[case::misspelt_bound(
    r#"{"trigger": {"command": "true"}, "expect": {"new_fields": {"at_lest": 2}}}"#,
    "/expect/new_fields: there is no member `at_lest`: did you mean `at_least`?"
)]
#[case::no_bound(
    r#"{"trigger": {"command": "true"}, "expect": {"new_fields": {}}}"#,
    "`at_least`, `at_most` or both"
)]
#[case::unknown_preset(
    r#"{"trigger": {"command": "true"}, "faults": ["stale", "throtled"]}"#,
    "w.json:1:54: /faults/1: there is no preset of faults `throtled`: did you mean `throttled`?"
)]
#[case::unknown_fault(
    r#"{"trigger": {"command": "true"}, "faults": [{"fault": {"kind": "reset"}}, {"fault": {"kind": "rest"}}]}"#,
    "w.json:1:75: /faults/1: there is no `rest`: did you mean `reset`?"
)]
#[case::unknown_setting(
    r#"{"trigger": {"command": "true"}, "workspace": {"seed": 1, "timezone": "America/Maceio2"}}"#,
    "w.json:1:71: /workspace/timezone: \"America/Maceio2\" is not a time zone"
)]
#[case::unknown_order(
    r#"{"trigger": {"command": "true"}, "workspace": {"date_format": "day_frist"}}"#,
    "w.json:1:63: /workspace/date_format: there is no `day_frist`: did you mean `day_first`?"
)]
#[case::wrong_seed_data(
    r#"{"trigger": {"command": "true"}, "data": {"groups": [{"nmae": "A"}]}}"#,
    "w.json:1:42: /data: "
)]
#[case::other_scheme(
    r#"{"trigger": {"http": {"url": "ftp://localhost/"}}}"#,
    "w.json:1:30: /trigger/http/url: `ftp://localhost/` is no http or https URL"
)]
#[case::no_scheme(
    r#"{"trigger": [{"http": {"url": "localhost:8000/webhook"}}]}"#,
    "w.json:1:31: /trigger/0/http/url: `localhost:8000/webhook` is no URL such as http://localhost:8000/webhook"
)]
#[case::no_method(
    r#"{"trigger": {"http": {"url": "http://localhost/", "method": "PO ST"}}}"#,
    "/trigger/http/method: `PO ST` is no method such as POST"
)]
#[case::no_header(
    r#"{"trigger": {"http": {"url": "http://localhost/", "headers": {"X Y": "1"}}}}"#,
    "/trigger/http/headers: `X Y` with its value can be no header"
)]
#[case::no_port(
    r#"{"trigger": {"http": {"url": "http://localhost:{{port}}/"}}}"#,
    "/trigger/http/url: {{port}} is the port of what `start` or --start starts, and nothing is started"
)]
#[case::not_ready(
    r#"{"trigger": {"command": "true"}, "start": {"command": "true", "ready_url": "/health"}}"#,
    "w.json:1:76: /start/ready_url: `/health` is no URL"
)]
#[case::no_object("[1]", "w.json:1:1: a scenario is an object")]
#[case::no_data(
    r#"{"trigger": {"command": "true"}, "data": "shp"}"#,
    "w.json:1:42: /data: there is no data `shp`: did you mean `shop`?"
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

/// Unless the scenario says that nothing is to be sent.
#[test]
fn sending_nothing_is_right_where_the_scenario_says_so() {
    let bench = Bench::new();
    let quiet = json!({"trigger": {"command": "true"}, "expect": {"max_requests": 0, "others": "unchanged"}});
    let quiet = bench.scenario("quiet.json", &quiet);
    let output = bench.run(&[&quiet, "--explore-faults"]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("1 of 1 scenario as expected") && !text.contains("WENI_URL"), "{text}");
    // Beside one that does not say so nobody knows.
    let output = bench.run(&[&quiet, "customer-deleted-unknown", "--command", "true"]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
}

#[test]
fn an_unknown_name_is_told_with_what_was_meant() {
    let output = Bench::new().run(&["costumer-created", "--command", "true"]);
    assert_eq!(output.status.code(), Some(2));
    let text = told(&output);
    assert!(text.contains("`costumer-created` is no file, and no scenario of the program: "), "{text}");
    assert!(
        text.contains("did you mean `customer-created`? (`weni-conformance try --list` shows them)"),
        "{text}"
    );
}

/// A folder of somebody's own messages: what it lacks and what in it is no message is told, and mistakes name the file.
#[test]
fn messages_of_ones_own() {
    let bench = Bench::new();
    let folder = bench.path("own");
    std::fs::create_dir(&folder).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let run = || {
        let output = bench.run(&[
            "customer-created",
            "order-paid.json",
            "--command",
            "cat >> told",
            "--payloads",
            "own",
        ]);
        (told(&output), output.status.code())
    };
    bench.scenario("order-paid.json", &json!({"trigger": {"event": "order-paid", "with": {"id": 7}}}));
    write("customer-creatd.json", "{}");
    write("order-paid.json", "{\"paid\": \"{{id}}\"}");
    write("customer-created.yaml", "x");
    write("README.md", "x");
    let (text, _) = run();
    for line in [
        "--payloads: own has no customer-created.json: the program's own message is sent\n",
        "--payloads: own/customer-creatd.json: there is no event `customer-creatd`: did you mean `customer-created`?\n",
        "--payloads: own/customer-created.yaml: not read, messages are in files EVENT.json\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("order-paid.json:") && !text.contains("README"), "{text}");
    assert!(std::fs::read_to_string(bench.path("told")).unwrap().contains("{\"paid\":7}"));
    write("order-paid.json", "{\"paid\": \"{{total}}\"}");
    let (text, code) = run();
    assert_eq!(code, Some(2));
    assert!(
        text.contains(
            "order-paid.json:1:21: /trigger/event: its message, own/order-paid.json, has {{total}} in it"
        ),
        "{text}"
    );
    write("order-paid.json", "{\n  paid: 1}");
    let (text, _) = run();
    assert!(text.contains("--payloads: own/order-paid.json:2:3: "), "{text}");
}

#[test]
fn addresses_are_looked_at_before_anything_is_played() {
    for (option, address, message) in [
        ("--to", "localhost:8000/webhook", "--to: `localhost:8000/webhook` is no URL such as"),
        (
            "--to",
            "http://localhost:{{port}}/",
            "--to: {{port}} is the port of what `start` or --start starts",
        ),
        ("--ready-url", "/health", "--ready-url: `/health` is no URL"),
    ] {
        let mut args = vec!["customer-created", option, address];
        if option == "--ready-url" {
            args.extend(["--start", "true", "--command", "true"]);
        }
        let output = Bench::new().run(&args);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains(message), "{}", told(&output));
    }
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
