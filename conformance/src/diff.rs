//! The same conversations with two servers, in step, and every difference between their answers once: how far a mock
//! has drifted from staging.

mod compare;
mod label;
mod pairs;
mod show;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::case::{Case, Profile, Step};
use crate::client::{Endpoint, Tokens};
use crate::difference::Place;
use crate::mark::Marks;
use crate::run::{Conversation, End, Play, Silence, Target, in_order, leftovers};
use crate::verdict::{CaseError, CaseReport, ExchangeRecord, Verdict};
use compare::Comparison;
use label::Label;

/// What came of comparing two servers.
#[derive(Debug, Default, Serialize)]
pub struct DiffReport {
    /// The address of the one.
    pub a: String,
    /// The address of the other.
    pub b: String,
    /// How many exchanges were compared.
    pub exchanges: usize,
    /// How many of them differ.
    pub differing: usize,
    /// How many cases were played with both, in whole or in part.
    pub cases: usize,
    /// Each difference once, the gravest first.
    pub differences: Vec<Drift>,
    /// Cases that were not played with either, by the reason.
    pub left_out: BTreeMap<String, usize>,
    /// Cases that could not be played to the end, by the reason.
    pub cut_short: BTreeMap<String, Vec<String>>,
    /// What was made and is still there.
    pub left: Vec<String>,
    /// Whether one of them fell silent, so that the rest was not played.
    #[serde(skip)]
    pub given_up: bool,
}

/// One difference between two servers, wherever it showed.
#[derive(Debug, Clone, Serialize)]
pub struct Drift {
    /// `POST /api/v2/contacts.json`.
    pub request: String,
    /// The part of the answer: `status`, `header allow`, or a JSON pointer with `*` for the places of a list.
    pub place: String,
    /// What the one answers there.
    pub a: String,
    /// What the other answers.
    pub b: String,
    /// Which of them keeps the contract.
    pub label: Label,
    /// Where it showed first, as a `curl` command to the one.
    pub curl: String,
    /// Where it showed: `case, step 3`.
    pub seen: Vec<String>,
    #[serde(skip)]
    rank: Rank,
}

/// The gravest first: what nobody knew of before what is known, statuses before bodies before headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    known: bool,
    place: u8,
}

impl Rank {
    fn of(label: &Label, place: &Place) -> Self {
        let place = match place {
            Place::Status => 0,
            Place::Body(_) => 1,
            Place::Header(_) => 2,
        };
        Self { known: label.is_known(), place }
    }
}

impl Drift {
    /// The same without any token in it: servers repeat in their answers what they were sent.
    fn masked(self, tokens: &[&Tokens]) -> Self {
        let mask = |text: String| tokens.iter().fold(text, |text, tokens| tokens.mask(&text));
        let [request, place, a, b, curl] = [self.request, self.place, self.a, self.b, self.curl].map(mask);
        Self { request, place, a, b, curl, ..self }
    }
}

/// Plays the cases with both servers, one after the other, and compares every answer.
pub async fn diff(a: &Target, b: &Target, plays: &[Play]) -> DiffReport {
    let mut report = DiffReport { a: a.base.to_string(), b: b.base.to_string(), ..DiffReport::default() };
    for reason in plays.iter().filter_map(|play| play.skip.as_ref()) {
        *report.left_out.entry(reason.to_string()).or_default() += 1;
    }
    let mut drifts: BTreeMap<[String; 4], Drift> = BTreeMap::new();
    let (first, rest) = in_order(plays);
    let order = first.into_iter().chain(rest).map(|number| (number, &plays[number]));
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    let mut silence = [Silence::default(), Silence::default()];
    let mut wrote = false;
    for (number, play) in order.filter(|(_, play)| play.skip.is_none()) {
        if a.terms.stop.is_set() {
            report.cut_short.entry("interrupted".to_owned()).or_default();
            break;
        }
        if let Some(error) = silence.iter().find_map(Silence::gives_up) {
            report.cut_short.entry(format!("given up: {error}")).or_default();
            // Nobody is patient any longer with a server that was.
            a.terms.stop.set();
            report.given_up = true;
            break;
        }
        wrote |= !play.case.only_reads();
        let marks = Marks::new(&a.terms.run, number);
        let (one, other) = tokio::join!(
            a.open_as(&play.case, Profile::Documented, marks.clone()),
            b.open_as(&play.case, Profile::Documented, marks)
        );
        match (one, other) {
            (Ok(one), Ok(other)) => {
                report.cases += 1;
                let (done_a, done_b) = in_step(&play.case, one, other, &mut report, &mut drifts).await;
                silence[0].note(&done_a);
                silence[1].note(&done_b);
                of_a.push(done_a);
                of_b.push(done_b);
            }
            (Err(error), _) | (_, Err(error)) => {
                report.cut_short.entry(error.to_string()).or_default().push(play.case.id.clone());
            }
        }
    }
    for (side, target, cases) in [("A", a, of_a), ("B", b, of_b)] {
        let left = leftovers::look(target, &cases, wrote).await;
        report.left.extend(left.lines.into_iter().map(|line| format!("{side}: {line}")));
    }
    report.differences = drifts.into_values().map(|drift| drift.masked(&[&a.tokens, &b.tokens])).collect();
    report.differences.sort_by(|x, y| (x.rank, y.seen.len()).cmp(&(y.rank, x.seen.len())));
    report
}

