//! Files that are none: devices, which have no end, and pipes, which a shell makes of `<(…)`.
#![cfg(unix)]

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use crate::support::told;

/// A folder in which `traffic.har` is a request that nothing is found in, and `pipe` a pipe.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let har = json!({"log": {"entries": [{
        "startedDateTime": "2026-11-24T12:00:00.000Z", "time": 12,
        "request": {
            "method": "GET", "url": "http://localhost/api/v2/groups.json", "headers": [{"name": "Authorization", "value": "Token x"}],
        },
        "response": {"status": 200, "headers": [], "content": {"text": "{\"next\": null, \"previous\": null, \"results\": []}"}},
    }]}});
    std::fs::write(folder.path().join("traffic.har"), har.to_string()).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    folder
}

fn kit(folder: &TempDir, args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weni-conformance"));
    command.args(args.split(' ')).current_dir(folder);
    command.env_remove("WENI_URL").env_remove("WENI_TOKEN");
    command
}

/// The same while this is written to the pipe.
fn piped(folder: &TempDir, args: &str, writer: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{writer} > pipe")]).current_dir(folder).stderr(Stdio::null());
    let mut writer = shell.spawn().unwrap();
    let output = kit(folder, args).output().unwrap();
    writer.kill().ok();
    writer.wait().unwrap();
    output
}

#[test]
fn a_device_is_no_file() {
    let folder = folder();
    for args in [
        "check /dev/zero",
        "check traffic.har --baseline /dev/zero",
        "replay /dev/zero --as-case a/b",
        "list --cases /dev/zero",
        "try /dev/zero",
        "check .",
        "check traffic.har --baseline pipe",
        "try ./pipe",
    ] {
        let output = kit(&folder, args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args}: {}", told(&output));
        assert!(told(&output).contains(": it is no file"), "{args}: {}", told(&output));
    }
}

#[test]
fn a_pipe_that_is_given_on_purpose_is_read() {
    let folder = folder();
    let output = piped(&folder, "check pipe", "cat traffic.har");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("1 request, nothing found"), "{}", told(&output));
    let output = piped(&folder, "replay pipe --as-case a/b", "cat traffic.har");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn a_pipe_without_end_is_read_to_a_limit() {
    let output = piped(&folder(), "check pipe", "cat /dev/zero");
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("pipe: it has more than 256 MiB"), "{}", told(&output));
}

/// Ctrl-C is heard while nothing comes.
#[test]
fn a_pipe_that_nobody_writes_to_can_be_left() {
    let folder = folder();
    let mut command = kit(&folder, "check pipe");
    let mut waiting = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It is asked until it hears: nobody knows when it has begun to listen.
    while waiting.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(300));
        Command::new("kill")
            .args(["-INT", &waiting.id().to_string()])
            .stderr(Stdio::null())
            .status()
            .unwrap();
    }
    let output = waiting.wait_with_output().unwrap();
    assert!(matches!(output.status.code(), Some(130) | None), "{}", told(&output));
}
