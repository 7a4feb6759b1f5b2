//! Who asks: `Token KEY`, Basic with `username:KEY`, or a signed Bearer token (`observed.md`, Authentication).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use crate::store::registry::{Access, Registry, Role, User};

use super::base64_text;
use super::error::{ApiError, AuthProblem};
use super::query::Query;

/// The public key that Bearer tokens are checked with.
pub(crate) struct BearerKey(DecodingKey);

impl BearerKey {
    /// Reads a PEM file's text.
    ///
    /// # Errors
    /// One sentence.
    pub(crate) fn from_pem(pem: &[u8]) -> Result<Self, String> {
        DecodingKey::from_rsa_pem(pem)
            .map(BearerKey)
            .map_err(|_| "is not an RSA public key in PEM".to_owned())
    }

    /// The workspace that a valid token names, if it names one.
    fn workspace(&self, token: &str) -> Option<Option<String>> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_aud = false;
        validation.validate_nbf = true;
        validation.leeway = 0;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.0, &validation).ok()?.claims;
        Some(claims.project_uuid.or(claims.project))
    }
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    project_uuid: Option<String>,
    #[serde(default)]
    project: Option<String>,
}

/// What the request's credentials open.
///
/// # Errors
/// Why they open nothing: 403.
pub(crate) fn authenticate(
    registry: &Registry,
    bearer: Option<&BearerKey>,
    headers: &HeaderMap,
    query: &str,
) -> Result<Access, ApiError> {
    let header = headers.get(AUTHORIZATION).map(|value| value.as_bytes()).unwrap_or_default();
    let mut words = header.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let scheme = words.next().unwrap_or_default().to_ascii_lowercase();
    let credentials: Vec<&[u8]> = words.collect();
    match scheme.as_slice() {
        b"token" => by_token(registry, &credentials),
        b"basic" => by_basic(registry, &credentials),
        b"bearer" => by_bearer(registry, bearer, &credentials, query),
        _ => Err(AuthProblem::NotProvided.into()),
    }
}

fn by_token(registry: &Registry, credentials: &[&[u8]]) -> Result<Access, ApiError> {
    let token = match credentials {
        [] => return Err(AuthProblem::NoCredentials("token").into()),
        [token] => std::str::from_utf8(token).map_err(|_| AuthProblem::TokenCharacters)?,
        _ => return Err(AuthProblem::TokenSpaces.into()),
    };
    registry.open(token).ok_or(AuthProblem::Token.into())
}

fn by_basic(registry: &Registry, credentials: &[&[u8]]) -> Result<Access, ApiError> {
    let encoded = match credentials {
        [] => return Err(AuthProblem::NoCredentials("basic").into()),
        [encoded] => std::str::from_utf8(encoded).map_err(|_| AuthProblem::BasicEncoding)?,
        _ => return Err(AuthProblem::BasicSpaces.into()),
    };
    let decoded = base64_text::decode(encoded).ok_or(AuthProblem::BasicEncoding)?;
    let decoded = String::from_utf8_lossy(&decoded);
    let (username, token) = decoded.split_once(':').ok_or(AuthProblem::BasicEncoding)?;
    let access = registry.open(token).filter(|access| access.role.username() == username);
    access.ok_or(AuthProblem::TokenOrEmail.into())
}

/// Not valid, or no key configured: as if nothing was given.
fn by_bearer(
    registry: &Registry,
    bearer: Option<&BearerKey>,
    credentials: &[&[u8]],
    query: &str,
) -> Result<Access, ApiError> {
    let open = || {
        let [token] = credentials else { return None };
        let claimed = bearer?.workspace(std::str::from_utf8(token).ok()?)?;
        let query = Query::parse(query);
        let named = claimed
            .or_else(|| query.get("project_uuid").or_else(|| query.get("project")).map(str::to_owned))?;
        let workspace = registry.get(named.parse().ok()?)?;
        Some(Access { workspace, role: Role::Administrator, user: User::Bearer })
    };
    open().ok_or(AuthProblem::NotProvided.into())
}
