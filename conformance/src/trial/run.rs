//! Plays many scenarios, as many at a time as there are stages.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::explore::{Kind, Matrix, Outcome, Point, Reference};
use super::interrupt::Interrupt;
use super::tried::{Tried, Verdict};
use super::{Played, Ready, Stages, TrialError, play};
use crate::report::progress::Progress;
use crate::rules::Severity;

/// How scenarios are judged.
#[derive(Debug, Clone)]
pub struct Terms {
    /// From which severity on a finding is a failure.
    pub fail_on: Severity,
    /// The kinds of faults that are tried at every request; none: faults are not explored.
    pub explore: Vec<&'static Kind>,
    /// How far it has come.
    pub progress: Progress,
    /// Whether it is to end before all is done.
    pub interrupt: Interrupt,
}

const NO_REQUEST: &str =
    "its faults met no request: this integration sends fewer than the one that they are for";

/// Plays all of them and returns what came of each, in their order.
pub async fn run(stages: &Stages, all: &[Ready], terms: &Terms) -> Vec<Tried> {
    let mut running = JoinSet::new();
    for (place, ready) in all.iter().cloned().enumerate() {
        let (stages, terms) = (stages.clone(), terms.clone());
        running.spawn(async move { (place, one(&stages, &ready, &terms).await) });
    }
    in_order(running).await
}

async fn one(stages: &Stages, ready: &Ready, terms: &Terms) -> Tried {
    let mut tried = Tried::not_yet(&ready.scenario, terms.fail_on);
    let played = match terms.interrupt.before(whole(stages, ready, terms)).await {
        None => return tried,
        Some(Err(error)) => {
            tried.verdict = Verdict::Error(error.to_string());
            None
        }
        Some(Ok((played, verdict))) => {
            tried.saw(&played, verdict, terms.fail_on);
            Some(played).filter(|_| tried.verdict == Verdict::Passed)
        }
    };
    terms.progress.step(&tried.id, played.is_none());
    if !terms.explore.is_empty() {
        match explored(stages, ready, played.as_ref(), terms).await {
            Ok(matrix) => tried.matrix = Some(matrix),
            Err(why) => tried.unexplored = Some(why),
        }
    }
    tried
}

/// One play as the scenario says, and what is otherwise than expected. Where its end must be that without faults, there is
/// a play without them before.
async fn whole(stages: &Stages, ready: &Ready, terms: &Terms) -> Result<(Played, Verdict), TrialError> {
    let scenario = &ready.scenario;
    let without = match scenario.as_without_faults {
        true => Some(play(stages, ready, &[]).await?),
        false => None,
    };
    let played = play(stages, ready, &scenario.faults).await?;
    let verdict = match without {
        None => Verdict::of(played.problems(scenario)),
        Some(_) if played.struck.is_empty() => Verdict::Error(NO_REQUEST.to_owned()),
        Some(without) => match Reference::of(&without, terms.fail_on).judge(&played, scenario) {
            Outcome::Differs { mut told, silent } => {
                told.extend(silent.then(|| "and the integration took it for done".to_owned()));
                Verdict::Failed(told)
            }
            outcome => Verdict::of(outcome.told().to_vec()),
        },
    };
    Ok((played, verdict))
}

/// Explores its faults. `played`: how it ends as it should, if it does.
///
/// # Errors
/// Why that cannot be done, for people.
async fn explored(
    stages: &Stages,
    ready: &Ready,
    played: Option<&Played>,
    terms: &Terms,
) -> Result<Matrix, String> {
    let played = played.ok_or("mend this first")?;
    let reference = Reference::of(played, terms.fail_on);
    // Once more the same: what differs then differs without any fault.
    let again = terms.interrupt.before(play(stages, ready, &ready.scenario.faults)).await;
    let again = again.ok_or("interrupted")?.map_err(|error| error.to_string())?;
    if let Some(told) = reference.differs_from(&again) {
        return Err(format!("{told} (what it remembers is put back by --reset, or by --start-anew)"));
    }
    Ok(matrix(stages, ready, reference, terms).await)
}

async fn matrix(stages: &Stages, ready: &Ready, reference: Reference, terms: &Terms) -> Matrix {
    let requests = reference.lines();
    let points = Point::all(requests.len(), &terms.explore);
    terms.progress.more(points.len());
    let mut running = JoinSet::new();
    for (place, point) in points.into_iter().enumerate() {
        let (stages, ready, reference, terms) =
            (stages.clone(), ready.clone(), reference.clone(), terms.clone());
        running.spawn(async move {
            let played = terms.interrupt.before(point.play(&stages, &ready, &reference)).await;
            let outcome = played.unwrap_or(Outcome::Untried);
            terms.progress.step(&format!("{} {}", ready.scenario.id, point.id()), outcome.is_bad());
            (place, (point, outcome))
        });
    }
    Matrix { requests, kinds: terms.explore.clone(), cells: in_order(running).await }
}

/// What came of all, by their places.
async fn in_order<T: 'static>(mut running: JoinSet<(usize, T)>) -> Vec<T> {
    let mut all = BTreeMap::new();
    while let Some(done) = running.join_next().await {
        all.extend([done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))]);
    }
    all.into_values().collect()
}
