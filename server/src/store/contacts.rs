//! Writing contacts (C1–C19).

use std::sync::Arc;

use uuid::Uuid;

use crate::model::contact::{Contact, ContactId, FieldId, Status};
use crate::model::deviation::Deviation;
use crate::model::draft::{ContactDraft, ContactPatch, Subject};
use crate::model::problem::{EngineRefusal, Problem, Refusal};
use crate::model::settings::Settings;
use crate::model::time::{SECOND, Timestamp};
use crate::model::urn::{ReadUrn, Urn};
use crate::model::value::{FieldValue, Reading};

use super::effect::{Effect, FRESH_SECONDS};
use super::notes::notes;
use super::schema::Schema;
use super::state::State;

/// Whom the URL of a write names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// Nobody: a contact is to be made.
    New,
    /// By UUID, deleted ones too.
    Uuid(Uuid),
    /// By URN; without an owner, a contact to be made (C15).
    Urn(ReadUrn),
    /// By exact name, not among the deleted.
    Name(String),
}

/// What the contact engine knows of fields and groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// All there are.
    Current,
    /// What it read into its cache, 5 seconds ago at most (observed, Freshness).
    Cached,
}

/// Why nothing was written, and what there is to tell of it.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) effects: Vec<Effect>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Refused { refusal, effects: Vec::new() }
    }
}

/// A contact that was written, with all that is needed to show it.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) contact: Arc<Contact>,
    pub(crate) schema: Arc<Schema>,
    pub(crate) created: bool,
    pub(crate) effects: Vec<Effect>,
}

impl State {
    /// Whom a target means; for a URN of nobody, `None`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]
    pub(crate) fn find(&self, target: &Target, settings: &Settings) -> Result<Option<ContactId>, Refusal> {
        match target {
            Target::New => Ok(None),
            Target::Uuid(uuid) => self.by_uuid(*uuid).map(Some).ok_or(Refusal::NotFound),
            Target::Name(name) => self.youngest_by_name(name).map(Some).ok_or(Refusal::NotFound),
            Target::Urn(read) => Ok(self.by_urn(read.urn.identity()).or_else(|| {
                let twin = read.urn.ninth_digit_twin().filter(|_| settings.ninth_digit)?;
                self.by_urn(twin.identity())
            })),
        }
    }

    /// Makes or changes a contact.
    ///
    /// # Errors
    /// Why nothing was done.
    pub(crate) fn write_contact(
        &mut self,
        target: &Target,
        draft: ContactDraft,
        settings: &Settings,
        engine: Engine,
    ) -> Result<Written, Refused> {
        let found = self.find(target, settings)?;
        if settings.suspended {
            return Err(Refusal::Body(Problem::Suspended).into());
        }
        let subject = self.subject(target, found, settings);
        let mut effects = notes(target, &draft, settings);
        let resolved = draft.resolve(&subject, self);
        let written = resolved.and_then(|patch| {
            effects.extend(self.fresh(&patch));
            self.asked(&patch, engine)?;
            match found {
                Some(id) => {
                    self.update(id, patch, settings, &mut effects).map(|()| id).map_err(Refusal::from)
                }
                None => self.create(target, patch, settings, &mut effects),
            }
        });
        match written {
            Ok(id) => {
                let (contact, schema) = (Arc::clone(self.contact(id)), Arc::clone(&self.schema));
                Ok(Written { contact, schema, created: found.is_none(), effects })
            }
            Err(refusal) => {
                effects.retain(|effect| effect.deviation().is_some());
                Err(Refused { refusal, effects })
            }
        }
    }

