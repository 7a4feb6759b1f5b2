//! `weni-conformance proxy`.

use std::io::Write;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use clap::Args;
use tokio::net::TcpListener;

use super::accept::AcceptArgs;
use super::report::FindingArgs;
use super::{CommandError, interrupt, usage};
use crate::client::BaseUrl;
use crate::exit_code::ExitCode;
use crate::proxy::{self, Forwarder, Judgement, Notices, Upstream};
use crate::report::findings;
use crate::rules::Severity;
use crate::traffic::archive;

/// Where requests come in and go, and what of them is a failure.
#[derive(Debug, Args)]
pub struct ProxyArgs {
    /// The server that everything is passed on to: scheme, host and perhaps a port, with or without `/api/v2`
    #[arg(long, value_name = "URL")]
    pub upstream: String,
    /// The address to listen at, plain HTTP; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9365")]
    pub listen: SocketAddr,
    /// A file of certificates (PEM) to trust besides the system's: of a company's proxy, say
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Ends after this time, such as 10m [default: when it is interrupted]
    #[arg(long = "for", value_name = "TIME", value_parser = limit)]
    pub time: Option<Duration>,
    /// Writes the proxy's URL to this file when ready
    #[arg(long, value_name = "PATH")]
    pub ready_file: Option<PathBuf>,
    /// Writes the traffic at the end as HAR 1.2, without credentials
    #[arg(long, value_name = "FILE")]
    pub har: Option<PathBuf>,
    /// How many exchanges are kept; older ones were judged, and are not in the HAR file
    #[arg(long, value_name = "N", default_value = "10000")]
    pub keep: NonZeroUsize,
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

/// Passes on and judges until somebody ends it, then prints what was found.
pub(super) async fn proxy(args: ProxyArgs) -> Result<ExitCode, CommandError> {
    let mut baseline = args.accept.of_rules()?;
    args.report.prepare()?;
    if let Some(path) = &args.har {
        write(path, |path| fs::write(path, ""))?;
    }
    let base: BaseUrl =
        args.upstream.parse().map_err(|source| CommandError::BadUrl { option: "--upstream", source })?;
    let upstream = Upstream::new(&base, args.ca.as_deref())?;
    let cannot = |source| CommandError::Listen { address: args.listen, source };
    let listener = TcpListener::bind(args.listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    if base.is_local() && upstream.port() == address.port() {
        return Err(CommandError::ToItself(base));
    }
    let stop = interrupt::asked();
    args.announce(&upstream, address)?;

    let (recorder, exchanges) = proxy::recorder();
    // A reader that has gone takes nothing from the judging.
    let tell = |text: String| drop(io::stderr().write_all(text.as_bytes()));
    let mut live = findings::Live::new(args.report.live_look());
    let judgement = Judgement::new(args.keep.get());
    let watch = tokio::spawn(proxy::watch(exchanges, judgement, move |new| tell(live.lines(new))));
    let notices = Notices::new(move |notice| tell(format!("weni-conformance: {notice}\n")));
    let source = upstream.to_string();
    let stop = async {
        match args.time {
            Some(time) => drop(tokio::time::timeout(time, stop).await),
            None => stop.await,
        }
        interrupt::leave_at_once();
    };
    proxy::serve(listener, Forwarder::new(upstream, address, recorder, notices), stop).await;
    let judgement = watch.await.map_err(io::Error::other).and_then(|judged| judged.map_err(io::Error::other));
    let judgement = judgement.map_err(CommandError::NotJudged)?;
    let (mut report, traffic, secrets) = judgement.end(&source, args.fail_on);
    if let Some(path) = &args.har {
        let text = format!("{:#}\n", archive(&traffic, &secrets));
        write(path, |path| fs::write(path, text))?;
        if traffic.dropped > 0 {
            let path = path.display();
            eprintln!("weni-conformance: {path} lacks the first {} (--keep)", traffic.dropped);
        }
    }
    args.accept.apply(&baseline, &mut report);
    args.report.show(&report)?;
    args.accept.update(&mut baseline, &mut report.rules)?;
    Ok(ExitCode::from(&report))
}

impl ProxyArgs {
    /// When it ends.
    fn until(&self) -> String {
        match self.time {
            Some(time) => format!("for {time:?}, or until Ctrl-C"),
            None => "until Ctrl-C".to_owned(),
        }
    }

    /// Says where it listens, to people and to whoever waits for the file.
    fn announce(&self, upstream: &Upstream, address: SocketAddr) -> Result<(), CommandError> {
        let url = format!("http://{}", reachable(address));
        eprintln!("weni-conformance: {url} forwards to {upstream}; judged {}", self.until());
        eprintln!("  export WENI_URL={url}");
        if self.upstream.trim_end_matches('/').ends_with("/api/v2") {
            eprintln!("  (with /api/v2 behind it, if the integration does not add that itself)");
        }
        if !address.ip().is_loopback() {
            eprintln!(
                "weni-conformance: other machines can reach {address}: their tokens travel there without encryption"
            );
        }
        let Some(path) = &self.ready_file else { return Ok(()) };
        write(path, |path| {
            // Whoever sees the file sees it whole.
            let mut partial = path.as_os_str().to_owned();
            partial.push(".partial");
            fs::write(&partial, format!("{url}\n"))?;
            fs::rename(&partial, path)
        })
    }
}

/// The longest time that it is to last: whoever means longer means until it is interrupted.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

fn limit(text: &str) -> Result<Duration, String> {
    let time = usage::duration(text)?;
    if time <= LONGEST {
        Ok(time)
    } else {
        Err("at most 720h; without --for it lasts until Ctrl-C".to_owned())
    }
}

/// An address that a client on this machine can use.
fn reachable(address: SocketAddr) -> SocketAddr {
    match (address.ip().is_unspecified(), address) {
        (false, address) => address,
        (true, SocketAddr::V4(_)) => ([127, 0, 0, 1], address.port()).into(),
        (true, SocketAddr::V6(_)) => ([0, 0, 0, 0, 0, 0, 0, 1], address.port()).into(),
    }
}

fn write(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), CommandError> {
    write(path).map_err(|source| CommandError::Write { path: path.to_owned(), source })
}
