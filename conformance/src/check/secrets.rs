//! Credentials of the traffic, kept out of what is told of it: a HAR file holds them as they are.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::client::Tokens;
use crate::traffic::{Exchange, Traffic};

/// What stands where a credential was.
const MASK: &str = "***";

/// Headers that are nothing but a credential.
const HEADERS: [&str; 6] =
    ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-control-token", "x-api-key"];

/// Parameters that are one.
const PARAMETERS: [&str; 7] =
    ["token", "access_token", "refresh_token", "api_key", "apikey", "password", "authorization"];

/// Characters from which on a value is hidden wherever else it stands, where it need not be a secret: a cookie may be
/// `theme=dark`.
const SECRET: usize = 8;

/// What must not be read in a report.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets {
    known: BTreeSet<String>,
    tokens: Tokens,
}

impl Secrets {
    /// All credentials that the traffic was sent with, and the cookies that came back.
    pub(super) fn of(traffic: &Traffic) -> Self {
        let mut all = Self::default();
        traffic.exchanges.iter().for_each(|exchange| all.learn(exchange));
        all
    }

    /// Takes note of those of an exchange.
    pub(crate) fn learn(&mut self, exchange: &Exchange) {
        let mut found = BTreeSet::new();
        of_exchange(exchange, &mut found);
        for secret in found.difference(&self.known) {
            self.tokens = std::mem::take(&mut self.tokens).hiding_also(Some(secret));
        }
        self.known.append(&mut found);
    }

    /// A text in which none of them can be read; as it is, byte for byte, where there was none.
    pub(crate) fn hide_found(&self, text: &str) -> String {
        let hidden = self.hide(text);
        if hidden == Tokens::default().mask(text) { text.to_owned() } else { hidden }
    }

    /// A text in which none of them can be read, also percent-encoded.
    pub(crate) fn hide(&self, text: &str) -> String {
        let shown = self.tokens.mask(text);
        if !shown.contains('%') {
            return shown;
        }
        let decoded = decoded(&shown);
        let hidden = self.tokens.mask(&decoded);
        // `mask` also reads what JSON escapes: that alone is no secret.
        if hidden == Tokens::default().mask(&decoded) { shown } else { hidden }
    }

    /// The value of a header. Of `Authorization` the scheme stays, for a wrong one is a common mistake.
    pub(crate) fn header(&self, name: &str, value: &str) -> String {
        match (name, value.trim().split_once(char::is_whitespace)) {
            ("authorization", Some((scheme, _))) if is_scheme(scheme) => format!("{scheme} {MASK}"),
            ("authorization", None) if is_scheme(value.trim()) => value.trim().to_owned(),
            _ if HEADERS.contains(&name) => MASK.to_owned(),
            _ => self.hide(value),
        }
    }

    /// Method, path and query.
    pub(crate) fn line(&self, exchange: &Exchange) -> String {
        let pair = |pair: &str| match pair.split_once('=') {
            Some((name, _)) if is_parameter(name) => format!("{name}={MASK}"),
            _ => pair.to_owned(),
        };
        let pairs = exchange.url.query().map(|query| query.split('&').map(pair).collect::<Vec<_>>());
        let query = pairs.map(|pairs| format!("?{}", pairs.join("&"))).unwrap_or_default();
        self.hide(&format!("{} {}{query}", exchange.method, exchange.url.path()))
    }
}

