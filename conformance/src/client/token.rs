//! Credentials, kept out of everything that is printed.

use std::collections::BTreeMap;
use std::fmt;

use reqwest::header::{HeaderValue, InvalidHeaderValue};
use serde::Deserialize;

use crate::case::Role;
use crate::check::{Forms, LEAST, REPEATED};

/// An API token. Its `Debug` shows `$WENI_TOKEN`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// A token of this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The token itself, for a header that is marked as sensitive.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// The value of an `Authorization` header. It is marked as sensitive, which keeps it out of whatever is printed.
    ///
    /// # Errors
    /// The token has characters that no header can carry.
    pub fn header(&self) -> Result<HeaderValue, InvalidHeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Token {}", self.0))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REPEATED)
    }
}

/// The tokens of one workspace, by the role of their users, and whatever else must not be printed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "BTreeMap<Role, Token>")]
pub struct Tokens {
    of: BTreeMap<Role, Token>,
    hidden: Vec<Token>,
}

impl From<BTreeMap<Role, Token>> for Tokens {
    fn from(of: BTreeMap<Role, Token>) -> Self {
        Self { of, hidden: Vec::new() }
    }
}

impl Tokens {
    /// The token of an administrator alone: what a user gives on the command line.
    #[must_use]
    pub fn administrator(token: Token) -> Self {
        BTreeMap::from([(Role::Administrator, token)]).into()
    }

    /// The token of a user with this role.
    #[must_use]
    pub fn get(&self, role: Role) -> Option<&Token> {
        self.of.get(&role)
    }

    /// The same that hides all tokens of others, too.
    #[must_use]
    pub fn hiding(mut self, others: &Self) -> Self {
        self.hidden.extend(others.all().cloned());
        self
    }

    /// The same that hides another secret, too.
    #[must_use]
    pub fn hiding_also(mut self, secret: Option<&str>) -> Self {
        self.hidden.extend(secret.map(Token::new));
        self
    }

    fn all(&self) -> impl Iterator<Item = &Token> {
        self.of.values().chain(&self.hidden)
    }

    /// Whether there are tokens here, and none of the others'.
    #[must_use]
    pub fn differ_from(&self, others: &Self) -> bool {
        !self.of.is_empty() && !self.share_with(others)
    }

    /// Whether some user's token is also a token there.
    #[must_use]
    pub fn share_with(&self, others: &Self) -> bool {
        self.of.values().any(|token| others.of.values().any(|other| token == other))
    }

    /// A text in which no token can be read, in no form: a server may repeat in an answer what it was sent.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut forms = Forms::default();
        self.all().filter(|token| token.0.chars().count() >= LEAST).for_each(|token| forms.add(&token.0));
        forms.hide(text)
    }
}
