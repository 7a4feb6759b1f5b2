//! Credentials, kept out of the log and the journal: what stands where a secret belongs, which [`places`] knows by the names
//! in `fixtures/secrets.json`, and wherever else it was repeated, in all the [`forms`] that it may have. Everything is hidden
//! when it is shown, never while a request is answered.

mod forms;
mod places;

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::Deserialize;

pub(crate) use forms::Forms;
pub(crate) use places::{header_secrets, in_body, in_header, in_query, query_secrets};

/// What stands in a secret's place.
pub(crate) const MASK: &str = "***";

/// What `fixtures/secrets.json` says.
#[derive(Deserialize)]
struct Names {
    /// Letters and digits that the name of a secret ends with.
    names: Vec<String>,
    /// What is no secret even where one belongs: schemes, and what programs write for nothing.
    words: Vec<String>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let text = include_str!("../../../fixtures/secrets.json");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("fixtures/secrets.json: {error}"))
});

/// Whether a header, parameter or member of this name holds a secret: `X-Auth-Token`, `apiKey`, `new_password`.
pub(crate) fn is_secret(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    NAMES.names.iter().any(|secret| plain.ends_with(secret.as_str()))
}

/// Whether a text that stands where a secret belongs is none.
fn is_word(text: &str) -> bool {
    NAMES.words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Text of bytes that were text before something in them was replaced.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in [
            "token",
            "X-Auth-Token",
            "X-Secret",
            "api-key",
            "apiKey",
            "X-API-Key",
            "Set-Cookie",
            "cookie",
            "Senha",
            "password",
            "new_password",
            "client_secret",
            "access_token",
            "Proxy-Authorization",
            "x-control-token",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in
            ["urn", "name", "tokens_left", "cursor", "author", "key", "nickname", "user-agent", "", "***"]
        {
            assert!(!is_secret(name), "{name}");
        }
    }
}
