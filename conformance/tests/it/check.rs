//! `check`: an integration judged by what it sent.

use std::path::PathBuf;
use std::process::{Command, Output};

use rstest::rstest;
use serde_json::{Value, json};
use weni_mock::MockServer;

use crate::schema::Schema;
use crate::support::told;

const SECRET: &str = "0123456789abcdef0123456789abcdef01234567";

/// A folder of its own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = Self(std::env::temp_dir().join(format!("check-{}", uuid::Uuid::new_v4())));
        std::fs::create_dir_all(&folder.0).unwrap();
        folder
    }

    /// Writes a file there and gives its path.
    fn write(&self, name: &str, value: &Value) -> String {
        std::fs::write(self.0.join(name), value.to_string()).unwrap();
        self.path(name)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn check(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
    command.arg("check").args(args).env_remove("WENI_URL").env_remove("WENI_TOKEN");
    command.output().unwrap()
}

/// A HAR file as a browser writes it, of these requests: method, URL, body, status.
fn har(requests: &[(&str, &str, &str, u16)]) -> Value {
    let entry = |(place, (method, url, body, status)): (usize, &(&str, &str, &str, u16))| {
        json!({
            "startedDateTime": format!("2026-11-24T12:00:{place:02}.000Z"),
            "time": 12,
            "request": {
                "method": method, "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [],
                "headers": [{"name": "Authorization", "value": format!("Token {SECRET}")}],
                "postData": {"mimeType": "application/json", "text": body}, "headersSize": -1, "bodySize": 0,
            },
            "response": {
                "status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
                "content": {"size": 2, "mimeType": "application/json"}, "redirectURL": "",
                "headersSize": -1, "bodySize": 2,
            },
            "cache": {}, "timings": {"send": 0, "wait": 12, "receive": 0},
        })
    };
    let entries: Vec<Value> = requests.iter().enumerate().map(entry).collect();
    json!({"log": {"version": "1.2", "creator": {"name": "browser", "version": "1"}, "entries": entries}})
}

const CONTACTS: &str = "https://flows.example.com/api/v2/contacts.json";

fn bad() -> Value {
    let url = format!("{CONTACTS}?urn=ext%3A{SECRET}");
    har(&[("POST", &url, r#"{"name": "Ana", "urns": ["ext:1"]}"#, 400), ("GET", CONTACTS, "", 200)])
}

#[test]
fn what_was_found_is_told_with_what_to_do_instead_and_without_the_token() {
    let folder = Folder::new();
    let (file, json, junit) = (folder.write("bad.har", &bad()), folder.path("r.json"), folder.path("r.xml"));
    let output = check(&[&file, "--json", &json, "--junit", &junit]);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "ERROR    urns-beside-urn (C14): `urns` in the body beside ?urn= in the URL");
    assert_eq!(lines[1], "  #1 POST /api/v2/contacts.json?urn=ext%3A$WENI_TOKEN 400");
    assert_eq!(lines[2], "     ?urn=ext:$WENI_TOKEN and `urns` [\"ext:1\"] in one request");
    assert!(lines[3].starts_with("  instead: Leave `urns` out"), "{text}");
    assert_eq!(lines.last().unwrap(), &format!("2 requests, 1 finding, 1 error ({file})"));
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let document: Value = serde_json::from_str(&read(&json)).unwrap();
    assert_eq!(Schema::load("findings").accepts(&document), Ok(()));
    assert_eq!(
        (&document["result"], &document["findings"][0]["rule"]),
        (&json!("failed"), &json!("urns-beside-urn"))
    );
    let junit = read(&junit);
    assert!(
        junit.contains("<failure message=\"`urns` in the body beside ?urn= in the URL\" type=\"error\">"),
        "{junit}"
    );
    assert_eq!(junit.matches("<testcase ").count(), weni_conformance::rules::all().len());
    assert!(![text, document.to_string(), junit].iter().any(|report| report.contains(SECRET)));
}

#[rstest]
#[case::from_errors_on("error", 1)]
#[case::from_warnings_on("warning", 1)]
fn a_finding_fails_from_a_severity_on(#[case] severity: &str, #[case] code: i32) {
    let folder = Folder::new();
    let file = folder.write("bad.har", &bad());
    assert_eq!(check(&[&file, "--fail-on", severity]).status.code(), Some(code));
    let looks = har(&[
        ("GET", &format!("{CONTACTS}?urn=ext%3A1"), "", 200),
        ("POST", &format!("{CONTACTS}?urn=ext%3A1"), "{}", 200),
    ]);
    let file = folder.write("advice.har", &looks);
    let output = check(&[&file, "--fail-on", severity]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("2 requests, 1 finding, 1 advice ("), "{}", told(&output));
    assert_eq!(check(&[&file, "--fail-on", "advice"]).status.code(), Some(1));
}

#[test]
fn findings_are_accepted_for_a_time() {
    let folder = Folder::new();
    let (file, baseline) = (folder.write("bad.har", &bad()), folder.path("baseline.json"));
    let accept = |args: &[&str]| check(&[&[file.as_str(), "--baseline", &baseline], args].concat());
    let made = accept(&["--update-baseline", "--reason", "ticket 17", "--expires", "2999-01-31"]);
    assert_eq!(made.status.code(), Some(0), "{}", told(&made));
    let accepted = accept(&[]);
    assert_eq!(accepted.status.code(), Some(0), "{}", told(&accepted));
    assert!(told(&accepted).contains("ACCEPTED urns-beside-urn (C14)"), "{}", told(&accepted));
    assert!(told(&accepted).contains("accepted until 2999-01-31: ticket 17"), "{}", told(&accepted));
    assert!(told(&accepted).contains("2 requests, 1 finding, 1 error, 1 as accepted"), "{}", told(&accepted));
    let good = folder.write("good.har", &har(&[("GET", &format!("{CONTACTS}?uuid=x"), "", 200)]));
    let output = check(&[&good, "--baseline", &baseline]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(
        told(&output).contains("passes again rules/urns-beside-urn: it can leave the baseline"),
        "{}",
        told(&output)
    );
}

#[rstest]
#[case::nothing(json!({"log": {"entries": []}}), 3, "your integration sent nothing: is WENI_URL set?")]
#[case::neither(json!({"a": 1}), 2, "neither a HAR file (`log`) nor a journal of weni-mock (`entries`)")]
#[case::an_entry(json!({"log": {"entries": [{}]}}), 2, "entry 1: missing field `startedDateTime`")]
#[case::a_journals_entry(json!({"entries": [{"id": 1}]}), 2, "entry 1: missing field `time`")]
fn what_cannot_be_judged_is_told(#[case] file: Value, #[case] code: i32, #[case] message: &str) {
    let folder = Folder::new();
    let output = check(&[&folder.write("x.har", &file)]);
    assert_eq!(output.status.code(), Some(code), "{}", told(&output));
    assert!(told(&output).contains(message), "{}", told(&output));
}

#[test]
fn a_file_that_is_no_json_is_told_with_the_place() {
    let folder = Folder::new();
    std::fs::write(folder.path("x.har"), "{\n  \"log\": ]").unwrap();
    let output = check(&[&folder.path("x.har")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("x.har:2:10: expected value"), "{}", told(&output));
}

/// The one line at the end of a CI job.
#[tokio::test(flavor = "multi_thread")]
async fn the_live_journal_of_a_mock_is_judged_with_its_effects() {
    let mock = MockServer::start().await;
    let live = |token: Option<&str>| {
        let mut args = vec!["--mock".to_owned(), mock.url().to_owned()];
        args.extend(token.into_iter().flat_map(|token| ["--token".to_owned(), token.to_owned()]));
        check(&args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let nothing = live(None);
    assert_eq!(nothing.status.code(), Some(3), "{}", told(&nothing));
    assert_eq!(told(&nothing), "your integration sent nothing: is WENI_URL set?\n");

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let contacts = format!("{}/api/v2/contacts.json", mock.url());
    client.get(&contacts).send().await.unwrap();
    let national = json!({"name": "Ana", "urns": ["tel:11991234567"]});
    let request =
        client.post(&contacts).header("Authorization", format!("Token {}", mock.token())).json(&national);
    request.send().await.unwrap();
    for output in [live(None), live(Some(mock.token()))] {
        let text = told(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        for rule in ["ERROR    credentials ", "ERROR    number-read-as-foreign ", "WARNING  not-e164 "] {
            assert!(text.contains(rule), "{text}");
        }
        assert!(text.contains("2 requests, 3 findings, 2 errors, 1 warning ("), "{text}");
        assert!(!text.contains(mock.token()), "{text}");
    }
    let wrong = live(Some("nobody"));
    assert_eq!(wrong.status.code(), Some(3), "{}", told(&wrong));
    assert!(told(&wrong).contains("needs the workspace's token: Invalid token"), "{}", told(&wrong));
}

/// The same traffic as a file says the same: by the archive and by the journal.
#[tokio::test(flavor = "multi_thread")]
async fn an_exported_journal_says_what_the_live_one_does() {
    let mock = MockServer::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("{}/api/v2/contacts.json?phone=1", mock.url()));
    request.header("Authorization", format!("Token {}", mock.token())).json(&json!({})).send().await.unwrap();
    let folder = Folder::new();
    for name in ["journal", "journal.har"] {
        let url = format!("{}/__mock/workspaces/default/{name}", mock.url());
        let exported: Value = client.get(url).send().await.unwrap().json().await.unwrap();
        let output = check(&[&folder.write(name, &exported)]);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains("ERROR    misspelt-look-up "), "{}", told(&output));
        assert!(told(&output).contains("1 request, 1 finding, 1 error ("), "{}", told(&output));
    }
}
