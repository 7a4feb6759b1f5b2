//! The command line: the only reader of flags and environment.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use clap::builder::BoolishValueParser;
use clap::{Parser, ValueEnum};

use crate::api::Endpoint;
use crate::control::access::ControlAccess;
use crate::journal;
use crate::log::Log;
use crate::mock::Stub;
use crate::model::deviation::Profile;
use crate::model::settings::RateLimit;
use crate::model::time::{Timestamp, parse_instant};
use crate::options::Options;
use crate::store::registry::{PerToken, check_token};

/// Workspaces of `--workspace-per-token` at a time.
const PER_TOKEN_MOST: usize = 10_000;

/// How long such a workspace may lie unused before a new one takes its place.
const PER_TOKEN_IDLE: Duration = Duration::from_secs(3600);

/// A mock of the Weni Flows API v2: contacts, fields and groups, in memory
#[derive(Debug, Parser)]
#[command(
    name = "weni-mock",
    version,
    after_help = "Examples:
  weni-mock                                  the shop, with the documented answers
  weni-mock --profile observed               what production really answers
  weni-mock --port 0 --ready-file ready.txt  a free port, for CI
  weni-mock --data customers.csv --seed 1    your contacts, the same identifiers each run

Every option can be given in the environment: WENI_MOCK_PORT=8080."
)]
pub(crate) struct Config {
    /// Address to listen on
    #[arg(long, env = "WENI_MOCK_HOST", default_value = "127.0.0.1", value_parser = parse_host, hide_env = true)]
    host: IpAddr,
    /// Port to listen on; 0 takes a free one
    #[arg(long, env = "WENI_MOCK_PORT", default_value_t = 9364, hide_env = true)]
    port: u16,
    /// Where the article and the running API disagree [default: documented]
    #[arg(long, env = "WENI_MOCK_PROFILE", hide_env = true)]
    profile: Option<ProfileFlag>,
    /// Country of numbers without a country code, such as BR, or none [default: the data's, else BR]
    #[arg(long, env = "WENI_MOCK_COUNTRY", hide_env = true)]
    country: Option<String>,
    /// The administrator's token of the default workspace [default: a fixed one]
    #[arg(long, env = "WENI_MOCK_TOKEN", hide_env = true)]
    token: Option<String>,
    /// What the workspace begins with: shop, empty, or a .json or .csv file
    #[arg(long, env = "WENI_MOCK_DATA", default_value = "shop", value_name = "FILE|NAME", hide_env = true)]
    data: String,
    /// Any unknown token with this prefix opens a fresh workspace of its own
    #[arg(long, env = "WENI_MOCK_WORKSPACE_PER_TOKEN", value_name = "PREFIX", hide_env = true)]
    workspace_per_token: Option<String>,
    /// Requests of each user that pass, such as 2500/hour, or off
    #[arg(long, env = "WENI_MOCK_RATE_LIMIT", default_value = "off", value_parser = parse_rate, value_name = "N/PERIOD", hide_env = true)]
    rate_limit: RateFlag,
    /// RSA public key (PEM) that Bearer tokens are checked with
    #[arg(long, env = "WENI_MOCK_JWT_PUBLIC_KEY", value_name = "FILE", hide_env = true)]
    jwt_public_key: Option<PathBuf>,
    /// Makes identifiers a function of this number
    #[arg(long, env = "WENI_MOCK_SEED", allow_negative_numbers = true, value_name = "N", hide_env = true)]
    seed: Option<u64>,
    /// Fixes the clock at an instant such as 2026-01-01T00:00:00Z
    #[arg(long, env = "WENI_MOCK_CLOCK", value_parser = parse_instant, value_name = "INSTANT", hide_env = true)]
    clock: Option<Timestamp>,
    /// Scheme and host of links, behind a tunnel or proxy
    #[arg(long, env = "WENI_MOCK_PUBLIC_URL", value_name = "URL", hide_env = true)]
    public_url: Option<String>,
    /// Answers a neighbouring endpoint: flow_starts.json=201:answer.json; may be repeated
    #[arg(
        long,
        env = "WENI_MOCK_STUB",
        value_name = "NAME=STATUS[:FILE]",
        value_delimiter = ',',
        hide_env = true
    )]
    stub: Vec<String>,
    /// Faults that every workspace begins with: flaky, throttled, outage, stale, or a .json file; may be repeated
    #[arg(long, env = "WENI_MOCK_FAULT", value_name = "FILE|NAME", value_delimiter = ',', hide_env = true)]
    fault: Vec<String>,
    /// Entries that the journal of each workspace keeps; 0: none
    #[arg(long, env = "WENI_MOCK_JOURNAL", value_name = "N", default_value_t = journal::Limits::default().entries, hide_env = true)]
    journal: usize,
    /// Bytes that all journals together keep, such as 64MiB
    #[arg(long, env = "WENI_MOCK_JOURNAL_BYTES", value_name = "SIZE", default_value = "64MiB", value_parser = parse_size, hide_env = true)]
    journal_bytes: usize,
    /// Who may use the control API [default: open on loopback, else token]
    #[arg(long, env = "WENI_MOCK_CONTROL", hide_env = true)]
    control: Option<ControlFlag>,
    /// The token of --control token [default: made and printed]
    #[arg(long, env = "WENI_MOCK_CONTROL_TOKEN", value_name = "TOKEN", hide_env = true)]
    control_token: Option<String>,
    /// Writes the URL to this file when ready
    #[arg(long, env = "WENI_MOCK_READY_FILE", value_name = "PATH", hide_env = true)]
    ready_file: Option<PathBuf>,
    /// Logs nothing: standard output still says `ready on URL`, for scripts, and a control token that was made is printed
    #[arg(long, short, env = "WENI_MOCK_QUIET", hide_env = true, value_parser = BoolishValueParser::new())]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProfileFlag {
    Documented,
    Observed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ControlFlag {
    Open,
    Token,
    Off,
}

