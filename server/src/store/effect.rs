//! Effects: what a request did besides what was asked, or did not. Data, each with an ID, a severity and one sentence;
//! only a stateful mock can know them.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::model::deviation::Deviation;
use crate::model::field::ValueType;
use crate::model::value::MAX_VALUE;
use crate::texts::{EFFECTS, Lang};

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

impl NotApplied {
    fn as_str(self) -> &'static str {
        match self {
            NotApplied::EngineRefuses => "engine-refuses",
            NotApplied::LastItemRepeats => "last-item-repeats",
        }
    }
}

/// Seconds for which the contact engine in production may not know a new field or group.
pub(crate) const FRESH_SECONDS: i64 = 5;

impl Effect {
    /// The IDs of all effects.
    pub(crate) const IDS: [&str; 15] = [
        "urn-taken",
        "memberships-dropped",
        "urns-dropped",
        "urns-emptied",
        "urn-not-applied",
        "value-reads-as-null",
        "value-cut",
        "number-read-as-foreign",
        "member-ignored",
        "parameter-ignored",
        "twin-exists",
        "twin-missed",
        "new-uuid-for-urn",
        "used-while-fresh",
        "deviation-met",
    ];

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
                json!({"urn": urn, "because": because.as_str()})
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

impl Effect {
    /// One sentence.
    pub(crate) fn text(&self, lang: Lang) -> String {
        let mut values = self.details();
        values["most"] = MAX_VALUE.into();
        values["seconds"] = FRESH_SECONDS.into();
        EFFECTS.fill(lang, &self.text_key(), &values)
    }

    /// What it is called in the catalogue: its ID, and which of several texts.
    fn text_key(&self) -> String {
        let which = match self {
            Effect::UrnTaken { last: true, .. } => "last",
            Effect::UrnNotApplied { because, .. } => because.as_str(),
            Effect::MemberIgnored { member } if member.starts_with(['{', '[']) => "form",
            Effect::ParameterIgnored { made: Some(made), .. } => made,
            Effect::NumberReadAsForeign { sent, read } if sent == read => "as-it-stands",
            Effect::UsedWhileFresh { what, .. } => what,
            Effect::DeviationMet(deviation) => deviation.id(),
            _ => return self.id().to_owned(),
        };
        format!("{}.{which}", self.id())
    }
}
