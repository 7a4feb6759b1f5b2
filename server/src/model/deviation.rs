//! The two profiles: one table of the places where the running API departs from its article
//! (`contract/deviations.md`), consulted by name and nowhere else.

use serde::{Deserialize, Serialize};

/// Which of the two answers a workspace gives where the article and the running API disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// The article wins in every [deviation](Deviation); the running API in everything else. The default.
    #[default]
    Documented,
    /// The running API in everything.
    Observed,
}

/// A place where the running API departs from its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Deviation {
    /// C16: the article sends groups as objects `{"name", "uuid"}`; the running API refuses them.
    #[serde(rename = "DV1")]
    GroupObjects,
    /// C19: the article answers 404 to a repeated `DELETE ?uuid=`; the running API 204 again.
    #[serde(rename = "DV2")]
    RepeatedDelete,
}

/// Every deviation, in the order of their IDs.
pub const DEVIATIONS: [Deviation; 2] = [Deviation::GroupObjects, Deviation::RepeatedDelete];

impl Deviation {
    /// Its ID, `DV1` or `DV2`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Deviation::GroupObjects => "DV1",
            Deviation::RepeatedDelete => "DV2",
        }
    }

    /// The clause of the article that it concerns.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            Deviation::GroupObjects => "C16",
            Deviation::RepeatedDelete => "C19",
        }
    }

    /// One sentence: what production does instead.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Deviation::GroupObjects => {
                "groups as objects are taken as the article shows; production refuses them with 400: send UUIDs"
            }
            Deviation::RepeatedDelete => {
                "a repeated DELETE by uuid is answered 404 as the article says; production answers 204 again"
            }
        }
    }
}

impl Profile {
    /// Whether the article's answer is given where `deviation` applies.
    #[must_use]
    pub fn keeps_article(self, deviation: Deviation) -> bool {
        match deviation {
            Deviation::GroupObjects | Deviation::RepeatedDelete => self == Profile::Documented,
        }
    }
}
