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

/// Done when somebody asks, from now on, whether it is polled yet or not.
pub(super) fn asked() -> impl Future<Output = ()> {
    signal()
}

/// Ends the program at once if somebody asks from now on.
pub(super) fn leave_at_once() {
    let again = signal();
    tokio::spawn(async move {
        again.await;
        eprintln!("weni-conformance: interrupted again: there is no report");
        std::process::exit(ExitCode::Interrupted as i32);
    });
}

/// The next signal from now on.
fn signal() -> impl Future<Output = ()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{Signal, SignalKind, signal};
        // A terminal that is closed hangs up.
        let mut signals: Vec<Signal> =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()]
                .into_iter()
                .filter_map(|kind| signal(kind).ok())
                .collect();
        std::future::poll_fn(move |context| {
            let heard = signals.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if heard { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
    }
    #[cfg(not(unix))]
    async {
        tokio::signal::ctrl_c().await.ok();
    }
}
