//! Credentials of the traffic, kept out of what is told of it: a HAR file holds them as they are. What stands where a secret
//! belongs, [`places`] knows; wherever else it was repeated it is found in all its [`forms`].

mod forms;
mod places;

use std::collections::BTreeSet;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

use crate::traffic::{Exchange, Traffic};
pub(crate) use forms::Forms;
use forms::LONG;

/// What stands in the place of a credential.
const MASK: &str = "***";

/// What stands where one was repeated.
pub(crate) const REPEATED: &str = "$WENI_TOKEN";

/// Characters from which on a secret is hidden wherever else it stands: a shorter one is anybody's word.
pub(crate) const LEAST: usize = 4;

/// What must not be read in a report.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets {
    known: BTreeSet<String>,
    forms: Forms,
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
        let answer = exchange.answer.as_ref();
        for (name, value) in exchange.headers.iter().chain(answer.iter().flat_map(|answer| &answer.headers)) {
            self.learn_header(name, value);
        }
        for (_, value) in exchange.url.query_pairs().filter(|(name, _)| places::is_secret(name)) {
            self.hide_also(&value, LEAST);
        }
        self.hide_also(&decoded(exchange.url.password().unwrap_or_default()), LEAST);
        let bodies = [
            (exchange.header("content-type"), exchange.body.as_deref()),
            (
                answer.and_then(|answer| answer.header("content-type")),
                answer.map(|answer| answer.body.as_str()),
            ),
        ];
        for (kind, body) in bodies {
            let body = body.unwrap_or_default();
            for (place, _) in places::in_body(kind.unwrap_or_default(), body) {
                self.hide_also(&decoded(&places::unescaped(&body[place])), LONG);
            }
        }
    }

    fn learn_header(&mut self, name: &str, value: &str) {
        let of_cookie = |pair: &str| pair.split_once('=').map(|(_, value)| value.trim().to_owned());
        match name {
            "cookie" => {
                value.split(';').filter_map(of_cookie).for_each(|value| self.hide_also(&value, LONG));
            }
            "set-cookie" => {
                value.split(';').take(1).filter_map(of_cookie).for_each(|value| self.hide_also(&value, LONG));
            }
            "authorization" | "proxy-authorization" => {
                let credential = value.split_whitespace().last().unwrap_or_default();
                self.hide_also(credential, LEAST);
                self.hide_also(&of_basic(credential).unwrap_or_default(), LEAST);
            }
            name if places::is_secret(name) => self.hide_also(value.trim(), LEAST),
            _ => {}
        }
    }

    /// Hides this, too, wherever it stands, if it has so many characters.
    fn hide_also(&mut self, secret: &str, least: usize) {
        if secret.chars().count() >= least && !places::is_word(secret) && self.known.insert(secret.to_owned())
        {
            self.forms.add(secret);
        }
    }

    /// A text in which none of them can be read; all else is as it was, byte for byte.
    pub(crate) fn hide(&self, text: &str) -> String {
        self.forms.hide(text)
    }

    /// The value of a header. Of `Authorization` the scheme stays, for a wrong one is a common mistake.
    pub(crate) fn header(&self, name: &str, value: &str) -> String {
        match (name, value.trim().split_once(char::is_whitespace)) {
            ("authorization", Some((scheme, _))) if places::is_word(scheme) => format!("{scheme} {MASK}"),
            ("authorization", None) if places::is_word(value.trim()) => value.trim().to_owned(),
            _ if places::is_secret(name) => MASK.to_owned(),
            _ => self.hide(value),
        }
    }

    /// A body.
    pub(crate) fn body(&self, content_type: Option<&str>, body: &str) -> String {
        self.hide(&replaced(body, &places::in_body(content_type.unwrap_or_default(), body)))
    }

    /// A query, without its `?`.
    pub(crate) fn query(&self, query: &str) -> String {
        self.hide(&replaced(query, &places::in_form(query)))
    }

    /// A whole address.
    pub(crate) fn url(&self, url: &Url) -> String {
        let mut shown = url.clone();
        shown.set_query(url.query().map(|query| replaced(query, &places::in_form(query))).as_deref());
        self.hide(shown.as_str())
    }

    /// Method, path and query.
    pub(crate) fn line(&self, exchange: &Exchange) -> String {
        let query = exchange.url.query().map(|query| format!("?{}", self.query(query))).unwrap_or_default();
        format!("{} {}{query}", exchange.method, self.hide(exchange.url.path()))
    }
}