/// Plays one case with both.
async fn in_step(
    case: &Case,
    mut a: Conversation,
    mut b: Conversation,
    report: &mut DiffReport,
    drifts: &mut BTreeMap<[String; 4], Drift>,
) -> (CaseReport, CaseReport) {
    let mut comparison = Comparison::default();
    let mut ends: (Option<End>, Option<End>) = (None, None);
    for (index, step) in case.steps.iter().enumerate() {
        let number = index + 1;
        let (of_a, of_b) = tokio::join!(a.step(number, step), b.step(number, step));
        let played =
            |conversation: &'_ Conversation| conversation.last().is_some_and(|last| last.step == number);
        if let (Step::Exchange(exchange), true, true) = (step, played(&a), played(&b))
            && let (Some(one), Some(other)) = (a.last(), b.last())
        {
            report.exchanges += 1;
            // Where either of two answers is right, which one it is depends on what was there before.
            let either = !exchange.or.is_empty()
                && one.agrees
                && other.agrees
                && one.answer.status != other.answer.status;
            let points = match either {
                true => Vec::new(),
                false => comparison.answers(&exchange.response, &one.answer, &other.answer),
            };
            report.differing += usize::from(!points.is_empty());
            for point in points {
                note(case, one, other, point, drifts);
            }
        }
        ends = (of_a.err(), of_b.err());
        if ends.0.is_some() || ends.1.is_some() {
            break;
        }
    }
    let done = (a.finish(case, ends.0).await, b.finish(case, ends.1).await);
    for (side, done) in [("A", &done.0), ("B", &done.1)] {
        if let Some(why) = cut_short(done) {
            report.cut_short.entry(format!("with {side}: {why}")).or_default().push(case.id.clone());
        }
    }
    done
}

/// Why a case did not come to its last step.
fn cut_short(case: &CaseReport) -> Option<String> {
    let told = |error: &CaseError| error.to_string();
    match &case.verdict {
        Verdict::Error(error) | Verdict::Failed { cut_short: Some(error), .. } => Some(told(error)),
        Verdict::Skipped(reason) => Some(reason.to_string()),
        _ => None,
    }
}

/// Enters a difference, or that one known already shows again.
fn note(
    case: &Case,
    a: &ExchangeRecord,
    b: &ExchangeRecord,
    point: compare::Point,
    drifts: &mut BTreeMap<[String; 4], Drift>,
) {
    let path = Endpoint::of(&a.request.url).map_or_else(|| a.request.url.path().to_owned(), Endpoint::path);
    let request = format!("{} {path}", a.request.method);
    let place = compare::in_general(&point.place);
    let key = [request.clone(), place.clone(), point.a.clone(), point.b.clone()];
    let seen = format!("{}, step {}", case.id, a.step);
    let label = Label::of(case, a, b);
    let drift = drifts.entry(key).or_insert_with(|| Drift {
        request,
        place,
        rank: Rank::of(&label, &point.place),
        a: point.a,
        b: point.b,
        label,
        curl: a.request.curl(),
        seen: Vec::new(),
    });
    drift.label.also_in(case);
    drift.seen.push(seen);
}
