//! The integrations of `examples/integrations`, tried and proxied: all that a reader of their traffic names is found, and
//! nothing else. What that is stands beside each as data.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rstest::rstest;
use serde::Deserialize;
use serde_json::Value;
use weni_conformance::scenario::{Act, Payloads, load};
use weni_conformance::trial::Ready;
use weni_mock::{MockServer, Profile};

use crate::proxy::support::Proxy;
use crate::schema::Schema;
use crate::support::{samples, told};

/// Requests as lines, by the rule that found something there.
type Findings = BTreeMap<String, Vec<String>>;

/// One `NAME.findings.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// The program that runs it.
    needs: String,
    /// Arguments of `try`.
    r#try: Vec<String>,
    exit_code: i32,
    problems: Vec<String>,
    findings: Findings,
    /// Whether its requests always come in the same order.
    #[serde(default = "yes")]
    in_order: bool,
    /// What is found where the scenario's commands go through `proxy`.
    proxied: Option<Findings>,
}

fn yes() -> bool {
    true
}

impl Expected {
    /// What is to come of it, or nothing where it cannot run: that is said on standard error itself, which no test
    /// harness keeps to itself.
    fn read(file: &Path) -> Option<Self> {
        let expected: Self = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let version = Command::new(&expected.needs).arg("--version").stdout(Stdio::null()).status();
        if version.is_ok_and(|status| status.success()) {
            return Some(expected);
        }
        let told = format!("SKIPPED {}: there is no {}\n", file.display(), expected.needs);
        std::io::stderr().write_all(told.as_bytes()).unwrap();
        None
    }

    /// What the report of a check found, as it stands in the file.
    fn found(&self, check: &Value) -> Findings {
        let list = |value: &Value| value.as_array().unwrap().clone();
        let rule = |finding: &Value| {
            let mut lines: Vec<String> = list(&finding["at"]).iter().map(|at| self.line(at)).collect();
            if !self.in_order {
                lines.sort();
            }
            (finding["rule"].as_str().unwrap().to_owned(), lines)
        };
        list(&check["findings"]).iter().map(rule).collect()
    }

    fn line(&self, at: &Value) -> String {
        let line = at["line"].as_str().unwrap();
        // Behind the scenario's name, where there is one.
        let line = line.split_once(": ").map_or(line, |(_, line)| line);
        let number = if self.in_order { format!("#{} ", at["request"]) } else { String::new() };
        format!("{number}{line} {}", at["status"])
    }
}

fn folder() -> PathBuf {
    samples().join("integrations")
}

#[rstest]
fn an_integration_is_tried_and_found_as_it_is(
    #[files("examples/integrations/*.findings.json")] file: PathBuf,
) {
    let Some(expected) = Expected::read(&file) else { return };
    let out = tempfile::tempdir().unwrap();
    let report = out.path().join("report.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
    command.current_dir(folder()).arg("try").args(&expected.r#try);
    command.arg("--json").arg(&report).arg("--schedules").arg(out.path());
    let output = command.env_remove("WENI_URL").env_remove("WENI_TOKEN").output().unwrap();
    let text = told(&output);
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(&report).expect(&text)).expect("a report");
    assert_eq!(expected.found(&report["check"]), expected.findings, "{text}");
    let scenarios = report["scenarios"].as_array().unwrap().iter();
    let problems = scenarios.flat_map(|scenario| scenario["problems"].as_array().unwrap());
    let problems: Vec<&str> = problems.map(|problem| problem.as_str().unwrap()).collect();
    assert_eq!(problems, expected.problems, "{text}");
    assert_eq!(output.status.code(), Some(expected.exit_code), "{text}");
}

#[rstest]
fn its_scenario_agrees_with_the_schema(
    #[files("examples/integrations/*.json")]
    #[exclude("findings")]
    file: PathBuf,
) {
    let scenario: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(Schema::load("scenario").accepts(&scenario), Ok(()));
}

/// The same where nobody but the traffic can tell, as in front of production.
#[tokio::test(flavor = "multi_thread")]
async fn integrations_are_proxied_and_found_as_they_are() {
    for file in std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()) {
        if !file.to_str().unwrap().ends_with(".findings.json") {
            continue;
        }
        let Some(expected) = Expected::read(&file) else { continue };
        let Some(proxied) = &expected.proxied else { continue };
        let mock = MockServer::builder().profile(Profile::Observed).start().await;
        let proxy = Proxy::start(mock.url(), &["--json", "JSON"]);
        set_to_work(&expected.r#try[0], &proxy.url, mock.token());
        let ended = proxy.stop();
        assert_eq!(&expected.found(&ended.json), proxied, "{}: {}", file.display(), ended.all);
    }
}

/// Runs the commands of a scenario, one after another.
fn set_to_work(scenario: &str, url: &str, token: &str) {
    let scenario = load(folder().join(scenario).to_str().unwrap()).unwrap();
    let ready = Ready::new(scenario, None, &Payloads::built_in().unwrap(), None).unwrap();
    for act in ready.acts.iter() {
        let Act::Command(command, input) = act else { panic!("{act:?}: commands alone are proxied here") };
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(folder()).env("WENI_URL", url).env("WENI_TOKEN", token);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = shell.spawn().unwrap();
        // Who does not want its input may have gone.
        child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
        child.wait().unwrap();
    }
}
