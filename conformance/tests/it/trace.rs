//! A run leaves no trace: what it made is removed, what others made is not touched.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::before::Before;
use weni_conformance::case::Profile;
use weni_conformance::client::{Http, Token, Tokens};
use weni_conformance::load;
use weni_conformance::report::human::{CaseLines, Look};
use weni_conformance::run::{Schedule, Target, Terms};
use weni_conformance::select::select;
use weni_mock::MockServer;

use crate::support::{fixtures, told};

/// How many contacts others have.
const OTHERS: usize = 3000;

/// A workspace full of other people's data, some of which looks much like the kit's own.
async fn crowded() -> MockServer {
    let contacts: Vec<Value> = (0..OTHERS)
        .map(|n| {
            let name = match n % 4 {
                0 => format!("Ana {n}"),
                1 => format!("wcrun-{n:012} Ana"),
                2 => "wcrun-aaaaaaaaaaaa-001 Ana".to_owned(),
                _ => "Weni conformance".to_owned(),
            };
            let urns = [format!("ext:wcrun-{n}"), format!("tel:+55209{n:08}"), format!("whatsapp:55208{n:08}")];
            let created = format!("2026-01-01T{:02}:{:02}:{:02}.{:06}Z", n / 3600, n / 60 % 60, n % 60, n);
            json!({"name": name, "urns": urns, "groups": [format!("G{}", n % 7)], "fields": {"side": format!("{n}")},
                   "created_on": created})
        })
        .collect();
    let mut groups: Vec<Value> = (0..7).map(|n| json!({"name": format!("G{n}")})).collect();
    groups.push(json!({"name": "Empty"}));
    // Whatever is made enters them, and they start campaigns.
    groups.extend(
        ["name != \"zz\"", "language = \"\"", "name ~ \"a\""]
            .map(|query| json!({"name": query, "query": query})),
    );
    let data = json!({
        "fields": [{"key": "side", "label": "side", "value_type": "text"}],
        "groups": groups.iter().map(|group| {
            let mut group = group.clone();
            if group.get("query").is_some() {
                group["name"] = format!("Everybody {}", group["query"].as_str().unwrap().len()).into();
            }
            group
        }).collect::<Vec<_>>(),
        "contacts": contacts,
        "links": [{"kind": "flow", "group": "G0"}],
    });
    let file = std::env::temp_dir().join(format!("weni-{}.json", uuid::Uuid::new_v4()));
    std::fs::write(&file, data.to_string()).unwrap();
    let mock = MockServer::builder().data(file.to_str().unwrap()).start().await;
    std::fs::remove_file(file).unwrap();
    mock
}

/// Everything that the API shows of a workspace.
async fn everything(mock: &MockServer) -> [Value; 3] {
    let client = reqwest::Client::new();
    let list = async |path: &str| -> Value {
        let request = client.get(format!("{}/api/v2/{path}", mock.url()));
        let answer = request.header("Authorization", format!("Token {}", mock.token())).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["results"].clone()
    };
    [list("contacts.json?limit=100000").await, list("groups.json").await, list("fields.json").await]
}

/// Checks that a workspace is as it was, but for the fields of the kit, which cannot be removed.
#[track_caller]
fn as_before(before: &[Value; 3], after: &[Value; 3]) {
    assert!(before[0] == after[0], "contacts changed");
    assert_eq!(before[1], after[1]);
    let of_others = |fields: &Value| -> Vec<Value> {
        let own = |field: &&Value| field["label"].as_str().unwrap().starts_with("Weni conformance - ");
        fields.as_array().unwrap().iter().filter(|field| !own(field)).cloned().collect()
    };
    assert_eq!(of_others(&before[2]), of_others(&after[2]));
}

/// Contacts with their values of the kit's fields taken out: these show as null once there are such fields.
async fn without_own_fields(mock: &MockServer) -> [Value; 3] {
    let mut all = everything(mock).await;
    for contact in all[0].as_array_mut().unwrap() {
        contact["fields"].as_object_mut().unwrap().retain(|key, _| !key.starts_with("weni_conformance_"));
    }
    all
}