/// Where a secret stands in a text, and what is to stand there.
type Place = (Range<usize>, &'static str);

/// A text with something else in these places, which are in order. A secret is whole characters.
fn replaced(text: &str, places: &[Place]) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut done = 0;
    for (place, by) in places {
        shown.push_str(text.get(done..place.start).unwrap_or_default());
        shown.push_str(by);
        done = place.end;
    }
    shown + text.get(done..).unwrap_or_default()
}

/// An address as somebody wrote it, perhaps with `{{port}}` in it, without the secrets in it.
pub(crate) fn masked(address: &str) -> String {
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address[start..].find(['/', '?', '#']).map_or(address.len(), |at| start + at);
    let user = address[start..end].rfind('@').map(|at| (start..start + at, MASK));
    let query = address[end..].find('?').map_or(address.len(), |at| end + at + 1);
    let form = address[query..].split('#').next().unwrap_or_default();
    let values = places::in_form(form).into_iter();
    let values = values.map(|(place, by)| (query + place.start..query + place.end, by));
    replaced(address, &user.into_iter().chain(values).collect::<Vec<_>>())
}

/// The password in `Basic` credentials.
fn of_basic(credential: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(credential).ok()?).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
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
        let whole = "dark ana@example.com 50% \\u0041 \\/ PASSWORD";
        assert_eq!(secrets.hide(whole), whole);
        for repeated in [
            basic[6..].to_owned(),
            STANDARD.encode("x:cookie-value"),
            STANDARD.encode("éé parameter1!"),
            "COOKIE-VALUE".to_owned(),
            "control%252Dtoken".to_owned(),
        ] {
            assert_eq!(secrets.hide(&format!("a {repeated} b")), "a $WENI_TOKEN b", "{repeated}");
        }
        assert_eq!(secrets.line(&exchange), "GET /api/v2/contacts.json?access_token=***");
        assert_eq!(secrets.header("authorization", &basic), "Basic ***");
        assert_eq!(secrets.header("authorization", "Token"), "Token");
        assert_eq!(secrets.header("authorization", "s3cret x"), "***");
        for name in ["cookie", "x-auth-token", "x-secret", "api-key", "x-password"] {
            assert_eq!(secrets.header(name, "a=b"), "***", "{name}");
        }
        assert_eq!(secrets.header("x-echo", "Bearer ey.J.x"), "Bearer $WENI_TOKEN");
    }

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        for (address, shown) in [
            (
                "http://u:p@localhost:{{port}}/a?token=s&b=1&secret=t#x",
                "http://***@localhost:{{port}}/a?token=***&b=1&secret=***#x",
            ),
            ("http://localhost?api_key=s", "http://localhost?api_key=***"),
            ("http://localhost:{{port}}/a@b?c=d", "http://localhost:{{port}}/a@b?c=d"),
        ] {
            assert_eq!(masked(address), shown);
        }
    }

    #[test]
    fn a_scheme_without_its_token_hides_nothing() {
        let exchange = sent("http://host/", &[("authorization", "Token")]);
        let secrets = Secrets::of(&Traffic { exchanges: vec![exchange], ..Traffic::default() });
        assert_eq!(secrets.hide("Invalid Token"), "Invalid Token");
    }

    const PARTS: &[&str] = &[
        "\"", "password", "\\", ":", "[", "]", "{", "}", ",", " ", "-1", "é", "abcdefgh", "=", "&", "%",
        "25", "\r\n", "--", "name=\"", "\\u00", "null",
    ];

    proptest::proptest! {
        /// Bodies of everybody's making.
        #[test]
        fn nothing_makes_it_panic(parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..12)) {
            let body = parts.concat();
            for kind in ["application/json", "multipart/form-data", "application/x-www-form-urlencoded"] {
                let mut exchange = sent("http://host/", &[("content-type", kind)]);
                exchange.body = Some(body.clone());
                let secrets = Secrets::of(&Traffic { exchanges: vec![exchange], ..Traffic::default() });
                secrets.body(Some(kind), &body);
            }
        }
    }
}
