//! Effects that a body or a patch shows before anything is written.

use crate::model::contact::Contact;
use crate::model::deviation::Deviation;
use crate::model::draft::{ContactDraft, ContactPatch};
use crate::model::settings::Settings;
use crate::model::time::SECOND;

use super::contacts::Target;
use super::effect::{Effect, FRESH_SECONDS};
use super::state::State;

impl State {
    /// Static groups that a contact leaves: of the others it is its values that decide.
    pub(super) fn dropped(&self, before: &Contact, next: &Contact) -> Option<Effect> {
        let left = before.groups.iter().filter(|group| !next.groups.contains(group));
        let groups: Vec<String> = left
            .filter_map(|group| self.schema.group(*group).filter(|group| group.query.is_none()))
            .map(|group| group.name.clone())
            .collect();
        (!groups.is_empty()).then_some(Effect::MembershipsDropped { groups })
    }

    /// Fields and groups that the patch uses although production may not know them yet.
    pub(super) fn fresh(&self, patch: &ContactPatch) -> Vec<Effect> {
        let since = self.clock.now().plus(-FRESH_SECONDS * SECOND);
        let fields = patch.fields.iter().filter_map(|(id, _)| self.schema.field(*id));
        let fields = fields.filter(|field| field.made_at > since).map(|field| ("field", field.key.clone()));
        let groups = patch.groups.iter().flatten().filter_map(|id| self.schema.group(*id));
        let groups = groups.filter(|group| group.made_at > since).map(|group| ("group", group.name.clone()));
        fields.chain(groups).map(|(what, name)| Effect::UsedWhileFresh { what, name }).collect()
    }
}

/// What a body shows by itself.
pub(super) fn notes(target: &Target, draft: &ContactDraft, settings: &Settings) -> Vec<Effect> {
    let in_url = match target {
        Target::Urn(read) => Some(read),
        _ => None,
    };
    let foreign = draft.urns().iter().chain(in_url).filter(|read| read.is_misread_national(settings.country));
    let foreign = foreign.map(|read| Effect::NumberReadAsForeign {
        sent: read.sent.clone(),
        read: read.urn.as_str().to_owned(),
    });

    let objects = settings.profile.keeps_article(Deviation::GroupObjects) && draft.has_group_objects();
    let deviation = objects.then_some(Effect::DeviationMet(Deviation::GroupObjects));
    foreign.chain(deviation).collect()
}
