//! The values that answers have shown, by the names that a case gives them.

use std::collections::HashMap;

/// Why a value cannot stand for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindError {
    /// The name stands for another value already.
    Rebound {
        /// The value that it was bound to at first sight.
        bound: String,
    },
    /// The value is already known by another name.
    Taken {
        /// The name that owns the value.
        owner: String,
    },
}

/// The names bound so far in one case.
///
/// Names are one namespace; *values* are unique only within their kind, so that a `created_on` may equal a
/// `modified_on` while two `modified_on` of different names may not be equal.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    values: HashMap<String, String>,
    owners: HashMap<(String, String), String>,
}

impl Bindings {
    /// The kind of values that UUIDs are.
    pub const UUID: &'static str = "$uuid";

    /// The value bound to a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Binds a name to a value at first sight; from then on only checks that it is the same one.
    ///
    /// # Errors
    /// The name has another value, or the value of this kind has another name.
    pub fn bind(&mut self, kind: &str, name: &str, value: &str) -> Result<(), BindError> {
        if let Some(bound) = self.values.get(name) {
            return if bound == value { Ok(()) } else { Err(BindError::Rebound { bound: bound.clone() }) };
        }
        let place = (kind.to_owned(), value.to_owned());
        if let Some(owner) = self.owners.get(&place) {
            return Err(BindError::Taken { owner: owner.clone() });
        }
        self.owners.insert(place, name.to_owned());
        self.values.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    /// Binds a name unless it is bound: for opaque values, of which only the first sight counts.
    pub fn bind_first(&mut self, name: &str, value: &str) {
        self.values.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }

    /// Binds a name to something that a preparing step made, whatever it stood for before.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.to_owned(), value.into());
    }

    /// [`Bindings::set`] for a UUID that answers will show: no other name may be bound to it.
    pub fn set_uuid(&mut self, name: &str, uuid: &str) {
        self.set(name, uuid);
        self.owners.insert((Self::UUID.to_owned(), uuid.to_owned()), name.to_owned());
    }
}
