//! How far a run has come, for whoever watches.

use std::borrow::Cow;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use tokio::task::JoinHandle;

use super::outcome::Outcome;
use crate::verdict::CaseReport;

/// How often a run without a bar says how far it has come.
const BEAT: Duration = Duration::from_secs(30);

/// A bar on standard error: how many cases are through, the last one's id, and how many failed or could not be judged.
/// Nothing where standard error is no terminal.
#[derive(Debug, Clone)]
pub struct Progress {
    bar: ProgressBar,
    bad: Arc<AtomicUsize>,
    seen: Arc<AtomicUsize>,
}

/// Tells of a run until it is dropped.
#[derive(Debug)]
pub struct Heartbeat(JoinHandle<()>);

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Progress {
    /// The bar of a run of so many cases.
    #[must_use]
    pub fn new(cases: usize) -> Self {
        let style = ProgressStyle::with_template("{bar:20} {pos}/{len}  {wide_msg} {eta} left");
        let bar = ProgressBar::new(cases as u64)
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_finish(ProgressFinish::AndClear);
        bar.tick();
        Self { bar, bad: Arc::default(), seen: Arc::default() }
    }

    /// No bar.
    #[must_use]
    pub fn none() -> Self {
        Self { bar: ProgressBar::hidden(), bad: Arc::default(), seen: Arc::default() }
    }

    /// Where there is no terminal for a bar: says from time to time, on standard error, how many of these things are through. Until
    /// what is returned is dropped.
    #[must_use]
    pub fn heartbeat(&self, things: &'static str) -> Heartbeat {
        let (seen, bar) = (Arc::clone(&self.seen), self.bar.clone());
        Heartbeat(tokio::spawn(async move {
            let began = Instant::now();
            loop {
                tokio::time::sleep(BEAT).await;
                if !std::io::stderr().is_terminal() {
                    let (seen, seconds) = (seen.load(Ordering::Relaxed), began.elapsed().as_secs());
                    let all = bar.length().unwrap_or_default();
                    eprintln!("weni-conformance: {seen} of {all} {things} after {seconds} s");
                }
            }
        }))
    }

    /// There are so many more than it seemed.
    pub fn more(&self, steps: usize) {
        self.bar.inc_length(steps as u64);
    }

    /// Moves on by a case.
    pub fn seen(&self, case: &CaseReport) {
        self.step(&case.id, Outcome::of(case).is_bad(false));
    }

    /// Moves on by something of this name.
    pub fn step(&self, id: &str, bad: bool) {
        let message: Cow<'static, str> =
            match self.bad.fetch_add(bad.into(), Ordering::Relaxed) + usize::from(bad) {
                0 => id.to_owned().into(),
                bad => format!("{bad} failed  {id}").into(),
            };
        self.seen.fetch_add(1, Ordering::Relaxed);
        self.bar.set_message(message);
        self.bar.inc(1);
    }

    /// Takes the bar away, from clones, too.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }

    /// Prints while the bar is out of the way, so that neither tears the other.
    pub fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }
}
