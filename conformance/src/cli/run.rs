//! `weni-conformance run`.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Instant;

use clap::Args;
use jiff::Timestamp;

use super::accept::{self, AcceptArgs};
use super::leave::LeaveArgs;
use super::target::{ControlArgs, paused};
use super::{CaseArgs, CommandError, ReportArgs, TargetArgs, interrupt, usage};
use crate::before::Before;
use crate::case::Profile;
use crate::embedded::Embedded;
use crate::exit_code::ExitCode;
use crate::lent;
use crate::plan::Plan;
use crate::probe;
use crate::report::progress::Progress;
use crate::run::{Schedule, Target, leftovers};
use crate::verdict::{CaseReport, RunReport, SkipReason, Verdict};

/// How many cases are played at a time against such a host.
const HOSTED_JOBS: NonZeroUsize = NonZeroUsize::new(4).expect("four is not zero");

/// How to run cases.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub cases: CaseArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub target: TargetArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub control: ControlArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub report: ReportArgs,
    /// Judge a mock started for this run, by default one of the profile that is judged
    #[arg(long, value_name = "PROFILE", num_args = 0..=1, require_equals = true, value_enum)]
    pub mock: Option<Option<Profile>>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub leave: LeaveArgs,
    /// The UUID of a group that a flow, campaign or trigger uses: the run tries to delete it
    #[arg(long, value_name = "UUID", value_parser = usage::uuid)]
    pub linked_group: Option<String>,
    /// How many cases to play at a time [default: one for each processor, 4 for a host that is not local]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Begin no further case after this many that failed or could not be judged
    #[arg(long, value_name = "N")]
    pub max_failures: Option<NonZeroUsize>,
    /// A known deviation of the running API from the article is a failure
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub accept: AcceptArgs,
}

/// Plays the cases that the arguments select and prints those that did not pass, then the summary.
pub(super) async fn run(args: RunArgs) -> Result<ExitCode, CommandError> {
    if args.mock.is_some() && args.target.url.is_some() && args.target.url != std::env::var("WENI_URL").ok() {
        return Err(CommandError::TwoTargets);
    }
    let cases = args.cases.load()?;
    let ids = || cases.iter().map(|case| case.id.clone()).collect();
    let mut baseline = args.accept.read("case", ids)?;
    let plays = args.cases.choose(cases);
    if plays.is_empty() {
        eprintln!("weni-conformance: no case matches, so nothing was judged (`list` shows all)");
        return Ok(ExitCode::NotJudged);
    }
    // Kept to the end of the run: a mock stops when dropped.
    let mock = match args.mock {
        Some(profile) => {
            let profile = profile.or(args.cases.profile).unwrap_or(Profile::Documented);
            Some(Embedded::start(profile).await)
        }
        None => None,
    };
    let mut target = match &mock {
        Some(mock) => args.embedded(mock).await?,
        None => args.named().await?,
    };
    let local = target.base.is_local();
    target.terms.write &= args.leave.writes(local);
    let plan = Plan::new(&target.terms.run, plays, |case| target.lacks(case), args.leave.budget(local));
    if args.leave.only_plans(&plan) {
        return Ok(ExitCode::Passed);
    }
    args.report.files.prepare()?;
    target.terms.pace = target.terms.pace.clone().within(args.leave.budget(local));
    if plan.writes {
        target.before = Arc::new(Before::read(&target.client()).await?);
    }
    let today = accept::today();
    let mut report = play(&args, &target, &plan, |case| baseline.accept(case, today)).await;
    if !args.accept.update_baseline {
        report.about.passing_again = baseline.passing_again(&report.cases);
    }
    for case in &report.cases {
        args.report.case(case);
    }
    args.report.end(&report)?;
    if args.accept.update_baseline && args.strict && report.tally().deviating > 0 {
        eprintln!(
            "weni-conformance: known deviations are not accepted: --strict is what makes them failures"
        );
    }
    args.accept.update(&mut baseline, &mut report.cases)?;
    Ok(ExitCode::from(&report))
}

/// Plays what is planned, and looks whether anything was left.
async fn play(args: &RunArgs, target: &Target, plan: &Plan, accept: impl Fn(&mut CaseReport)) -> RunReport {
    let here = target.base.is_local();
    let of_machine = || available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let jobs = args.jobs.unwrap_or_else(|| if here { of_machine() } else { HOSTED_JOBS });
    let progress = Progress::new(plan.plays.len());
    let _heartbeat = progress.heartbeat("cases");
    let bar = progress.clone();
    let mut target = target.clone();
    target.terms.pace = target.terms.pace.telling(move |time| bar.suspend(|| paused(time)));
    let target = &target;
    interrupt::watch(target.terms.stop.clone(), target.terms.run.clone(), progress.clone());
    let (began, clock) = (Timestamp::now(), Instant::now());
    let schedule = Schedule { jobs, max_failures: args.max_failures };
    let mut report = target.run(&plan.plays, schedule, accept, |case| progress.seen(case)).await;
    progress.finish();
    let about = &mut report.about;
    about.run = target.terms.run.to_string();
    about.target = target.base.to_string();
    about.began = began.to_string();
    about.read_only = !target.terms.write;
    about.strict = args.strict;
    about.seconds = clock.elapsed().as_secs_f64();
    let given_up = |case: &CaseReport| matches!(case.verdict, Verdict::Skipped(SkipReason::GivenUp(_)));
    if report.cases.iter().any(given_up) {
        // Nobody is patient any longer with a server that was.
        target.terms.stop.set();
    }
    let left = leftovers::look(target, &report.cases, plan.writes).await;
    let about = &mut report.about;
    (about.left, about.sweep, about.unlooked, about.harmed) =
        (left.lines, left.own, left.unlooked, left.harmed);
    report.about.seconds = clock.elapsed().as_secs_f64();
    report.about.requests = target.terms.pace.sent();
    report
}

impl RunArgs {
    async fn embedded(&self, mock: &Embedded) -> Result<Target, CommandError> {
        let http = crate::client::Http::new(self.target.timeout)?;
        mock.target(http).await.map_err(|source| CommandError::BadUrl { option: "--mock", source })
    }

    async fn named(&self) -> Result<Target, CommandError> {
        let mut target = self.target.target().map_err(|error| match error {
            CommandError::NoTarget(_) => CommandError::NoTarget(", or have one started with --mock"),
            error => error,
        })?;
        target.terms.other_urns = self.leave.phone_urns;
        target.terms.linked_group.clone_from(&self.linked_group);
        if !self.leave.dry_run {
            probe::probe(&target.client()).await?;
        }
        let writes = self.leave.writes(target.base.is_local()) && !self.leave.dry_run;
        self.control.attach(&mut target, writes).await?;
        if let (Some(uuid), true) = (&self.linked_group, writes) {
            let lent = lent::read(&target.client(), uuid).await?;
            eprintln!("weni-conformance: tries to delete the group {lent}: if nothing uses it, it is lost");
        }
        Ok(target)
    }
}
