//! A run against the mock with every kind of verdict.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use weni_conformance::case::{Case, Profile};
use weni_conformance::client::Http;
use weni_conformance::embedded::Embedded;
use weni_conformance::load;
use weni_conformance::run::Target;
use weni_conformance::verdict::{About, Acceptance, RunReport};

/// What stands in titles and values to see whether a report lets it through as markup, as a colour, as a command.
pub(crate) const NASTY: &str = "<i>&\"\u{1b}[31m%\u{0}\n::stop-commands::x";

fn case(id: &str, title: Option<&str>, clauses: &[&str], steps: &Value) -> Case {
    let mut document =
        json!({"id": id, "clauses": clauses, "steps": steps, "profiles": ["documented", "observed"]});
    if let Some(title) = title {
        document["title"] = title.into();
    }
    load::parse(Path::new("cases/sample.json"), &document.to_string()).unwrap()
}

/// In a fresh workspace.
fn fresh(id: &str, title: Option<&str>, clauses: &[&str], steps: &Value) -> Case {
    Case { workspace: Some(Default::default()), ..case(id, title, clauses, steps) }
}

fn list() -> Value {
    json!([{"request": {"path": "/api/v2/groups.json"}, "response": {"status": 200}}])
}

/// Makes a group, expects another name, and goes on with a UUID that was never seen.
fn fails(id: &str, clauses: &[&str]) -> Case {
    let steps = json!([
        {
            "request": {"method": "POST", "path": "/api/v2/groups.json", "json": {"name": "Devs <i>"}},
            "response": {"status": 201, "json": {"name": NASTY, "uuid": {"$uuid": "a"}, "count": 0, "query": null, "status": "ready"}},
        },
        {
            "request": {"path": "/api/v2/groups.json", "query": [["uuid", "{{a}}"]]},
            "response": {"status": 200},
        },
        {"request": {"path": "/api/v2/groups.json"}, "response": {"status": 200}},
    ]);
    fresh(id, Some("A group is made with another name, <b>it seems</b>"), clauses, &steps)
}

/// Deletes a contact twice, which the running API takes.
fn deviates() -> Case {
    let delete = json!({"method": "DELETE", "path": "/api/v2/contacts.json", "query": [["uuid", "{{c}}"]]});
    let steps = json!([
        {
            "request": {"method": "POST", "path": "/api/v2/contacts.json", "json": {"name": "{{own}}"}},
            "response": {"status": 201, "match": "contains", "json": {"uuid": {"$uuid": "c"}}},
        },
        {"request": delete, "response": {"status": 204}},
        {
            "request": delete,
            "response": {"status": 404},
            "deviation": {"id": "DV2", "response": {"status": 204}},
        },
    ]);
    Case { portable: true, ..case("contacts/deletes-twice", None, &["C18", "C19"], &steps) }
}

fn acceptance(expires: &str, expired: bool) -> Option<Acceptance> {
    Some(Acceptance { reason: "ticket 17".to_owned(), expires: expires.to_owned(), expired })
}

/// One case of each kind, and what else a report can have to say.
pub(crate) async fn every_verdict() -> RunReport {
    let mock = Embedded::start(Profile::Observed).await;
    let target = mock.target(Http::new(Duration::from_secs(30)).unwrap()).await.unwrap();
    let away = Target { base: "http://127.0.0.1:1".parse().unwrap(), ..target.clone() };
    let hosted = Target { control: None, ..target.clone() };
    let plays = [
        (&target, fresh("groups/passes", Some("Groups are listed"), &["G1"], &list())),
        (&target, fails("groups/fails", &["G1", "G3"])),
        (&target, fails("groups/is-accepted", &["G2"])),
        (&target, fails("groups/was-accepted", &[])),
        (&target, deviates()),
        (&hosted, fresh("contacts/needs-a-mock", None, &["C1"], &list())),
        (&hosted, fresh("contacts/needs-one-too", None, &[], &list())),
        (&away, fresh("away", Some("Nobody is there"), &["G7"], &list())),
    ];
    let mut report = RunReport::default();
    for (number, (target, case)) in plays.iter().enumerate() {
        report.cases.push(target.play(case, Profile::Documented, number).await);
    }
    report.cases[2].accepted = acceptance("2099-01-01", false);
    report.cases[3].accepted = acceptance("2020-01-01", true);
    report.about = About {
        run: "wcrun-abc".to_owned(),
        target: "http://127.0.0.1:9364".to_owned(),
        began: "2026-11-22T19:29:31.280361731Z".to_owned(),
        seconds: 1.25,
        requests: 17,
        left: vec!["contact 1234: DELETE answers 500".to_owned()],
        sweep: true,
        passing_again: vec!["groups/passes".to_owned()],
        ..About::default()
    };
    report
}
