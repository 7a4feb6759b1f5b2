//! Accepted failures.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::support::{data, told};

/// Runs the one case that fails, against a mock, with a baseline.
fn run(baseline: &Path, case: &str, args: &[&str]) -> Output {
    let file = data(case);
    Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .args(["run", "--mock", "--cases", file.to_str().unwrap(), "--baseline", baseline.to_str().unwrap()])
        .args(args)
        .output()
        .unwrap()
}

struct File(PathBuf);

impl File {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("baseline-{}.json", uuid::Uuid::new_v4())))
    }

    fn read(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(&self.0).unwrap()).unwrap()
    }

    fn write(&self, entry: &Value) {
        std::fs::write(&self.0, json!({"accepted": [entry]}).to_string()).unwrap();
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

#[test]
fn an_accepted_failure_does_not_fail_the_run_until_its_day_has_passed() {
    let file = File::new();
    let missing = run(&file.0, "fails.json", &[]);
    assert_eq!(missing.status.code(), Some(2), "{}", told(&missing));
    let made = run(
        &file.0,
        "fails.json",
        &["--update-baseline", "--reason", "known since May", "--expires", "2999-01-31"],
    );
    assert_eq!(made.status.code(), Some(0), "{}", told(&made));
    let entry = json!({"case": "test/fails", "at": "step 1: /name", "reason": "known since May", "expires": "2999-01-31"});
    assert_eq!(file.read(), json!({"accepted": [entry]}));
    let accepted = run(&file.0, "fails.json", &[]);
    assert_eq!(accepted.status.code(), Some(0), "{}", told(&accepted));
    assert!(told(&accepted).contains("known since May"), "{}", told(&accepted));
    file.write(&json!({"case": "test/fails", "reason": "known since May", "expires": "2020-01-31"}));
    let expired = run(&file.0, "fails.json", &[]);
    assert_eq!(expired.status.code(), Some(1), "{}", told(&expired));
    assert!(told(&expired).contains("2020-01-31"), "{}", told(&expired));
}

#[test]
fn a_failure_elsewhere_is_a_new_one() {
    let file = File::new();
    file.write(
        &json!({"case": "test/fails", "at": "step 1: status", "reason": "r", "expires": "2999-01-31"}),
    );
    assert_eq!(run(&file.0, "fails.json", &[]).status.code(), Some(1));
}

#[test]
fn what_passes_again_is_told_and_dropped_by_the_next_update() {
    let file = File::new();
    file.write(&json!({"case": "test/passes", "reason": "r", "expires": "2999-01-31"}));
    let output = run(&file.0, "passes.json", &[]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("test/passes"), "{}", told(&output));
    let updated = run(&file.0, "passes.json", &["--update-baseline"]);
    assert_eq!((updated.status.code(), file.read()), (Some(0), json!({"accepted": []})));
}

#[test]
fn an_update_keeps_what_was_not_judged_and_the_reasons_that_stand() {
    let file = File::new();
    let other = json!({"case": "a/other", "reason": "ours", "expires": "2999-01-31"});
    let standing = json!({"case": "test/fails", "reason": "theirs", "expires": "2999-02-28"});
    std::fs::write(&file.0, json!({"accepted": [other, standing]}).to_string()).unwrap();
    run(&file.0, "fails.json", &["--update-baseline"]);
    assert_eq!(file.read(), json!({"accepted": [other, standing]}));
    run(&file.0, "fails.json", &["--update-baseline", "--reason", "new"]);
    assert_eq!(file.read()["accepted"][1]["reason"], "new");
}

#[test]
fn a_mistake_in_a_baseline_is_told_with_its_place() {
    let file = File::new();
    std::fs::write(&file.0, "{\n  \"accepted\": [\n    {\"case\": \"a\", \"reson\": \"b\"}]}").unwrap();
    let output = run(&file.0, "passes.json", &[]);
    assert_eq!(output.status.code(), Some(2));
    let place = format!("{}:3:", file.0.display());
    assert!(
        told(&output).contains(&place)
            && told(&output).contains("there is no member `reson`: did you mean `reason`?"),
        "{}",
        told(&output)
    );
}

#[test]
fn an_entry_that_no_case_has_is_told() {
    let file = File::new();
    file.write(&json!({"case": "test/gone", "reason": "known since May", "expires": "2999-01-31"}));
    let output = run(&file.0, "passes.json", &[]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let line = format!("{} accepts `test/gone`, and there is no such case\n", file.0.display());
    assert!(told(&output).contains(&line), "{}", told(&output));
}

#[test]
fn an_accepted_failure_does_not_stop_a_run() {
    let file = File::new();
    file.write(&json!({"case": "test/fails", "reason": "known since May", "expires": "2999-01-31"}));
    let passes = data("passes.json");
    let args = ["--cases", passes.to_str().unwrap(), "--max-failures", "1", "--jobs", "1"];
    let output = run(&file.0, "fails.json", &args);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("1 of 2 cases whole, 1 failed as accepted ("), "{told}");
}

#[test]
fn nothing_is_accepted_without_a_reason() {
    let file = File::new();
    let output = run(&file.0, "fails.json", &["--update-baseline"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("would accept 1 new failure: say why with --reason"), "{}", told(&output));
    assert!(!file.0.exists());
}
