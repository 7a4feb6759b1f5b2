//! One case, step by step.

use crate::case::{Case, Exchange, Profile, Step, Unbound};
use crate::client::{Client, PrepareError};
use crate::control::{ControlError, Workspace};
use crate::judge::judge;
use crate::matcher::Matcher;
use crate::verdict::{CaseError, CaseReport, ExchangeRecord, Failure, FailureCause, Verdict};

/// A conversation under way.
pub(super) struct Conversation {
    client: Client,
    workspace: Option<Workspace>,
    matcher: Matcher,
    failures: Vec<Failure>,
    exchanges: Vec<ExchangeRecord>,
}

impl Conversation {
    /// A conversation in `workspace`, a fresh one, or in the one that the client's tokens belong to.
    pub(super) fn new(client: Client, workspace: Option<Workspace>) -> Self {
        Self { client, workspace, matcher: Matcher::default(), failures: Vec::new(), exchanges: Vec::new() }
    }

    /// Plays all steps. A difference does not end the conversation, so that every answer is judged that still can
    /// be; an answer that never comes does.
    pub(super) async fn play(mut self, case: &Case, profile: Profile) -> CaseReport {
        let mut error = None;
        for (index, step) in case.steps.iter().enumerate() {
            if let Err(reason) = self.step(index + 1, step).await {
                error = Some(reason);
                break;
            }
        }
        if let Some(workspace) = self.workspace {
            // A workspace that stays behind in a mock harms nobody; the verdict stands.
            workspace.delete().await.ok();
        }
        let verdict = match error {
            cut_short if !self.failures.is_empty() => Verdict::Failed { failures: self.failures, cut_short },
            Some(error) => Verdict::Error(error),
            None => Verdict::Passed,
        };
        CaseReport {
            agreed: self.exchanges.iter().filter(|exchange| exchange.agrees).count(),
            exchanges: self.exchanges,
            ..CaseReport::unplayed(case, profile, verdict)
        }
    }

    async fn step(&mut self, number: usize, step: &Step) -> Result<(), CaseError> {
        match step {
            Step::Exchange(exchange) => self.exchange(number, exchange).await,
            preparing => match self.prepare(preparing).await {
                Ok(()) => Ok(()),
                Err(NotPrepared::Unbound(unbound)) => {
                    self.failures
                        .push(Failure { step: number, cause: FailureCause::NotPlayed(unbound.into()) });
                    Ok(())
                }
                Err(NotPrepared::Control(error)) => Err(error.into()),
            },
        }
    }

    async fn exchange(&mut self, step: usize, exchange: &Exchange) -> Result<(), CaseError> {
        let request = match self.client.prepare(&exchange.request, &self.matcher.bindings) {
            Ok(request) => request,
            Err(unbound @ PrepareError::Unbound(_)) => {
                self.failures.push(Failure { step, cause: FailureCause::NotPlayed(unbound) });
                return Ok(());
            }
            Err(source) => return Err(CaseError::NoRequest { step, source }),
        };
        let answer =
            self.client.send(&request).await.map_err(|source| CaseError::NoAnswer { step, source })?;
        let judged = judge(&exchange.response, &answer, &mut self.matcher);
        let agrees = judged.is_ok();
        if let Err(difference) = judged {
            let body = exchange.response.json.as_ref().map(ToString::to_string).unwrap_or_default();
            let cause = FailureCause::Differs {
                request: request.curl(),
                expected: format!("{} {body}", exchange.response.status).trim_end().to_owned(),
                got: format!("{} {}", answer.status, answer.text).trim_end().to_owned(),
                difference,
            };
            self.failures.push(Failure { step, cause: cause.masked(&self.client.tokens) });
        }
        self.exchanges.push(ExchangeRecord { step, request, answer, agrees });
        Ok(())
    }

    /// Carries out a step that the API itself cannot do.
    async fn prepare(&mut self, step: &Step) -> Result<(), NotPrepared> {
        let workspace =
            self.workspace.as_ref().expect("a case with preparing steps is only played in a fresh workspace");
        let bindings = &mut self.matcher.bindings;
        match step {
            Step::Exchange(_) => {}
            Step::Link { kind, group, save } => {
                let id = workspace.link(*kind, &group.fill(bindings)?).await?;
                bindings.set(save, id);
            }
            Step::Unlink(name) => {
                let id = bindings.get(name).ok_or_else(|| Unbound(name.clone()))?;
                workspace.unlink(id).await?;
            }
            Step::Smart { name, query, save } => {
                let uuid = workspace.smart_group(name, query).await?;
                bindings.set_uuid(save, &uuid);
            }
            Step::Status { contact, status } => {
                match workspace.status(&contact.fill(bindings)?, *status).await {
                    // The recordings' own set-up was refused at times: of a deleted contact, say.
                    Ok(()) | Err(ControlError::Refused { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }
}

/// Why a preparing step was not carried out.
enum NotPrepared {
    Unbound(Unbound),
    Control(ControlError),
}

impl From<Unbound> for NotPrepared {
    fn from(unbound: Unbound) -> Self {
        Self::Unbound(unbound)
    }
}

impl From<ControlError> for NotPrepared {
    fn from(error: ControlError) -> Self {
        Self::Control(error)
    }
}