    /// Deletes a contact: blanks it and frees its URNs (C18, C19).
    ///
    /// # Errors
    /// That there is none such.
    pub(crate) fn delete_contact(&mut self, target: &Target, settings: &Settings) -> Result<(), Refused> {
        let exact = Settings { ninth_digit: false, ..settings.clone() };
        let Some(id) = self.find(target, &exact)? else {
            let missed = match target {
                Target::Urn(read) => self.missed(&read.urn, settings),
                _ => None,
            };
            return Err(Refused { refusal: Refusal::NotFound, effects: missed.into_iter().collect() });
        };
        let contact = self.contact(id);
        if contact.status == Status::Deleted {
            let deviation = Deviation::RepeatedDelete;
            let effects = vec![Effect::DeviationMet(deviation)];
            let kept = settings.profile.keeps_article(deviation);
            return if kept { Err(Refused { refusal: Refusal::NotFound, effects }) } else { Ok(()) };
        }
        let blank = Contact {
            created_on: contact.created_on,
            last_seen_on: contact.last_seen_on,
            status: Status::Deleted,
            ..Contact::new(contact.uuid, self.clock.tick())
        };
        self.replace(id, blank);
        Ok(())
    }

    /// What people do in the web interface. `false` where there is no such contact, or it is deleted.
    pub(crate) fn set_status(&mut self, uuid: Uuid, status: Status) -> bool {
        let Some(id) = self.by_uuid(uuid) else { return false };
        let contact = self.contact(id);
        if contact.status == Status::Deleted {
            return false;
        }
        if contact.status != status {
            let mut next = Contact { status, ..Contact::clone(contact) };
            next.groups = self.with_dynamic(&next, &[]);
            next.modified_on = self.clock.tick();
            self.replace(id, next);
        }
        true
    }

    /// The contact engine reads fields and groups into its cache now.
    pub(crate) fn engine_reads(&mut self) {
        self.engine_read = Some((self.clock.now(), self.schema.last_number()));
    }

    /// Has the contact engine look at the fields and groups of a patch. It reads all of them at a write of a contact, unless
    /// it did so less than 5 seconds before; of one made since then a cached engine knows nothing. That this holds for
    /// updates as it does for creations is by analogy.
    fn asked(&mut self, patch: &ContactPatch, engine: Engine) -> Result<(), EngineRefusal> {
        let now = self.clock.now();
        let read = self.engine_read.filter(|(at, _)| now < at.plus(FRESH_SECONDS * SECOND));
        let (at, known) = read.unwrap_or((now, self.schema.last_number()));
        self.engine_read = Some((at, known));
        if engine == Engine::Current {
            return Ok(());
        }
        let fields = patch.fields.iter().filter_map(|(id, _)| self.schema.field(*id));
        if let Some(field) = fields.into_iter().find(|field| field.id.0 > known) {
            return Err(EngineRefusal::UnknownField(field.key.clone()));
        }
        let mut groups = patch.groups.iter().flatten().filter_map(|id| self.schema.group(*id));
        match groups.find(|group| group.id.0 > known) {
            Some(group) => Err(EngineRefusal::UnknownGroup(group.uuid)),
            None => Ok(()),
        }
    }

    fn subject(&self, target: &Target, found: Option<ContactId>, settings: &Settings) -> Subject {
        let status = found.map(|id| self.contact(id).status);
        let refusal = match (target, status) {
            (_, Some(Status::Deleted)) => Some(Problem::Inactive),
            (Target::Urn(read), None) => {
                read.check(settings.country, read.urn.identity()).err().map(Problem::Urn)
            }
            _ => None,
        };
        Subject {
            status,
            by_urn: matches!(target, Target::Urn(_)),
            anonymous: settings.anon,
            group_objects: settings.profile.keeps_article(Deviation::GroupObjects),
            refusal,
        }
    }

