//! How many of something there are to be.

use serde::Deserialize;
use serde_json::Value;

use crate::json;

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub enum Number {
    /// Just so many.
    Exactly(usize),
    /// Within bounds.
    Bounds {
        /// No fewer.
        at_least: Option<usize>,
        /// No more.
        at_most: Option<usize>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    at_least: Option<usize>,
    at_most: Option<usize>,
}

impl TryFrom<Value> for Number {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        if let Some(number) = value.as_u64().and_then(|number| usize::try_from(number).ok()) {
            return Ok(Self::Exactly(number));
        }
        if !value.is_object() {
            return Err(format!(
                "a number is expected here, or {{\"at_least\": …, \"at_most\": …}}, not {value}"
            ));
        }
        let Bounds { at_least, at_most } = Bounds::deserialize(value).map_err(|error| json::told(&error))?;
        match at_least.zip(at_most) {
            Some((least, most)) if least > most => {
                Err(format!("no number is at least {least} and at most {most}"))
            }
            _ if at_least.is_none() && at_most.is_none() => {
                Err("`at_least`, `at_most` or both are expected here".to_owned())
            }
            _ => Ok(Self::Bounds { at_least, at_most }),
        }
    }
}

impl Number {
    /// Whether it is so many.
    #[must_use]
    pub fn holds(self, count: usize) -> bool {
        match self {
            Self::Exactly(number) => count == number,
            Self::Bounds { at_least, at_most } => {
                at_least.is_none_or(|least| count >= least) && at_most.is_none_or(|most| count <= most)
            }
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(number) => write!(f, "{number}"),
            Self::Bounds { at_least: Some(least), at_most: Some(most) } => write!(f, "{least} to {most}"),
            Self::Bounds { at_least: Some(least), .. } => write!(f, "at least {least}"),
            Self::Bounds { at_most: Some(most), .. } => write!(f, "at most {most}"),
            Self::Bounds { .. } => write!(f, "any number"),
        }
    }
}
