//! The program: from the command line to the end of the last request.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::Path;

use clap::Parser;

use crate::config::{self, Config, Start};
use crate::model::deviation::{DEVIATIONS, Profile};
use crate::router::router;
use crate::serve;
use crate::store::registry::Role;
use crate::store::workspace::Workspace;

/// Runs the program with the arguments of the process and returns its exit code: 0 when it was stopped, 2 where
/// it could not start, with one line on standard error that says why.
#[must_use]
pub fn run() -> u8 {
    let start = match Config::try_parse() {
        Ok(mut config) => match config.command.take() {
            Some(command) => return command.run(reachable(config.address())),
            None => config.start(),
        },
        Err(error) if error.exit_code() == 0 => {
            print!("{}", error.render());
            return 0;
        }
        Err(error) => Err(config::complaint(&error)),
    };
    match start.and_then(block_on) {
        Ok(()) => 0,
        Err(what) => {
            let _ = writeln!(std::io::stderr(), "weni-mock: {what}");
            2
        }
    }
}

fn block_on(start: Start) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| format!("cannot start: {error}"))?.block_on(start_and_serve(start))
}

async fn start_and_serve(start: Start) -> Result<(), String> {
    let Start { address, options, ready_file, quiet, made_control_token } = start;
    let listener = serve::bind(address).await?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let mock = options.build()?;
    let stop = stop_signal()?;
    let workspace = mock.registry.default_workspace();
    let local = format!("http://{}", reachable(address));
    let base = mock.public_url.clone().unwrap_or_else(|| local.clone());
    if let Some(path) = &ready_file {
        write_ready(path, &local).map_err(|error| format!("--ready-file {}: {error}", path.display()))?;
    }
    // Who started us may have closed standard output or error; that is no reason to stop.
    let _ = writeln!(std::io::stdout(), "weni-mock {} ready on {local}", env!("CARGO_PKG_VERSION"));
    let greeting =
        if quiet { String::new() } else { greeting(&base, &local, mock.console, workspace.as_deref()) };
    let control = made_control_token.map(|token| format!("Control API: X-Control-Token: {token}\n"));
    let _ = write!(std::io::stderr(), "{greeting}{}", control.unwrap_or_default());
    let told = mock.clone();
    let stop = async move {
        stop.await;
        told.closing.send_replace(true);
    };
    serve::serve(listener, router(mock), serve::HEAD_TIMEOUT, stop).await;
    Ok(())
}

/// What people read first.
fn greeting(base: &str, local: &str, console: bool, workspace: Option<&Workspace>) -> String {
    let Some(workspace) = workspace else { return String::new() };
    let mut text = String::new();
    if std::io::stderr().is_terminal() {
        let token = workspace.token(Role::Administrator).unwrap_or_default();
        text.push_str(&format!("\n  WENI_URL={base}\n  WENI_TOKEN={token}\n\n"));
        text.push_str(&if console {
            format!("Page: {local}/\n")
        } else {
            format!("Control API: {local}/__mock/health\n")
        });
    }
    text.push_str(match workspace.settings().profile {
        Profile::Observed => "Profile observed: answers are those of the running API.\n",
        Profile::Documented => {
            "Profile documented: answers follow the article, and differ from production in these cases \
             (--profile observed answers as production does):\n"
        }
    });
    let faults = workspace.faults.ids();
    if !faults.is_empty() {
        text.push_str(&format!("Faults on purpose: {}\n", faults.join(", ")));
    }
    if workspace.settings().profile == Profile::Documented {
        for deviation in DEVIATIONS {
            text.push_str(&format!(
                "  {} ({}): {}\n",
                deviation.id(),
                deviation.clause(),
                deviation.sentence()
            ));
        }
    }
    text
}

/// An address that a client on this machine can use.
fn reachable(address: SocketAddr) -> SocketAddr {
    match (address.ip().is_unspecified(), address) {
        (false, address) => address,
        (true, SocketAddr::V4(_)) => ([127, 0, 0, 1], address.port()).into(),
        (true, SocketAddr::V6(_)) => ([0, 0, 0, 0, 0, 0, 0, 1], address.port()).into(),
    }
}

/// Whoever sees the file sees it whole.
fn write_ready(path: &Path, base: &str) -> std::io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    std::fs::write(&partial, format!("{base}\n"))?;
    std::fs::rename(&partial, path)
}

/// Done at the first SIGINT or SIGTERM from now on, whether it is polled yet or not.
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let wait_for = |kind| signal(kind).map_err(|error| format!("cannot wait for signals: {error}"));
        let (mut terminate, mut interrupt) =
            (wait_for(SignalKind::terminate())?, wait_for(SignalKind::interrupt())?);
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async move { drop(tokio::signal::ctrl_c().await) })
}
