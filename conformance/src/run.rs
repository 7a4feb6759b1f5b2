//! Plays cases: one conversation after the other, or several at a time.

mod cleanup;
mod conversation;
mod judging;
pub mod leftovers;
mod obstacle;
mod terms;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::before::Before;
use crate::case::{Case, Need, Profile};
use crate::client::{BaseUrl, Client, ClientError, Http, Tokens};
use crate::control::{Control, ControlError};
use crate::ledger::Ledger;
use crate::mark::Marks;
use crate::verdict::{CaseError, CaseReport, RunReport, SkipReason, Verdict};
use conversation::Place;
pub(crate) use conversation::{Conversation, End};

pub use terms::{Stop, Terms};

/// After how many cases in a row that got no answer a target is given up.
const SILENT: usize = 5;

/// Whether a target still answers: the cases in a row that got none.
#[derive(Debug, Default)]
pub(crate) struct Silence(Vec<ClientError>);

impl Silence {
    pub(crate) fn note(&mut self, case: &CaseReport) {
        match case.unanswered() {
            Some(error) => self.0.push(error),
            // It was not asked.
            None if matches!(case.verdict, Verdict::Skipped(_)) => {}
            None => self.0.clear(),
        }
    }

    /// What it last met with, where it is not to be asked any more.
    pub(crate) fn gives_up(&self) -> Option<ClientError> {
        // Who asks for patience asks it of every case.
        let last = self.0.last()?;
        (self.0.len() >= SILENT || matches!(last, ClientError::Throttled(_))).then(|| last.clone())
    }
}

/// A server to be judged.
#[derive(Debug, Clone)]
pub struct Target {
    /// What requests are sent with.
    pub http: Http,
    /// Where it is.
    pub base: BaseUrl,
    /// Users of the workspace that it offers; cases with a fresh workspace of their own use that one's.
    pub tokens: Tokens,
    /// Its control API, if it is a mock.
    pub control: Option<Control>,
    /// What may be done to it.
    pub terms: Terms,
    /// What was on its workspace before.
    pub before: Arc<Before>,
}

/// A case to be played, and the profile to judge it in.
#[derive(Debug, Clone)]
pub struct Play {
    /// The case.
    pub case: Arc<Case>,
    /// One of the profiles in which it holds.
    pub profile: Profile,
    /// Why it is skipped, if it is.
    pub skip: Option<SkipReason>,
}

/// The places of the cases in the order in which they are played: those that others use, and then the rest.
pub(crate) fn in_order(plays: &[Play]) -> (Vec<usize>, Vec<usize>) {
    let used: BTreeSet<&str> = plays.iter().flat_map(|play| &play.case.uses).map(String::as_str).collect();
    (0..plays.len()).partition(|&index| used.contains(plays[index].case.id.as_str()))
}

/// How to go about a run.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// How many cases are played at a time.
    pub jobs: NonZeroUsize,
    /// After how many cases that failed or could not be judged no other is begun.
    pub max_failures: Option<NonZeroUsize>,
}

impl Target {
    /// Plays the `number`th case of a run from its first step to its last.
    pub async fn play(&self, case: &Case, profile: Profile, number: usize) -> CaseReport {
        if let Some(reason) = self.lacks(case) {
            return CaseReport::unplayed(case, profile, Verdict::Skipped(reason));
        }
        match self.open(case, profile, number).await {
            Err(error) => {
                let error = CaseError::Preparation(error);
                CaseReport::unplayed(case, profile, Verdict::Error(error)).masked(&self.tokens)
            }
            Ok(conversation) => conversation.play(case).await,
        }
    }

