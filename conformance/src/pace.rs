//! How fast a target may be asked: a rate, and patience where it says that it is asked too fast.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::run::Stop;

/// So many requests in so much time, as `2500/hour`: never more in any window of that length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    requests: usize,
    window: Duration,
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no rate: write it as 2500/hour, 100/minute or 5/second");
        let (requests, unit) = text.split_once('/').ok_or_else(wrong)?;
        let seconds = match unit.trim() {
            "second" | "s" => 1,
            "minute" | "min" | "m" => 60,
            "hour" | "h" => 3600,
            _ => return Err(wrong()),
        };
        match requests.trim().parse() {
            Ok(requests) if requests > 0 => Ok(Self { requests, window: Duration::from_secs(seconds) }),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.window.as_secs() {
            1 => "second",
            60 => "minute",
            _ => "hour",
        };
        write!(f, "{}/{unit}", self.requests)
    }
}

/// How often those who wait look whether to stop.
const BEAT: Duration = Duration::from_millis(200);

/// Paces all requests to one target, whichever case sends them.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    rate: Option<Rate>,
    sent: Arc<AtomicUsize>,
    /// How many requests cases may send: then only what cleans up is let through.
    budget: Option<usize>,
    recent: Arc<Mutex<VecDeque<Instant>>>,
    paused_until: Arc<Mutex<Option<Instant>>>,
    stop: Stop,
    /// Milliseconds that clean-up has waited in all; it has one patience for everything.
    cleaning: Option<Arc<AtomicUsize>>,
    cleaned: Arc<AtomicUsize>,
    teller: Teller,
}

/// Who hears of pauses, and when that was last.
#[derive(Clone, Default)]
struct Teller {
    tell: Option<Arc<dyn Fn(Duration) + Send + Sync>>,
    told: Arc<Mutex<Option<Instant>>>,
}

impl Teller {
    async fn hear(&self, pause: Duration) {
        let Some(tell) = &self.tell else { return };
        let mut told = self.told.lock().await;
        if pause >= LONG || told.is_none_or(|told| told.elapsed() >= SELDOM) {
            *told = Some(Instant::now());
            tell(pause);
        }
    }
}

impl fmt::Debug for Teller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Teller")
    }
}

/// By how much a pause must get longer to be told again.
const TOLD_AGAIN: Duration = Duration::from_secs(1);
/// A pause that is always told; of shorter ones only one in a while.
const LONG: Duration = Duration::from_secs(5);
const SELDOM: Duration = Duration::from_secs(30);

impl Pace {
    /// The longest that a run waits where a server says `Retry-After`.
    pub const PATIENCE: Duration = Duration::from_secs(120);

    /// A pace of at most this rate; `None`: as fast as answers come.
    #[must_use]
    pub fn new(rate: Option<Rate>) -> Self {
        Self { rate, ..Self::default() }
    }

    /// The same of a run that may be asked to stop: then nothing waits any longer.
    #[must_use]
    pub fn until(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    /// The same at which `tell` hears of each pause that a server asks for.
    #[must_use]
    pub fn telling(self, tell: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        Self { teller: Teller { tell: Some(Arc::new(tell)), ..Teller::default() }, ..self }
    }

    /// The same that lets no more than so many requests of cases through.
    #[must_use]
    pub fn within(self, budget: Option<usize>) -> Self {
        Self { budget, ..self }
    }

    /// The same of clean-up: whatever the budget, and with one patience for all of it.
    #[must_use]
    pub fn cleaning(self) -> Self {
        Self { budget: None, cleaning: Some(Arc::clone(&self.cleaned)), ..self }
    }

    /// Whether cases may send no further request.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.budget.is_some_and(|budget| self.sent() >= budget)
    }

    /// How long in all one request may wait because the server says so.
    #[must_use]
    pub fn patience(&self) -> Duration {
        let whole = if self.stop.is_set() { Duration::from_secs(3) } else { Self::PATIENCE };
        let waited = self.cleaning.as_ref().map_or(0, |waited| waited.load(Ordering::Relaxed));
        whole.saturating_sub(Duration::from_millis(waited as u64))
    }

    async fn sleep_until(&self, instant: Instant) {
        while Instant::now() < instant && !self.stop.is_set() {
            tokio::time::sleep_until(instant.min(Instant::now() + BEAT)).await;
        }
    }

    /// How many requests have been let through.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// Waits until the next request may be sent, and counts it.
    pub async fn turn(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let paused = *self.paused_until.lock().await;
        if let Some(until) = paused {
            self.sleep_until(until).await;
        }
        let Some(rate) = self.rate else { return };
        // Held while waiting: the others stand in line.
        let mut recent = self.recent.lock().await;
        if recent.len() >= rate.requests
            && let Some(oldest) = recent.pop_front()
        {
            self.sleep_until(oldest + rate.window).await;
        }
        recent.push_back(Instant::now());
    }

    /// Holds all requests back for as long as a server asks.
    pub async fn pause(&self, time: Duration) {
        if let Some(waited) = &self.cleaning {
            waited.fetch_add(usize::try_from(time.as_millis()).unwrap_or(usize::MAX), Ordering::Relaxed);
        }
        let until = Instant::now() + time;
        let mut paused = self.paused_until.lock().await;
        if paused.is_none_or(|known| known + TOLD_AGAIN < until) {
            self.teller.hear(time).await;
        }
        *paused = Some(paused.map_or(until, |known| known.max(until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_window_has_more_requests_than_the_rate() {
        let pace = Pace::new(Some("3/second".parse().unwrap()));
        let began = Instant::now();
        for _ in 0..7 {
            pace.turn().await;
        }
        assert_eq!((began.elapsed().as_secs(), pace.sent()), (2, 7));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody_back() {
        let pace = Pace::new(None);
        pace.pause(Duration::from_secs(58)).await;
        let began = Instant::now();
        pace.turn().await;
        assert_eq!(began.elapsed().as_secs(), 58);
    }

    #[test]
    fn a_rate_is_a_number_and_a_time() {
        assert_eq!("2500/hour".parse::<Rate>().unwrap().to_string(), "2500/hour");
        for wrong in ["", "2500", "0/hour", "x/hour", "3/day", "-1/s"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
    }
}
