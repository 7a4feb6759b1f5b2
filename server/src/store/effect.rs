//! Effects: what a request did besides what was asked, or did not. Data, each with an ID, a severity and one sentence;
//! only a stateful mock can know them.

use std::fmt;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::model::deviation::Deviation;
use crate::model::field::ValueType;

/// How much an effect matters to whoever wrote the integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Worth knowing.
    Advice,
    /// Probably not meant.
    Warning,
    /// Data was lost or sent elsewhere.
    Error,
}

impl Severity {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Severity::Advice => "advice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One thing that a request did besides what was asked, or did not do although it looks so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// A URN was taken from another contact; perhaps the last that it had.
    UrnTaken { urn: String, from: Uuid, last: bool },
    /// The contact left groups that the body did not name.
    MembershipsDropped { groups: Vec<String> },
    /// The contact lost URNs that the body left out, and has others.
    UrnsDropped { urns: Vec<String> },
    /// The contact had URNs and has none now.
    UrnsEmptied { urns: Vec<String> },
    /// A URN was sent and not given to the contact.
    UrnNotApplied { urn: String, because: NotApplied },
    /// A value was stored that the field shows as null.
    ValueReadsAsNull { field: String, value_type: ValueType },
    /// A value was cut to the length that is kept.
    ValueCut { field: String },
    /// A number of the workspace's country was read as another country's.
    NumberReadAsForeign { sent: String, read: String },
    /// A member of the body means nothing to the API.
    MemberIgnored { member: String },
    /// A parameter of the URL means nothing to the API: a misspelt look-up makes something new.
    ParameterIgnored { parameter: String, made: Option<&'static str> },
    /// Another contact has the same number in another form.
    TwinExists { urn: String, twin: String, contact: Uuid },
    /// Nobody has the URN of a look-up that takes it only as it stands: a contact has its other ninth-digit form.
    TwinMissed { urn: String, twin: String, contact: Uuid },
    /// A URN of a deleted contact came back as a new contact.
    NewUuidForUrn { urn: String, before: Uuid },
    /// A field or group was used within [`FRESH_SECONDS`] of being made: production may not know it yet.
    UsedWhileFresh { what: &'static str, name: String },
    /// The profile gave the article's answer where production gives another.
    DeviationMet(Deviation),
}

/// Why a URN was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotApplied {
    /// The contact engine refuses it.
    EngineRefuses,
    /// The list's last item repeats an earlier one, so the whole list is passed over.
    LastItemRepeats,
}

/// Seconds for which the contact engine in production may not know a new field or group.
pub(crate) const FRESH_SECONDS: i64 = 5;

impl Effect {
    /// Its ID, stable across releases.
    pub(crate) fn id(&self) -> &'static str {
        match self {
            Effect::UrnTaken { .. } => "urn-taken",
            Effect::MembershipsDropped { .. } => "memberships-dropped",
            Effect::UrnsDropped { .. } => "urns-dropped",
            Effect::UrnsEmptied { .. } => "urns-emptied",
            Effect::UrnNotApplied { .. } => "urn-not-applied",
            Effect::ValueReadsAsNull { .. } => "value-reads-as-null",
            Effect::ValueCut { .. } => "value-cut",
            Effect::NumberReadAsForeign { .. } => "number-read-as-foreign",
            Effect::MemberIgnored { .. } => "member-ignored",
            Effect::ParameterIgnored { .. } => "parameter-ignored",
            Effect::TwinExists { .. } => "twin-exists",
            Effect::TwinMissed { .. } => "twin-missed",
            Effect::NewUuidForUrn { .. } => "new-uuid-for-urn",
            Effect::UsedWhileFresh { .. } => "used-while-fresh",
            Effect::DeviationMet(_) => "deviation-met",
        }
    }

    pub(crate) fn severity(&self) -> Severity {
        match self {
            Effect::UrnTaken { .. }
            | Effect::UrnsEmptied { .. }
            | Effect::UrnNotApplied { .. }
            | Effect::ValueCut { .. }
            | Effect::NumberReadAsForeign { .. }
            | Effect::ParameterIgnored { made: Some(_), .. } => Severity::Error,
            Effect::MembershipsDropped { .. }
            | Effect::UrnsDropped { .. }
            | Effect::ValueReadsAsNull { .. }
            | Effect::TwinExists { .. }
            | Effect::TwinMissed { .. }
            | Effect::UsedWhileFresh { .. }
            | Effect::DeviationMet(_) => Severity::Warning,
            Effect::ParameterIgnored { made: None, .. }
            | Effect::MemberIgnored { .. }
            | Effect::NewUuidForUrn { .. } => Severity::Advice,
        }
    }