#[derive(Debug, Clone, Copy)]
struct RateFlag(Option<RateLimit>);

fn parse_host(text: &str) -> Result<IpAddr, String> {
    let address = if text == "localhost" { "127.0.0.1" } else { text };
    address.parse().map_err(|_| "expected an IP address such as 127.0.0.1 or 0.0.0.0".to_owned())
}

/// `64MiB`, `512KiB`, `1GiB`, or a number of bytes.
fn parse_size(text: &str) -> Result<usize, String> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];
    let unit = units.into_iter().find_map(|(unit, bits)| Some((text.strip_suffix(unit)?, bits)));
    let (number, bits) = unit.unwrap_or((text, 0));
    let size = number.trim().parse::<usize>().ok().and_then(|number| number.checked_mul(1 << bits));
    size.ok_or_else(|| "expected a size such as 64MiB, 512KiB or a number of bytes".to_owned())
}

fn parse_rate(text: &str) -> Result<RateFlag, String> {
    if text == "off" { Ok(RateFlag(None)) } else { text.parse().map(|limit| RateFlag(Some(limit))) }
}

/// A command line that was understood.
pub(crate) struct Start {
    pub(crate) address: SocketAddr,
    pub(crate) options: Options,
    pub(crate) ready_file: Option<PathBuf>,
    pub(crate) quiet: bool,
    /// A control token that was made, to be printed.
    pub(crate) made_control_token: Option<String>,
}

