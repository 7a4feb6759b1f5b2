//! The group that the user of the kit lends for an attempt to delete it.

use reqwest::Method;
use serde_json::Value;

use crate::client::{Client, ClientError, Endpoint, PrepareError};
use crate::difference::shorten;
use crate::words::counted;

/// Why a group cannot be lent.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LentError {
    /// No answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// It cannot be asked for.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// There is no such group.
    #[error("--linked-group: the workspace has no group {0}")]
    Unknown(String),
}

/// The name of a group and how many contacts it has, for the user to see before it is put at risk.
///
/// # Errors
/// No answer, or no such group.
pub async fn read(client: &Client, uuid: &str) -> Result<String, LentError> {
    let request = client.own_request(Method::GET, Endpoint::Groups, &[("uuid", uuid)])?;
    let answer = client.send(&request).await?;
    let page: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let group = &page["results"][0];
    match (group["name"].as_str(), &group["count"]) {
        (Some(name), count) if group["uuid"] == uuid => {
            let contacts = count.as_u64().map_or_else(
                || "an unknown number of contacts".to_owned(),
                |count| counted(usize::try_from(count).unwrap_or(usize::MAX), "contact"),
            );
            Ok(format!("\"{}\" with {contacts}", shorten(&client.tokens.mask(name))))
        }
        _ => Err(LentError::Unknown(uuid.to_owned())),
    }
}
