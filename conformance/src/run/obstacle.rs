//! Answers by which a workspace, not the server, stands in the way of a case.

use serde_json::Value;

use crate::before::Before;
use crate::client::Answer;
use crate::verdict::SkipReason;

/// How many groups and fields may have come or gone since the run looked.
const MEANWHILE: u64 = 100;

/// What a refusal says, where it says it (observed), and whether it can be true.
type Refusal = (&'static str, &'static str, &'static str, fn(&str, &Before) -> bool);

const REFUSALS: [Refusal; 5] = [
    (
        "non_field_errors",
        "Sorry, your workspace is currently suspended.",
        "the workspace is suspended",
        |_, before| !before.is_written_to(),
    ),
    (
        "detail",
        "URN lookups not allowed for anonymous organizations",
        SkipReason::ANONYMOUS,
        may_be_anonymous,
    ),
    (
        "urns",
        "Updating URNs not allowed for anonymous organizations",
        SkipReason::ANONYMOUS,
        may_be_anonymous,
    ),
    (
        "non_field_errors",
        " groups and the limit is ",
        "the workspace has as many groups as it may",
        |text, before| is_full(text, Some(before.groups())),
    ),
    (
        "non_field_errors",
        " contact fields and the limit is ",
        "the workspace has as many fields as it may",
        |text, _| is_full(text, None),
    ),
];

/// The reason to skip a case that met this answer where it expected another: none if what the run knows of the workspace
/// says otherwise.
pub(super) fn recognise(answer: &Answer, before: &Before) -> Option<SkipReason> {
    let body = answer.json()?;
    let reason = match answer.status {
        400 => REFUSALS.iter().find_map(|(member, part, reason, may_be)| {
            said(&body[member], part).filter(|text| may_be(text, before)).map(|_| *reason)
        }),
        200 | 201 if shows_masked(&body) && may_be_anonymous("", before) => Some(SkipReason::ANONYMOUS),
        _ => None,
    };
    reason.map(SkipReason::Workspace)
}

fn may_be_anonymous(_: &str, before: &Before) -> bool {
    before.is_anonymous() != Some(false)
}

/// Whether `This org has 250 groups and the limit is 250. …` adds up, and with what the run saw.
fn is_full(text: &str, seen: Option<usize>) -> bool {
    let mut numbers =
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<u64>().ok());
    let (Some(has), Some(limit)) = (numbers.next(), numbers.next()) else { return false };
    limit > 0
        && has >= limit
        && has - limit <= MEANWHILE
        && seen.is_none_or(|seen| has.abs_diff(seen as u64) <= MEANWHILE)
}

/// The text of a refusal's member, itself or one of a list, that has this part.
fn said<'a>(member: &'a Value, part: &str) -> Option<&'a str> {
    let texts = std::iter::once(member).chain(member.as_array().into_iter().flatten());
    texts.filter_map(Value::as_str).find(|text| text.contains(part))
}

/// Whether a contact, or one of a list, has a URN that is masked.
fn shows_masked(body: &Value) -> bool {
    let listed = body["results"].as_array().into_iter().flatten();
    let mut urns =
        std::iter::once(body).chain(listed).filter_map(|contact| contact["urns"].as_array()).flatten();
    urns.any(|urn| urn.as_str().is_some_and(|urn| urn.ends_with(":********")))
}
