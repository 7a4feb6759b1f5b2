//! The README's first five minutes, run as they stand: every `curl` line against a mock as the first command
//! starts it, with the status that the text above it promises and the members that the block below it shows.

use serde_json::Value;
use weni_mock::MockServer;

const README: &str = include_str!("../../../README.md");

/// One request of the README.
struct Example {
    /// The text above it, up to the example before.
    text: String,
    command: Vec<String>,
    /// The JSON block that follows it at once.
    shown: Option<Value>,
}

impl Example {
    /// The first status that the text promises: the three digits behind a colon.
    fn status(&self) -> u16 {
        let words = self.text.split(": ").skip(1).filter_map(|rest| rest.get(..3));
        words.filter_map(|digits| digits.parse().ok()).next().expect("the text above names a status")
    }
}

fn examples() -> Vec<Example> {
    let section = README.split("## The first five minutes").nth(1).expect("the section");
    let section = section.split("\n## ").next().expect("its text");
    let mut examples: Vec<Example> = Vec::new();
    let mut text = String::new();
    for (index, part) in section.split("```").enumerate() {
        match part.split_once('\n') {
            Some(("sh", script)) if index % 2 == 1 => {
                let command = words(script);
                examples.push(Example { text: std::mem::take(&mut text), command, shown: None });
            }
            Some(("json", shown)) if index % 2 == 1 => {
                let example = examples.last_mut().expect("a request before its answer");
                example.shown = Some(serde_json::from_str(shown).expect("JSON"));
            }
            _ => text.push_str(part),
        }
    }
    examples
}

/// Splits a shell line into words: quotes, and a backslash at a line's end.
fn words(script: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote) = (String::new(), None);
    for c in script.replace("\\\n", " ").chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, c) if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (_, c) => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Whether all that is shown is there.
fn shows(answer: &Value, shown: &Value) -> bool {
    match (answer, shown) {
        (Value::Object(answer), Value::Object(shown)) => {
            shown.iter().all(|(name, value)| answer.get(name).is_some_and(|answer| shows(answer, value)))
        }
        (answer, shown) => answer == shown,
    }
}

#[tokio::test]
async fn the_first_five_minutes_work_as_they_stand() {
    let weni = MockServer::start().await;
    let client = reqwest::Client::new();
    let examples = examples();
    assert_eq!(examples.len(), 9, "the article's nine requests");
    for example in &examples {
        let fill = |word: &String| word.replace("$WENI_URL", weni.url()).replace("$WENI_TOKEN", weni.token());
        let mut command = example.command.iter().map(fill);
        assert_eq!(command.next().as_deref(), Some("curl"));
        let (mut method, mut url, mut headers, mut body) = (None, None, Vec::new(), None);
        while let Some(word) = command.next() {
            match word.as_str() {
                "-X" => method = command.next(),
                "-H" => headers.push(command.next().expect("a header")),
                "-d" => body = command.next(),
                _ => url = Some(word),
            }
        }
        let method = method.expect("a method").parse().expect("a method");
        let mut request = client.request(method, url.expect("a URL"));
        for header in headers {
            let (name, value) = header.split_once(": ").expect("a header");
            request = request.header(name, value);
        }
        let answer = request.body(body.unwrap_or_default()).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), example.status(), "{}", example.text);
        let Some(shown) = &example.shown else { continue };
        let answer: Value = answer.json().await.expect("JSON");
        assert!(shows(&answer, shown), "{}\nshown {shown}\ngot {answer}", example.text);
    }
}

#[test]
fn the_token_is_the_fixed_one() {
    let line = README.lines().find_map(|line| line.strip_prefix("export WENI_TOKEN="));
    assert_eq!(line, Some("77656e692d6d6f636b2d746f6b656e2d30303031"));
}

/// Every option that the section about the kit names is one of the program's.
#[test]
fn the_options_of_the_kit_are_there() {
    let help = ["run", "check", "try", "proxy", "diff", "replay", "pull", "sweep"].map(|command| {
        let program = env!("CARGO_BIN_EXE_weni-conformance");
        let output = std::process::Command::new(program).args([command, "--help"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    });
    let kit = README.split("## The conformance kit").nth(1).unwrap();
    let words = kit.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
    let options: std::collections::BTreeSet<&str> =
        words.filter(|word| word.starts_with("--") && word.len() > 3).collect();
    assert!(options.len() > 15, "{options:?}");
    // Those of cargo, of weni-mock and of the test runner.
    let others = ["--release", "--locked", "--path", "--data", "--test", "--nocapture", "--examples"];
    for option in options.into_iter().filter(|option| !others.contains(option)) {
        assert!(help.iter().any(|text| text.contains(option)), "no command has {option}");
    }
}
