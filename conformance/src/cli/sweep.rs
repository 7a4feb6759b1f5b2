//! `weni-conformance sweep`.

use std::time::Duration;

use clap::Args;

use super::{CommandError, TargetArgs, print, usage};
use crate::exit_code::ExitCode;
use crate::mark::RunId;
use crate::probe;
use crate::sweep::{self, Found, Scope};
use crate::words::counted;

/// What to remove.
#[derive(Debug, Args)]
pub struct SweepArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub target: TargetArgs,
    /// Only what this run left, such as wcrun-aq3kx29mhr7t
    #[arg(long, value_name = "ID", value_parser = usage::run_id)]
    pub run: Option<RunId>,
    /// Only what runs left that began at least so many minutes ago: others may be under way
    #[arg(long, value_name = "MINUTES", default_value = "0")]
    pub older_than: u64,
    /// Look at every contact changed in so many hours, for marks in URNs alone; 0: only search for names
    #[arg(long, value_name = "HOURS", default_value = "24")]
    pub recent: u64,
    /// Show what would be removed
    #[arg(long)]
    pub dry_run: bool,
}

/// Finds what runs left and removes it, a line for each.
pub(super) async fn sweep(args: SweepArgs) -> Result<ExitCode, CommandError> {
    let client = args.target.target()?.client();
    probe::probe(&client).await?;
    let recent = (args.recent > 0).then(|| Duration::from_secs(args.recent * 3600));
    let scope = Scope { run: args.run, older_than: Duration::from_secs(args.older_than * 60), recent };
    let Found { leftovers, incomplete } = sweep::find(&client, &scope).await;
    let mut stayed = 0;
    for leftover in &leftovers {
        let what = format!("{} {} {}", leftover.endpoint, leftover.uuid, leftover.label);
        if args.dry_run {
            print(format_args!("would remove {what}\n"));
            continue;
        }
        match sweep::remove(&client, leftover).await {
            Ok(()) => print(format_args!("removed {what}\n")),
            Err(error) => {
                stayed += 1;
                print(format_args!("NOT REMOVED {what}: {error}\n"));
            }
        }
    }
    let found = leftovers.len();
    let done = if args.dry_run { 0 } else { found - stayed };
    print(format_args!("{found} found, {done} removed ({})\n", counted(client.sent(), "request")));
    match incomplete {
        Some(error) => Err(CommandError::Sweep(error)),
        None if stayed > 0 => Ok(ExitCode::Failed),
        None => Ok(ExitCode::Passed),
    }
}
