//! Queries of query-based groups: comparisons of fields, name and language, joined by AND and OR.
//!
//! ```text
//! query      = both { "OR" both }
//! both       = term { ["AND"] term }
//! term       = "(" query ")" | subject operator value
//! subject    = "name" | "language" | a field's key, also as fields.KEY
//! operator   = "=" | "!=" | ">" | ">=" | "<" | "<=" | "~"
//! value      = a word or "text in quotes"
//! ```

use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::contact::{Contact, FieldId};
use super::date;
use super::field::ValueType;
use super::text;
use super::value::{self, FieldValue, Instant, Reading};

/// Parentheses that a query may have: the parser calls itself for each.
const MAX_PARENTHESES: usize = 50;

/// A query that was understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Query {
    Any(Vec<Query>),
    All(Vec<Query>),
    Compare { subject: Subject, operator: Operator, value: Operand },
}

/// What it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// Folded text; empty, it asks whether there is a value at all.
    Text(String),
    Number(f64),
    /// A day in a time zone.
    Day(Date, TimeZone),
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Name,
    Language,
    Field(FieldId, ValueType),
}

/// How it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Contains,
}

const OPERATORS: [(&str, Operator); 7] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("=", Operator::Equal),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("~", Operator::Contains),
];

impl Query {
    /// Understands a query; `field` finds a field by key, `reading` tells how dates are written.
    ///
    /// # Errors
    /// One sentence that names what is not understood.
    pub(crate) fn parse(
        query: &str,
        field: impl Fn(&str) -> Option<(FieldId, ValueType)>,
        reading: &Reading<'_>,
    ) -> Result<Self, String> {
        if query.matches('(').count() > MAX_PARENTHESES {
            return Err(format!("query: has more than {MAX_PARENTHESES} parentheses"));
        }
        let mut parser = Parser { tokens: tokens(query)?, at: 0, field, reading };
        let parsed = parser.any()?;
        match parser.peek() {
            None => Ok(parsed),
            Some(token) => Err(format!("query: did not expect {token} there")),
        }
    }

    /// Whether the contact, as it stands, belongs.
    pub(crate) fn holds(&self, contact: &Contact) -> bool {
        match self {
            Query::Any(parts) => parts.iter().any(|part| part.holds(contact)),
            Query::All(parts) => parts.iter().all(|part| part.holds(contact)),
            Query::Compare { subject, operator, value } => subject.compare(contact, *operator, value),
        }
    }
}

impl Subject {
    /// Reads what it is compared with: numbers and days only where the field has them.
    fn operand(self, operator: Operator, value: &str, reading: &Reading<'_>) -> Result<Operand, String> {
        if value.is_empty() || operator == Operator::Contains {
            return Ok(Operand::Text(text::fold(value)));
        }
        match self {
            Subject::Field(_, ValueType::Numeric) => {
                number(value).map(Operand::Number).ok_or_else(|| format!("query: \"{value}\" is no number"))
            }
            Subject::Field(_, ValueType::Datetime) => {
                let read =
                    date::read(value, reading).ok_or_else(|| format!("query: \"{value}\" is no date"))?;
                Ok(Operand::Day(day(read, reading.time_zone), reading.time_zone.clone()))
            }
            _ => Ok(Operand::Text(text::fold(value))),
        }
    }

    fn compare(self, contact: &Contact, operator: Operator, value: &Operand) -> bool {
        let field_value = match self {
            Subject::Field(field, _) => contact.value(field),
            Subject::Name | Subject::Language => None,
        };
        match value {
            Operand::Text(value) => {
                let have = match self {
                    Subject::Name => contact.name.as_deref(),
                    Subject::Language => contact.language.as_ref().map(super::language::Language::as_str),
                    Subject::Field(..) => field_value.map(FieldValue::text),
                };
                compare_text(have, operator, value)
            }
            Operand::Number(value) => {
                let have = field_value.and_then(|have| number(have.text()));
                compared(operator, have.and_then(|have| have.partial_cmp(value)))
            }
            Operand::Day(value, zone) => {
                let have = field_value.and_then(FieldValue::instant);
                compared(operator, have.map(|have| day(*have, zone).cmp(value)))
            }
        }
    }
}

fn number(text: &str) -> Option<f64> {
    value::number(text)?.parse().ok()
}

fn day(instant: Instant, zone: &TimeZone) -> Date {
    zone.to_datetime(instant.at.to_jiff()).date()
}

