//! What was found until somebody asked to stop.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::Bench;
use crate::schema::Schema;
use crate::support::{sample, told};

/// The fourth play hangs: the first point of the matrix is tried, and no other.
#[cfg(target_os = "linux")]
#[test]
fn an_exploration_that_is_interrupted_shows_what_was_found() {
    let bench = Bench::new();
    let command = format!(
        "echo $$ >> plays; [ $(wc -l < plays) -gt 3 ] && exec sleep 600; exec {}",
        sample("careless").display()
    );
    let args =
        ["customer-created", "--command", &command, "--jobs", "1", "--faults", "reset-applied", "--fail-on"];
    let reports = ["error", "--json", "r.json", "--junit", "r.xml", "--html", "r.html"];
    let mut run = bench.command(&[&args[..], &reports[..]].concat());
    let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let plays = || std::fs::read_to_string(bench.path("plays")).unwrap_or_default();
    while plays().lines().count() < 4 {
        assert!(Instant::now() < deadline, "{}", plays());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(130), "{text}");
    assert!(text.contains("passed customer-created"), "{text}");
    assert!(text.contains("interrupted, 1 of 1 scenario as expected, "), "{text}");

    let report = bench.json("r.json");
    assert_eq!(Schema::load("trial").accepts(&report), Ok(()));
    assert_eq!((&report["result"], &report["exit_code"]), (&json!("interrupted"), &json!(130)));
    let points = report["scenarios"][0]["faults"]["points"].as_array().unwrap();
    let untried = points.iter().filter(|point| point["outcome"] == "untried").count();
    assert_eq!(untried, points.len() - 1, "{text}");
    assert!(text.contains(&format!("0 scenarios and {untried} fault point")), "{text}");
    assert!(
        std::fs::read_to_string(bench.path("r.html"))
            .unwrap()
            .contains("Interrupted: this is what was found")
    );
    assert!(std::fs::read_to_string(bench.path("r.xml")).unwrap().contains("customer-created"));
    // What was at work is ended.
    let last = plays().lines().last().unwrap().to_owned();
    let stat = std::fs::read_to_string(format!("/proc/{last}/stat"));
    assert!(stat.as_ref().map_or(true, |stat| stat.contains(") Z ")), "{stat:?}");
}
