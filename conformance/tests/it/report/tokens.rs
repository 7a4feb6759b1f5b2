//! A server that repeats the token wherever it can: no report shows it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

const TOKEN: &str = "b8c3e1f0a95d4c7e8f21d3a6b7c8d9e0f1a2b3c4";
/// A token that looks like an identifier, so that it can be bound to a name.
const UUID_TOKEN: &str = "6685e933-26e1-4363-a468-8f7268ab63a9";

/// A server that answers everything with its caller's credentials: as header, as value, as the name of a member, in a
/// link, as the UUID of what it makes.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(|| answer(stream.unwrap()));
        }
    });
    url
}

/// Answers one request and closes the connection.
fn answer(mut stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut token, mut length) = (String::new(), "nobody".to_owned(), 0);
    let (mut method, mut path) = (String::new(), String::new());
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if method.is_empty() {
            method = line.split(' ').next().unwrap().to_owned();
            path = line.split(' ').nth(1).unwrap().to_owned();
        }
        if let Some((name, value)) = line.split_once(": ") {
            match name.to_lowercase().as_str() {
                "authorization" => token = value.trim().trim_start_matches("Token ").to_owned(),
                "content-length" => length = value.trim().parse().unwrap(),
                _ => {}
            }
        }
        line.clear();
    }
    reader.take(length).read_to_string(&mut line).unwrap();
    // A list that never ended would not be written to.
    let next = |link: String| if path.contains("groups") { Value::Null } else { link.into() };
    let at = "2026-01-01T00:00:00.000000Z";
    let link = format!("http://127.0.0.1/api/v2/contacts.json?cursor={token}");
    let bad_link = format!("http://127.0.0.1:99999/api/v2/contacts.json?cursor={token}");
    let body = json!({
        "results": [{"uuid": token, "name": token, "created_on": at, "modified_on": at}], "next": next(link), "previous": null, "broken": bad_link,
        "uuid": token, "key": token, "name": token, "detail": token, &token: token,
    })
    .to_string();
    let status = if method == "POST" { "201 Created" } else { "200 OK" };
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/json\r\nallow: {token}\r\n\
         location: /{token}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    // A client that has gone needs no answer.
    stream.write_all((head + &body).as_bytes()).ok();
}

/// Cases that meet the token in every place of a report.
fn cases() -> Value {
    let get = |query: Value| json!({"path": "/api/v2/contacts.json", "query": query});
    let post = |body: Value| json!({"method": "POST", "path": "/api/v2/groups.json", "json": body});
    let case =
        |id: &str, steps: Value| json!({"id": id, "portable": true, "clauses": ["C1"], "steps": steps});
    let named = json!({"status": 200, "match": "contains", "json": {"uuid": {"$uuid": "u"}}});
    json!([
        case("tokens/status", json!([{"request": get(json!([])), "response": {"status": 404}}])),
        case(
            "tokens/header",
            json!([{"request": get(json!([])), "response": {"status": 200, "headers": {"allow": "GET"}}}])
        ),
        case(
            "tokens/member",
            json!([
                {"request": get(json!([])), "response": {"status": 200, "json": {
                    "results": {"$any": true}, "next": {"$any": true}, "previous": null, "broken": {"$any": true},
                    "uuid": {"$any": true}, "key": {"$any": true}, "name": {"$any": true}, "detail": {"$any": true}}}},
            ])
        ),
        case(
            "tokens/value",
            json!([
                {"request": get(json!([])), "response": {"status": 200, "match": "contains", "json": {"name": "Ana"}}},
            ])
        ),
        case(
            "tokens/link",
            json!([
                {"request": get(json!([])), "response": {"status": 200, "match": "contains", "json": {"next": {"$url": "n"}}}},
                {"request": {"follow": "n"}, "response": {"status": 500}},
            ])
        ),
        case(
            "tokens/broken-link",
            json!([
                {"request": get(json!([])), "response": {"status": 200, "match": "contains", "json": {"broken": {"$url": "n"}}}},
                {"request": {"follow": "n"}, "response": {"status": 500}},
            ])
        ),
        case(
            "tokens/bound",
            json!([
                {"request": get(json!([])), "response": named},
                {"request": get(json!([["uuid", "{{u}}"]])), "response": {"status": 500}},
                {"request": {"method": "DELETE", "path": "/api/v2/contacts.json", "query": [["uuid", "{{u}}"]]},
                 "response": {"status": 204}},
                {"request": get(json!([])), "response": {"status": 200, "match": "contains",
                    "json": {"name": {"$text": "no {{u}}"}}}},
            ])
        ),
        case(
            "tokens/made",
            json!([{"request": post(json!({"name": "{{own}}"})), "response": {"status": 201}}])
        ),
    ])
}

/// Everything that a run prints and writes.
fn everything(token: &str) -> String {
    let folder = std::env::temp_dir().join(format!("weni-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(&folder).unwrap();
    for case in cases().as_array().unwrap() {
        let name = case["id"].as_str().unwrap().replace('/', "-");
        std::fs::write(folder.join(name + ".json"), case.to_string()).unwrap();
    }
    let path = |name: &str| folder.join("out").join(name).to_str().unwrap().to_owned();
    let output = Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .args(["run", "--url", &echo(), "--token", token, "--write", "--verbose", "--color", "always"])
        .args(["--junit", &path("junit.xml"), "--json", &path("report.json"), "--html", &path("report.html")])
        .args(["--cases", folder.to_str().unwrap()])
        .env("GITHUB_ACTIONS", "true")
        .output()
        .unwrap();
    let read = |name: &str| std::fs::read_to_string(Path::new(&path(name))).unwrap();
    let printed = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    let written = ["junit.xml", "report.json", "report.html"].map(read);
    std::fs::remove_dir_all(&folder).unwrap();
    let [stdout, stderr] = printed;
    for (report, end) in written.iter().zip(["</testsuites>", "}", "</html>"]) {
        assert!(report.trim_end().ends_with(end), "{stdout}{stderr}{report}");
    }
    for shown in ["FAILED ", "::error ", "exchanges as expected", "$WENI_TOKEN"] {
        assert!(stdout.contains(shown), "{shown}: {stdout}{stderr}");
    }
    assert!(written.iter().all(|report| report.contains("$WENI_TOKEN")), "{written:?}");
    format!("{stdout}\n{stderr}\n{}", written.join("\n"))
}

#[test]
fn no_report_shows_a_token_that_the_server_repeats() {
    for token in [TOKEN, UUID_TOKEN] {
        let text = everything(token);
        let shown: Vec<_> = text.lines().filter(|line| line.contains(token)).collect();
        assert!(shown.is_empty(), "{shown:#?}");
    }
}
