//! The command line.

mod accept;
mod cases;
mod check;
mod diff;
mod error;
mod interrupt;
mod leave;
mod list;
mod proxy;
mod pull;
mod replay;
mod report;
mod rules;
mod run;
mod sweep;
mod target;
mod trial;
mod usage;

use std::fmt::Display;
use std::io::Write;
use std::path::Path;

use clap::{Parser, Subcommand};

use crate::exit_code::ExitCode;
use crate::traffic::{self, Traffic};

pub use accept::AcceptArgs;
pub use cases::CaseArgs;
pub use check::CheckArgs;
pub use diff::DiffArgs;
pub use error::CommandError;
pub use leave::LeaveArgs;
pub use proxy::ProxyArgs;
pub use pull::PullArgs;
pub use replay::ReplayArgs;
pub use report::ReportArgs;
pub use run::RunArgs;
pub use sweep::SweepArgs;
pub use target::TargetArgs;
pub use trial::TryArgs;

/// Judges a server of the Weni Flows API v2: plays cases against it and compares every answer.
#[derive(Debug, Parser)]
#[command(version, about, after_help = usage::EXIT_CODES, arg_required_else_help = false)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play cases against a server and report every difference
    Run(Box<RunArgs>),
    /// List cases without playing them
    List(CaseArgs),
    /// Judge an integration by what it sent: a HAR file, a journal, or the live journal of a running mock
    Check(Box<CheckArgs>),
    /// Set an integration to work and judge what comes of it: its requests, what Weni then holds, and both under faults
    Try(Box<TryArgs>),
    /// Stand between an integration and the API, pass everything on, and judge it as it happens
    Proxy(Box<ProxyArgs>),
    /// List the rules that `check` and `proxy` hold traffic against
    Rules,
    /// Hold the same conversations with two servers and show every difference once
    Diff(Box<DiffArgs>),
    /// Send the requests of a HAR file or a journal again, to another server
    Replay(Box<ReplayArgs>),
    /// Take seed data for the mock from a workspace, by GET alone: groups, fields and a sample of contacts
    Pull(PullArgs),
    /// Remove what interrupted runs left on a workspace
    Sweep(SweepArgs),
}

/// Reads the command line, does what it says, and prints what came of it.
pub async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::explain(&error),
    };
    let done = match cli.command {
        Command::List(args) => list::list(&args),
        Command::Run(args) => run::run(*args).await,
        Command::Check(args) => interrupt::at_once(check::check(*args)).await,
        Command::Try(args) => trial::try_(*args).await,
        Command::Proxy(args) => proxy::proxy(*args).await,
        Command::Rules => rules::list(),
        Command::Diff(args) => diff::diff(*args).await,
        Command::Replay(args) => interrupt::at_once(replay::replay(*args)).await,
        Command::Pull(args) => interrupt::at_once(pull::pull(args)).await,
        Command::Sweep(args) => interrupt::at_once(sweep::sweep(args)).await,
    };
    done.unwrap_or_else(|error| {
        eprintln!("weni-conformance: {error}");
        error.exit_code()
    })
}

/// Where a mock is unless it is said.
const MOCK: &str = "127.0.0.1:9364";

/// Reads traffic on a thread of its own, which may wait for a pipe: meanwhile Ctrl-C is heard, and nobody waits for the
/// thread at the end.
async fn read_traffic(path: &Path) -> Result<Traffic, CommandError> {
    let (done, read) = tokio::sync::oneshot::channel();
    let path = path.to_owned();
    std::thread::spawn(move || done.send(traffic::read(&path)));
    let read = read.await.map_err(std::io::Error::other).map_err(CommandError::NotJudged)?;
    Ok(read?)
}

/// Prints to standard output. A reader that has gone, such as `head`, takes nothing from the verdict.
fn print(text: impl Display) {
    write!(std::io::stdout(), "{text}").ok();
}
