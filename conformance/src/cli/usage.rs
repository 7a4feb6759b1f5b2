//! What the command line says about itself.

use std::time::Duration;

use clap::error::ErrorKind;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::exit_code::ExitCode;
use crate::load;
use crate::mark::RunId;
use crate::matcher::shape;

/// The end of `--help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes: 0 all judged and passed; 1 something failed, or was left; 2 bad usage or bad input file;
3 target out of reach, or something or everything could not be judged; 130 interrupted";

/// Prints help as it is, and an error as one line.
pub(super) fn explain(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Nobody reads the help if it cannot be written.
        error.print().ok();
        return ExitCode::Passed;
    }
    let text = error.render().to_string();
    let pointers = ["Usage:", "For more information"];
    let paragraphs =
        text.split("\n\n").take_while(|text| !pointers.iter().any(|start| text.starts_with(start)));
    let lines: Vec<_> = paragraphs.map(one_line).collect();
    eprintln!("weni-conformance: {} (see --help)", lines.join("; ").trim_start_matches("error: "));
    ExitCode::Usage
}

fn one_line(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a day that has not passed.
pub(super) fn date(text: &str) -> Result<Date, String> {
    let day: Date = text.parse().map_err(|_| "not a day such as 2027-02-20".to_owned())?;
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    if day < today { Err("that day has passed".to_owned()) } else { Ok(day) }
}

/// Reads a UUID as the API writes it.
pub(super) fn uuid(text: &str) -> Result<String, String> {
    let uuid = text.to_lowercase();
    if shape::is_uuid(&uuid) { Ok(uuid) } else { Err("not a UUID".to_owned()) }
}

/// Reads the id of a case.
pub(super) fn case_id(text: &str) -> Result<String, String> {
    if load::is_id(text) { Ok(text.to_owned()) } else { Err("not an id such as contacts/upsert".to_owned()) }
}

/// Reads the id of a run.
pub(super) fn run_id(text: &str) -> Result<RunId, String> {
    let run = RunId::read(text).filter(|run| run.as_str().len() == text.len());
    run.ok_or_else(|| "not the id of a run, such as wcrun-aq3kx29mhrjw: its report names it".to_owned())
}

/// Reads a time such as `90s`, `10m` or `1h30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let time = text.parse::<SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    time.filter(|time| !time.is_zero()).ok_or_else(|| "not a time such as 90s, 10m or 1h30m".to_owned())
}

/// Reads a time limit: seconds, decimals allowed.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(limit) if !limit.is_zero() => Ok(limit),
        _ => Err("must be more than 0 seconds".to_owned()),
    }
}