/// An empty value asks whether there is one; every other comparison of nothing fails, but `!=`.
fn compare_text(have: Option<&str>, operator: Operator, value: &str) -> bool {
    let have = have.map(text::fold);
    match (operator, have) {
        (Operator::Contains, have) => have.is_some_and(|have| have.contains(value)),
        (_, have) if value.is_empty() => agrees(operator, have.is_some().cmp(&false)),
        (operator, have) => compared(operator, have.map(|have| have.as_str().cmp(value))),
    }
}

/// The outcome where one side may be unknown.
fn compared(operator: Operator, order: Option<Ordering>) -> bool {
    order.map_or(operator == Operator::NotEqual, |order| agrees(operator, order))
}

fn agrees(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Equal => order.is_eq(),
        Operator::NotEqual => order.is_ne(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Contains => false,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Operator(Operator),
    Word(String),
    Quoted(String),
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Token::Open => f.write_str("\"(\""),
            Token::Close => f.write_str("\")\""),
            Token::Operator(operator) => {
                let spelling =
                    OPERATORS.iter().find(|(_, known)| known == operator).map_or("", |(text, _)| text);
                write!(f, "\"{spelling}\"")
            }
            Token::Word(text) | Token::Quoted(text) => write!(f, "\"{text}\""),
        }
    }
}

fn tokens(query: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = query.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if let Some((spelling, operator)) =
            OPERATORS.iter().find(|(spelling, _)| rest.starts_with(spelling))
        {
            (Token::Operator(*operator), spelling.len())
        } else {
            match first {
                '(' => (Token::Open, 1),
                ')' => (Token::Close, 1),
                '"' => {
                    let end = rest[1..].find('"').ok_or("query: a quote is not closed")?;
                    (Token::Quoted(rest[1..=end].to_owned()), end + 2)
                }
                _ => {
                    let end = rest.find(|c: char| c.is_whitespace() || "()=!<>~\"".contains(c));
                    let end = end.unwrap_or(rest.len());
                    if end == 0 {
                        return Err(format!("query: did not expect \"{first}\" there"));
                    }
                    (Token::Word(rest[..end].to_owned()), end)
                }
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

struct Parser<'a, F> {
    tokens: Vec<Token>,
    at: usize,
    field: F,
    reading: &'a Reading<'a>,
}

impl<F: Fn(&str) -> Option<(FieldId, ValueType)>> Parser<'_, F> {
    fn any(&mut self) -> Result<Query, String> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Query::Any(parts) })
    }

    fn all(&mut self) -> Result<Query, String> {
        let mut parts = vec![self.term()?];
        loop {
            let joined = self.take_word("and");
            let another = match self.peek() {
                Some(Token::Word(word)) => !word.eq_ignore_ascii_case("or"),
                Some(Token::Open) => true,
                _ => false,
            };
            if !joined && !another {
                return Ok(if parts.len() == 1 { parts.remove(0) } else { Query::All(parts) });
            }
            parts.push(self.term()?);
        }
    }

    fn term(&mut self) -> Result<Query, String> {
        match self.next() {
            Some(Token::Open) => {
                let inner = self.any()?;
                match self.next() {
                    Some(Token::Close) => Ok(inner),
                    _ => Err("query: a parenthesis is not closed".to_owned()),
                }
            }
            Some(Token::Word(subject)) => self.comparison(&subject),
            Some(other) => Err(format!("query: expected a field, name or language, not {other}")),
            None => Err("query: expected a comparison such as age > 18".to_owned()),
        }
    }

    fn comparison(&mut self, name: &str) -> Result<Query, String> {
        let key = name.to_lowercase();
        let subject = match key.strip_prefix("fields.").unwrap_or(&key) {
            "name" => Subject::Name,
            "language" => Subject::Language,
            key => match (self.field)(key) {
                Some((id, value_type)) => Subject::Field(id, value_type),
                None => return Err(format!("query: there is no field with the key \"{key}\"")),
            },
        };
        let Some(Token::Operator(operator)) = self.next() else {
            return Err(format!("query: expected an operator (= != > >= < <= ~) after \"{name}\""));
        };
        match self.next() {
            Some(Token::Word(value) | Token::Quoted(value)) => {
                let value = subject.operand(operator, &value, self.reading)?;
                Ok(Query::Compare { subject, operator, value })
            }
            _ => Err(format!("query: expected a value to compare \"{name}\" with")),
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }
}
