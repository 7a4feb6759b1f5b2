//! Why a command could not be carried out.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::baseline::BaselineError;
use crate::client::{BadUrl, BaseUrl, ClientError, ListError};
use crate::control::ControlError;
use crate::exit_code::ExitCode;
use crate::lent::LentError;
use crate::load::LoadError;
use crate::probe::ProbeError;
use crate::proxy::NoUpstream;
use crate::replay::ReplayError;
use crate::report::files::FileError;
use crate::scenario::EventError;
use crate::traffic::TrafficError;
use crate::trial::{NotReady, NotTaken, StageError};
use crate::words::counted;

/// The options by which one side of a comparison is given.
pub(super) struct Side {
    pub(super) url: &'static str,
    pub(super) token: &'static str,
    pub(super) variable: &'static str,
}

/// Why a command could not be carried out. Each message is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A case file is wrong.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A baseline is wrong.
    #[error("--baseline: {0}")]
    Baseline(#[from] BaselineError),
    /// Failures are to be accepted, and nobody says why.
    #[error("--update-baseline would accept {}: say why with --reason", counted(*.0, "new failure"))]
    NoReason(usize),
    /// There is no such command.
    #[error("there is no command `{name}`: {meant}")]
    NoCommand {
        /// What was asked for.
        name: String,
        /// What may have been meant.
        meant: String,
    },
    /// No target was named.
    #[error("no target: name a server with --url (or WENI_URL){}", .0)]
    NoTarget(&'static str),
    /// Both sides of a comparison are one.
    #[error("--a and --b are the same workspace: each would meet what the other makes")]
    SameWorkspace,
    /// Two targets were named.
    #[error("--mock judges a mock of its own: not together with --url")]
    TwoTargets,
    /// A case builds on another that is not there.
    #[error("{case}: `uses` names {used}, and there is no such case")]
    UnknownUse {
        /// The case's file.
        case: String,
        /// The id that it names.
        used: String,
    },
    /// The group that was lent is not there.
    #[error(transparent)]
    Lent(#[from] LentError),
    /// No token was given.
    #[error("no token: give the one of an administrator of the workspace with {option} (or {variable})")]
    NoToken {
        /// The option that gives it.
        option: &'static str,
        /// The variable of the environment that does.
        variable: &'static str,
    },
    /// The token is an empty text, as of a secret that is not set.
    #[error("the token is empty: {option} or {variable} is given, and there is nothing in it")]
    EmptyToken {
        /// The option that gives it.
        option: &'static str,
        /// The variable of the environment that does.
        variable: &'static str,
    },
    /// A token is none.
    #[error("{option}: a token is printable ASCII without line breaks, and without the word Token before it")]
    BadToken {
        /// The option that gave it.
        option: &'static str,
    },
    /// An address is wrong.
    #[error("{option}: {source}")]
    BadUrl {
        /// The option that gave it.
        option: &'static str,
        /// What is wrong with it.
        source: BadUrl,
    },
    /// The target does not answer.
    #[error(transparent)]
    OutOfReach(#[from] ClientError),
    /// The control API's place is none.
    #[error("--control: `{0}` is neither a URL nor a path such as /__mock")]
    BadControl(String),
    /// What answers cannot be judged.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The control API that was asked for does not answer.
    #[error("{0}")]
    NoControl(#[from] ControlError),
    /// A request cannot be sent again.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Requests that write are to be sent to a host that is not local.
    #[error("these requests write, and the host is not this machine: --write sends them all the same")]
    WritesElsewhere,
    /// A scenario's events cannot be delivered.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// The messages of events cannot be read.
    #[error("--payloads: {0}")]
    Payloads(#[from] EventError),
    /// There is no such kind of fault.
    #[error("--faults: there is no kind `{name}`: {meant}")]
    UnknownFault {
        /// What was asked for.
        name: String,
        /// What may have been meant.
        meant: String,
    },
    /// The address of an integration is none.
    #[error("{option}: {problem}")]
    BadAddress {
        /// The option that gave it.
        option: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The mock of a scenario cannot listen where it is to.
    #[error("{0} (--listen says where)")]
    NoStage(StageError),
    /// Scenarios cannot be played.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    /// Traffic cannot be read.
    #[error(transparent)]
    Traffic(#[from] TrafficError),
    /// A sweep did not look at everything.
    #[error("not everything was looked at, there may be more: {0}")]
    Sweep(ListError),
    /// A workspace could not be read.
    #[error(transparent)]
    List(#[from] ListError),
    /// A report cannot be written.
    #[error(transparent)]
    Report(#[from] FileError),
    /// The proxy cannot listen.
    #[error("--listen {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The proxy has no way to its upstream.
    #[error(transparent)]
    Upstream(#[from] NoUpstream),
    /// The proxy would send to itself.
    #[error("--upstream {0} is where the proxy itself listens (--listen)")]
    ToItself(BaseUrl),
    /// A rule broke down.
    #[error("the traffic was not judged: {0}")]
    NotJudged(std::io::Error),
    /// No schedule can be written.
    #[error("--schedules: {}: {source}", path.display())]
    Schedules {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl CommandError {
    /// The same, of one side of a comparison.
    #[must_use]
    pub(super) fn of(self, side: &Side) -> Self {
        let (option, variable) = (side.token, side.variable);
        match self {
            Self::BadUrl { source, .. } => Self::BadUrl { option: side.url, source },
            Self::NoToken { .. } => Self::NoToken { option, variable },
            Self::EmptyToken { .. } => Self::EmptyToken { option, variable },
            Self::BadToken { .. } => Self::BadToken { option },
            other => other,
        }
    }

    /// The exit code that this error ends the program with.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::OutOfReach(_)
            | Self::Probe(_)
            | Self::NoControl(_)
            | Self::Sweep(_)
            | Self::List(_)
            | Self::Upstream(NoUpstream::Tls(_) | NoUpstream::Address(_))
            | Self::NotJudged(_)
            | Self::NotTaken(NotTaken::NotAsked(_))
            | Self::Replay(_) => ExitCode::NotJudged,
            Self::Load(_)
            | Self::Traffic(_)
            | Self::NotReady(_)
            | Self::Payloads(_)
            | Self::UnknownFault { .. }
            | Self::BadAddress { .. }
            | Self::NoStage(_)
            | Self::NotTaken(NotTaken::Refused(_))
            | Self::WritesElsewhere
            | Self::Baseline(_)
            | Self::NoReason(_)
            | Self::NoCommand { .. }
            | Self::NoTarget(_)
            | Self::TwoTargets
            | Self::SameWorkspace
            | Self::UnknownUse { .. }
            | Self::Lent(_)
            | Self::NoToken { .. }
            | Self::EmptyToken { .. }
            | Self::BadControl(_)
            | Self::BadToken { .. }
            | Self::BadUrl { .. }
            | Self::Report(_)
            | Self::Upstream(NoUpstream::Ca { .. })
            | Self::Listen { .. }
            | Self::ToItself(_)
            | Self::Schedules { .. }
            | Self::Write { .. } => ExitCode::Usage,
        }
    }
}