fn of_exchange(exchange: &Exchange, found: &mut BTreeSet<String>) {
    let mut hide = |secret: &str, least: usize| {
        if secret.chars().count() >= least && !is_scheme(secret) {
            found.insert(secret.to_owned());
            // As it stands in a JSON text.
            found.insert(serde_json::Value::from(secret).to_string().trim_matches('"').to_owned());
        }
    };
    let answered = exchange.answer.iter().flat_map(|answer| &answer.headers);
    for (name, value) in exchange.headers.iter().chain(answered) {
        match name.as_str() {
            "authorization" | "proxy-authorization" => {
                let credential = value.split_whitespace().last().unwrap_or_default();
                hide(credential, 4);
                if let Some(part) = of_basic(credential) {
                    hide(&part, 4);
                }
            }
            "cookie" => value.split(';').filter_map(|pair| pair.split_once('=')).for_each(|(_, value)| {
                hide(value.trim(), SECRET);
            }),
            "set-cookie" => {
                let value = value.split(';').next().and_then(|pair| pair.split_once('='));
                hide(value.map_or("", |(_, value)| value.trim()), SECRET);
            }
            "x-control-token" | "x-api-key" => hide(value.trim(), 4),
            _ => {}
        }
    }
    for (name, value) in exchange.url.query_pairs().filter(|(name, _)| is_parameter(name)) {
        hide(&value, if name == "token" { 4 } else { SECRET });
    }
    hide(exchange.url.password().unwrap_or_default(), 4);
}

/// The password in `Basic` credentials.
fn of_basic(credential: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(credential).ok()?).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}

fn is_scheme(text: &str) -> bool {
    ["token", "basic", "bearer"].iter().any(|scheme| scheme.eq_ignore_ascii_case(text))
}

fn is_parameter(name: &str) -> bool {
    PARAMETERS.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}

/// A text with every `%41` read as the character that it stands for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        let code = others.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.filter(|_| *first == b'%').and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &others[2..];
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(url: &str, headers: &[(&str, &str)]) -> Exchange {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Exchange {
            number: 1,
            time: jiff::Timestamp::UNIX_EPOCH,
            clock: None,
            took: None,
            method: "GET".to_owned(),
            url: url.parse().unwrap(),
            headers: headers.collect(),
            body: None,
            answer: None,
            effects: Vec::new(),
            fault: None,
        }
    }

    #[test]
    fn every_credential_is_hidden_wherever_it_stands() {
        let url = "https://u:in-the-url@host/api/v2/contacts.json?access_token=parameter1";
        let basic = format!("Basic {}", STANDARD.encode("ana@example.com:pass\"word"));
        let headers = [
            ("authorization", basic.as_str()),
            ("proxy-authorization", "Bearer ey.J.x"),
            ("cookie", "theme=dark; session=cookie-value"),
            ("x-control-token", "control-token"),
        ];
        let exchange = sent(url, &headers);
        let secrets = Secrets::of(&Traffic { exchanges: vec![exchange.clone()], ..Traffic::default() });
        for secret in [
            "in-the-url",
            "parameter1",
            "pass\"word",
            "pass\\\"word",
            "ey.J.x",
            "cookie-value",
            "control-token",
            "pass%22word",
            "%70arameter1",
            "cooki\\u0065-value",
        ] {
            assert_eq!(secrets.hide(&format!("a {secret} b")), "a $WENI_TOKEN b", "{secret}");
        }
        assert_eq!(secrets.hide("dark ana@example.com 50%"), "dark ana@example.com 50%");
        assert_eq!(secrets.line(&exchange), "GET /api/v2/contacts.json?access_token=***");
        assert_eq!(secrets.header("authorization", &basic), "Basic ***");
        assert_eq!(secrets.header("authorization", "Token"), "Token");
        assert_eq!(secrets.header("authorization", "s3cret x"), "***");
        assert_eq!(secrets.header("cookie", "a=b"), "***");
        assert_eq!(secrets.header("x-echo", "Bearer ey.J.x"), "Bearer $WENI_TOKEN");
    }

    #[test]
    fn a_scheme_without_its_token_hides_nothing() {
        let exchange = sent("http://host/", &[("authorization", "Token")]);
        let secrets = Secrets::of(&Traffic { exchanges: vec![exchange], ..Traffic::default() });
        assert_eq!(secrets.hide("Invalid Token"), "Invalid Token");
    }
}
