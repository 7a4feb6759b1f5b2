//! `weni-conformance sweep`.

use std::collections::BTreeSet;
use std::time::Duration;

use clap::{Args, value_parser};

use super::{CommandError, TargetArgs, print, usage};
use crate::client::Client;
use crate::difference::shorten;
use crate::exit_code::ExitCode;
use crate::mark::RunId;
use crate::probe;
use crate::sweep::{self, Found, Leftover, Scope, Since};
use crate::words::counted;

const WHAT_IS_FOUND: &str = "\
Found is what bears a run's mark, wcrun-…-NNN, at the beginning of its name or in a URN: contacts made since that run
began (by a minute at most before), and groups without a query. A group that contacts are in stays. One thing cannot be told apart: an empty group of
yours that a faulty server renamed in place of making one; the run's report names it, and --dry-run shows it.";

/// What to remove.
#[derive(Debug, Args)]
#[command(after_long_help = WHAT_IS_FOUND)]
pub struct SweepArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub target: TargetArgs,
    /// Only what this run left, such as wcrun-aq3kx29mhrjw
    #[arg(long, value_name = "ID", value_parser = usage::run_id)]
    pub run: Option<RunId>,
    /// Only what runs left that began at least so many minutes ago: others may be under way
    #[arg(long, value_name = "MINUTES", default_value = "0", value_parser = value_parser!(u32).range(..=5_256_000))]
    pub older_than: u32,
    /// Look at every contact changed in so many hours, for marks in URNs alone; 0: only search for names
    #[arg(long, value_name = "HOURS", default_value = "24", value_parser = value_parser!(u32).range(..=87_600))]
    pub recent: u32,
    /// Show what would be removed
    #[arg(long)]
    pub dry_run: bool,
}

/// Finds what runs left and removes it, a line for each.
pub(super) async fn sweep(args: SweepArgs) -> Result<ExitCode, CommandError> {
    let client = args.target.target()?.client();
    probe::probe(&client).await?;
    let since = match args.recent {
        0 => Since::Nothing,
        hours => Since::Recent(Duration::from_secs(u64::from(hours) * 3600)),
    };
    let older_than = Duration::from_secs(u64::from(args.older_than) * 60);
    let scope = Scope { run: args.run, older_than, since };
    let Found { leftovers, older, incomplete } = sweep::find(&client, &scope).await;
    let mut answered = BTreeSet::new();
    let mut stayed = 0;
    for leftover in &leftovers {
        if args.dry_run {
            print(format_args!("would remove {}\n", told(&client, leftover)));
            continue;
        }
        match sweep::remove(&client, leftover).await {
            Ok(()) => {
                answered.insert(leftover.uuid.as_str());
            }
            Err(error) => {
                stayed += 1;
                print(format_args!("NOT REMOVED {}: {error}\n", told(&client, leftover)));
            }
        }
    }
    // Whether a server did what it answered is seen by looking again.
    let again = match answered.is_empty() {
        true => None,
        false => Some(sweep::find(&client, &scope).await),
    };
    let unseen = again.as_ref().and_then(|again| again.incomplete.clone());
    for leftover in leftovers.iter().filter(|leftover| answered.contains(leftover.uuid.as_str())) {
        let what = told(&client, leftover);
        let still = again.iter().flat_map(|again| &again.leftovers).any(|still| still.uuid == leftover.uuid);
        match (&unseen, still) {
            (_, true) => {
                stayed += 1;
                print(format_args!("NOT REMOVED {what}: it is there, although its removal was answered\n"));
            }
            (Some(_), false) => print(format_args!("removed, as the server says: {what}\n")),
            (None, false) => print(format_args!("removed {what}\n")),
        }
    }
    for leftover in &older {
        let what = told(&client, leftover);
        print(format_args!(
            "left alone {what}: it was there before that run, or does not say when it was made\n"
        ));
    }
    let found = leftovers.len();
    let done = if args.dry_run { 0 } else { found - stayed };
    print(format_args!("{found} found, {done} removed ({})\n", counted(client.sent(), "request")));
    match incomplete.or(unseen) {
        Some(error) => Err(CommandError::Sweep(error)),
        None if stayed > 0 || !older.is_empty() => Ok(ExitCode::Failed),
        None => Ok(ExitCode::Passed),
    }
}

/// What was found, in words: one line, without any token in it.
fn told(client: &Client, leftover: &Leftover) -> String {
    let Leftover { endpoint, uuid, label, .. } = leftover;
    shorten(&client.tokens.mask(&format!("{} {uuid} {label}", endpoint.one())))
}