#[tokio::test]
async fn a_whole_run_leaves_a_crowded_workspace_as_it_was() {
    let mock = crowded().await;
    let before = without_own_fields(&mock).await;
    assert_eq!(before[0].as_array().unwrap().len(), OTHERS);
    let target = Target {
        http: Http::new(Duration::from_secs(30)).unwrap(),
        base: mock.url().parse().unwrap(),
        tokens: Tokens::administrator(Token::new(mock.token())),
        control: None,
        terms: Terms::free(),
        before: Arc::new(Before::unknown()),
    };
    let plays = select(load::load(&[fixtures().join("cases")]).unwrap(), &[], Some(Profile::Documented));
    let schedule = Schedule { jobs: NonZeroUsize::new(4).unwrap(), max_failures: None };
    let report = target.run(&plays, schedule, |_| {}, |_| {}).await;
    let tally = report.tally();
    let bad =
        report.cases.iter().map(|case| CaseLines(case, Look::default()).to_string()).collect::<String>();
    assert!(tally.passed > 300 && tally.failed + tally.errors == 0, "{tally:?}\n{bad}");
    let left: Vec<_> = report.cases.iter().flat_map(|case| case.left_behind()).collect();
    assert!(left.is_empty(), "{left:?}");
    as_before(&before, &without_own_fields(&mock).await);
}

