//! Files that show again what faults showed, and how one is played.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::TryArgs;
use crate::check::masked;
use crate::cli::CommandError;
use crate::client::{Token, Tokens};
use crate::trial::Ready;
use crate::trial::explore::Matrix;
use crate::trial::tried::TrialReport;

/// Sees whether files can be made in a folder, which need not be there yet: before anything is played.
pub(super) fn check(folder: &Path) -> Result<(), CommandError> {
    let there = folder.ancestors().find(|folder| folder.exists() && !folder.as_os_str().is_empty());
    tempfile::tempfile_in(there.unwrap_or(Path::new("."))).map(drop).map_err(failed(folder))
}

/// Writes what shows again each thing that a fault showed, and says in the report how the first is played.
pub(super) fn write(args: &TryArgs, all: &[Ready], report: &mut TrialReport) -> Result<(), CommandError> {
    let folder = &args.schedules;
    for (ready, tried) in all.iter().zip(&report.tried) {
        for (point, _) in tried.matrix.iter().flat_map(Matrix::bad) {
            let schedule = point.schedule(&ready.scenario);
            fs::create_dir_all(folder).map_err(failed(folder))?;
            let path = file(folder, &tried.id, &point.id(), &report.schedules);
            fs::write(&path, format!("{schedule:#}\n")).map_err(failed(&path))?;
            report.schedules.push(path);
        }
    }
    report.again = report.schedules.first().map(|first| again(args, first));
    Ok(())
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> CommandError {
    let path = path.to_owned();
    move |source| CommandError::Schedules { path, source }
}

/// A file of this name, in the folder and not one of those: an id may be any text, and two scenarios may have one.
fn file(folder: &Path, scenario: &str, point: &str, taken: &[PathBuf]) -> PathBuf {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = scenario.chars().map(plain).take(100).collect();
    let name = name.trim_start_matches('.');
    let again = (2..).map(|number| format!("{name}-{point}-{number}.json"));
    let mut names = std::iter::once(format!("{name}-{point}.json")).chain(again);
    folder.join(names.find(|name| !taken.contains(&folder.join(name))).unwrap_or_default())
}

/// A line for the shell that plays a schedule as these arguments played its scenario. A token is taken from the environment;
/// secrets in addresses are left out.
fn again(args: &TryArgs, schedule: &Path) -> String {
    let path = |path: &Path| path.display().to_string();
    let options = [
        ("--to", args.to.as_deref().map(masked)),
        ("--command", args.command.clone()),
        ("--payloads", args.payloads.as_deref().map(path)),
        ("--start", args.start.clone()),
        ("--ready-url", args.ready_url.as_deref().map(masked)),
        ("--reset", args.reset.clone()),
        ("--listen", args.listen.map(|address| address.to_string())),
        ("--settle", args.settle.map(|time| format!("{}ms", time.as_millis()))),
        ("--profile", args.profile.map(|profile| profile.to_string())),
        ("--fail-on", args.fail_on.map(|severity| severity.as_str().to_owned())),
    ];
    let mut line = format!("weni-conformance try {}", quoted(&path(schedule)));
    for (option, value) in options {
        if let Some(value) = value {
            line.push_str(&format!(" {option} {}", quoted(&value)));
        }
    }
    if args.start_anew {
        line.push_str(" --start-anew");
    }
    let Some(token) = &args.token else { return line };
    let line = Tokens::administrator(Token::new(token.as_str())).mask(&line);
    match std::env::var("WENI_TOKEN").is_ok_and(|known| known == *token) {
        true => line,
        false => format!("{line} --token \"$WENI_TOKEN\""),
    }
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
