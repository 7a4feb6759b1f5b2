//! `weni-conformance check`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::accept::AcceptArgs;
use super::report::FindingArgs;
use super::{CommandError, usage};
use crate::check::CheckReport;
use crate::client::{BaseUrl, Http, Token, Tokens};
use crate::control::Control;
use crate::exit_code::ExitCode;
use crate::rules::Severity;
use crate::traffic::{self, Traffic};

/// Whose requests, and what of them is a failure.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// HAR files, or journals of weni-mock; several are judged as one
    #[arg(value_name = "FILE", conflicts_with = "mock", required_unless_present = "mock")]
    pub files: Vec<PathBuf>,
    /// The live journal of a running mock [default: WENI_URL, else http://127.0.0.1:9364]
    #[arg(long, value_name = "URL", num_args = 0..=1)]
    pub mock: Option<Option<String>>,
    /// The token that the integration uses: judges that workspace's requests [default: those of the default workspace]
    #[arg(long, env = "WENI_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// The control API's token, if it asks for one
    #[arg(long, value_name = "TOKEN", env = "WENI_CONTROL_TOKEN", hide_env_values = true)]
    pub control_token: Option<String>,
    /// The time limit for reading the journal, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = usage::seconds)]
    pub timeout: Duration,
    /// From which severity on a finding is a failure
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = Severity::Warning)]
    pub fail_on: Severity,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub accept: AcceptArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub report: FindingArgs,
}

/// Judges traffic and prints what was found.
pub(super) async fn check(args: CheckArgs) -> Result<ExitCode, CommandError> {
    let mut baseline = args.accept.of_rules()?;
    args.report.prepare()?;
    let (traffic, source) = match &args.mock {
        Some(url) => args.journal(url.as_deref()).await?,
        None => args.read().await?,
    };
    let mut report = CheckReport::of(&traffic, &source, args.fail_on);
    args.accept.apply(&baseline, &mut report);
    args.report.show(&report)?;
    args.accept.update(&mut baseline, &mut report.rules)?;
    Ok(ExitCode::from(&report))
}

impl CheckArgs {
    async fn read(&self) -> Result<(Traffic, String), CommandError> {
        let mut all = Traffic::default();
        for file in &self.files {
            // Numbers go on from file to file: a report names a request by its own.
            all.join(super::read_traffic(file).await?);
        }
        let names: Vec<_> = self.files.iter().map(|file| file.display().to_string()).collect();
        // Rules ask what came before what, in whichever order the files are named.
        Ok((all.by_time(), names.join(", ")))
    }

    /// The journal of the workspace, and what the server could tell of no workspace: requests without a valid token are the
    /// commonest mistake.
    async fn journal(&self, url: Option<&str>) -> Result<(Traffic, String), CommandError> {
        let from_environment = std::env::var("WENI_URL").ok();
        let usual = format!("http://{}", super::MOCK);
        let url = url.or(from_environment.as_deref()).unwrap_or(&usual);
        let base: BaseUrl =
            url.parse().map_err(|source| CommandError::BadUrl { option: "--mock", source })?;
        let root = base
            .join(Control::PATH, None)
            .map_err(|source| CommandError::BadUrl { option: "--mock", source })?;
        let mut control = Control::new(Http::new(self.timeout)?, root);
        if let Some(token) = &self.control_token {
            let wrong = |_| CommandError::BadToken { option: "--control-token" };
            control = control.with_token(token).map_err(wrong)?;
        }
        let tokens = self.token.as_deref().filter(|token| !token.trim().is_empty());
        let tokens = tokens.map(|token| Tokens::administrator(Token::new(token)));
        let hidden = tokens.clone().unwrap_or_default().hiding_also(self.control_token.as_deref());
        let of_workspace = control.journal(tokens.as_ref()).await.map_err(|error| error.masked(&hidden))?;
        let of_server = control.journal_of_server().await.map_err(|error| error.masked(&hidden))?;
        let read = |value: Value| traffic::of_value(Path::new(url), value);
        let mut all = read(of_workspace)?;
        // The two count for themselves.
        all.join(read(of_server)?);
        Ok((all.by_time(), base.to_string()))
    }
}