/// The program, on its way against a mock, slowly enough to be caught in the middle.
fn start(mock: &MockServer) -> Child {
    Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .args(["run", "contacts/", "--url", mock.url(), "--token", mock.token()])
        .args(["--cases", fixtures().join("cases").to_str().unwrap()])
        .args(["--rate", "40/second", "--jobs", "4"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until something of the run is there.
async fn until_it_has_made_something(mock: &MockServer) {
    let began = Instant::now();
    loop {
        let [contacts, ..] = everything(mock).await;
        if contacts.as_array().unwrap().iter().any(is_of_a_run) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "nothing was made");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn is_of_a_run(contact: &Value) -> bool {
    let names = contact["urns"].as_array().unwrap().iter().chain([&contact["name"]]);
    names.filter_map(Value::as_str).any(|text| weni_conformance::mark::RunId::find(text).is_some())
}

#[cfg(unix)]
fn send(signal: &str, child: &Child) {
    let done = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

#[cfg(unix)]
#[tokio::test]
async fn a_run_that_is_interrupted_removes_what_it_made() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let mock = MockServer::start().await;
        let before = without_own_fields(&mock).await;
        let child = start(&mock);
        until_it_has_made_something(&mock).await;
        send(signal, &child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", told(&output));
        assert!(told(&output).contains("interrupted: removing what this run made"), "{}", told(&output));
        as_before(&before, &without_own_fields(&mock).await);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_killed_run_left_is_swept() {
    let mock = crowded().await;
    let before = without_own_fields(&mock).await;
    let child = start(&mock);
    until_it_has_made_something(&mock).await;
    send("-KILL", &child);
    child.wait_with_output().unwrap();
    let left = without_own_fields(&mock).await;
    assert!(left[0].as_array().unwrap().iter().any(is_of_a_run), "it was not caught in the middle");
    let sweep = |args: &[&str]| {
        let program = Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
            .args(["sweep", "--url", mock.url(), "--token", mock.token()])
            .args(args)
            .output()
            .unwrap();
        assert_eq!(program.status.code(), Some(0), "{}", told(&program));
        String::from_utf8(program.stdout).unwrap()
    };
    let planned = sweep(&["--dry-run"]);
    assert!(planned.contains("would remove contact ") && planned.contains(" 0 removed"), "{planned}");
    assert!(sweep(&["--older-than", "60"]).starts_with("0 found"), "{planned}");
    let swept = sweep(&[]);
    assert!(swept.contains("removed contact ") && !swept.contains("NOT REMOVED"), "{swept}");
    as_before(&before, &without_own_fields(&mock).await);
    assert!(sweep(&[]).starts_with("0 found, 0 removed"));
}

/// A server that changes somebody else's contact where it should have made one is in error; to delete that contact
/// afterwards would make it worse.
#[tokio::test]
async fn what_a_faulty_server_gave_away_is_not_deleted() {
    let mock = crowded().await;
    let uuids = async || -> BTreeSet<String> {
        let [contacts, ..] = everything(&mock).await;
        contacts.as_array().unwrap().iter().map(|c| c["uuid"].as_str().unwrap().to_owned()).collect()
    };
    let before = uuids().await;
    let mutant = crate::mutants::all().into_iter().find(|m| m.id == "contacts/update-by-urn-hits-another");
    let layer = crate::mutants::Layer::start(mock.url(), mutant.unwrap()).await;
    let target = Target {
        http: Http::new(Duration::from_secs(30)).unwrap(),
        base: layer.url().parse().unwrap(),
        tokens: Tokens::administrator(Token::new(mock.token())),
        control: None,
        terms: Terms::free(),
        before: Arc::new(Before::unknown()),
    };
    let plays = select(load::load(&[fixtures().join("cases")]).unwrap(), &[], Some(Profile::Documented));
    let schedule = Schedule { jobs: NonZeroUsize::MIN, max_failures: None };
    let report = target.run(&plays, schedule, |_| {}, |_| {}).await;
    assert!(report.tally().failed > 10, "{:?}", report.tally());
    let after = uuids().await;
    let gone: Vec<_> = before.difference(&after).collect();
    assert!(gone.is_empty(), "{} of others are gone", gone.len());
}

/// The program against a mock, perhaps with a mutant in front of it.
async fn run_through(mock: &MockServer, mutant: &str, args: &'static [&str]) -> (Option<i32>, String) {
    let mutant =
        crate::mutants::all().into_iter().find(|m| m.id == mutant).unwrap_or_else(crate::mutants::none);
    let layer = crate::mutants::Layer::start(mock.url(), mutant).await;
    let (url, token) = (layer.url().to_owned(), mock.token().to_owned());
    let run = move || {
        Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
            .args(["run", "--url", &url, "--token", &token])
            .args(args)
            .current_dir(std::env::temp_dir())
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    (output.status.code(), told(&output))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_says_it_removed_and_did_not_is_named() {
    let mock = MockServer::start().await;
    let (_, told) = run_through(&mock, "contacts/delete-does-nothing", &["contacts/article-upsert"]).await;
    assert!(told.contains("left behind contact "), "{told}");
    assert!(told.contains("it is there, although its removal was answered"), "{told}");
    assert!(
        told.contains("weni-conformance sweep --url http://") && told.contains(" --run wcrun-"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_lent_is_named_before_and_its_loss_after() {
    let mock = MockServer::start().await;
    let [_, groups, _] = everything(&mock).await;
    let unused = groups.as_array().unwrap().iter().find(|group| group["name"] == "Oficina de barista");
    let uuid: &'static str = unused.unwrap()["uuid"].as_str().unwrap().to_owned().leak();
    let args: &'static [&str] = vec!["groups/linked-in-the-web-interface", "--linked-group", uuid].leak();
    let (code, told) = run_through(&mock, "", args).await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("tries to delete the group \"Oficina de barista\" with "), "{told}");
    assert!(told.contains("it was lent by --linked-group, and the server deleted it: it is lost"), "{told}");
    let (code, told) = run_through(&mock, "", args).await;
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains(&format!("--linked-group: the workspace has no group {uuid}")), "{told}");
}

/// The faults by which a server could have a run delete what others made, each in front of a workspace full of it.
#[rstest]
#[case::a_create_gives_a_strangers_uuid("contacts/create-shows-another-uuid", "contacts/create", true)]
#[case::a_create_changes_a_stranger("contacts/create-changes-another", "contacts/delete-by-urn", true)]
#[case::a_create_changes_the_newest("contacts/create-changes-the-newest", "contacts/create", true)]
#[case::a_create_changes_one_that_no_urn_finds(
    "contacts/create-changes-one-that-no-urn-finds",
    "contacts/delete-by-urn",
    true
)]
#[case::creates_change_strangers("contacts/create-changes-another", "contacts/", false)]
#[case::a_group_create_gives_a_strangers_uuid("groups/create-shows-another-uuid", "groups/", true)]
#[case::a_rename_hits_another_group("groups/rename-hits-another", "groups/", true)]
// Whoever sweeps later cannot tell a group that is empty and bears a mark from one that a run made.
#[case::a_create_renames_a_group("groups/create-renames-another", "groups/", false)]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_faulty_server_gave_away_is_there_afterwards(
    #[case] fault: &str,
    #[case] filter: &'static str,
    #[case] sweep: bool,
) {
    let mock = crowded().await;
    let uuids = async || -> BTreeSet<String> {
        let [contacts, groups, _] = everything(&mock).await;
        let items = contacts.as_array().unwrap().iter().chain(groups.as_array().unwrap());
        items.map(|item| item["uuid"].as_str().unwrap().to_owned()).collect()
    };
    let before = uuids().await;
    let layer = crate::mutants::Layer::start(mock.url(), crate::mutants::giving_away(fault)).await;
    let (url, token) = (layer.url().to_owned(), mock.token().to_owned());
    let run = move |command: &'static str, args: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
        program.args([command, "--url", &url, "--token", &token]).args(args);
        told(&program.current_dir(std::env::temp_dir()).output().unwrap())
    };
    let said = tokio::task::spawn_blocking(move || {
        (run("run", &[filter]), if sweep { run("sweep", &[]) } else { String::new() })
    })
    .await
    .unwrap();
    let after = uuids().await;
    let gone: Vec<_> = before.difference(&after).collect();
    assert!(gone.is_empty(), "{} of others are gone:\n{}\n{}", gone.len(), said.0, said.1);
    let told =
        ["it may be somebody else's", "it was there before this run, and the server has put our mark on it"];
    assert!(told.iter().any(|told| said.0.contains(told)), "{}", said.0);
}
