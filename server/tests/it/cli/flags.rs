//! What flags and variables change.

use rstest::rstest;
use serde_json::{Value, json};

use crate::program::{Folder, Program, TOKEN, command, run, start};
use crate::wire::{Reply, Wire, request};

#[track_caller]
fn ask(program: &Program, method: &str, path: &str, authorization: &str, body: &str) -> Reply {
    Wire::connect(&program.address).ask(request(method, path, authorization, body))
}

fn workspace(program: &Program) -> Value {
    ask(program, "GET", "/__mock/workspaces/default", "", "").json()
}

/// Every flag but those that other tests are about: flag, value, and what the workspace shows of it.
const SETTINGS: [(&str, &str, &str, &str); 6] = [
    ("--profile", "observed", "/settings/profile", "observed"),
    ("--country", "RW", "/settings/timezone", "Africa/Kigali"),
    ("--token", "a-token-of-ours", "/tokens/administrator", "a-token-of-ours"),
    ("--rate-limit", "7/minute", "/settings/rate_limit", "7/minute"),
    ("--clock", "2030-05-06T07:08:09Z", "/clock", "2030-05-06T07:08:09.000000Z"),
    ("--data", "empty", "/settings/profile", "documented"),
];

#[rstest]
fn flags_set_up_the_default_workspace() {
    for (flag, value, pointer, shown) in SETTINGS {
        let described = workspace(&start(&[flag, value]));
        assert_eq!(described.pointer(pointer), Some(&json!(shown)), "{flag}: {described}");
    }
}

#[rstest]
fn variables_are_flags() {
    let name =
        |flag: &str| format!("WENI_MOCK_{}", flag.trim_start_matches('-').replace('-', "_").to_uppercase());
    let variables = SETTINGS.map(|(flag, value, ..)| (name(flag), value));
    let program =
        run(command(&["--data", "shop"]).envs(variables).env("WENI_MOCK_PORT", "0")).expect("a mock");
    let described = workspace(&program);
    for (flag, _, pointer, shown) in
        SETTINGS.iter().filter(|(flag, ..)| *flag != "--data" && *flag != "--profile")
    {
        assert_eq!(described.pointer(pointer), Some(&json!(shown)), "{flag}: {described}");
    }
    assert_ne!(described["counts"]["contacts"], 0, "the flag wins over WENI_MOCK_DATA: {described}");
}

#[rstest]
#[case("true", true)]
#[case("1", true)]
#[case("0", false)]
#[case("false", false)]
fn quiet_by_variable(#[case] value: &str, #[case] quiet: bool) {
    let mut program = run(command(&["--port", "0"]).env("WENI_MOCK_QUIET", value))
        .unwrap_or_else(|ended| panic!("{ended:?}"));
    program.signal("TERM");
    assert_eq!(program.end().stderr.is_empty(), quiet);
}

#[rstest]
fn no_country() {
    let described = workspace(&start(&["--country", "none"]));
    assert_eq!(described["settings"]["country"], Value::Null);
    assert_eq!(described["settings"]["timezone"], "UTC");
}

#[rstest]
fn a_workspace_for_each_token() {
    let program = start(&["--workspace-per-token", "test-", "--data", "empty"]);
    let path = "/api/v2/contacts.json?urn=ext%3A1";
    let statuses = ["Token test-1", "Token test-2", "Token test-1", TOKEN]
        .map(|authorization| ask(&program, "POST", path, authorization, "{}").status);
    assert_eq!(statuses, [201, 201, 200, 201]);
    for stranger in ["Token other-1", "Token tes", "Token Test-1"] {
        let answer = ask(&program, "GET", path, stranger, "");
        assert_eq!((answer.status, answer.json()), (403, json!({"detail": "Invalid token"})), "{stranger}");
    }
    let current = ask(&program, "GET", "/__mock/workspaces/current", "Token test-2", "").json();
    assert_eq!(current["tokens"], json!({"administrator": "test-2"}));
    let health = ask(&program, "GET", "/__mock/health", "", "").json();
    assert_eq!(health["workspaces"], 3, "{health}");
}

#[rstest]
fn unknown_tokens_open_nothing_without_the_flag() {
    assert_eq!(ask(&start(&[]), "GET", "/api/v2/contacts.json", "Token test-1", "").status, 403);
}

