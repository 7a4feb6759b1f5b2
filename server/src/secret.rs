//! Credentials, kept out of the log and the journal.

use std::borrow::Cow;

/// What stands in a secret's place.
pub(crate) const MASK: &str = "***";

/// Parameters whose values are never shown.
const PARAMETERS: [&str; 6] = ["token", "access_token", "api_key", "apikey", "password", "authorization"];

/// Headers whose values are never shown.
const HEADERS: [&str; 5] = ["proxy-authorization", "cookie", "set-cookie", "x-control-token", "x-api-key"];

/// A query with the values of secrets masked.
pub(crate) fn in_query(query: &str) -> Cow<'_, str> {
    let is_secret = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default();
        PARAMETERS.iter().any(|secret| secret.eq_ignore_ascii_case(name))
    };
    if !query.split('&').any(is_secret) {
        return Cow::Borrowed(query);
    }
    let shown = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(pair) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    Cow::Owned(shown.collect::<Vec<_>>().join("&"))
}

/// The value of a header, its name in lower case. Of `Authorization` the scheme stays, for a wrong one is a common mistake.
pub(crate) fn in_header(name: &str, value: &str) -> String {
    if name == "authorization" {
        return match value.trim().split_once(char::is_whitespace) {
            Some((scheme, _)) => format!("{scheme} {MASK}"),
            None if is_scheme(value) => value.to_owned(),
            None => MASK.to_owned(),
        };
    }
    if HEADERS.contains(&name) { MASK.to_owned() } else { value.to_owned() }
}

/// Whether a header is nothing but the name of a scheme: its credentials were forgotten.
fn is_scheme(text: &str) -> bool {
    ["token", "basic", "bearer"].iter().any(|scheme| scheme.eq_ignore_ascii_case(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked() {
        assert_eq!(
            in_query("urn=ext%3A1&Token=abc&access_token=d"),
            "urn=ext%3A1&Token=***&access_token=***"
        );
        assert_eq!(in_header("authorization", "Token 77656e69"), "Token ***");
        assert_eq!(in_header("authorization", "77656e69"), "***");
        assert_eq!(in_header("authorization", "Token"), "Token");
        assert_eq!(in_header("cookie", "session=1"), "***");
        assert_eq!(in_header("accept", "*/*"), "*/*");
    }
}
