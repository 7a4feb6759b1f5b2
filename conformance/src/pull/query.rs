//! Queries of query-based groups, as far as seed data has them: comparisons of fields, name and language, joined by AND
//! and OR, in parentheses or not.

use std::ops::Range;

use super::seed::{Field, ValueType};
use super::value;

/// Parentheses that a query may have.
const MAX_PARENTHESES: usize = 50;

const OPERATORS: [&str; 7] = ["!=", ">=", "<=", "=", ">", "<", "~"];

/// A query that the mock reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// What things are compared with.
    pub(super) operands: Vec<Operand>,
}

/// What something is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operand {
    /// Where it stands in the query, without its quotes.
    pub(super) at: Range<usize>,
    pub(super) operator: &'static str,
    pub(super) subject: Subject,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Name,
    Language,
    Field(ValueType),
}

impl Query {
    /// Reads a query of a workspace with these fields.
    ///
    /// # Errors
    /// What the mock would not read.
    pub(super) fn read(text: &str, fields: &[Field]) -> Result<Self, String> {
        if text.matches('(').count() > MAX_PARENTHESES {
            return Err(format!("more than {MAX_PARENTHESES} parentheses"));
        }
        let mut parser = Parser { text, tokens: tokens(text)?, at: 0, fields, operands: Vec::new() };
        parser.any()?;
        match parser.next() {
            None => Ok(Self { operands: parser.operands }),
            Some(token) => Err(format!("{:?} is not expected there", &text[token.range()])),
        }
    }
}

#[derive(Debug, Clone)]
enum Token {
    Sign(Range<usize>),
    Word(Range<usize>),
    /// What stands between the quotes.
    Quoted(Range<usize>),
}

impl Token {
    fn range(&self) -> Range<usize> {
        let (Self::Sign(range) | Self::Word(range) | Self::Quoted(range)) = self;
        range.clone()
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let sign = ["(", ")"].iter().chain(&OPERATORS).find(|sign| rest.starts_with(**sign));
        if first.is_whitespace() {
            at += first.len_utf8();
        } else if let Some(sign) = sign {
            tokens.push(Token::Sign(at..at + sign.len()));
            at += sign.len();
        } else if first == '"' {
            let length = rest[1..].find('"').ok_or("a quote is not closed")?;
            tokens.push(Token::Quoted(at + 1..at + 1 + length));
            at += length + 2;
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || "()=!<>~\"".contains(c)).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("{first:?} is not expected there"));
            }
            tokens.push(Token::Word(at..at + end));
            at += end;
        }
    }
    Ok(tokens)
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    fields: &'a [Field],
    operands: Vec<Operand>,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<(), String> {
        self.all()?;
        while self.takes_word("or") {
            self.all()?;
        }
        Ok(())
    }

    /// Terms joined by AND, or by nothing, which means the same.
    fn all(&mut self) -> Result<(), String> {
        self.term()?;
        loop {
            let joined = self.takes_word("and");
            let another = match self.tokens.get(self.at) {
                Some(Token::Word(word)) => !self.text[word.clone()].eq_ignore_ascii_case("or"),
                Some(Token::Sign(sign)) => &self.text[sign.clone()] == "(",
                _ => false,
            };
            if !joined && !another {
                return Ok(());
            }
            self.term()?;
        }
    }

    fn term(&mut self) -> Result<(), String> {
        match self.next() {
            Some(Token::Sign(sign)) if &self.text[sign.clone()] == "(" => {
                self.any()?;
                match self.next() {
                    Some(Token::Sign(sign)) if &self.text[sign.clone()] == ")" => Ok(()),
                    _ => Err("a parenthesis is not closed".to_owned()),
                }
            }
            Some(Token::Word(subject)) => self.comparison(subject),
            _ => Err("a comparison is missing".to_owned()),
        }
    }

    fn comparison(&mut self, subject: Range<usize>) -> Result<(), String> {
        let name = self.text[subject].to_lowercase();
        let subject = match name.strip_prefix("fields.").unwrap_or(&name) {
            "name" => Subject::Name,
            "language" => Subject::Language,
            key => {
                let field = self.fields.iter().find(|field| field.key == key);
                Subject::Field(field.ok_or_else(|| format!("{name} is no field here"))?.value_type)
            }
        };
        let operator = match self.next() {
            Some(Token::Sign(sign)) => OPERATORS.into_iter().find(|known| *known == &self.text[sign.clone()]),
            _ => None,
        };
        let operator = operator.ok_or_else(|| format!("an operator is missing behind {name}"))?;
        let at = match self.next() {
            Some(Token::Word(at) | Token::Quoted(at)) => at,
            _ => return Err(format!("a value is missing to compare {name} with")),
        };
        let value = &self.text[at.clone()];
        let good = value.is_empty()
            || operator == "~"
            || match subject {
                Subject::Field(ValueType::Numeric) => value::is_number(value),
                Subject::Field(ValueType::Datetime) => {
                    value::Moment::read(value).is_some() || value::is_day(value)
                }
                _ => true,
            };
        if !good {
            return Err(format!("{name} is not comparable with {value:?}"));
        }
        self.operands.push(Operand { at, operator, subject });
        Ok(())
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let next = self.tokens.get(self.at);
        let found = matches!(next, Some(Token::Word(at)) if self.text[at.clone()].eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }
}
