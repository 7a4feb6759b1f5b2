//! How far a run has come, for whoever watches.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use super::outcome::Outcome;
use crate::verdict::CaseReport;

/// A bar on standard error: how many cases are through, the last one's id, and how many failed or could not be judged.
/// Nothing where standard error is no terminal.
#[derive(Debug, Clone)]
pub struct Progress {
    bar: ProgressBar,
    bad: Arc<AtomicUsize>,
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
        Self { bar, bad: Arc::default() }
    }

    /// No bar.
    #[must_use]
    pub fn none() -> Self {
        Self { bar: ProgressBar::hidden(), bad: Arc::default() }
    }

    /// Moves on by a case.
    pub fn seen(&self, case: &CaseReport) {
        let bad = usize::from(Outcome::of(case).is_bad(false));
        let message: Cow<'static, str> = match self.bad.fetch_add(bad, Ordering::Relaxed) + bad {
            0 => case.id.clone().into(),
            bad => format!("{bad} failed  {}", case.id).into(),
        };
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
