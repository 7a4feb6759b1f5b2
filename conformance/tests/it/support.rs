//! What several topics need.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::Value;
use weni_conformance::case::{Case, Pattern};
use weni_conformance::load;

/// The repository's `fixtures` folder.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// A file of test data.
pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data").join(name)
}

/// A case of these steps, as if read from `test.json`.
#[track_caller]
pub(crate) fn case(steps: &Value) -> Case {
    let text = serde_json::json!({"id": "test", "steps": steps}).to_string();
    load::parse(Path::new("test.json"), &text).unwrap()
}

/// Compares a generated page with the one in the repository; with `UPDATE=1` in the environment writes it.
#[track_caller]
pub(crate) fn generated(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "{name} is out of date: run the tests once with UPDATE=1 and commit it");
}

/// The same, safe where others work.
#[track_caller]
pub(crate) fn portable_case(steps: &Value) -> Case {
    Case { portable: true, ..case(steps) }
}

/// An expectation.
#[track_caller]
pub(crate) fn pattern(json: Value) -> Pattern {
    serde_json::from_value(json).unwrap()
}

/// What the first question wants to hear.
pub(crate) const EMPTY_LIST: &[u8] =
    b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\
    content-length: 43\r\n\r\n{\"next\": null,\"previous\":null,\"results\":[]}";
/// No control API here.
pub(crate) const NOTHING: &[u8] = b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// All that a program printed: standard output, then standard error.
pub(crate) fn told(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A listener that says one of these replies to each who connects, in order, and then is gone. It says bytes, it is no
/// API: for targets that do not behave. An empty reply never comes.
pub(crate) fn listener(replies: &'static [&'static [u8]]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for reply in replies {
            let (mut stream, _) = listener.accept().unwrap();
            if reply.is_empty() {
                silent.push(stream);
                continue;
            }
            let _request = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(reply).unwrap();
        }
        drop(listener);
        if !silent.is_empty() {
            std::thread::park();
        }
    });
    url
}

/// The folder of the sample integrations.
pub(crate) fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// A sample integration. `cargo test` builds examples beside the tests: target/debug/deps/it-… and
/// target/debug/examples/NAME. With `--test it` it does not, so one that is missing or out of date is told.
#[track_caller]
pub(crate) fn sample(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap().join("examples");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let changed = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let files = std::fs::read_dir(samples().join(name)).into_iter().flatten();
    let mut files = files.map(|file| file.unwrap().path()).chain([samples().join(format!("{name}.rs"))]);
    assert!(
        changed(&program)
            .is_some_and(|built| files.all(|file| changed(&file).is_none_or(|file| file <= built))),
        "{} is missing or out of date: cargo build -p weni-conformance --examples",
        program.display()
    );
    program
}
