//! `--data`, and what it brings.

use rstest::rstest;
use serde_json::{Value, json};

use crate::program::{Program, TOKEN, start};
use crate::support::texts;
use crate::wire::{Wire, request};

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/seeds");

#[track_caller]
fn get(program: &Program, path: &str, authorization: &str) -> Value {
    let reply = Wire::connect(&program.address).ask(request("GET", path, authorization, ""));
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.json()
}

#[rstest]
fn nothing_but_the_workspace() {
    let program = start(&["--data", "empty"]);
    for endpoint in ["contacts", "fields", "groups"] {
        let list = get(&program, &format!("/api/v2/{endpoint}.json"), TOKEN);
        assert_eq!(list["results"], json!([]), "{endpoint}");
    }
}

/// Contacts that come alone bring the groups and text fields that they name.
#[rstest]
fn contacts_as_csv() {
    let program = start(&["--data", &format!("{SEEDS}/good.csv")]);
    let contacts = get(&program, "/api/v2/contacts.json", TOKEN);
    assert_eq!(texts(&contacts, "name"), ["Bia", "Silva, Ana"]);
    let ana = &contacts["results"][1];
    assert_eq!(ana["uuid"], "5a0e1f8a-12a4-4c8e-8e4d-3b7a52c3a001");
    assert_eq!(ana["urns"], json!(["ext:1", "mailto:ana@example.com"]));
    assert_eq!(ana["fields"], json!({"nick_name": "Aninha"}));
    assert_eq!(texts(&ana["groups"], "name"), ["Readers"]);
    assert_eq!(texts(&get(&program, "/api/v2/fields.json", TOKEN), "value_type"), ["text"]);
}

#[rstest]
fn json_that_names_a_csv() {
    let program = start(&["--data", &format!("{SEEDS}/with-csv.json")]);
    let authorization = "Token from-the-file";
    let groups = get(&program, "/api/v2/groups.json", authorization);
    assert_eq!(texts(&groups, "uuid"), ["0f4f0f0c-7a3c-4c05-a7c5-2b5d1e3a9c11"]);
    assert_eq!(groups["results"][0]["count"], 1);
    assert_eq!(texts(&get(&program, "/api/v2/fields.json", authorization), "label"), ["Nick name"]);
    assert_eq!(texts(&get(&program, "/api/v2/contacts.json", authorization), "name"), ["Bia", "Silva, Ana"]);
    let settings = get(&program, "/__mock/workspaces/default", "");
    assert_eq!(settings["settings"]["timezone"], "America/New_York");
}

/// The command line decides where the file says something else.
#[rstest]
fn flags_win_over_the_file() {
    let arguments =
        ["--data", &format!("{SEEDS}/with-csv.json"), "--country", "RW", "--token", "from-the-flag"];
    let program = start(&arguments);
    let workspace = get(&program, "/__mock/workspaces/current", "Token from-the-flag");
    assert_eq!(workspace["settings"]["country"], "RW");
    let refused = Wire::connect(&program.address).ask(request(
        "GET",
        "/api/v2/contacts.json",
        "Token from-the-file",
        "",
    ));
    assert_eq!(refused.status, 403);
}
