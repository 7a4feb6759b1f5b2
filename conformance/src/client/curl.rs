//! Requests as command lines.

use std::fmt;

use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderName, HeaderValue};

use super::http::SentRequest;
use crate::check::REPEATED;

impl SentRequest {
    /// The request as a `curl` command that a person can paste, on one line unless the body has more; the token is
    /// `$WENI_TOKEN`, to be set in the environment.
    #[must_use]
    pub fn curl(&self) -> String {
        let mut words = vec!["curl".to_owned()];
        match (&self.method, &self.body) {
            (&Method::GET, None) | (&Method::POST, Some(_)) => {}
            (&Method::HEAD, None) => words.push("--head".to_owned()),
            (method, _) => words.push(format!("-X {method}")),
        }
        for (name, value) in &self.headers {
            words.extend(header(name, value));
        }
        if let Some(body) = &self.body {
            words.push(format!("--data-raw {}", quote(body)));
        }
        words.push(quote(self.url.as_str()));
        words.join(" ")
    }
}

/// The words for one header; none for what `curl` needs not be told.
fn header(name: &HeaderName, value: &HeaderValue) -> Option<String> {
    if value.is_sensitive() {
        // Double quotes, so that the shell puts the token in.
        let text = String::from_utf8_lossy(value.as_bytes());
        let keyword = text.split_once(' ').map_or("", |(keyword, _)| keyword);
        return Some(format!("-H \"{name}: {keyword} {REPEATED}\""));
    }
    let text = String::from_utf8_lossy(value.as_bytes());
    if name == ACCEPT && text == "application/json" {
        return None;
    }
    // `curl` drops a header that ends with a colon; a semicolon sends it empty.
    let line = if text.is_empty() { format!("{name};") } else { format!("{name}: {text}") };
    Some(format!("-H {}", quote(&line)))
}

/// A word for a POSIX shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The `curl` command: nothing printed may hold a token.
impl fmt::Debug for SentRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.curl())
    }
}
