//! Judging while the traffic goes on.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{Instant, timeout_at};

use super::Judgement;
use crate::check::FoundAt;
use crate::rules::Rule;
use crate::traffic::Exchange;

/// The least time from one judging to the next.
const PAUSE: Duration = Duration::from_secs(1);

/// The pause is so many times as long as the judging took: long traffic must not cost more and more.
const REST: u32 = 10;

/// Judges exchanges as they come out of a recorder, and tells at once what was found in each batch. Done when the recorder is
/// gone.
///
/// # Errors
/// A rule panicked.
pub async fn watch(
    mut exchanges: UnboundedReceiver<Exchange>,
    mut judgement: Judgement,
    mut tell: impl FnMut(&[(&'static Rule, FoundAt)]),
) -> Result<Judgement, JoinError> {
    let mut next = Instant::now();
    let mut unjudged = false;
    loop {
        let taken = match unjudged {
            false => Ok(exchanges.recv().await),
            true if judgement.is_full() || Instant::now() >= next => Err(()),
            true => timeout_at(next, exchanges.recv()).await.map_err(|_| ()),
        };
        match taken {
            Ok(Some(exchange)) => {
                judgement.take(exchange);
                unjudged = true;
                continue;
            }
            // The end judges what is left.
            Ok(None) => return Ok(judgement),
            Err(()) => {}
        }
        let began = Instant::now();
        let judged = spawn_blocking(move || {
            let new = judgement.judge();
            (judgement, new)
        });
        let new;
        (judgement, new) = judged.await?;
        tell(&new);
        next = Instant::now() + PAUSE.max(began.elapsed() * REST);
        unjudged = false;
    }
}