    /// What it is about, for programs: UUIDs, URNs, names.
    pub(crate) fn details(&self) -> Value {
        match self {
            Effect::UrnTaken { urn, from, last } => json!({"urn": urn, "from": from, "last": last}),
            Effect::MembershipsDropped { groups } => json!({"groups": groups}),
            Effect::UrnsDropped { urns } | Effect::UrnsEmptied { urns } => json!({"urns": urns}),
            Effect::UrnNotApplied { urn, because } => {
                json!({"urn": urn, "because": match because {
                    NotApplied::EngineRefuses => "engine-refuses",
                    NotApplied::LastItemRepeats => "last-item-repeats",
                }})
            }
            Effect::ValueReadsAsNull { field, value_type } => {
                json!({"field": field, "value_type": value_type.as_str()})
            }
            Effect::ValueCut { field } => json!({"field": field}),
            Effect::NumberReadAsForeign { sent, read } => json!({"sent": sent, "read": read}),
            Effect::MemberIgnored { member } => json!({"member": member}),
            Effect::ParameterIgnored { parameter, made } => json!({"parameter": parameter, "made": made}),
            Effect::TwinExists { urn, twin, contact } | Effect::TwinMissed { urn, twin, contact } => {
                json!({"urn": urn, "twin": twin, "contact": contact})
            }
            Effect::NewUuidForUrn { urn, before } => json!({"urn": urn, "before": before}),
            Effect::UsedWhileFresh { what, name } => json!({"what": what, "name": name}),
            Effect::DeviationMet(deviation) => json!({"deviation": deviation.id()}),
        }
    }

    /// The deviation, where the effect is one.
    pub(crate) fn deviation(&self) -> Option<Deviation> {
        match self {
            Effect::DeviationMet(deviation) => Some(*deviation),
            _ => None,
        }
    }
}

impl fmt::Display for Effect {
    /// One sentence in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Effect::UrnTaken { urn, from, last: false } => write!(f, "{urn} was taken from contact {from}"),
            Effect::UrnTaken { urn, from, last: true } => {
                write!(f, "{urn} was taken from contact {from}, which has no URN now: it cannot be reached")
            }
            Effect::MembershipsDropped { groups } => {
                write!(f, "the contact left {}: \"groups\" replaces all memberships", quoted(groups))
            }
            Effect::UrnsDropped { urns } => {
                write!(f, "the contact lost {}: \"urns\" replaces all that it has", urns.join(", "))
            }
            Effect::UrnsEmptied { urns } => {
                write!(f, "the contact had {} and has no URN now: it cannot be reached", urns.join(", "))
            }
            Effect::UrnNotApplied { urn, because: NotApplied::EngineRefuses } => {
                write!(f, "{urn} was dropped without an error: the contact engine refuses it")
            }
            Effect::UrnNotApplied { urn, because: NotApplied::LastItemRepeats } => {
                write!(f, "\"urns\" was passed over: its last item, {urn}, repeats an earlier one")
            }
            Effect::ValueReadsAsNull { field, value_type } => {
                write!(
                    f,
                    "the value of \"{field}\" was stored but shows as null: it is no {}",
                    value_type.as_str()
                )
            }
            Effect::ValueCut { field } => {
                write!(f, "the value of \"{field}\" was cut to {} characters", crate::model::value::MAX_VALUE)
            }
            Effect::NumberReadAsForeign { sent, read } if sent == read => {
                write!(
                    f,
                    "{sent} is taken as it stands, as a number of another country: send the country code"
                )
            }
            Effect::NumberReadAsForeign { sent, read } => {
                write!(f, "{sent} was read as {read}, a number of another country: send the country code")
            }
            Effect::MemberIgnored { member } if member.starts_with(['{', '[']) => {
                write!(
                    f,
                    "the body was read as a form and means nothing: send Content-Type: application/json"
                )
            }
            Effect::MemberIgnored { member } => {
                write!(f, "\"{member}\" in the body means nothing and was ignored")
            }
            Effect::ParameterIgnored { parameter, made: Some(made) } => {
                write!(f, "?{parameter}= is no look-up and was ignored, so a {made} was created")
            }
            Effect::ParameterIgnored { parameter, made: None } => {
                write!(f, "?{parameter}= means nothing and was ignored")
            }
            Effect::TwinExists { urn, twin, contact } => {
                write!(f, "{urn} is not joined with {twin} of contact {contact}: they are two contacts")
            }
            Effect::TwinMissed { urn, twin, contact } => {
                write!(
                    f,
                    "nobody has {urn}: contact {contact} has {twin}, and only POST ?urn= finds either form"
                )
            }
            Effect::NewUuidForUrn { urn, before } => {
                write!(f, "{urn} belonged to the deleted contact {before} and is a new contact now")
            }
            Effect::UsedWhileFresh { what, name } => write!(
                f,
                "the {what} \"{name}\" is younger than {FRESH_SECONDS} seconds: production may not know it yet"
            ),
            Effect::DeviationMet(deviation) => {
                write!(f, "{}: {}", deviation.id(), deviation.sentence())
            }
        }
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