impl Config {
    /// Reads files that options name.
    ///
    /// # Errors
    /// One line that names the option.
    pub(crate) fn start(self) -> Result<Start, String> {
        let mut made_control_token = None;
        let control = match self.control {
            Some(ControlFlag::Off) => ControlAccess::Off,
            Some(ControlFlag::Open) => ControlAccess::Open,
            None if self.host.is_loopback() && self.control_token.is_none() => ControlAccess::Open,
            Some(ControlFlag::Token) | None => {
                let make = || uuid::Uuid::new_v4().simple().to_string();
                ControlAccess::Token(
                    self.control_token.unwrap_or_else(|| made_control_token.insert(make()).clone()),
                )
            }
        };
        for (flag, given) in [("token", &self.token), ("workspace-per-token", &self.workspace_per_token)] {
            if let Some(what) = given.as_deref().and_then(|token| check_token(token).err()) {
                return Err(format!("--{flag}: {what}"));
            }
        }
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|error| format!("--jwt-public-key {}: {error}", path.display()))
        };
        let options = Options {
            profile: self.profile.map(|profile| match profile {
                ProfileFlag::Documented => Profile::Documented,
                ProfileFlag::Observed => Profile::Observed,
            }),
            country: self.country.map(|country| Some(country).filter(|country| country != "none")),
            token: self.token,
            data: self.data,
            per_token: self.workspace_per_token.map(|prefix| PerToken {
                prefix,
                most: PER_TOKEN_MOST,
                idle: PER_TOKEN_IDLE,
            }),
            rate_limit: self.rate_limit.0,
            jwt_public_key: self.jwt_public_key.as_ref().map(read).transpose()?,
            seed: self.seed,
            clock: self.clock,
            public_url: self.public_url.map(check_url).transpose()?,
            stubs: self.stub.iter().map(|stub| parse_stub(stub)).collect::<Result<HashMap<_, _>, _>>()?,
            control,
            log: if self.quiet { Log::quiet() } else { Log::stderr() },
            faults: self.fault,
            journal: journal::Limits { entries: self.journal, bytes: self.journal_bytes },
            ..Options::default()
        };
        let address = SocketAddr::new(self.host, self.port);
        Ok(Start { address, options, ready_file: self.ready_file, quiet: self.quiet, made_control_token })
    }
}

/// The one line that a wrong command line earns.
pub(crate) fn complaint(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling =
        lines.filter(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    let line = telling.collect::<Vec<_>>().join(" ").replace(" tip: ", "; ");
    format!("{} (see weni-mock --help)", line.strip_prefix("error: ").unwrap_or(&line))
}

fn check_url(url: String) -> Result<String, String> {
    let good = url.starts_with("http://") || url.starts_with("https://");
    if good {
        Ok(url)
    } else {
        Err(format!("--public-url {url}: expected a URL such as https://mock.example"))
    }
}

/// `flow_starts.json=201:answer.json`, or `=204` without a body.
fn parse_stub(text: &str) -> Result<(String, Stub), String> {
    let wrong = |what: &str| Err(format!("--stub {text}: {what}"));
    let Some((name, answer)) = text.split_once('=') else {
        return wrong("expected NAME=STATUS or NAME=STATUS:FILE, as flow_starts.json=201:answer.json");
    };
    let name = name.trim_matches('/');
    if Endpoint::ALL.iter().any(|endpoint| name.strip_suffix(".json").unwrap_or(name) == endpoint.name()) {
        return wrong("this endpoint is mocked");
    }
    let (status, file) = answer.split_once(':').map_or((answer, None), |(status, file)| (status, Some(file)));
    let status = status.parse().ok().filter(|code| (200..600).contains(code));
    let Some(status) = status.and_then(|code: u16| StatusCode::from_u16(code).ok()) else {
        return wrong("expected a status from 200 to 599");
    };
    if file.is_some() && matches!(status.as_u16(), 204 | 304) {
        return wrong("an answer with this status has no body");
    }
    let body = match file {
        Some(file) => std::fs::read(file).map_err(|error| format!("--stub {name}: {file}: {error}"))?,
        None => Vec::new(),
    };
    let extension =
        file.and_then(|file| Path::new(file).extension()).and_then(|extension| extension.to_str());
    let content_type = match extension {
        Some("html") => "text/html",
        Some("txt") => "text/plain",
        _ => "application/json",
    };
    Ok((name.to_owned(), Stub { status, content_type, body: Bytes::from(body) }))
}