    /// Plays cases, up to `schedule.jobs` at a time; those that others use first, one by one. `accept` gets each report at
    /// once, to mark a failure that does not count; `seen` in the order of the cases, as soon as the ones before are there,
    /// too.
    pub async fn run(
        &self,
        plays: &[Play],
        schedule: Schedule,
        accept: impl Fn(&mut CaseReport),
        mut seen: impl FnMut(&CaseReport),
    ) -> RunReport {
        let mut report = RunReport::default();
        // What a case builds on was not made: then it cannot be judged either.
        let mut skipped: BTreeMap<String, SkipReason> = BTreeMap::new();
        let mut finished = BTreeMap::new();
        let mut running = JoinSet::new();
        let (first, rest) = in_order(plays);
        let mut waiting = first.iter().chain(&rest).copied();
        let (mut bad, mut silence) = (0, Silence::default());
        let mut left = first.len();
        loop {
            let stop = self.stops(schedule, bad, &silence).is_some();
            let jobs = if left > 0 { 1 } else { schedule.jobs.get() };
            while !stop && running.len() < jobs {
                let Some(index) = waiting.next() else { break };
                let (target, mut play) = (self.clone(), plays[index].clone());
                let skipped = play.case.uses.iter().find_map(|used| skipped.get(used));
                play.skip = play.skip.or_else(|| skipped.cloned());
                running.spawn(async move {
                    let Play { case, profile, skip } = play;
                    let report = match skip {
                        Some(reason) => CaseReport::unplayed(&case, profile, Verdict::Skipped(reason)),
                        None => target.play(&case, profile, index).await,
                    };
                    (index, report)
                });
            }
            let Some(done) = running.join_next().await else { break };
            let (index, mut case) =
                done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
            accept(&mut case);
            left = left.saturating_sub(1);
            let fails = matches!(case.verdict, Verdict::Failed { .. } | Verdict::Error(_));
            bad += usize::from(fails && !case.is_accepted());
            silence.note(&case);
            if let Verdict::Skipped(reason) = &case.verdict
                && first.contains(&index)
            {
                skipped.insert(case.id.clone(), reason.clone());
            }
            finished.insert(index, case);
            report.take(&mut finished, &mut seen);
        }
        let reason = self.stops(schedule, bad, &silence).unwrap_or(SkipReason::Stopped(bad));
        for index in waiting {
            let Play { case, profile, .. } = &plays[index];
            finished.insert(index, CaseReport::unplayed(case, *profile, Verdict::Skipped(reason.clone())));
        }
        report.take(&mut finished, &mut seen);
        report.interrupted = self.terms.stop.is_set();
        report
    }

    /// Why no further case is to be begun after so many bad ones, and after those in a row that got no answer.
    fn stops(&self, schedule: Schedule, bad: usize, silence: &Silence) -> Option<SkipReason> {
        if self.terms.stop.is_set() {
            return Some(SkipReason::Interrupted);
        }
        let failed = schedule.max_failures.filter(|max| bad >= max.get());
        silence
            .gives_up()
            .map(SkipReason::GivenUp)
            .or_else(|| failed.map(|max| SkipReason::Stopped(max.get())))
    }

    /// Why this target cannot or may not play the case.
    #[must_use]
    pub fn lacks(&self, case: &Case) -> Option<SkipReason> {
        let needs = case.required();
        let fresh = needs.contains(&Need::Workspace);
        let of_control: BTreeSet<Need> = needs.iter().copied().filter(|need| need.is_control()).collect();
        if self.control.is_none() && !of_control.is_empty() {
            return Some(SkipReason::NoControl(of_control));
        }
        // What it uses is made by writing.
        if !self.terms.write && (fresh || !case.only_reads() || !case.uses.is_empty()) {
            return Some(SkipReason::ReadOnly);
        }
        if fresh {
            // It has users of every role, and nobody who could be reached.
            return None;
        }
        if needs.contains(&Need::OtherUrns) && !self.terms.other_urns {
            return Some(SkipReason::OtherUrns);
        }
        if needs.contains(&Need::LinkedGroup) && self.terms.linked_group.is_none() {
            return Some(SkipReason::NoLinkedGroup);
        }
        case.roles().into_iter().find(|role| self.tokens.get(*role).is_none()).map(SkipReason::NoToken)
    }

    /// The target's client, in its own workspace.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_of(self.tokens.clone())
    }

    fn client_of(&self, tokens: Tokens) -> Client {
        Client::new(
            self.http.clone(),
            self.base.clone(),
            tokens,
            self.terms.pace.clone().until(self.terms.stop.clone()),
        )
    }

    /// Begins a conversation: in a fresh workspace if the case needs one, else in the target's own.
    async fn open(&self, case: &Case, profile: Profile, number: usize) -> Result<Conversation, ControlError> {
        self.open_as(case, profile, Marks::new(&self.terms.run, number)).await
    }

    /// Begins a conversation with these marks.
    pub(crate) async fn open_as(
        &self,
        case: &Case,
        profile: Profile,
        marks: Marks,
    ) -> Result<Conversation, ControlError> {
        let needs = case.required();
        let (tokens, place) = match &self.control {
            Some(control) if needs.contains(&Need::Workspace) => {
                let settings = case.workspace.clone().unwrap_or_default();
                let workspace = control.workspace(&settings, profile, &self.tokens).await?;
                (workspace.tokens.clone().hiding(&self.tokens), Place::Fresh(workspace))
            }
            control => {
                let allowed = self.terms.other_urns && needs.contains(&Need::OtherUrns);
                let ledger =
                    Ledger::new(marks.clone(), Arc::clone(&self.before), self.terms.linked_group.clone())
                        .storing_others(allowed);
                let by_hand = needs.iter().any(|need| need.is_control());
                let workspace = match control {
                    Some(control) if by_hand => Some(control.current(&self.tokens).await?),
                    _ => None,
                };
                (self.tokens.clone(), Place::Shared { ledger, workspace })
            }
        };
        let mut conversation =
            Conversation::new(self.client_of(tokens), place, profile, self.terms.stop.clone());
        conversation.know(&marks, self.terms.linked_group.as_deref());
        Ok(conversation)
    }
}
