//! The documented contract: its clauses, and where the running API is known to depart from them. The texts are data,
//! `fixtures/contract.json`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The documented contract.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// What the article promises, by the clause's id.
    pub clauses: BTreeMap<String, String>,
    /// Where the running API departs from it, by id.
    pub deviations: BTreeMap<String, Departure>,
}

/// A place where the running API departs from the article.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Departure {
    /// The clause that it concerns.
    pub clause: String,
    /// What the article says.
    pub article: String,
    /// What the running API does instead.
    pub running: String,
}

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../fixtures/contract.json"))
        .expect("the contract is compiled in and read by a test")
});

/// The contract.
#[must_use]
pub fn contract() -> &'static Contract {
    &CONTRACT
}

/// The id of a known deviation, `DV1` or `DV2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct Deviation(String);

impl Deviation {
    /// What is known about it.
    #[must_use]
    pub fn departure(&self) -> &'static Departure {
        &contract().deviations[&self.0]
    }

    /// Its id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Deviation {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        if contract().deviations.contains_key(&id) {
            return Ok(Self(id));
        }
        let known: Vec<_> = contract().deviations.keys().map(String::as_str).collect();
        Err(format!("unknown deviation `{id}`: known are {}", known.join(", ")))
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
