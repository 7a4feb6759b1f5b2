//! One case, step by step.

use std::time::{Duration, Instant};

use reqwest::Method;

use super::judging::{Departed, Judge};
use super::terms::Stop;
use super::{cleanup, obstacle};
use crate::case::{Case, Exchange, Profile, Step, Template, Unbound};
use crate::client::{Answer, Client, ClientError, Endpoint, PrepareError, SentRequest};
use crate::control::{ControlError, Workspace};
use crate::guard::{self, Refused, Sent};
use crate::ledger::Ledger;
use crate::mark::Marks;
use crate::verdict::{CaseError, CaseReport, ExchangeRecord, Failure, FailureCause, SkipReason, Verdict};

/// How long production reads fields and groups from a cache: 5 seconds (observed, Freshness).
const FRESH: Duration = Duration::from_millis(5500);

/// Where a conversation takes place.
pub(super) enum Place {
    /// In a workspace of its own, which goes with all that is in it.
    Fresh(Workspace),
    /// In one that others use: what is made there is written down.
    Shared {
        /// What the case made.
        ledger: Ledger,
        /// The workspace, for preparing steps that only the control API can carry out.
        workspace: Option<Workspace>,
    },
}

/// A conversation under way.
pub(crate) struct Conversation {
    began: Instant,
    client: Client,
    place: Place,
    stop: Stop,
    judge: Judge,
    failures: Vec<Failure>,
    exchanges: Vec<ExchangeRecord>,
}

/// Why a conversation ends before its last step.
pub(crate) enum End {
    Error(CaseError),
    Skip(SkipReason),
}

impl Conversation {
    pub(super) fn new(client: Client, place: Place, profile: Profile, stop: Stop) -> Self {
        let mut judge = Judge::new(profile);
        judge.matcher.shared = matches!(place, Place::Shared { .. });
        Self {
            began: Instant::now(),
            client,
            place,
            stop,
            judge,
            failures: Vec::new(),
            exchanges: Vec::new(),
        }
    }

    /// Binds the names that are known before the first step.
    pub(super) fn know(&mut self, marks: &Marks, linked_group: Option<&str>) {
        marks.bind(&mut self.judge.matcher.bindings);
        if let Some(uuid) = linked_group {
            self.judge.matcher.bindings.set_uuid("linked_group", uuid);
        }
    }

    /// Plays all steps, then removes what they made. A difference does not end the conversation, so that every answer
    /// is judged that still can be; an answer that never comes does.
    pub(super) async fn play(mut self, case: &Case) -> CaseReport {
        let mut end = None;
        for (index, step) in case.steps.iter().enumerate() {
            if let Err(reason) = self.step(index + 1, step).await {
                end = Some(reason);
                break;
            }
        }
        self.finish(case, end).await
    }

    /// Removes what the conversation made, and says what came of it. `end`: why it did not come to its last step.
    pub(crate) async fn finish(mut self, case: &Case, end: Option<End>) -> CaseReport {
        let mut unsure = false;
        let made = match self.place {
            Place::Fresh(workspace) => {
                // A workspace that stays behind in a mock harms nobody; the verdict stands.
                workspace.delete().await.ok();
                Vec::new()
            }
            Place::Shared { ref mut ledger, .. } => {
                cleanup::clean(&self.client.clone().beyond_budget(), ledger).await;
                unsure = ledger.unanswered() && !ledger.made().iter().any(|made| made.seen);
                ledger.made().to_vec()
            }
        };
        let verdict = match end {
            Some(End::Error(cut_short)) if !self.failures.is_empty() => {
                Verdict::Failed { failures: self.failures, cut_short: Some(cut_short) }
            }
            _ if !self.failures.is_empty() => Verdict::Failed { failures: self.failures, cut_short: None },
            Some(End::Error(error)) => Verdict::Error(error),
            Some(End::Skip(reason)) => Verdict::Skipped(reason),
            None if !self.judge.deviations.is_empty() => Verdict::Deviates(self.judge.deviations),
            None => Verdict::Passed,
        };
        let report = CaseReport {
            agreed: self.exchanges.iter().filter(|exchange| exchange.agrees).count(),
            exchanges: self.exchanges,
            made,
            unsure,
            took: self.began.elapsed(),
            ..CaseReport::unplayed(case, self.judge.profile, verdict)
        };
        report.masked(&self.client.tokens)
    }

