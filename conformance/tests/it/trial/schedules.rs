//! What shows again what a fault showed: where it is written, and how it is played.

use std::path::Path;
use std::process::Command;

use super::Bench;
use crate::support::{fixtures, sample, told};

#[test]
fn a_folder_that_cannot_be_written_is_told_before_anything_is_played() {
    let bench = Bench::new();
    std::fs::write(bench.path("file"), "").unwrap();
    for folder in ["file", "file/below"] {
        let args =
            ["customer-created", "--command", "touch played", "--faults", "500", "--schedules", folder];
        let output = bench.run(&args);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(
            told(&output).contains(&format!("weni-conformance: --schedules: {folder}: ")),
            "{}",
            told(&output)
        );
        assert!(!bench.path("played").exists());
    }
}

/// The line under what was found works as it stands: with all that the run was given.
#[cfg(unix)]
#[test]
fn the_line_that_plays_a_schedule_again_works() {
    let bench = Bench::new();
    let payloads = bench.path("my messages");
    std::fs::create_dir(&payloads).unwrap();
    std::fs::copy(fixtures().join("payloads/customer-created.json"), payloads.join("customer-created.json"))
        .unwrap();
    let command = format!("echo \"it's $0\" > /dev/null; exec {}", sample("careless").display());
    let args = [
        "customer-created",
        "--command",
        &command,
        "--payloads",
        "my messages",
        "--reset",
        "echo reset >> log",
    ];
    let output = bench.run(&[&args[..], &["--faults", "reset-applied", "--fail-on", "error"]].concat());
    let text = told(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let line = text.lines().find_map(|line| line.split_once(" written; one again: ")).unwrap().1;
    let resets = || std::fs::read_to_string(bench.path("log")).unwrap().lines().count();
    let before = resets();
    let program = Path::new(env!("CARGO_BIN_EXE_weni-conformance")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let again =
        Command::new("sh").args(["-c", line]).current_dir(&bench.folder).env("PATH", path).output().unwrap();
    let text = told(&again);
    assert_eq!(again.status.code(), Some(1), "{line}: {text}");
    assert!(text.contains("FAILED customer-created-") && text.contains("-reset-applied: request "), "{text}");
    assert!(resets() > before && !text.contains("has no customer-created.json"), "{text}");
}
