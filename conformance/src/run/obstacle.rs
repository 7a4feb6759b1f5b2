//! Answers by which a workspace, not the server, stands in the way of a case.

use serde_json::Value;

use crate::client::Answer;
use crate::verdict::SkipReason;

/// What a refusal says, where it says it, and the reason not to judge the case by it (observed).
const REFUSALS: [(&str, &str, &str); 5] = [
    ("non_field_errors", "Sorry, your workspace is currently suspended.", SUSPENDED),
    ("detail", "URN lookups not allowed for anonymous organizations", ANONYMOUS),
    ("urns", "Updating URNs not allowed for anonymous organizations", ANONYMOUS),
    ("non_field_errors", " groups and the limit is ", "the workspace has as many groups as it may"),
    ("non_field_errors", " contact fields and the limit is ", "the workspace has as many fields as it may"),
];
const SUSPENDED: &str = "the workspace is suspended";
const ANONYMOUS: &str = "the workspace is anonymous";

/// The reason to skip a case that met this answer where it expected another.
pub(super) fn recognise(answer: &Answer) -> Option<SkipReason> {
    let body = answer.json()?;
    let reason = match answer.status {
        400 => {
            REFUSALS.iter().find(|(member, text, _)| says(&body[member], text)).map(|(.., reason)| *reason)
        }
        200 | 201 => shows_masked(&body).then_some(ANONYMOUS),
        _ => None,
    };
    reason.map(SkipReason::Workspace)
}

/// Whether a member of a refusal, a text or a list of them, says this.
fn says(member: &Value, text: &str) -> bool {
    let said = |value: &Value| value.as_str().is_some_and(|said| said.contains(text));
    said(member) || member.as_array().is_some_and(|items| items.iter().any(said))
}

/// Whether a contact, or one of a list, has a URN that is masked.
fn shows_masked(body: &Value) -> bool {
    let listed = body["results"].as_array().into_iter().flatten();
    let mut urns =
        std::iter::once(body).chain(listed).filter_map(|contact| contact["urns"].as_array()).flatten();
    urns.any(|urn| urn.as_str().is_some_and(|urn| urn.ends_with(":********")))
}
