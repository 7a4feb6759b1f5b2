//! Writing fields.

use crate::model::contact::FieldId;
use crate::model::field::FieldDraft;
use crate::model::json::Members;
use crate::model::problem::{Problem, Refusal};
use crate::model::query::Query;
use crate::model::settings::Settings;
use crate::model::value::Reading;

use super::schema::{Field, Schema};
use super::state::State;

impl State {
    /// Makes a field, or changes label and type of the one with `key` (F1–F5).
    ///
    /// # Errors
    /// What is wrong with the body; that the limit is reached; that the field is gone.
    pub(crate) fn write_field(
        &mut self,
        key: Option<&str>,
        body: &Members,
        settings: &Settings,
    ) -> Result<Field, Refusal> {
        let target = match key {
            Some(key) => Some(self.schema.field_by_key(key).ok_or(Refusal::NotFound)?.id),
            None => None,
        };
        if settings.suspended {
            return Err(Refusal::Body(Problem::Suspended));
        }
        let draft = FieldDraft::read(body, &self.schema.other_fields(target))?;
        let (count, limit) = (self.schema.fields.len(), settings.limits.fields);
        match target {
            Some(id) => self.update_field(id, draft, settings),
            None if count >= limit => Err(Refusal::Body(Problem::TooManyFields(count, limit))),
            None => Ok(self.add_field(draft)),
        }
    }

    /// Adds a field that was checked.
    pub(crate) fn add_field(&mut self, draft: FieldDraft) -> Field {
        let made_at = self.clock.now();
        let schema = self.schema_mut();
        let FieldDraft { label, key, value_type } = draft;
        let field = Field { id: FieldId(schema.next_number()), key, label, value_type, made_at };
        schema.fields.push(field.clone());
        field
    }

    fn update_field(
        &mut self,
        id: FieldId,
        draft: FieldDraft,
        settings: &Settings,
    ) -> Result<Field, Refusal> {
        let reading = Reading::new(settings, self.clock.now());
        let schema = self.schema_mut();
        let field = schema.fields.iter_mut().find(|field| field.id == id).ok_or(Refusal::NotFound)?;
        field.label = draft.label;
        field.value_type = draft.value_type;
        let field = field.clone();
        schema.understand_queries(&reading);
        Ok(field)
    }
}

impl Schema {
    /// Reads the queries of groups anew: what they compare depends on the types of fields.
    fn understand_queries(&mut self, reading: &Reading<'_>) {
        let fields: Vec<_> = self.fields.iter().map(|f| (f.key.clone(), (f.id, f.value_type))).collect();
        let find = |key: &str| fields.iter().find(|(known, _)| known == key).map(|(_, field)| *field);
        for group in &mut self.groups {
            if let Some((text, query)) = &mut group.query
                && let Ok(understood) = Query::parse(text, find, reading)
            {
                *query = understood;
            }
        }
    }

    /// Understands a query against the fields there are.
    ///
    /// # Errors
    /// One sentence that names what is not understood.
    pub(crate) fn parse_query(&self, query: &str, reading: &Reading<'_>) -> Result<Query, String> {
        Query::parse(query, |key| self.field_by_key(key).map(|field| (field.id, field.value_type)), reading)
    }
}
