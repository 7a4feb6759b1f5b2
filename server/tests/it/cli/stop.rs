//! How it begins and ends well.

use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::json;

use crate::program::{Folder, TOKEN, command, run, start};
use crate::wire::{Wire, request};

#[rstest]
fn standard_output_is_one_line() {
    let mut program = start(&[]);
    let ready = format!("weni-mock {} ready on http://127.0.0.1:", env!("CARGO_PKG_VERSION"));
    let port = program.ready.strip_prefix(&ready).unwrap_or_else(|| panic!("{}", program.ready)).to_owned();
    assert_eq!(port.trim_end().parse::<u16>().map(|port| port > 0), Ok(true), "{port}");
    Wire::connect(&program.address).ask(request("GET", "/api/v2/contacts.json", TOKEN, ""));
    program.signal("TERM");
    assert_eq!(program.end().stdout, program.ready);
}

#[rstest]
fn the_ready_file_has_the_url() {
    let folder = Folder::new();
    let path = folder.path("ready.txt");
    let program = start(&["--ready-file", &path]);
    assert_eq!(std::fs::read_to_string(&path).ok(), Some(format!("http://{}\n", program.address)));
}

/// Nobody ships on the article's answers unknowingly.
#[rstest]
#[case("documented", &["DV1", "C16", "DV2", "C19", "--profile observed"], &[])]
#[case("observed", &["Profile observed"], &["DV1", "DV2"])]
fn the_profile_is_told(#[case] profile: &str, #[case] told: &[&str], #[case] untold: &[&str]) {
    let mut program = start(&["--profile", profile]);
    Wire::connect(&program.address).ask(request("GET", "/api/v2/groups.json", TOKEN, ""));
    let said = program.log_until("GET /api/v2/groups.json 200").join("\n");
    assert!(told.iter().all(|text| said.contains(text)), "{said}");
    assert!(!untold.iter().any(|text| said.contains(text)), "{said}");
}

/// In the path of a request without credentials, rejected ones repeated, and in an effect.
#[rstest]
fn the_log_shows_no_token() {
    let mut program = start(&[]);
    let token = TOKEN.trim_start_matches("Token ");
    let ask = |method: &str, path: &str, authorization: &str, body: &str| {
        Wire::connect(&program.address).ask(request(method, path, authorization, body));
    };
    ask("GET", &format!("/api/{token}"), "", "");
    ask("GET", "/api/Rejected%2D0123456789", "Token rejected-0123456789", "");
    for uuid in ["09d23a05-47fe-11e4-bfe9-b8f6b119e9ab", "27fb583b-3087-4778-a2b3-8af489bf4a93"] {
        let body = format!("{{\"urns\": [\"ext:{token}\"]}}");
        ask("POST", &format!("/api/v2/contacts.json?uuid={uuid}&x={token}"), TOKEN, &body);
    }
    ask("GET", "/the-end", TOKEN, "");
    let said = program.log_until("GET /the-end 404").join("\n");
    assert_eq!(said.matches("GET /api/*** 404").count(), 2, "{said}");
    assert!(said.contains("ext:*** was taken") && said.contains("&x=*** 200"), "{said}");
    assert!(!said.contains(token), "{said}");
}

#[rstest]
fn quiet_is_quiet() {
    let mut program = start(&["--quiet"]);
    Wire::connect(&program.address).ask(request(
        "DELETE",
        "/api/v2/contacts.json?urn=ext%3Anobody",
        TOKEN,
        "",
    ));
    // Scripts read this line.
    assert!(program.ready.contains(" ready on http://127.0.0.1:"), "{}", program.ready);
    program.signal("TERM");
    let ended = program.end();
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), (program.ready.as_str(), ""));
}

/// A request in flight is answered; idle connections do not hold anything up.
#[rstest]
#[case::terminate("TERM")]
#[case::interrupt("INT")]
fn a_signal_ends_it_after_the_last_answer(#[case] signal: &str) {
    let mut program = start(&[]);
    let mut idle = Wire::connect(&program.address);
    idle.ask(request("GET", "/api/v2/groups.json", TOKEN, ""));
    let mut wire = Wire::connect(&program.address);
    let body = r#"{"name": "In flight"}"#;
    let head = request("POST", "/api/v2/contacts.json", TOKEN, body);
    let head = head.strip_suffix(&format!("\r\n{body}")).expect("a head").to_owned();
    // Once it asks for the body the request is in flight.
    assert_eq!(wire.ask(format!("{head}Expect: 100-continue\r\n\r\n")).status, 100);
    program.signal(signal);
    // A new connection would tell less: another test's mock may have the port by now.
    assert_eq!(idle.reply(), None);
    let answer = wire.ask(body);
    assert_eq!((answer.status, &answer.json()["name"]), (201, &json!("In flight")));
    let ended = program.end();
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

/// Whoever started it and is gone does not take it along.
#[rstest]
#[case::output(true, false)]
#[case::error(false, true)]
fn a_closed_stream_is_no_reason_to_stop(#[case] output: bool, #[case] error: bool) {
    let folder = Folder::new();
    let ready = folder.path("ready");
    let mut command = command(&["--ready-file", &ready, "--port", "0"]);
    let mut child = command.spawn().expect("a process");
    if output {
        drop(child.stdout.take());
    }
    if error {
        drop(child.stderr.take());
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    let url = loop {
        if let Ok(url) = std::fs::read_to_string(&ready) {
            break url;
        }
        assert!(Instant::now() < deadline, "it is not ready");
        std::thread::yield_now();
    };
    let address = url.trim_end().trim_start_matches("http://");
    let ask = || Wire::connect(address).ask(request("GET", "/api/v2/fields.json", TOKEN, "")).status;
    let statuses = [ask(), ask()];
    child.kill().expect("an end");
    child.wait().expect("an end");
    assert_eq!(statuses, [200, 200]);
}

/// Two on one port: the second one says which port is free, and that one works.
#[rstest]
fn the_port_that_it_names_is_free() {
    let first = start(&[]);
    let (_, port) = first.address.rsplit_once(':').expect("a port");
    let ended = crate::program::refused(command(&["--port", port]).arg("--quiet"));
    let (_, free) = ended.stderr.rsplit_once("--port ").expect("a port to try");
    let second = run(&mut command(&["--port", free.trim()])).expect("a second mock");
    assert!(second.ready.contains(free.trim()), "{}", second.ready);
}