#[rstest]
fn a_neighbour_that_is_not_mocked_says_what_would_mock_it() {
    let answer = ask(&start(&[]), "POST", "/api/v2/flow_starts.json", TOKEN, "{}");
    let detail = answer.json()["detail"].to_string();
    assert_eq!((answer.status, answer.header("content-type")), (404, Some("application/json")));
    assert!(detail.contains("not mocked") && detail.contains("--stub flow_starts.json=201:"), "{detail}");
}

#[rstest]
fn an_unknown_path_is_a_page() {
    let answer = ask(&start(&[]), "GET", "/api/v2/unheard_of.json", TOKEN, "");
    assert_eq!(answer.status, 404);
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{answer:?}");
}

#[rstest]
fn stubs() {
    let folder = Folder::new();
    let file = folder.write("start.json", "{\"uuid\": \"stubbed\"}");
    let with_file = format!("flow_starts.json=201:{file}");
    let program = start(&["--stub", &with_file, "--stub", "broadcasts.json=204", "--stub", "own.json=418"]);
    let started = ask(&program, "POST", "/api/v2/flow_starts.json", TOKEN, "{}");
    assert_eq!((started.status, started.json()), (201, json!({"uuid": "stubbed"})));
    assert_eq!(started.header("content-type"), Some("application/json"));
    let sent = ask(&program, "POST", "/api/v2/broadcasts.json", TOKEN, "{}");
    assert_eq!((sent.status, sent.body), (204, Vec::new()));
    assert_eq!(ask(&program, "GET", "/api/v2/own.json", TOKEN, "").status, 418);
    let stranger = ask(&program, "POST", "/api/v2/flow_starts.json", "Token nobody", "{}");
    assert_eq!((stranger.status, stranger.json()), (403, json!({"detail": "Invalid token"})));
}

/// Several in one variable, as the flag may be repeated.
#[rstest]
fn stubs_by_variable() {
    let mut command = command(&["--port", "0"]);
    let program = run(command.env("WENI_MOCK_STUB", "flows.json=200,runs.json=202")).expect("a mock");
    let statuses =
        ["flows", "runs"].map(|name| ask(&program, "GET", &format!("/api/v2/{name}.json"), TOKEN, "").status);
    assert_eq!(statuses, [200, 202]);
}

#[rstest]
fn seeds_make_identifiers() {
    let made = |seed: &str| {
        let program = start(&["--seed", seed]);
        ask(&program, "POST", "/api/v2/contacts.json", TOKEN, "{}").json()["uuid"].to_string()
    };
    let (one, again, other) = (made("1"), made("1"), made("2"));
    assert_eq!(one, again);
    assert_ne!(one, other);
}

/// Behind a tunnel links lead through it, whatever `Host` says.
#[rstest]
fn public_url() {
    let program = start(&["--public-url", "https://mock.example/"]);
    let address = program.address.clone();
    let list = Wire::connect(&address).ask(request("GET", "/api/v2/contacts.json?limit=1", TOKEN, "")).json();
    let next = list["next"].as_str().unwrap_or_default();
    assert!(next.starts_with("https://mock.example/api/v2/contacts.json?cursor="), "{next}");
}

#[rstest]
#[case(&["completions", "zsh"], "#compdef weni-mock")]
#[case(&["completions", "powershell"], "Register-ArgumentCompleter")]
#[case(&["man"], ".TH weni-mock 1")]
fn completions_and_the_manual_page(#[case] args: &[&str], #[case] part: &str) {
    let output = command(args).output().expect("the program");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success() && text.contains(part), "{text}");
}

/// For containers that have nothing else to ask with; a control API that wants a token is an answer, too.
#[rstest]
#[case(&[])]
#[case(&["--control", "token"])]
#[case(&["--control", "off"])]
fn the_program_asks_whether_a_mock_is_up(#[case] flags: &[&str]) {
    let program = start(flags);
    let port = program.address.rsplit(':').next().expect("a port").to_owned();
    let ask = || {
        command(&["health"])
            .env("WENI_MOCK_PORT", &port)
            .env("WENI_MOCK_HOST", "0.0.0.0")
            .output()
            .expect("it")
    };
    assert_eq!(ask().status.code(), Some(0));
    drop(program);
    let ended = ask();
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ended.stderr).starts_with("weni-mock: no answer at 127.0.0.1:"));
}
