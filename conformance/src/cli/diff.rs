//! `weni-conformance diff`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::error::Side;
use super::leave::LeaveArgs;
use super::target::ControlArgs;
use super::{CaseArgs, CommandError, TargetArgs, interrupt, print, usage};
use crate::before::Before;
use crate::case::Profile;
use crate::client::Http;
use crate::diff;
use crate::embedded::Embedded;
use crate::exit_code::ExitCode;
use crate::pace::Rate;
use crate::plan::Plan;
use crate::probe;
use crate::report::progress::Progress;
use crate::run::{Play, Target};

/// What stands for an address and means a mock started for the comparison.
const MOCK: &str = "mock";

const A: Side = Side { url: "--a", token: "--token-a", variable: "WENI_TOKEN" };
const B: Side = Side { url: "--b", token: "--token-b", variable: "WENI_TOKEN_B" };

/// Which two servers, and how to go about it.
#[derive(Debug, Args)]
pub struct DiffArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub cases: CaseArgs,
    /// The one server: its address, or `mock` for one started here, `mock=observed` for one in that profile
    #[arg(long, value_name = "URL")]
    pub a: String,
    /// The other one
    #[arg(long, value_name = "URL", default_value = MOCK)]
    pub b: String,
    /// The token for the one
    #[arg(long, value_name = "TOKEN", env = "WENI_TOKEN", hide_env_values = true)]
    pub token_a: Option<String>,
    /// The token for the other
    #[arg(long, value_name = "TOKEN", env = "WENI_TOKEN_B", hide_env_values = true)]
    pub token_b: Option<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub leave: LeaveArgs,
    /// The time limit for one exchange, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = usage::seconds)]
    pub timeout: Duration,
    /// How many requests to each in which time, such as 2500/hour [default: 2500/hour for a host that is not local]
    #[arg(long)]
    pub rate: Option<Rate>,
    /// Write the comparison as JSON to this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// Plays the cases with both and prints every difference once.
pub(super) async fn diff(args: DiffArgs) -> Result<ExitCode, CommandError> {
    let (mut a, _mock_a) = args.side(&A, &args.a, args.token_a.as_deref()).await?;
    // A token is for the server that it was given for.
    let token_b = args.token_b.as_deref().or(args.token_a.as_deref().filter(|_| args.a == args.b));
    let (mut b, _mock_b) = args.side(&B, &args.b, token_b).await?;
    if a.base == b.base && a.tokens.share_with(&b.tokens) {
        return Err(CommandError::SameWorkspace);
    }
    let local = a.base.is_local() && b.base.is_local();
    for target in [&mut a, &mut b] {
        target.terms.write = args.leave.writes(local);
        target.terms.other_urns &= args.leave.phone_urns || local && args.a == MOCK && args.b == MOCK;
    }
    b.terms.run = a.terms.run.clone();
    b.terms.stop = a.terms.stop.clone();
    // What only the control API of a mock can prepare, the other server cannot have.
    let both = |play: &Play| play.case.portable && !play.case.required().iter().any(|need| need.is_control());
    let plays = args.cases.plays()?.into_iter().filter(both);
    let plays: Vec<_> = plays.collect();
    if plays.is_empty() {
        eprintln!("weni-conformance: no case matches that both can play, so nothing was compared");
        return Ok(ExitCode::NotJudged);
    }
    let plan = Plan::new(
        &a.terms.run,
        plays,
        |case| a.lacks(case).or_else(|| b.lacks(case)),
        args.leave.budget(local),
    );
    if args.leave.only_plans(&plan) {
        return Ok(ExitCode::Passed);
    }
    for target in [&mut a, &mut b] {
        target.terms.pace = target.terms.pace.clone().within(args.leave.budget(local));
        if plan.writes {
            target.before = Arc::new(Before::read(&target.client()).await?);
        }
    }
    if a.before.is_same_as(&b.before) {
        return Err(CommandError::SameWorkspace);
    }
    interrupt::watch(a.terms.stop.clone(), a.terms.run.clone(), Progress::none());
    let report = diff::diff(&a, &b, &plan.plays).await;
    print(&report);
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&report).unwrap_or_default();
        std::fs::write(path, text + "\n")
            .map_err(|source| CommandError::Write { path: path.clone(), source })?;
    }
    Ok(if a.terms.stop.is_set() && !report.given_up {
        ExitCode::Interrupted
    } else if !report.differences.is_empty() || !report.left.is_empty() {
        ExitCode::Failed
    } else if report.exchanges == 0 || !report.cut_short.is_empty() {
        ExitCode::NotJudged
    } else {
        ExitCode::Passed
    })
}

impl DiffArgs {
    /// One of the two, and the mock that it is, to be kept until the end.
    async fn side(
        &self,
        side: &Side,
        place: &str,
        token: Option<&str>,
    ) -> Result<(Target, Option<Embedded>), CommandError> {
        let profile = match place {
            MOCK | "mock=documented" => Some(Profile::Documented),
            "mock=observed" => Some(Profile::Observed),
            _ => None,
        };
        if let Some(profile) = profile {
            let mock = Embedded::start(profile).await;
            let target = mock
                .target(Http::new(self.timeout)?)
                .await
                .map_err(|source| CommandError::BadUrl { option: side.url, source })?;
            return Ok((target, Some(mock)));
        }
        let named = TargetArgs {
            url: Some(place.to_owned()),
            token: token.map(str::to_owned),
            timeout: self.timeout,
            rate: self.rate,
        };
        let mut target = named.target().map_err(|error| error.of(side))?;
        target.terms.other_urns = true;
        if !self.leave.dry_run {
            probe::probe(&target.client()).await?;
        }
        ControlArgs { control: None, control_token: None }.attach(&mut target, false).await?;
        Ok((target, None))
    }
}