    /// Plays one step, the `number`th from 1.
    pub(crate) async fn step(&mut self, number: usize, step: &Step) -> Result<(), End> {
        if self.stop.is_set() {
            return Err(End::Skip(SkipReason::Interrupted));
        }
        match step {
            Step::Exchange(exchange) => self.exchange(number, exchange).await,
            preparing => match self.prepare(preparing).await {
                Ok(()) => Ok(()),
                Err(NotPrepared::Unbound(unbound)) => {
                    self.failures
                        .push(Failure { step: number, cause: FailureCause::NotPlayed(unbound.into()) });
                    Ok(())
                }
                Err(NotPrepared::NotOwn(names)) => self.held_back(number, &names, Refused::Preparation),
                Err(NotPrepared::Control(error)) => Err(End::Error(error.into())),
            },
        }
    }

    /// Enters a step that the guard held back. Where it refers to what answers showed, a server gave away what is not the
    /// case's; where to nothing of the kind, it is the case that asks for too much, and no server can be judged by it.
    fn held_back(&mut self, step: usize, names: &[&str], refused: Refused) -> Result<(), End> {
        if names.iter().all(|name| Marks::NAMES.contains(name)) {
            return Err(End::Error(CaseError::NotSafe { step, source: refused }));
        }
        self.failures.push(Failure { step, cause: FailureCause::NotSent(refused) });
        Ok(())
    }

    async fn exchange(&mut self, step: usize, exchange: &Exchange) -> Result<(), End> {
        let request = match self.client.prepare(&exchange.request, &self.judge.matcher.bindings) {
            Ok(request) => request,
            Err(unbound @ PrepareError::Unbound(_)) => {
                self.failures.push(Failure { step, cause: FailureCause::NotPlayed(unbound) });
                return Ok(());
            }
            Err(source) => return Err(End::Error(CaseError::NoRequest { step, source })),
        };
        if let Place::Shared { ledger, .. } = &mut self.place {
            let named = named(&request);
            let shown = show(&self.client, ledger, named.iter().map(String::as_str)).await;
            shown.map_err(|source| no_answer(step, source))?;
            let removes = exchange.described().all(|response| response.status == 204);
            match find(&self.client, ledger, &request, removes).await {
                Ok(()) => {}
                Err(NotFound::NoAnswer(source)) => return Err(no_answer(step, source)),
                Err(NotFound::Obstacle(reason)) => return Err(End::Skip(reason)),
                Err(NotFound::Refused(refused)) => {
                    self.failures.push(Failure { step, cause: FailureCause::NotSent(refused) });
                    return Ok(());
                }
            }
        }
        if let Place::Shared { ledger, .. } = &self.place
            && let Err(refused) =
                guard::check(&request, ledger, exchange.described().all(|response| response.status >= 400))
        {
            return self.held_back(step, &exchange.request.names(), refused);
        }
        if let Place::Shared { ledger, .. } = &mut self.place {
            ledger.sending(&request);
        }
        let sent = self.send(&request, exchange).await;
        if let Place::Shared { ledger, .. } = &mut self.place {
            ledger.note(&request, sent.as_ref().ok());
        }
        let answer = sent.map_err(|source| no_answer(step, source))?;
        let judged = self.judge.judge(exchange, &answer);
        let (agrees, deviation) = (judged.is_ok(), judged.as_ref().ok().cloned().flatten());
        if let (Place::Shared { ledger, .. }, true) = (&mut self.place, agrees) {
            ledger.keep_fields();
        }
        if let Err(Departed { difference, expected }) = judged {
            if let Place::Shared { ledger, .. } = &self.place
                && let Some(reason) = obstacle::recognise(&answer, ledger.before())
            {
                return Err(End::Skip(reason));
            }
            let body = expected.json.as_ref().map(ToString::to_string).unwrap_or_default();
            let body = Template::new(body).fill_known(&self.judge.matcher.bindings);
            let cause = FailureCause::Differs {
                request: request.curl(),
                expected: format!("{} {body}", expected.status).trim_end().to_owned(),
                got: format!("{} {}", answer.status, answer.text).trim_end().to_owned(),
                difference,
            };
            self.failures.push(Failure { step, cause });
        }
        self.exchanges.push(ExchangeRecord { step, request, answer, agrees, deviation });
        Ok(())
    }

    /// Sends a request: once more where it came too soon after what it builds on was made.
    async fn send(&self, request: &SentRequest, exchange: &Exchange) -> Result<Answer, ClientError> {
        if exchange.described().any(|response| response.status == 429) {
            return self.client.send_once(request).await;
        }
        let answer = self.client.send(request).await?;
        if !is_stale(&answer) {
            return Ok(answer);
        }
        tokio::time::sleep(FRESH).await;
        self.client.send(request).await
    }

    /// The exchange that was played last.
    pub(crate) fn last(&self) -> Option<&ExchangeRecord> {
        self.exchanges.last()
    }

