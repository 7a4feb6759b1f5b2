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

/// Judges exchanges as they come out of a recorder, and tells of each finding at once. Done when the recorder is gone.
///
/// # Errors
/// A rule panicked.
pub async fn watch(
    mut exchanges: UnboundedReceiver<Exchange>,
    mut judgement: Judgement,
    tell: impl Fn(&Rule, &FoundAt),
) -> Result<Judgement, JoinError> {
    while let Some(exchange) = exchanges.recv().await {
        judgement.take(exchange);
        while let Ok(exchange) = exchanges.try_recv() {
            judgement.take(exchange);
        }
        let began = Instant::now();
        let judged = spawn_blocking(move || {
            let new = judgement.judge();
            (judgement, new)
        });
        let new;
        (judgement, new) = judged.await?;
        new.iter().for_each(|(rule, found)| tell(rule, found));
        let next = Instant::now() + PAUSE.max(began.elapsed() * REST);
        while !judgement.is_full()
            && let Ok(Some(exchange)) = timeout_at(next, exchanges.recv()).await
        {
            judgement.take(exchange);
        }
    }
    Ok(judgement)
}
