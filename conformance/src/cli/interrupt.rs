//! Ctrl-C, and the signal by which a CI service ends a job.

use super::CommandError;
use crate::exit_code::ExitCode;
use crate::mark::RunId;
use crate::report::progress::Progress;
use crate::run::Stop;

/// Ends a command that leaves nothing behind as soon as somebody asks.
pub(super) async fn at_once(
    command: impl Future<Output = Result<ExitCode, CommandError>>,
) -> Result<ExitCode, CommandError> {
    tokio::select! {
        done = command => done,
        () = signal() => {
            eprintln!("weni-conformance: interrupted");
            Ok(ExitCode::Interrupted)
        }
    }
}

/// Stops a run when somebody asks, so that it cleans up; whoever asks again has it end at once.
pub(super) fn watch(stop: Stop, run: RunId, progress: Progress) {
    tokio::spawn(async move {
        signal().await;
        stop.set();
        progress.suspend(|| {
            eprintln!(
                "weni-conformance: interrupted: removing what this run made (once more: leave it there)"
            );
        });
        signal().await;
        progress.finish();
        eprintln!(
            "weni-conformance: left at once; `weni-conformance sweep --run {run}` removes what is there"
        );
        std::process::exit(ExitCode::Interrupted as i32);
    });
}

async fn signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // A terminal that is closed hangs up.
        if let (Ok(mut terminated), Ok(mut hung_up)) =
            (signal(SignalKind::terminate()), signal(SignalKind::hangup()))
        {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
                _ = hung_up.recv() => {}
            }
            return;
        }
        tokio::signal::ctrl_c().await.ok();
    }
    #[cfg(not(unix))]
    interrupted.await.ok();
}
