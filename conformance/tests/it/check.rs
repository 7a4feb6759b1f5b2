//! `check`: an integration judged by what it sent.

use std::collections::BTreeSet;
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

/// Whatever numbers a file holds, a report tells its exchanges apart.
#[test]
fn numbers_that_no_recording_has_are_taken() {
    let folder = Folder::new();
    let entry = |time: &str, id: u64| {
        let request = json!({
            "method": "post", "path": "/api/v2/groups.json", "body": {"text": "{}"},
            "headers": [["Authorization", format!("Token {SECRET}")]],
        });
        let headers = json!([["Retry-After", "9223372036854775807"], ["Set-Cookie", format!("s={SECRET}")]]);
        let response = json!({"status": 429, "headers": headers, "body": {"text": json!({"detail": SECRET}).to_string()}});
        json!({"id": id, "time": time, "ms": 1e300, "request": request, "response": response})
    };
    let journal = |first: u64, second: u64| {
        let entries = [entry("9999-12-30T22:00:00Z", first), entry("-009999-01-02T02:00:00Z", second)];
        json!({"entries": entries, "dropped": u64::MAX})
    };
    let (a, b) = (journal(u64::MAX, u64::MAX), journal(u64::MAX - 1, u64::MAX));
    let (a, b) = (folder.write("a.json", &a), folder.write("b.json", &b));
    let output = check(&[&a, &b, "--fail-on", "advice", "--html", "-", "-v"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(!told(&output).contains(SECRET), "{}", told(&output));
    let page = String::from_utf8(output.stdout).unwrap();
    for number in 1..=4 {
        assert_eq!(page.matches(&format!(">#{number} <code>POST ")).count(), 1, "{page}");
    }
}

/// Rules ask what came before what.
#[test]
fn files_are_judged_by_their_times_in_whichever_order_they_are_named() {
    let folder = Folder::new();
    let mut later = har(&[("POST", CONTACTS, "{\"fields\": {\"a\": \"1\"}, \"urns\": [\"ext:1\"]}", 201)]);
    let mut first = har(&[("POST", &CONTACTS.replace("contacts", "fields"), "{}", 201)]);
    first["log"]["entries"][0]["response"]["content"]["text"] =
        "{\"key\": \"a\", \"label\": \"a\", \"value_type\": \"text\"}".into();
    let files =
        |later: &Value, first: &Value| [folder.write("later.har", later), folder.write("first.har", first)];
    later["log"]["entries"][0]["startedDateTime"] = "2026-11-24T12:00:01Z".into();
    let [a, b] = files(&later, &first);
    for named in [[&a, &b], [&b, &a]] {
        let output = check(&[named[0], named[1]]);
        assert!(told(&output).contains("\"a\" was made 1.0 s before"), "{}", told(&output));
    }
    later["log"]["entries"][0]["startedDateTime"] = "2026-11-24T11:00:00Z".into();
    let [a, b] = files(&later, &first);
    let output = check(&[&b, &a]);
    assert!(told(&output).contains("2 requests, nothing found"), "{}", told(&output));
}

/// The mock speaks plain HTTP to a tunnel that speaks HTTPS to everybody else.
#[test]
fn what_came_through_a_tunnel_was_encrypted() {
    let folder = Folder::new();
    let mut headers = vec![json!(["host", "mock.tunnel.example.com"]), json!(["authorization", "Token ***"])];
    let mut told_with = |header: Option<&str>| {
        headers.extend(header.map(|value| json!(["x-forwarded-proto", value])));
        let request = json!({"method": "GET", "path": "/api/v2/fields.json", "headers": headers});
        let response =
            json!({"status": 200, "body": {"text": "{\"next\": null, \"previous\": null, \"results\": []}"}});
        let entry =
            json!({"id": 1, "time": "2026-11-24T12:00:00Z", "request": request, "response": response});
        told(&check(&[&folder.write("journal.json", &json!({"entries": [entry], "dropped": 0}))]))
    };
    assert!(told_with(None).contains("http to mock.tunnel.example.com"));
    let told = told_with(Some("https"));
    assert!(told.contains("1 request, nothing found"), "{told}");
}

#[rstest]
#[case::nothing(json!({"log": {"entries": []}}), 3, "your integration sent nothing: is WENI_URL set?")]
#[case::no_room(
    json!({"entries": [], "dropped": 12}), 3,
    "12 requests before these had no room in the journal: not judged (weni-mock --journal)\nnothing that was sent is there to be judged\n"
)]
#[case::other_sites(json!({"log": {"entries": [other("https://shop.example.com/")]}}), 3, "the only request is not for /api/v2/contacts.json, fields.json or groups.json: is WENI_URL right?")]
#[case::another_version(
    json!({"log": {"entries": [other("https://a.example.com/api/v1/contacts.json"), other("https://a.example.com/api/v2/flow_starts.json")]}}),
    3,
    "none of 2 requests is for /api/v2/contacts.json, fields.json or groups.json: is WENI_URL right?"
)]
#[case::neither(json!({"a": 1}), 2, "neither a HAR file (`log`) nor a journal of weni-mock (`entries`)")]
#[case::an_entry(json!({"log": {"entries": [{}]}}), 2, "entry 1: missing field `startedDateTime`")]
#[case::a_journals_entry(json!({"entries": [{"id": 1}]}), 2, "entry 1: missing field `time`")]
fn what_cannot_be_judged_is_told(#[case] file: Value, #[case] code: i32, #[case] message: &str) {
    let folder = Folder::new();
    let output = check(&[&folder.write("x.har", &file)]);
    assert_eq!(output.status.code(), Some(code), "{}", told(&output));
    assert!(told(&output).contains(message), "{}", told(&output));
}

