//! `weni-conformance try`.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread::available_parallelism;

use clap::Args;

use super::report::TrialArgs as ReportArgs;
use super::{CommandError, print};
use crate::case::Profile;
use crate::client::Token;
use crate::exit_code::ExitCode;
use crate::report::progress::Progress;
use crate::rules::Severity;
use crate::scenario::{self, Delivery, Payloads, Scenario, Start};
use crate::trial::explore::{self, Kind};
use crate::trial::run::{self, Terms, TrialReport};
use crate::trial::{Plan, Ready, Stages};

/// Which scenarios, how events reach the integration, and what is done to it.
#[derive(Debug, Args)]
pub struct TryArgs {
    /// Scenarios: files, or names of those that the program brings along [default: all of these]
    #[arg(value_name = "SCENARIO")]
    pub scenarios: Vec<String>,
    /// List the scenarios that the program brings along
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
    /// Whose answers count where the article and the running API differ [default: observed, those of the running API]
    #[arg(long, value_enum)]
    pub profile: Option<Profile>,
    /// Play each again with one fault at one request, for every request and every kind of fault
    #[arg(long)]
    pub explore_faults: bool,
    /// Only these kinds of faults
    #[arg(long, value_name = "KIND", value_delimiter = ',', requires = "explore_faults")]
    pub faults: Vec<String>,
    /// Where to write the shortest schedule for each thing that a fault shows, to be played again by `try FILE`
    #[arg(long, value_name = "FOLDER", default_value = "weni-schedules")]
    pub schedules: PathBuf,
    /// How many are played at a time [default: eight for each processor; one where the integration has one URL]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// From which severity on a finding is a failure
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = Severity::Warning)]
    pub fail_on: Severity,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub report: ReportArgs,
}

/// Where a mock is unless it is said.
const LISTEN: &str = "127.0.0.1:9364";

/// The token that weni-mock has unless it is told another one.
const TOKEN: &str = "77656e692d6d6f636b2d746f6b656e2d30303031";

/// How many are played at a time for each processor: most of the time they wait.
const JOBS: usize = 8;

/// Plays scenarios and prints what came of them.
pub(super) async fn try_(args: TryArgs) -> Result<ExitCode, CommandError> {
    if args.list {
        for shipped in scenario::shipped() {
            let scenario = shipped.read()?;
            print(format_args!("{:<30} {}\n", scenario.id, scenario.title.unwrap_or_default()));
        }
        return Ok(ExitCode::Passed);
    }
    let all = args.ready()?;
    let terms = Terms { fail_on: args.fail_on, explore: args.kinds()? };
    args.report.prepare()?;
    let stages = args.stages(&all)?;
    let progress = Progress::new(all.len());
    let _heartbeat = progress.heartbeat("plays");
    let tried = run::run(&stages, &all, &terms, &progress).await;
    progress.finish();
    let mut report = TrialReport::of(tried, args.fail_on);
    // What was found is shown, also if no schedule can be written.
    let written = args.write_schedules(&all, &mut report);
    args.report.show(&report)?;
    written?;
    Ok(ExitCode::from(&report))
}

impl TryArgs {
    fn ready(&self) -> Result<Vec<Ready>, CommandError> {
        let delivery = self.to.clone().map(Delivery::To).or(self.command.clone().map(Delivery::Command));
        let payloads = match &self.payloads {
            Some(folder) => Payloads::of_folder(folder)?,
            None => Payloads::built_in()?,
        };
        let scenarios: Vec<Scenario> = match self.scenarios.as_slice() {
            [] => scenario::shipped().map(scenario::Shipped::read).collect::<Result<_, _>>()?,
            names => names.iter().map(|name| scenario::load(name)).collect::<Result<_, _>>()?,
        };
        let ready = scenarios.into_iter().map(|mut scenario| {
            scenario.start = self.start().or(scenario.start);
            Ready::new(scenario, delivery.as_ref(), &payloads, self.profile)
        });
        Ok(ready.collect::<Result<_, _>>()?)
    }

    fn start(&self) -> Option<Start> {
        let (command, ready_url) = self.start.clone().zip(self.ready_url.clone())?;
        Some(Start { command, ready_url, anew: self.start_anew })
    }

    /// The kinds of faults to try.
    fn kinds(&self) -> Result<Vec<&'static Kind>, CommandError> {
        if !self.explore_faults {
            return Ok(Vec::new());
        }
        let unknown = self.faults.iter().find(|name| !explore::kinds().iter().any(|kind| kind.id == **name));
        if let Some(name) = unknown {
            let known: Vec<_> = explore::kinds().iter().map(|kind| kind.id.as_str()).collect();
            return Err(CommandError::UnknownFault { name: name.clone(), known: known.join(", ") });
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
        let listen = self.listen.or(LISTEN.parse().ok());
        Ok(Stages::new(Plan { listen, token: Some(token), reset: self.reset.clone() }, jobs))
    }

    /// A file of this name, in the folder and not one of those: an id may be any text, and two scenarios may have one.
    fn schedule_file(&self, scenario: &str, point: &str, taken: &[PathBuf]) -> PathBuf {
        let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        let name: String = scenario.chars().map(plain).take(100).collect();
        let name = name.trim_start_matches('.');
        let again = (2..).map(|number| format!("{name}-{point}-{number}.json"));
        let mut paths = std::iter::once(format!("{name}-{point}.json")).chain(again);
        let free = paths.find(|name| !taken.contains(&self.schedules.join(name)));
        self.schedules.join(free.unwrap_or_default())
    }

    /// Writes what shows again each thing that a fault showed.
    fn write_schedules(&self, all: &[Ready], report: &mut TrialReport) -> Result<(), CommandError> {
        let failed = |path: &PathBuf, source| CommandError::Write { path: path.clone(), source };
        for (ready, tried) in all.iter().zip(&report.tried) {
            for (point, _) in tried.matrix.iter().flat_map(explore::Matrix::bad) {
                let schedule = point.schedule(&ready.scenario);
                std::fs::create_dir_all(&self.schedules).map_err(|source| failed(&self.schedules, source))?;
                let path = self.schedule_file(&tried.id, &point.id(), &report.schedules);
                std::fs::write(&path, format!("{schedule:#}\n")).map_err(|source| failed(&path, source))?;
                report.schedules.push(path);
            }
        }
        Ok(())
    }
}
