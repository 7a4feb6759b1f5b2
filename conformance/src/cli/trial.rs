//! `weni-conformance try`.

mod schedules;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::Args;

use super::report::TrialArgs as ReportArgs;
use super::{CommandError, MOCK, interrupt, print, usage};
use crate::case::Profile;
use crate::client::Token;
use crate::exit_code::ExitCode;
use crate::report::progress::Progress;
use crate::rules::Severity;
use crate::scenario::{self, Delivery, EventError, Payloads, Scenario, Shipped, Start, Trigger};
use crate::trial::explore::{self, Kind};
use crate::trial::run::{self, Terms};
use crate::trial::tried::TrialReport;
use crate::trial::{self, Interrupt, NO_PORT, Plan, Ready, Stages};
use crate::words::meant;

/// Which scenarios, how events reach the integration, and what is done to it.
#[derive(Debug, Args)]
pub struct TryArgs {
    /// Scenarios: files, or names of those that the program brings along [default: all of these]
    #[arg(value_name = "SCENARIO")]
    pub scenarios: Vec<String>,
    /// List scenarios, those of the program or the named ones, with what happens in them and in which messages it is told
    #[arg(long)]
    pub list: bool,
    /// Deliver each event as a POST to this URL; `{{port}}` is the port of what --start starts
    #[arg(long, value_name = "URL", conflicts_with = "command")]
    pub to: Option<String>,
    /// Deliver each event to this command for the shell, on its standard input
    #[arg(long, value_name = "COMMAND")]
    pub command: Option<String>,
    /// A folder with messages of your own, customer-created.json and so on
    #[arg(long, value_name = "FOLDER")]
    pub payloads: Option<PathBuf>,
    /// Start the integration with this command for the shell, once for each that is played at a time. In its environment:
    /// WENI_URL, WENI_TOKEN, WENI_SCRATCH (an empty folder), PORT
    #[arg(long, value_name = "COMMAND", requires = "ready_url")]
    pub start: Option<String>,
    /// Where it answers when it is ready, such as http://localhost:{{port}}/health
    #[arg(long, value_name = "URL", requires = "start")]
    pub ready_url: Option<String>,
    /// Start it anew for each scenario and each fault: for one that remembers what it has seen
    #[arg(long, requires = "start")]
    pub start_anew: bool,
    /// Run this command for the shell before each play: it puts back what the integration itself remembers
    #[arg(long, value_name = "COMMAND")]
    pub reset: Option<String>,
    /// Where the mock listens for an integration that is running already [default: 127.0.0.1:9364 where events go to a URL
    /// and nothing is started, else free ports]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The token that such an integration uses [default: the one that weni-mock has]
    #[arg(long, value_name = "TOKEN", env = "WENI_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// How long nothing must have come before the integration counts as done with an event, such as 5s: for one that
    /// answers before it works. It counts for more than a scenario's own [default: 500ms after a request, none after a
    /// command]
    #[arg(long, value_name = "TIME", value_parser = settle)]
    pub settle: Option<Duration>,
    /// Whose answers count where the article and the running API differ [default: observed, those of the running API]
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
    /// Play each again with one fault at one request, for every request and every kind of fault
    #[arg(long)]
    pub explore_faults: bool,
    /// Explore with these kinds of faults alone
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub faults: Vec<String>,
    /// Where to write the shortest schedule for each thing that a fault shows, to be played again by `try FILE`
    #[arg(long, value_name = "FOLDER", default_value = "weni-schedules")]
    pub schedules: PathBuf,
    /// How many are played at a time [default: eight for each processor; one where the integration has one URL]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// From which severity on a finding is a failure [default: warning]
    #[arg(long, value_name = "SEVERITY", value_enum)]
    pub fail_on: Option<Severity>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub report: ReportArgs,
}

/// The token that weni-mock has unless it is told another one.
const TOKEN: &str = "77656e692d6d6f636b2d746f6b656e2d30303031";

/// The longest time without a request that is waited for, as in scenarios.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How many are played at a time for each processor: most of the time they wait.
const JOBS: usize = 8;

fn settle(text: &str) -> Result<Duration, String> {
    let time = usage::duration(text)?;
    if time <= LONGEST { Ok(time) } else { Err("at most 24h".to_owned()) }
}

/// Plays scenarios and prints what came of them, also of those that were played until somebody asked to stop.
pub(super) async fn try_(args: TryArgs) -> Result<ExitCode, CommandError> {
    if args.list {
        return args.print_list();
    }
    let explore = args.kinds()?;
    let all = args.ready()?;
    args.report.prepare()?;
    if !explore.is_empty() {
        schedules::check(&args.schedules)?;
    }
    trial::rehearse(&all).await?;
    let stages = args.stages(&all)?;
    stages.prepare().await.map_err(CommandError::NoStage)?;
    let progress = Progress::new(all.len());
    let terms = Terms {
        fail_on: args.fail_on(),
        explore,
        progress: progress.clone(),
        interrupt: interrupt(&progress),
    };
    let _heartbeat = progress.heartbeat("plays");
    let tried = run::run(&stages, &all, &terms).await;
    progress.finish();
    let mut report = TrialReport::of(tried, args.fail_on(), terms.interrupt.is_asked());
    // What was found is shown, also if no schedule can be written.
    let written = schedules::write(&args, &all, &mut report);
    args.report.show(&report)?;
    written?;
    Ok(ExitCode::from(&report))
}

