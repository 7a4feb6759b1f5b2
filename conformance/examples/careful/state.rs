//! What the integration remembers: a real one has tables in the shop's database for this.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known of each customer, by the shop's key.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// None: in memory alone.
    file: Option<PathBuf>,
    customers: BTreeMap<String, Known>,
}

/// What is known of one customer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Known {
    /// The UUIDs that answers gave, so that later requests need no look-up. Usually it is one: a customer with a new number
    /// is a new contact, who comes last; all of them go with the customer.
    pub(crate) contacts: Vec<String>,
    /// The newest event of each kind that was carried out.
    #[serde(default)]
    saved: Option<Timestamp>,
    #[serde(default)]
    lead: Option<Timestamp>,
    /// Kept after the customer has gone: a late update must not bring the contact back.
    #[serde(default)]
    deleted: Option<Timestamp>,
}

/// Whose order counts: a newer address does not make an older change of the lead's status void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Saved,
    Lead,
    Deleted,
}

impl Known {
    /// Whether something newer was carried out already. The same event again is not late: to do it once more does no harm,
    /// and is right if it is not certain that it was done.
    pub(crate) fn is_late(&self, kind: Kind, at: Timestamp) -> bool {
        match kind {
            Kind::Saved => self.saved > Some(at) || self.deleted >= Some(at),
            Kind::Lead => self.lead > Some(at) || self.deleted >= Some(at),
            Kind::Deleted => self.saved > Some(at) || self.lead > Some(at),
        }
    }

    /// Whether no customer's event is newer than this one of a lead: if so, the lead's name is the right one.
    pub(crate) fn is_newest(&self, at: Timestamp) -> bool {
        self.saved <= Some(at)
    }

    /// An answer gave this UUID.
    pub(crate) fn met(&mut self, uuid: String) {
        self.contacts.retain(|known| *known != uuid);
        self.contacts.push(uuid);
    }

    /// An event was carried out.
    pub(crate) fn done(&mut self, kind: Kind, at: Timestamp) {
        match kind {
            Kind::Saved => self.saved = Some(at),
            Kind::Lead => self.lead = Some(at),
            Kind::Deleted => {
                self.deleted = Some(at);
                // Whoever has this number later is a new contact with a new UUID (`new-uuid-for-urn`).
                self.contacts.clear();
            }
        }
    }
}

/// The state could not be read or kept.
#[derive(Debug, thiserror::Error)]
#[error("{}: {cause}", file.display())]
pub(crate) struct StateError {
    file: PathBuf,
    cause: std::io::Error,
}

impl State {
    /// What was kept in `state.json` of the folder `WENI_SCRATCH`; nothing if there is none yet.
    pub(crate) fn load() -> Result<Self, StateError> {
        let Some(folder) = std::env::var_os("WENI_SCRATCH") else { return Ok(Self::default()) };
        let file = Path::new(&folder).join("state.json");
        let customers = match fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text).map_err(std::io::Error::from),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(error),
        };
        match customers {
            Ok(customers) => Ok(Self { file: Some(file), customers }),
            Err(cause) => Err(StateError { file, cause }),
        }
    }

    /// What is known of a customer.
    pub(crate) fn of(&self, id: &str) -> Known {
        self.customers.get(id).cloned().unwrap_or_default()
    }

    /// Keeps what is known now. Only called when Weni has confirmed: if the integration dies before, the event is done
    /// again when it is delivered again, and none is taken for done that was not.
    pub(crate) fn keep(&mut self, id: &str, known: Known) -> Result<(), StateError> {
        self.customers.insert(id.to_owned(), known);
        let Some(file) = &self.file else { return Ok(()) };
        let failed = |cause| StateError { file: file.clone(), cause };
        // Written beside it and renamed: whoever pulls the plug leaves the old state or the new one, never half of one.
        let beside = file.with_extension("json.new");
        let text = serde_json::to_vec_pretty(&self.customers).map_err(|error| failed(error.into()))?;
        let mut written = File::create(&beside).map_err(failed)?;
        written.write_all(&text).and_then(|()| written.sync_all()).map_err(failed)?;
        fs::rename(&beside, file).map_err(failed)
    }
}
