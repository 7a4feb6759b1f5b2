//! Two servers in step.

use std::process::Command;

use serde_json::Value;

fn diff(args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_weni-conformance"))
        .arg("diff")
        .args(args)
        .current_dir(std::env::temp_dir())
        .env_remove("WENI_TOKEN")
        .output()
        .unwrap();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), told)
}

#[test]
fn two_that_answer_alike_do_not_differ() {
    let (code, told) = diff(&["--a", "mock", "--b", "mock"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("\n0 of ") && told.contains(" exchanges differ in 0 ways"), "{told}");
}

#[test]
fn each_difference_is_told_once_and_held_against_the_article() {
    let file = std::env::temp_dir().join(format!("diff-{}.json", uuid::Uuid::new_v4()));
    let (code, told) = diff(&["--a", "mock", "--b", "mock=observed", "--json", file.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{told}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    std::fs::remove_file(file).unwrap();
    let differences = report["differences"].as_array().unwrap();
    let keys: Vec<_> = differences
        .iter()
        .map(|d| ["request", "place", "a", "b"].map(|member| d[member].as_str().unwrap().to_owned()))
        .collect();
    let mut once = keys.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), keys.len());
    let has = |request: &str, a: &str, b: &str| {
        keys.iter()
            .any(|[r, place, x, y]| r == request && place == "status" && x.starts_with(a) && y.starts_with(b))
    };
    assert!(has("POST /api/v2/contacts.json", "200", "400"), "{told}");
    assert!(has("DELETE /api/v2/contacts.json", "404", "204"), "{told}");
    for difference in differences {
        assert_eq!(difference["label"]["a"], "kept", "{difference}");
        assert!(difference["label"]["b"]["deviates"].is_string(), "{difference}");
    }
    assert!(
        told.contains("DV2: B deviates as production is known to, A keeps the article (C18, C19)"),
        "{told}"
    );
    assert!(told.contains("curl ") && told.contains("$WENI_TOKEN"), "{told}");
}

#[test]
fn a_server_that_cannot_be_reached_is_told() {
    let (code, told) = diff(&["--a", "http://127.0.0.1:1", "--token-a", "t"]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("http://127.0.0.1:1 is out of reach"), "{told}");
    let (code, told) = diff(&["--a", "nonsense", "--token-a", "t"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("--a: `nonsense` is not a URL"), "{told}");
}
