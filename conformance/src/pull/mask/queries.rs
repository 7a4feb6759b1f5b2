//! Queries of groups: the texts that they compare with are masked as values are, so that equal stays equal.

use super::Mask;
use crate::pull::query::{Query, Subject};
use crate::pull::seed::{Field, ValueType};

impl Mask {
    /// Masks what names and texts are compared with, and the numbers that a numeric field has to equal. Languages,
    /// dates, and the thresholds of numbers stay.
    pub(super) fn query(&self, query: &str, fields: &[Field]) -> String {
        // What cannot be read may hold anything.
        let Ok(read) = Query::read(query, fields) else { return self.words(query) };
        let mut masked = String::new();
        let mut at = 0;
        for operand in read.operands {
            masked.push_str(&query[at..operand.at.start]);
            let text = &query[operand.at.clone()];
            masked.push_str(&match operand.subject {
                Subject::Language | Subject::Field(ValueType::Datetime) => text.to_owned(),
                Subject::Field(ValueType::Numeric) if !matches!(operand.operator, "=" | "!=" | "~") => {
                    self.long_numbers(text)
                }
                _ => self.text(text),
            });
            at = operand.at.end;
        }
        masked.push_str(&query[at..]);
        masked
    }
}
