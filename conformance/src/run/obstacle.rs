//! Answers by which a workspace, not the server, stands in the way of a case.

use crate::client::Answer;
use crate::verdict::SkipReason;

/// What such an answer says (observed), and the reason not to judge the case by it.
const OBSTACLES: [(&str, &str); 6] = [
    ("workspace is currently suspended", "the workspace is suspended"),
    ("URN lookups not allowed for anonymous organizations", "the workspace is anonymous"),
    ("Updating URNs not allowed for anonymous organizations", "the workspace is anonymous"),
    (":********\"", "the workspace is anonymous"),
    ("groups and the limit is", "the workspace has as many groups as it may"),
    ("contact fields and the limit is", "the workspace has as many fields as it may"),
];

/// The reason to skip a case that met this answer where it expected another.
pub(super) fn recognise(answer: &Answer) -> Option<SkipReason> {
    let met = OBSTACLES.iter().find(|(text, _)| answer.text.contains(text));
    met.map(|(_, reason)| SkipReason::Workspace(reason))
}
