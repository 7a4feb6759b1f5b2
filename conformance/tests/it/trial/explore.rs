//! Fault points: the sample integrations under one fault at each request.

use serde_json::{Value, json};

use super::Bench;
use crate::schema::Schema;
use crate::support::{sample, told};

fn example(name: &str) -> String {
    sample(name).to_str().unwrap().to_owned()
}

/// The arguments with which README.md has a sample tried.
#[track_caller]
fn readme(name: &str) -> Vec<String> {
    let text = include_str!("../../../../README.md");
    let built = format!("target/release/examples/{name}");
    let line = text.lines().find(|line| line.starts_with("cargo build ") && line.ends_with(&built)).unwrap();
    let args = line.split(" -- try ").nth(1).unwrap().split(' ');
    args.map(|arg| if arg == built { example(name) } else { arg.to_owned() }).collect()
}

/// A try of it as README.md has it, with a report.
fn try_as_readme(bench: &Bench, name: &str) -> std::process::Output {
    let args = [readme(name), vec!["--json".to_owned(), "r.json".to_owned()]].concat();
    bench.run(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

/// It breaks so many rules as README.md says, and makes contacts that nobody knows of.
#[test]
fn careless_is_found_out() {
    let bench = Bench::new();
    let output = try_as_readme(&bench, "careless");
    let text = told(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let report = bench.json("r.json");
    let rules = report["check"]["findings"].as_array().unwrap();
    let promised = format!("it breaks {} rules", rules.len());
    assert!(include_str!("../../../../README.md").contains(&promised), "{promised}");
    let points = report["scenarios"][0]["faults"]["points"].as_array().unwrap();
    let duplicates = points.iter().filter(|point| {
        point["silent"] == true
            && point["told"].to_string().contains("new contact \\\"Rosa Tavares\\\" without a URN")
    });
    assert!(duplicates.count() > 0, "{text}");
    let failed = report["scenarios"].as_array().unwrap().iter().filter(|tried| tried["verdict"] == "failed");
    assert!(failed.count() >= 5, "{text}");
}

/// What the careful one does stands every fault at every request, of every scenario.
#[test]
fn careful_ends_as_without_faults_whatever_happens_and_breaks_no_rule() {
    let bench = Bench::new();
    let output = try_as_readme(&bench, "careful");
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let report = bench.json("r.json");
    assert_eq!(Schema::load("trial").accepts(&report), Ok(()));
    assert_eq!(Schema::load("findings").accepts(&report["check"]), Ok(()));
    assert_eq!(report["check"]["findings"], json!([]), "{text}");
    let points: Vec<&Value> = report["scenarios"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|scenario| scenario["faults"]["points"].as_array().unwrap())
        .collect();
    assert!(points.len() > 200, "{}", points.len());
    assert!(points.iter().all(|point| point["outcome"] == "same"), "{text}");
    assert!(!bench.path("weni-schedules").exists());
}

/// The careless one makes a second contact where the answer to a create is lost, and takes that for done. What shows it is
/// written to a file that shows it again; the careful one sends too few requests to be tried by it.
#[test]
fn careless_duplicates_a_contact_in_silence_and_the_schedule_shows_it_again() {
    let bench = Bench::new();
    let careless = example("careless");
    let report = ["--json", "r.json", "--junit", "r.xml", "--html", "r.html", "--fail-on", "error"];
    let args = [&["same-event-twice", "customer-created", "--command", &careless][..], &report].concat();
    let output = bench.run(&[&args[..], &["--explore-faults", "--faults", "reset-applied,429"]].concat());
    let text = told(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let document = bench.json("r.json");
    let scenarios = document["scenarios"].as_array().unwrap();
    // What fails without a fault is not explored.
    assert_eq!(scenarios[0]["verdict"], "failed", "{text}");
    assert_eq!(scenarios[0]["faults"], Value::Null);
    let faults = &scenarios[1]["faults"];
    let requests = faults["requests"].as_array().unwrap();
    let create = requests.iter().position(|line| line == "POST /api/v2/contacts.json").unwrap() + 1;
    let points = faults["points"].as_array().unwrap();
    let point =
        points.iter().find(|point| point["request"] == create && point["fault"] == "reset-applied").unwrap();
    assert_eq!((&point["outcome"], &point["silent"]), (&json!("differs"), &json!(true)), "{text}");
    assert_eq!(points.len(), 2 * requests.len());

    let name = format!("customer-created-{create}-reset-applied.json");
    let line = format!("#{create} under reset-applied: another end, and the integration took it for done");
    assert!(text.contains(&line), "{text}");
    let schedule = format!("weni-schedules/{name}");
    let written = bench.json(&schedule);
    assert_eq!(Schema::load("scenario").accepts(&written), Ok(()));
    let again = bench.run(&[&schedule, "--command", &careless, "--fail-on", "error"]);
    let text = told(&again);
    assert_eq!(again.status.code(), Some(1), "{text}");
    assert!(text.contains("and the integration took it for done"), "{text}");
    let careful = bench.run(&[&schedule, "--command", &example("careful")]);
    assert_eq!(careful.status.code(), Some(3), "{}", told(&careful));
    assert!(told(&careful).contains("its faults met no request"), "{}", told(&careful));

    // On the page each cell that shows something leads to what it shows.
    let page = std::fs::read_to_string(bench.path("r.html")).unwrap();
    let links: Vec<&str> = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(links.contains(&format!("point-1-{create}-reset-applied").as_str()), "{page}");
    assert!(links.iter().all(|link| page.matches(&format!("id=\"{link}\"")).count() == 1), "{page}");

    let junit = std::fs::read_to_string(bench.path("r.xml")).unwrap();
    assert!(junit.contains("<testcase name=\"customer-created under reset-applied\""), "{junit}");
    assert!(junit.contains("<testsuite name=\"rules\""), "{junit}");
}

/// An end that the scenario allows is as good.
#[test]
fn an_end_that_is_allowed_is_as_good() {
    let bench = Bench::new();
    let scenario = |allow: Value| {
        let event = json!({"event": "customer-created", "with": {
            "id": "1", "name": "Rosa", "phone": "+5582985550142", "email": "r@example.com", "city": "Maceió",
            "at": "2026-01-05T12:00:00Z",
        }});
        json!({"trigger": [event], "expect": {"new_contacts": 1}, "allow": allow})
    };
    let twice = bench.scenario("twice.json", &scenario(json!([{"new_contacts": 2}])));
    let once = bench.scenario("once.json", &scenario(json!([])));
    let careless = example("careless");
    let args = ["--command", &careless, "--explore-faults", "--faults", "reset-applied", "--json", "r.json"];
    let outcomes = |name: &str| {
        let output = bench.run(&[&[name, "--fail-on", "error"], &args[..]].concat());
        let document = bench.json("r.json");
        let points = document["scenarios"][0]["faults"]["points"].as_array().unwrap();
        let outcomes: Vec<String> =
            points.iter().map(|point| point["outcome"].as_str().unwrap().to_owned()).collect();
        assert!(!outcomes.is_empty(), "{}", told(&output));
        outcomes
    };
    assert!(outcomes(&twice).contains(&"allowed".to_owned()));
    assert!(
        !outcomes(&once).contains(&"allowed".to_owned()) && outcomes(&once).contains(&"differs".to_owned())
    );
}

/// Integrations that wait for events are started, one for each that is played at a time, and end with the program.
#[cfg(target_os = "linux")]
#[test]
fn integrations_are_started_and_ended() {
    let bench = Bench::new();
    let pids = bench.path("pids");
    let start =
        format!("echo $$ >> {}; exec {} --listen 127.0.0.1:$PORT", pids.display(), example("careful"));
    let args = [
        "--start",
        &start,
        "--ready-url",
        "http://127.0.0.1:{{port}}/health",
        "--to",
        "http://127.0.0.1:{{port}}/webhook",
        "--jobs",
        "3",
        "customer-created",
        "customer-updated",
        "out-of-order",
        "customer-deleted",
    ];
    let output = bench.run(&args);
    let text = told(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("4 of 4 scenarios as expected"), "{text}");
    let started: Vec<String> = std::fs::read_to_string(&pids).unwrap().lines().map(str::to_owned).collect();
    assert!((1..=3).contains(&started.len()), "{started:?}");
    for pid in &started {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        assert!(stat.as_ref().map_or(true, |stat| stat.contains(") Z ")), "{stat:?}");
    }
    // Anew for each: what it remembers of one event does not hide the next.
    std::fs::remove_file(&pids).unwrap();
    let faults = ["--start-anew", "--explore-faults", "--faults", "reset-applied"];
    let output = bench.run(&[&args[..9], &faults].concat());
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    // Without faults, once more so, and at one point.
    assert_eq!(std::fs::read_to_string(&pids).unwrap().lines().count(), 3, "{}", told(&output));
}

#[test]
fn an_unknown_kind_of_fault_is_told() {
    let bench = Bench::new();
    let output = bench.run(&["--command", "true", "--explore-faults", "--faults", "reset-aplied"]);
    assert_eq!(output.status.code(), Some(2));
    let told = told(&output);
    assert!(
        told.contains("--faults: there is no kind `reset-aplied`: did you mean `reset-applied`?"),
        "{told}"
    );
}