    /// Carries out a step that the API itself cannot do.
    async fn prepare<'a>(&mut self, step: &'a Step) -> Result<(), NotPrepared<'a>> {
        let workspace = match &self.place {
            Place::Fresh(workspace) => Some(workspace),
            Place::Shared { workspace, .. } => workspace.as_ref(),
        };
        let workspace = workspace.cloned().ok_or_else(|| ControlError::Unexpected {
            call: "a preparing step".to_owned(),
            problem: "there is no control API to carry it out".to_owned(),
        })?;
        let bindings = &mut self.judge.matcher.bindings;
        let touched = match step {
            Step::Link { group: template, .. } | Step::Status { contact: template, .. } => Some(template),
            _ => None,
        };
        if let (Place::Shared { ledger, .. }, Some(template)) = (&mut self.place, touched) {
            let uuid = template.fill(bindings)?;
            let shown = show(&self.client, ledger, std::iter::once(uuid.as_str())).await;
            shown.map_err(ControlError::from)?;
            if !ledger.owns(&uuid) {
                return Err(NotPrepared::NotOwn(template.names()));
            }
        }
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

/// The UUIDs that a request would change something by.
fn named(request: &SentRequest) -> Vec<String> {
    if request.method.is_safe() {
        return Vec::new();
    }
    request.parameter("uuid").into_iter().chain(Sent::read(request).groups).collect()
}

/// Has a list show whatever stands under these UUIDs and only the answer that made it spoke for so far.
async fn show(
    client: &Client,
    ledger: &mut Ledger,
    uuids: impl Iterator<Item = &str>,
) -> Result<(), ClientError> {
    for (endpoint, uuid) in ledger.unseen(uuids) {
        cleanup::show(client, ledger, endpoint, &uuid).await?;
    }
    Ok(())
}

/// Why nobody knows what a write by a URN or a name would find.
enum NotFound {
    NoAnswer(ClientError),
    Obstacle(SkipReason),
    Refused(Refused),
}

/// Looks at what a write finds by a URN or a name, once the case has written something: nobody can have had its marks
/// before. `removes`: whether the write is to remove what it finds, so that there must be something.
async fn find(
    client: &Client,
    ledger: &mut Ledger,
    request: &SentRequest,
    removes: bool,
) -> Result<(), NotFound> {
    let (false, true) = (request.method.is_safe(), ledger.wrote()) else { return Ok(()) };
    for by in ["urn", "name"] {
        let Some(value) = request.parameter(by).filter(|value| ledger.marks().are_in(value)) else {
            continue;
        };
        let Ok(look) = client.own_request(Method::GET, Endpoint::Contacts, &[(by, &value)]) else { continue };
        let answer = client.send(&look).await.map_err(NotFound::NoAnswer)?;
        if let Some(reason) = obstacle::recognise(&answer, ledger.before()) {
            return Err(NotFound::Obstacle(reason));
        }
        let page = answer.json().filter(|_| answer.status == 200).unwrap_or_default();
        let found = page["results"].as_array().map(Vec::len);
        // After a create that gave no proper answer an empty list proves nothing either.
        let must_show = request.deletes() && (removes || ledger.unanswered());
        let missing = found.is_none() || (must_show && found == Some(0));
        // What a URN finds that breaks its scheme's rule the API says by a refusal.
        if missing && answer.status != 400 {
            let (by, status) = (by.to_owned(), answer.status);
            return Err(NotFound::Refused(Refused::Unlooked { by, status }));
        }
        ledger.note_found(Endpoint::Contacts, &answer);
    }
    Ok(())
}

/// Why a conversation ends at a step without an answer.
fn no_answer(step: usize, source: ClientError) -> End {
    match source {
        ClientError::Spent => End::Skip(SkipReason::Budget),
        source => End::Error(CaseError::NoAnswer { step, source }),
    }
}

/// Whether the API does not know yet what was made a moment ago.
fn is_stale(answer: &Answer) -> bool {
    let unknown = ["unknown contact field '", "unknown contact group '"];
    answer.status == 400
        && answer.json().is_some_and(|body| {
            body["error"].as_str().is_some_and(|error| unknown.iter().any(|text| error.starts_with(text)))
        })
}

/// Why a preparing step was not carried out.
enum NotPrepared<'a> {
    Unbound(Unbound),
    /// It is about something that the case did not make: the names that it is given by.
    NotOwn(Vec<&'a str>),
    Control(ControlError),
}

impl From<Unbound> for NotPrepared<'_> {
    fn from(unbound: Unbound) -> Self {
        Self::Unbound(unbound)
    }
}

impl From<ControlError> for NotPrepared<'_> {
    fn from(error: ControlError) -> Self {
        Self::Control(error)
    }
}
