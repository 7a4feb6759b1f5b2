//! The program: what it prints and the code it exits with.

use std::process::{Command, Output};

use rstest::rstest;

use crate::support::{EMPTY_LIST, NOTHING, data, fixtures, listener};

/// Runs the program outside the checkout, so that it finds no cases but those it is given.
fn conformance(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .args(args)
        .current_dir(std::env::temp_dir())
        .env_remove("WENI_URL")
        .env_remove("WENI_TOKEN")
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[rstest]
#[case(
    &[], "'weni-conformance' requires a subcommand but one was not provided [subcommands: run, list, check, try, proxy, rules, diff, replay, pull, sweep, completions, man, help] (see --help)"
)]
#[case(
    &["run", "--jbos", "2"],
    "unexpected argument '--jbos' found; tip: a similar argument exists: '--jobs' (see --help)"
)]
#[case(
    &["run", "--timeout", "0"],
    "invalid value '0' for '--timeout <SECONDS>': must be more than 0 seconds (see --help)"
)]
#[case(
    &["run", "--jobs", "0"],
    "invalid value '0' for '--jobs <N>': number would be zero for non-zero type (see --help)"
)]
fn bad_usage_is_one_line_and_code_2(#[case] args: &[&str], #[case] line: &str) {
    let output = conformance(args);
    assert_eq!(stderr(&output), format!("weni-conformance: {line}\n"));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_mistake_in_a_case_is_one_line_and_code_2() {
    let file = data("unknown-role.json");
    let output = conformance(&["run", "--url", "http://127.0.0.1:1", "--cases", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("unknown-role.json:4:81: step 1: unknown role `admin`"));
    assert_eq!(stderr(&output).lines().count(), 1);
}

#[rstest]
#[case::no_target(&[], 2, "no target: name a server with --url (or WENI_URL), or have one started with --mock\n")]
#[case::bad_url(&["--url", "nonsense"], 2, "--url: `nonsense` is not a URL: relative URL without a base\n")]
#[case::no_token(
    &["--url", "http://127.0.0.1:1"], 2,
    "no token: give the one of an administrator of the workspace with --token (or WENI_TOKEN)\n"
)]
#[case::bad_token(
    &["--url", "http://127.0.0.1:1", "--token", "a\nb"], 2,
    "--token: a token is printable ASCII without line breaks, and without the word Token before it\n"
)]
#[case::token_with_its_keyword(
    &["--url", "http://127.0.0.1:1", "--token", "Token abc"], 2, "--token: a token is printable ASCII "
)]
#[case::two_targets(
    &["--mock", "--url", "http://127.0.0.1:1"], 2, "--mock judges a mock of its own: not together with --url\n"
)]
#[case::linked_group(&["--mock", "--linked-group", "x"], 2, "invalid value 'x' for '--linked-group <UUID>': not a UUID ")]
#[case::bad_control(
    &["--url", "http://127.0.0.1:1", "--token", "t", "--control", "ftp://x", "--dry-run"], 2, "--control: `ftp://x` is not an http or https URL\n"
)]
#[case::no_match(
    &["--url", "http://localhost:1", "other"], 3, "no case matches, so nothing was judged (`list` shows all)\n"
)]
#[case::out_of_reach(&["--url", "http://127.0.0.1:1", "--token", "t"], 3, "http://127.0.0.1:1 is out of reach: ")]
fn a_run_that_cannot_begin_says_why(#[case] args: &[&str], #[case] code: i32, #[case] line: &str) {
    let file = data("complete.json");
    let output = conformance(&[&["run", "--cases", file.to_str().unwrap()], args].concat());
    assert!(stderr(&output).starts_with(&format!("weni-conformance: {line}")), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(code));
}

#[test]
fn a_run_that_passes_says_how_much_it_judged() {
    let cases = fixtures().join("cases");
    let output = conformance(&[
        "run",
        "fresh/contacts/upsert",
        "fresh/fields/create",
        "--mock",
        "--cases",
        cases.to_str().unwrap(),
    ]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "6 of 31 clauses judged");
    assert!(
        lines[1].starts_with("8 of 8 exchanges as expected, 2 of 2 cases whole (8 requests sent, "),
        "{text}"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_run_that_fails_says_where_and_how_to_ask_again() {
    let file = data("fails.json");
    let output = conformance(&["run", "--mock", "--cases", file.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    assert_eq!(lines[0], "FAILED  test/fails (observed): A group is made with another name");
    assert_eq!(lines[1], r#"step 1: /name: expected "Developers", got "Devs""#);
    assert!(
        lines[2]
            .starts_with("request:  curl -H 'content-type: application/json' -H \"authorization: Token $")
    );
    assert!(lines[2].contains(r#"WENI_TOKEN" --data-raw '{"name":"Devs"}' 'http://127.0.0.1:"#), "{text}");
    assert_eq!(lines[3], r#"expected: 201 {"name":"Developers"}"#);
    assert!(lines[4].starts_with(r#"got:      201 {"uuid":""#), "{text}");
    assert_eq!(lines[5], "0 of 31 clauses judged");
    assert!(lines[6].starts_with("1 of 2 exchanges as expected, 0 of 1 case whole, 1 failed ("), "{text}");
    assert_eq!((lines.len(), output.status.code()), (7, Some(1)));
}

#[test]
fn a_run_in_which_all_was_skipped_is_no_success() {
    let mock = listener(&[EMPTY_LIST, NOTHING]);
    let file = data("fails.json");
    let output = conformance(&["run", "--url", &mock, "--token", "t", "--cases", file.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let reason = "needs a fresh workspace, which only a mock's control API can give (--control)";
    assert_eq!(lines[0], format!("skipped 1: {reason}"));
    assert!(
        lines[2]
            .starts_with("0 of 0 exchanges as expected, 0 of 0 cases whole, 1 skipped: nothing was judged (")
    );
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn list_shows_ids_clauses_and_titles() {
    let file = data("complete.json");
    let output = conformance(&["list", "--cases", file.to_str().unwrap()]);
    let line = String::from_utf8(output.stdout).unwrap();
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words[..3], ["test/complete", "C12,G7", "Everything"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn help_tells_the_environment_but_not_what_is_in_it() {
    let output = Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .args(["run", "--help"])
        .env("WENI_TOKEN", "a-secret")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("WENI_TOKEN") && !help.contains("a-secret"), "{help}");
    assert_eq!(output.status.code(), Some(0));
}

#[rstest]
#[case(&["completions", "bash"], "complete -F _weni__conformance")]
#[case(&["completions", "fish"], "complete -c weni-conformance")]
#[case(&["man"], ".TH weni-conformance 1")]
#[case(&["man", "check"], ".TH weni-conformance-check 1")]
fn completions_and_manual_pages(#[case] args: &[&str], #[case] part: &str) {
    let output = conformance(args);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains(part), "{text}");
}

#[rstest]
fn a_manual_page_of_nothing_names_what_was_meant() {
    let output = conformance(&["man", "chekc"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stderr(&output), "weni-conformance: there is no command `chekc`: did you mean `check`?\n");
}