/// Whoever asks is told so; whoever asks again does not want the report either.
fn interrupt(progress: &Progress) -> Interrupt {
    let (asked, progress) = (interrupt::asked(), progress.clone());
    Interrupt::when(async move {
        asked.await;
        interrupt::leave_at_once();
        progress.suspend(|| eprintln!("weni-conformance: interrupted: what was found so far"));
    })
}

impl TryArgs {
    /// Each scenario, and what happens in it.
    fn print_list(&self) -> Result<ExitCode, CommandError> {
        let payloads = self.messages()?;
        for scenario in self.chosen()? {
            print(format_args!("{:<30} {}\n", scenario.id, scenario.title.as_deref().unwrap_or_default()));
            for (place, trigger) in scenario.triggers.iter().enumerate() {
                let wrong =
                    |error: EventError| scenario.wrong(&scenario.pointer_of(place), error.to_string());
                print(format_args!("  {}\n", trigger.shown(&payloads).map_err(wrong)?));
            }
        }
        Ok(ExitCode::Passed)
    }

    /// From which severity on a finding is a failure.
    fn fail_on(&self) -> Severity {
        self.fail_on.unwrap_or(Severity::Warning)
    }

    fn messages(&self) -> Result<Payloads, CommandError> {
        Ok(match &self.payloads {
            Some(folder) => Payloads::of_folder(folder)?,
            None => Payloads::built_in()?,
        })
    }

    fn chosen(&self) -> Result<Vec<Scenario>, CommandError> {
        Ok(match self.scenarios.as_slice() {
            [] => scenario::shipped().map(Shipped::read).collect::<Result<_, _>>()?,
            names => names.iter().map(|name| scenario::load(name)).collect::<Result<_, _>>()?,
        })
    }

    fn ready(&self) -> Result<Vec<Ready>, CommandError> {
        let (payloads, scenarios) = (self.messages()?, self.chosen()?);
        let starts = |scenario: &Scenario| self.start.is_some() || scenario.start.is_some();
        self.check_address("--to", self.to.as_deref(), scenarios.iter().all(starts))?;
        self.check_address("--ready-url", self.ready_url.as_deref(), true)?;
        let delivery = self.to.clone().map(Delivery::To).or(self.command.clone().map(Delivery::Command));
        let events = scenarios.iter().flat_map(|scenario| &scenario.triggers).filter_map(Trigger::event);
        for note in payloads.notes(&events.collect()) {
            eprintln!("weni-conformance: --payloads: {note}");
        }
        let ready = scenarios.into_iter().map(|mut scenario| {
            scenario.start = self.start().or(scenario.start);
            scenario.settle = self.settle.or(scenario.settle);
            Ready::new(scenario, delivery.as_ref(), &payloads, self.profile)
        });
        Ok(ready.collect::<Result<_, _>>()?)
    }

    fn check_address(
        &self,
        option: &'static str,
        address: Option<&str>,
        started: bool,
    ) -> Result<(), CommandError> {
        let wrong = |problem: String| CommandError::BadAddress { option, problem };
        let Some(address) = address else { return Ok(()) };
        if address.contains("{{port}}") && !started {
            return Err(wrong(NO_PORT.to_owned()));
        }
        scenario::check_address(address).map_err(|problem| wrong(problem.to_string()))
    }

    fn start(&self) -> Option<Start> {
        let (command, ready_url) = self.start.clone().zip(self.ready_url.clone())?;
        Some(Start { command, ready_url, anew: self.start_anew })
    }

    /// The kinds of faults to try.
    fn kinds(&self) -> Result<Vec<&'static Kind>, CommandError> {
        if !self.explore_faults && self.faults.is_empty() {
            return Ok(Vec::new());
        }
        let unknown = self.faults.iter().find(|name| !explore::kinds().iter().any(|kind| kind.id == **name));
        if let Some(name) = unknown {
            let meant = meant(name, explore::kinds().iter().map(|kind| kind.id.as_str()));
            return Err(CommandError::UnknownFault { name: name.clone(), meant });
        }
        let wanted = |kind: &&Kind| self.faults.is_empty() || self.faults.contains(&kind.id);
        Ok(explore::kinds().iter().filter(wanted).collect())
    }

    /// A running integration has one URL and one token, and others are told theirs.
    fn stages(&self, all: &[Ready]) -> Result<Stages, CommandError> {
        let calls = |ready: &Ready| ready.scenario.start.is_none() && ready.calls();
        let running = self.listen.is_some() || all.iter().any(calls);
        let jobs =
            self.jobs.or(available_parallelism().ok().and_then(|n| n.checked_mul(NonZeroUsize::new(JOBS)?)));
        let jobs = jobs.map_or(1, NonZeroUsize::get);
        if !running {
            return Ok(Stages::new(Plan { reset: self.reset.clone(), ..Plan::default() }, jobs));
        }
        let token = self.token.clone().unwrap_or_else(|| TOKEN.to_owned());
        Token::new(token.as_str()).header().map_err(|_| CommandError::BadToken { option: "--token" })?;
        let listen = self.listen.or(MOCK.parse().ok());
        Ok(Stages::new(Plan { listen, token: Some(token), reset: self.reset.clone() }, jobs))
    }
}