    fn create(
        &mut self,
        target: &Target,
        patch: ContactPatch,
        settings: &Settings,
        effects: &mut Vec<Effect>,
    ) -> Result<ContactId, Refusal> {
        let urns = match target {
            Target::Urn(read) => vec![read.urn.clone()],
            _ => patch.urns.unwrap_or_default(),
        };
        for (index, urn) in urns.iter().enumerate() {
            urn.check_engine()?;
            let twin = urn.ninth_digit_twin().filter(|_| settings.ninth_digit);
            let twin_taken = twin.as_ref().is_some_and(|twin| self.by_urn(twin.identity()).is_some());
            let same = |other: &Urn| {
                let twin = twin.as_ref().map(Urn::identity);
                other.identity() == urn.identity() || Some(other.identity()) == twin
            };
            if twin_taken || urns[..index].iter().any(same) {
                return Err(EngineRefusal::UrnsInUse.into());
            }
        }
        effects.extend(urns.iter().filter_map(|urn| {
            let before = self.released(urn.identity())?;
            Some(Effect::NewUuidForUrn { urn: urn.as_str().to_owned(), before })
        }));
        effects.extend(self.twins(&urns, None));
        let at = self.clock.tick();
        let mut contact = Contact::new(self.ids.uuid(), at);
        contact.name = patch.name.flatten().map(Into::into);
        contact.language = patch.language.flatten().map(|language| language.to_lowercase());
        contact.urns = urns.into();
        let texts = patch.fields;
        let changed = self.set_values(&mut contact, texts, settings, at, effects);
        contact.groups = self.with_dynamic(&contact, &patch.groups.unwrap_or_default());
        if changed || !contact.groups.is_empty() {
            contact.modified_on = self.clock.tick();
        }
        Ok(self.insert(contact))
    }

    /// Changes a contact; what changes nothing leaves `modified_on` alone.
    fn update(
        &mut self,
        id: ContactId,
        patch: ContactPatch,
        settings: &Settings,
        effects: &mut Vec<Effect>,
    ) -> Result<(), EngineRefusal> {
        let before = Arc::clone(self.contact(id));
        let mut next = Contact::clone(&before);
        if let Some(name) = patch.name {
            next.name = name.map(Into::into);
        }
        if let Some(language) = patch.language {
            next.language = language;
        }
        let now = self.clock.now();
        let values_changed = self.set_values(&mut next, patch.fields, settings, now, effects);
        let urns = match patch.urns {
            Some(urns) => self.apply_urns(id, urns, effects)?,
            None => None,
        };
        let urns_changed = urns.is_some();
        if let Some(urns) = urns {
            next.urns = urns;
        }
        next.groups = self.with_dynamic(&next, patch.groups.as_deref().unwrap_or(&before.groups));
        effects.extend(self.dropped(&before, &next).filter(|_| patch.groups.is_some()));
        let still_there = before.groups.iter().filter(|group| self.schema.group(**group).is_some());
        let changed = values_changed
            || urns_changed
            || next.name != before.name
            || next.language != before.language
            || !next.groups.iter().eq(still_there);
        if changed {
            next.modified_on = self.clock.tick();
            if urns_changed {
                self.take(id, &next.urns, next.modified_on, effects);
            }
            self.replace(id, next);
        }
        Ok(())
    }

    /// Sets the texts of fields and tells whether any is another than before.
    fn set_values(
        &self,
        contact: &mut Contact,
        texts: Vec<(FieldId, Option<String>)>,
        settings: &Settings,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let reading = Reading::new(settings, now);
        let mut values = contact.values.to_vec();
        let mut changed = false;
        for (id, text) in texts {
            let place = values.binary_search_by_key(&id, |(field, _)| *field);
            match (text.map(|text| FieldValue::read(&text, &reading)), place) {
                (None, Ok(at)) => {
                    values.remove(at);
                    changed = true;
                }
                (None, Err(_)) => {}
                (Some((value, cut)), place) => {
                    if let Some(field) = self.schema.field(id) {
                        let (key, value_type) = (field.key.clone(), field.value_type);
                        if field.shows(&value).is_none() {
                            effects.push(Effect::ValueReadsAsNull { field: key.clone(), value_type });
                        }
                        if cut {
                            effects.push(Effect::ValueCut { field: key });
                        }
                    }
                    match place {
                        Ok(at) if values[at].1.text() == value.text() => continue,
                        Ok(at) => values[at].1 = value,
                        Err(at) => values.insert(at, (id, value)),
                    }
                    changed = true;
                }
            }
        }
        if changed {
            contact.values = values.into();
        }
        changed
    }
}
