//! Plays cases: one conversation after the other, or several at a time.

mod conversation;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::case::{Case, Need, Profile};
use crate::client::{BaseUrl, Client, Http, Tokens};
use crate::control::{Control, ControlError};
use crate::verdict::{CaseError, CaseReport, RunReport, SkipReason, Verdict};
use conversation::Conversation;

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
}

/// A case to be played, and the profile to judge it in.
#[derive(Debug, Clone)]
pub struct Play {
    /// The case.
    pub case: Arc<Case>,
    /// One of the profiles in which it holds.
    pub profile: Profile,
}

/// How to go about a run.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How many cases are played at a time.
    pub jobs: NonZeroUsize,
    /// After how many cases that failed or could not be judged no other is begun.
    pub max_failures: Option<NonZeroUsize>,
}

impl Target {
    /// Plays one case from its first step to its last.
    pub async fn play(&self, case: &Case, profile: Profile) -> CaseReport {
        if let Some(reason) = self.lacks(case) {
            return CaseReport::unplayed(case, profile, Verdict::Skipped(reason));
        }
        match self.open(case, profile).await {
            Err(error) => CaseReport::unplayed(case, profile, Verdict::Error(CaseError::Preparation(error))),
            Ok(conversation) => conversation.play(case, profile).await,
        }
    }

    /// Plays cases, up to `pace.jobs` at a time. `seen` gets each report in the order of the cases, as soon as the
    /// ones before are there, too.
    pub async fn run(&self, plays: &[Play], pace: Pace, mut seen: impl FnMut(&CaseReport)) -> RunReport {
        let mut report = RunReport::default();
        let mut finished = BTreeMap::new();
        let mut running = JoinSet::new();
        let mut begun = 0;
        let mut bad = 0;
        loop {
            let stop = pace.max_failures.is_some_and(|max| bad >= max.get());
            while !stop && running.len() < pace.jobs.get() && begun < plays.len() {
                let (target, play, index) = (self.clone(), plays[begun].clone(), begun);
                running.spawn(async move { (index, target.play(&play.case, play.profile).await) });
                begun += 1;
            }
            let Some(done) = running.join_next().await else { break };
            let (index, case) = done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
            bad += usize::from(matches!(case.verdict, Verdict::Failed { .. } | Verdict::Error(_)));
            finished.insert(index, case);
            while let Some(case) = finished.remove(&report.cases.len()) {
                seen(&case);
                report.cases.push(case);
            }
        }
        for play in &plays[begun..] {
            let case =
                CaseReport::unplayed(&play.case, play.profile, Verdict::Skipped(SkipReason::Stopped(bad)));
            seen(&case);
            report.cases.push(case);
        }
        report
    }

    /// What the case needs and this target cannot give.
    fn lacks(&self, case: &Case) -> Option<SkipReason> {
        let needs = case.required();
        match self.control {
            None if !needs.is_empty() => Some(SkipReason::NoControl(needs)),
            // A fresh workspace has users of every role.
            Some(_) if needs.contains(&Need::Workspace) => None,
            _ => case
                .roles()
                .into_iter()
                .find(|role| self.tokens.get(*role).is_none())
                .map(SkipReason::NoToken),
        }
    }

    /// Begins a conversation, in a fresh workspace if the case needs one.
    async fn open(&self, case: &Case, profile: Profile) -> Result<Conversation, ControlError> {
        let client = |tokens| Client::new(self.http.clone(), self.base.clone(), tokens);
        match &self.control {
            Some(control) if case.required().contains(&Need::Workspace) => {
                let settings = case.workspace.clone().unwrap_or_default();
                let workspace = control.workspace(&settings, profile).await?;
                Ok(Conversation::new(client(workspace.tokens.clone()), Some(workspace)))
            }
            _ => Ok(Conversation::new(client(self.tokens.clone()), None)),
        }
    }
}