fn other(url: &str) -> Value {
    json!({"startedDateTime": "2026-11-24T12:00:00Z", "request": {"method": "GET", "url": url}, "response": {"status": 200}})
}

#[test]
fn a_file_that_is_no_json_is_told_with_the_place() {
    let folder = Folder::new();
    std::fs::write(folder.path("x.har"), "{\n  \"log\": ]").unwrap();
    let output = check(&[&folder.path("x.har")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("x.har:2:10: a value is expected here"), "{}", told(&output));
}

/// Every credential that a recording may hold, where it belongs and where it was repeated.
fn hostile() -> Value {
    let mut archive = bad();
    let entries = &mut archive["log"]["entries"];
    let [cookie, control, password] = ["cookie-0123456789", "control-0123456789", "password-0123456789"];
    let basic = base64(&format!("ana:{password}"));
    entries[0]["request"]["headers"] = json!([
        {"name": "Authorization", "value": format!("Bearer {SECRET}")},
        {"name": "Cookie", "value": format!("a=b; session={cookie}")},
        {"name": "X-Control-Token", "value": control},
        {"name": "X-<script>alert(1)</script>", "value": format!("\"><script>{SECRET}</script>")},
    ]);
    entries[0]["request"]["url"] =
        format!("{CONTACTS}?urn=ext%3A%3Cscript%3E{SECRET}&access_token=parameter-0123456789").into();
    entries[0]["request"]["postData"]["text"] = json!({
        "urns": ["ext:1", "</pre><script>alert(1)</script>"], "a": SECRET, "b": cookie, "c": control, "d": password,
        "e": basic, "f": "parameter-0123456789",
    })
    .to_string()
    .into();
    entries[0]["response"]["content"]["text"] = format!("<script>{SECRET} {}", "x".repeat(30_000)).into();
    entries[0]["response"]["headers"] =
        json!([{"name": "Set-Cookie", "value": format!("session={cookie}; Path=/")}]);
    entries[0]["_weni"] = json!({"effects": [{"id": "urn-taken", "text": format!("<script> of {SECRET}")}], "fault": {"kind": "<script>"}});
    entries[1]["request"]["headers"] = json!([{"name": "Authorization", "value": format!("Basic {basic}")}]);
    entries[1]["request"]["url"] = format!("{CONTACTS}?after={SECRET}").into();
    archive
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn targets(page: &str, before: &str) -> Vec<String> {
    page.split(before).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

#[test]
fn a_page_links_findings_and_exchanges_and_shows_no_credential_and_no_markup_of_others() {
    let folder = Folder::new();
    let file = folder.write("hostile.har", &hostile());
    let [json, junit, html] = ["r.json", "r.xml", "out/r.html"].map(|name| folder.path(name));
    let output = check(&[&file, "--json", &json, "--junit", &junit, "--html", &html, "-v"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let page = read(&html);
    for report in [&told(&output), &read(&json), &read(&junit), &page] {
        for secret in
            [SECRET, "cookie-0", "control-0", "password-0", "parameter-0", &base64("ana:password-0")[..12]]
        {
            assert!(!report.contains(secret), "{secret}: {report}");
        }
    }
    for forbidden in ["<script", "<link", "<img", "src=", "style=", "onclick"] {
        assert!(!page.contains(forbidden), "{forbidden}: {page}");
    }
    assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"), "{page}");
    let (links, places) = (targets(&page, "href=\"#"), targets(&page, " id=\""));
    let unique: BTreeSet<_> = places.iter().collect();
    assert_eq!(unique.len(), places.len(), "{places:?}");
    assert!(links.iter().all(|link| unique.contains(link)), "{links:?} {places:?}");
    for found in places.iter().filter(|place| place.starts_with("found-")) {
        assert!(links.contains(found), "{found}: {links:?}");
    }
    for link in ["exchange-1", "found-urns-beside-urn-1", "found-urn-taken-1"] {
        assert!(links.iter().any(|known| known == link), "{link}: {links:?}");
    }
    for shown in [
        "<span class=\"badge bad\">error</span> <strong>urns-beside-urn</strong>",
        "authorization: Bearer ***",
        "cookie: ***",
        "x-control-token: ***",
        "set-cookie: ***",
        "access_token=***",
        "&lt;script&gt;",
        "\n    &quot;ext:1&quot;,",
        "and 9540 bytes more",
        "Leave <code>urns</code> out",
        "<strong>3</strong> errors",
        "GET /api/v2/contacts.json?after=$WENI_TOKEN",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[test]
fn a_page_goes_to_standard_output_and_the_lines_beside_it() {
    let folder = Folder::new();
    let output = check(&[&folder.write("bad.har", &bad()), "--html", "-"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("urns-beside-urn (C14)"));
    let both = check(&["x.har", "--html", "-", "--json", "-"]);
    assert_eq!(both.status.code(), Some(2), "{}", told(&both));
}

/// A page is for reading: of a mistake that is made over and over it shows some, and says how many there are.
#[test]
fn a_page_of_long_traffic_has_an_end() {
    let folder = Folder::new();
    let good = format!("{CONTACTS}?uuid=x");
    let (bad, good) = (("POST", CONTACTS, "{\"language\": \"pt-br\"}", 400), ("GET", good.as_str(), "", 200));
    let requests: Vec<_> = (0..1300).map(|place| if place % 2 == 0 { bad } else { good }).collect();
    let mut archive = har(&requests);
    for entry in archive["log"]["entries"].as_array_mut().unwrap() {
        entry["startedDateTime"] = "2026-11-24T12:00:00Z".into();
    }
    let html = folder.path("r.html");
    check(&[&folder.write("long.har", &archive), "--html", &html]);
    let page = std::fs::read_to_string(html).unwrap();
    assert_eq!(page.matches("id=\"found-language-").count(), 100);
    assert_eq!(page.matches("id=\"exchange-").count(), 100);
    assert!(page.contains("and 550 more"), "{}", &page[..page.len().min(5000)]);
    // 650 good ones, and 550 bad ones that are not shown whole, 500 of them all in a line.
    assert!(page.contains("and 700 requests more"), "{}", &page[page.len() - 500..]);
}

#[test]
fn the_help_names_the_format_of_this_command() {
    let output = check(&["--help"]);
    let help = told(&output);
    assert!(help.contains("findings.schema.json") && !help.contains("report.schema.json"), "{help}");
    assert!(
        help.contains("--html <PATH>") && help.contains("Every place where something was found"),
        "{help}"
    );
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
        for rule in ["ERROR    credentials ", "ERROR    number-read-as-foreign "] {
            assert!(text.contains(rule), "{text}");
        }
        assert!(text.contains("2 requests, 2 findings, 2 errors ("), "{text}");
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

/// A test that moves the clock of the workspace need not wait: neither before it uses a new field, nor after a 429.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_moved_is_time_that_has_passed() {
    let mock = MockServer::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let workspace = format!("{}/__mock/workspaces/default", mock.url());
    let send = async |path: &str, body: Value, status: u16| {
        let request = client.post(format!("{}/api/v2/{path}", mock.url())).json(&body);
        let answer = request.header("Authorization", format!("Token {}", mock.token())).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    };
    let control = async |path: &str, body: Value| {
        let answer = client.post(format!("{workspace}/{path}")).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {answer:?}");
    };
    send("fields.json", json!({"label": "Late", "value_type": "text"}), 201).await;
    control("clock", json!({"advance": "1h"})).await;
    let fault = json!({"kind": "status", "status": 429, "retry_after": 60});
    control("faults", json!({"when": {"first": 1}, "fault": fault})).await;
    let create = json!({"fields": {"late": "1"}});
    send("contacts.json?urn=ext%3A1", create.clone(), 429).await;
    control("clock", json!({"advance": "1m"})).await;
    send("contacts.json?urn=ext%3A1", create, 201).await;
    let folder = Folder::new();
    for name in ["journal", "journal.har"] {
        let exported: Value =
            client.get(format!("{workspace}/{name}")).send().await.unwrap().json().await.unwrap();
        let text = told(&check(&[&folder.write(name, &exported)]));
        assert!(text.contains("3 requests, nothing found"), "{text}");
    }
}
