//! Integrations that do not start.

use axum::Router;
use axum::http::StatusCode;
use serde_json::json;

use super::Bench;
use crate::support::told;

#[test]
fn one_that_ends_is_told_with_what_it_printed_last() {
    let bench = Bench::new();
    let start = "echo starting; echo; echo \"no module, token $WENI_TOKEN\" >&2; exit 7";
    let args = ["customer-created", "--start", start, "--ready-url", "http://127.0.0.1:{{port}}/", "--to"];
    let output = bench.run(&[&args[..], &["http://127.0.0.1:{{port}}/", "--html", "r.html"]].concat());
    let text = told(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains(" ended before it was ready: exit status: 7; it printed:\n"), "{text}");
    assert!(text.contains("    starting\n") && text.contains("    no module, token $WENI_TOKEN\n"), "{text}");
}

/// An application that handles nothing but its first request, and then ends so.
fn fragile(end: &str) -> String {
    format!(
        "import http.server, os, sys\n\
         class H(http.server.BaseHTTPRequestHandler):\n\
         \x20   def do_GET(self): self.send_response(200); self.end_headers()\n\
         \x20   def do_POST(self):\n\
         \x20       print('KeyError, token', os.environ['WENI_TOKEN'], file=sys.stderr, flush=True)\n\
         \x20       {end}\n\
         \x20   def log_message(self, *args): pass\n\
         http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), H).serve_forever()\n"
    )
}

/// What it says while scenarios run is told, and each begins with one that runs.
#[test]
fn one_that_fails_while_scenarios_run_is_told_with_what_it_printed() {
    let event = json!({"http": {"url": "http://127.0.0.1:{{port}}/", "json": {}}});
    for (end, told_so) in [
        ("os._exit(7)", "  `python3 app.py` ended: exit code 7; it printed:\n"),
        ("self.send_response(500); self.end_headers()", "  `python3 app.py` is running; it printed:\n"),
    ] {
        let bench = Bench::new();
        std::fs::write(bench.path("app.py"), fragile(end)).unwrap();
        let start = json!({"command": "python3 app.py", "ready_url": "http://127.0.0.1:{{port}}/"});
        let scenario = bench.scenario("s.json", &json!({"trigger": event, "start": start}));
        let output = bench.run(&[&scenario, &scenario, "--jobs", "1"]);
        let text = told(&output);
        assert_eq!(text.matches(told_so).count(), 2, "{text}");
        assert_eq!(text.matches("    KeyError, token $WENI_TOKEN\n").count(), 2, "{text}");
    }
}

/// A part of a token is one, too, also where much is printed.
#[test]
fn no_part_of_a_token_is_told() {
    let bench = Bench::new();
    let start =
        "printf '%s' $WENI_TOKEN > token; printf '%s%03980d' $WENI_TOKEN 0; printf '\\nend\\n'; exit 7";
    let args = ["customer-created", "--start", start, "--ready-url", "http://127.0.0.1:{{port}}/"];
    let output = bench.run(&[&args[..], &["--command", "true", "-v"]].concat());
    let (text, token) = (told(&output), std::fs::read_to_string(bench.path("token")).unwrap());
    assert!(token.len() == 40 && !text.contains(&token[30..]), "{token}: {text}");
    assert!(text.contains("    end\n"), "{text}");
}

/// What it answered last is told, and how it is counted.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_answers_that_it_fails_is_not_ready() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/health", listener.local_addr().unwrap());
    let router = Router::new().fallback(|| async { StatusCode::INTERNAL_SERVER_ERROR });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let scenario = json!({
        "trigger": {"command": "true"}, "timeout": "3s",
        "start": {"command": "echo waiting; exec sleep 60", "ready_url": url},
    });
    let output = tokio::task::spawn_blocking(move || {
        let bench = Bench::new();
        bench.run(&[&bench.scenario("s.json", &scenario)])
    });
    let output = output.await.unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    let line =
        format!("is not ready after 3 s: {url} answers 500, and ready is what is below 500; it printed:\n");
    assert!(text.contains(&line) && text.contains("    waiting\n"), "{text}");
}

#[test]
fn one_that_does_not_listen_is_told() {
    let bench = Bench::new();
    let start = json!({"command": "exec sleep 60", "ready_url": "http://127.0.0.1:{{port}}/"});
    let scenario = json!({"trigger": {"command": "true"}, "timeout": "2s", "start": start});
    let output = bench.run(&[&bench.scenario("s.json", &scenario), "-v"]);
    assert!(told(&output).contains(" is where nothing listens; it printed nothing"), "{}", told(&output));
}
