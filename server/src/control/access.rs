//! Who may use the control API. *Open* serves only requests that name a loopback host and that no proxy
//! forwarded, so that a tunnel to the mock does not open it; other sites' pages are refused by their `Origin`.

use std::fmt;

use axum::http::{HeaderMap, StatusCode, Uri, header};

/// The policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ControlAccess {
    Open,
    /// `Authorization: Bearer TOKEN`, or `X-Control-Token: TOKEN` where that header names a workspace.
    Token(String),
    Off,
}

/// Why a call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Off,
    Token,
    Host,
    Forwarded,
    Origin,
}

impl Refused {
    pub(crate) fn status(self) -> StatusCode {
        if self == Refused::Off { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refused::Off => "the control API is off (--control off)",
            Refused::Token => {
                "the control API needs its token: X-Control-Token: TOKEN (printed at the start)"
            }
            Refused::Host => "the control API is open to loopback hosts only: use --control token",
            Refused::Forwarded => "the control API is not open through a proxy: use --control token",
            Refused::Origin => "the control API is not open to other sites' pages",
        })
    }
}

impl ControlAccess {
    /// The token that it wants, which no journal shows.
    pub(crate) fn token(&self) -> Option<&str> {
        if let ControlAccess::Token(token) = self { Some(token) } else { None }
    }

    /// # Errors
    /// Why the call is refused.
    pub(crate) fn check(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Refused> {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        match self {
            ControlAccess::Off => Err(Refused::Off),
            ControlAccess::Token(token) => {
                let bearer = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
                let given = text("x-control-token").or(bearer).unwrap_or_default();
                if same(given, token) { Ok(()) } else { Err(Refused::Token) }
            }
            ControlAccess::Open => {
                let host = text(header::HOST.as_str()).or(uri.host()).unwrap_or_default();
                if !is_loopback(host) {
                    return Err(Refused::Host);
                }
                let forwarded = |name: &str| name == "forwarded" || name.starts_with("x-forwarded-");
                if headers.keys().any(|name| forwarded(name.as_str())) {
                    return Err(Refused::Forwarded);
                }
                if is_of(host, text(header::ORIGIN.as_str())) { Ok(()) } else { Err(Refused::Origin) }
            }
        }
    }
}

/// Whether a request comes from a page of this host, or from no page.
pub(crate) fn is_of(host: &str, origin: Option<&str>) -> bool {
    origin.is_none_or(|origin| origin.split_once("://").is_some_and(|(_, at)| at == host))
}

/// Compares without telling by the time taken how much agrees.
fn same(given: &str, token: &str) -> bool {
    let differing = given.bytes().zip(token.bytes()).fold(0, |differing, (a, b)| differing | (a ^ b));
    given.len() == token.len() && differing == 0
}

/// A host name with an optional port.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let local = name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost");
    local || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &str)]) -> Result<(), Refused> {
        let headers = headers.iter().map(|(name, value)| {
            (axum::http::HeaderName::from_static(name), value.parse().expect("a header value"))
        });
        ControlAccess::Open.check(&headers.collect(), &Uri::from_static("/__mock/health"))
    }

    #[test]
    fn open_is_for_loopback_alone() {
        assert_eq!(check(&[("host", "127.0.0.1:9364")]), Ok(()));
        assert_eq!(check(&[("host", "[::1]:9364")]), Ok(()));
        assert_eq!(check(&[("host", "localhost:9364"), ("origin", "http://localhost:9364")]), Ok(()));
        assert_eq!(check(&[("host", "mock.example:9364")]), Err(Refused::Host));
        assert_eq!(check(&[("host", "localhost"), ("x-forwarded-for", "1.2.3.4")]), Err(Refused::Forwarded));
        assert_eq!(check(&[("host", "localhost"), ("origin", "https://evil.example")]), Err(Refused::Origin));
        assert_eq!(check(&[]), Err(Refused::Host));
    }
}
