//! Giving URNs to contacts: an update replaces them all and takes them from whoever has them.

use crate::model::contact::{Contact, ContactId};
use crate::model::problem::EngineRefusal;
use crate::model::settings::Settings;
use crate::model::time::Timestamp;
use crate::model::urn::Urn;

use super::effect::{Effect, NotApplied};
use super::state::State;

impl State {
    /// The URNs that an update leaves a contact with, in the order sent; `None` where the list is not applied at
    /// all (observed: urns/engine-refuses-on-update).
    ///
    /// # Errors
    /// That one is too long to be stored: unlike what the engine refuses, that is not passed over.
    pub(super) fn apply_urns(
        &self,
        id: ContactId,
        sent: Vec<Urn>,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<Box<[Urn]>>, EngineRefusal> {
        let before = &self.contact(id).urns;
        let mut urns: Vec<Urn> = Vec::with_capacity(sent.len());
        let mut last_repeats = None;
        let mut refused = Vec::new();
        for urn in sent {
            match urn.check_engine() {
                Err(refusal @ EngineRefusal::UrnTooLong) => return Err(refusal),
                Err(_) => {
                    let told = urn.as_str().to_owned();
                    effects.push(Effect::UrnNotApplied { urn: told, because: NotApplied::EngineRefuses });
                    refused.push(urn);
                    continue;
                }
                Ok(()) => {}
            }
            let repeats = urns.iter().any(|other| other.identity() == urn.identity());
            last_repeats = repeats.then(|| urn.as_str().to_owned());
            if !repeats {
                urns.push(urn);
            }
        }
        if let Some(urn) = last_repeats {
            effects.push(Effect::UrnNotApplied { urn, because: NotApplied::LastItemRepeats });
            return Ok(None);
        }
        if urns.is_empty() {
            if before.is_empty() {
                return Ok(None);
            }
            let had = before.iter().map(|urn| urn.as_str().to_owned()).collect();
            effects.push(Effect::UrnsEmptied { urns: had });
        } else {
            let named = |urn: &Urn| urns.iter().chain(&refused).any(|sent| sent.is_form_of(urn));
            let left = before.iter().filter(|urn| !named(urn)).map(|urn| urn.as_str().to_owned());
            let left: Vec<String> = left.collect();
            effects.extend((!left.is_empty()).then_some(Effect::UrnsDropped { urns: left }));
        }
        let new: Vec<Urn> = urns.iter().filter(|urn| !before.contains(urn)).cloned().collect();
        effects.extend(self.twins(&new, Some(id)));
        Ok(Some(urns.into()))
    }

    /// Takes URNs from whoever else has them, silently; their `modified_on` moves to the same instant.
    pub(super) fn take(&mut self, id: ContactId, urns: &[Urn], at: Timestamp, effects: &mut Vec<Effect>) {
        for urn in urns {
            let Some(owner) = self.by_urn(urn.identity()).filter(|owner| *owner != id) else { continue };
            let loser = self.contact(owner);
            let last = loser.urns.len() == 1;
            effects.push(Effect::UrnTaken { urn: urn.as_str().to_owned(), from: loser.uuid, last });
            let kept = loser.urns.iter().filter(|other| other.identity() != urn.identity()).cloned();
            let next = Contact { urns: kept.collect(), modified_on: at, ..Contact::clone(loser) };
            self.replace(owner, next);
        }
    }

    /// Whom a look-up misses that takes a URN only as it stands: who has its other form (observed, The ninth digit).
    pub(crate) fn missed(&self, urn: &Urn, settings: &Settings) -> Option<Effect> {
        if !settings.ninth_digit || self.by_urn(urn.identity()).is_some() {
            return None;
        }
        let twin = urn.ninth_digit_twin()?;
        let owner = self.by_urn(twin.identity())?;
        Some(Effect::TwinMissed {
            urn: urn.as_str().to_owned(),
            twin: twin.as_str().to_owned(),
            contact: self.contact(owner).uuid,
        })
    }

    /// Other contacts with the same number in another form.
    pub(super) fn twins(&self, urns: &[Urn], of: Option<ContactId>) -> Vec<Effect> {
        let forms = urns.iter().flat_map(|urn| urn.other_forms().map(move |twin| (urn, twin)));
        // What the contact gets itself in the same list is joined well enough.
        let others = forms.filter(|(_, twin)| urns.iter().all(|urn| urn.identity() != twin.identity()));
        let owned = others.filter_map(|(urn, twin)| {
            let owner = self.by_urn(twin.identity()).filter(|owner| Some(*owner) != of)?;
            Some(Effect::TwinExists {
                urn: urn.as_str().to_owned(),
                twin: twin.as_str().to_owned(),
                contact: self.contact(owner).uuid,
            })
        });
        owned.collect()
    }
}
