//! `weni-conformance run`.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Instant;

use super::{CommandError, RunArgs, print};
use crate::case::Profile;
use crate::client::{BaseUrl, Http, Token, Tokens};
use crate::control::{Control, ControlError};
use crate::embedded::Embedded;
use crate::exit_code::ExitCode;
use crate::report::human::{CaseLines, Summary};
use crate::run::{Schedule, Target, Terms};
use crate::select::select;

/// Plays the cases that the arguments select and prints those that did not pass, then the summary.
pub(super) async fn run(args: RunArgs) -> Result<ExitCode, CommandError> {
    let plays = select(args.cases.load()?, &args.cases.filters, args.cases.profile);
    if plays.is_empty() {
        eprintln!("weni-conformance: no case matches, so nothing was judged (`list` shows all)");
        return Ok(ExitCode::NotJudged);
    }
    let http = Http::new(args.timeout)?;
    // Kept to the end of the run: a mock stops when dropped.
    let mock = if args.mock {
        Some(Embedded::start(args.cases.profile.unwrap_or(Profile::Observed)).await)
    } else {
        None
    };
    let target = match &mock {
        Some(mock) => {
            mock.target(http).await.map_err(|source| CommandError::BadUrl { option: "--mock", source })?
        }
        None => named(&args, http).await?,
    };
    let jobs = args.jobs.or_else(|| available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let started = Instant::now();
    let schedule = Schedule { jobs, max_failures: args.max_failures };
    let report = target.run(&plays, schedule, |case| print(CaseLines(case))).await;
    print(format_args!("{}\n", Summary { tally: report.tally(), took: started.elapsed() }));
    Ok(ExitCode::from(&report))
}

/// The target that the arguments name.
async fn named(args: &RunArgs, http: Http) -> Result<Target, CommandError> {
    let url = args.url.as_deref().ok_or(CommandError::NoTarget)?;
    let base: BaseUrl = url.parse().map_err(|source| CommandError::BadUrl { option: "--url", source })?;
    let tokens =
        args.token.as_deref().map(|text| Tokens::administrator(Token::new(text))).unwrap_or_default();
    let control = control(args, &base, &http).await?;
    // Of its own workspace a mock names users of every role.
    let tokens = match &control {
        Some(control) => control.current(&tokens).await.map_or(tokens, |workspace| workspace.tokens),
        None => tokens,
    };
    let terms = Terms { write: true, other_urns: true, ..Terms::default() };
    Ok(Target { http, base, tokens, control, terms })
}

/// The control API: the one asked for, which must then be there, or the one that a local server happens to have.
async fn control(args: &RunArgs, base: &BaseUrl, http: &Http) -> Result<Option<Control>, CommandError> {
    let asked_for = args.control.is_some();
    if !asked_for && !base.is_local() {
        return Ok(None);
    }
    let place = args.control.as_deref().unwrap_or(Control::PATH);
    let root = if place.contains("://") {
        place.parse::<BaseUrl>().and_then(|url| url.join("", None))
    } else {
        base.join(place, None)
    };
    let root = root.map_err(|source| CommandError::BadUrl { option: "--control", source })?;
    let control = Control::new(http.clone(), root);
    match control.health().await {
        Ok(()) => Ok(Some(control)),
        Err(ControlError::Client(error)) => Err(error.into()),
        Err(error) if asked_for => Err(error.into()),
        Err(_) => Ok(None),
    }
}
