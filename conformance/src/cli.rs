//! The command line.

mod list;
mod run;
mod usage;

use std::fmt::Display;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::case::{Case, Profile};
use crate::exit_code::ExitCode;
use crate::load::{self, LoadError};
use crate::select::Filter;

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
    Run(RunArgs),
    /// List cases without playing them
    List(CaseArgs),
}

/// Which cases.
#[derive(Debug, Args)]
pub struct CaseArgs {
    /// Parts of case ids, or clauses such as C15: only cases that match one of them
    #[arg(value_name = "FILTER")]
    pub filters: Vec<Filter>,
    /// Files or folders of cases [default: fixtures/cases and fixtures/recorded of the checkout]
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub cases: Vec<PathBuf>,
    /// Only cases that hold in this profile, judged in it [default: observed, else documented]
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
}

/// How to run them.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub cases: CaseArgs,
    /// The server to judge, with or without /api/v2
    #[arg(long, env = "WENI_URL", hide_env_values = true)]
    pub url: Option<String>,
    /// The token of an administrator of its workspace
    #[arg(long, env = "WENI_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// The server's control API, as a URL or a path [default: /__mock where a local server offers it]
    #[arg(long, value_name = "URL_OR_PATH")]
    pub control: Option<String>,
    /// Judge a mock started for this run; --url and --token are then of no account
    #[arg(long)]
    pub mock: bool,
    /// How many cases to play at a time [default: one for each processor]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// The time limit for one exchange, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = usage::seconds)]
    pub timeout: Duration,
    /// Begin no further case after this many that failed or could not be judged
    #[arg(long, value_name = "N")]
    pub max_failures: Option<NonZeroUsize>,
}

/// Why a command could not be carried out. Each message is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A case file is wrong.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// No cases were named and none are around.
    #[error("no cases: no fixtures/ in this folder or above it; name some with --cases PATH")]
    NoCases,
    /// No target was named.
    #[error("no target: name a server with --url (or WENI_URL), or start one with --mock")]
    NoTarget,
    /// An address is wrong.
    #[error("{option}: {source}")]
    BadUrl {
        /// The option that gave it.
        option: &'static str,
        /// What is wrong with it.
        source: crate::client::BadUrl,
    },
    /// The target does not answer.
    #[error(transparent)]
    OutOfReach(#[from] crate::client::ClientError),
    /// The control API that was asked for does not answer.
    #[error("{0}")]
    NoControl(#[from] crate::control::ControlError),
}

impl CommandError {
    /// The exit code that this error ends the program with.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::OutOfReach(_) | Self::NoControl(_) => ExitCode::NotJudged,
            Self::Load(_) | Self::NoCases | Self::NoTarget | Self::BadUrl { .. } => ExitCode::Usage,
        }
    }
}

/// Reads the command line, does what it says, and prints what came of it.
pub async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::explain(&error),
    };
    let done = match cli.command {
        Command::List(args) => list::list(args),
        Command::Run(args) => tokio::select! {
            done = run::run(args) => done,
            _ = tokio::signal::ctrl_c() => {
                eprintln!("weni-conformance: interrupted, so there is no verdict");
                Ok(ExitCode::Interrupted)
            }
        },
    };
    done.unwrap_or_else(|error| {
        eprintln!("weni-conformance: {error}");
        error.exit_code()
    })
}

/// Prints to standard output. A reader that has gone, such as `head`, takes nothing from the verdict.
fn print(text: impl Display) {
    write!(std::io::stdout(), "{text}").ok();
}

impl CaseArgs {
    /// Loads the cases that the arguments name, or those of the checkout.
    fn load(&self) -> Result<Vec<Case>, CommandError> {
        if !self.cases.is_empty() {
            return Ok(load::load(&self.cases)?);
        }
        let here =
            std::env::current_dir().map_err(|source| LoadError::Read { path: PathBuf::from("."), source })?;
        let folders = load::checkout(&here).ok_or(CommandError::NoCases)?;
        Ok(load::load(&folders)?)
    }
}
