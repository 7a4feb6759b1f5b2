//! URNs by which a scenario names a contact.

use serde::Deserialize;

use crate::pull::SCHEMES;
use crate::words::meant;

/// A URN, or several of which a contact has one; at least one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Urns(Vec<String>);

impl Urns {
    /// They, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The first one.
    #[must_use]
    pub fn first(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }
}

impl std::fmt::Display for Urns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" or "))
    }
}

impl TryFrom<String> for Urns {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let urns: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if urns.is_empty() {
            return Err("a contact is named by a URN here, such as whatsapp:5582985550105".to_owned());
        }
        for urn in &urns {
            let parts = urn.split_once(':').filter(|(_, path)| !path.is_empty());
            let (scheme, _) =
                parts.ok_or_else(|| format!("`{urn}` is no URN such as whatsapp:5582985550105"))?;
            if !SCHEMES.contains(&scheme) {
                return Err(format!("`{urn}`: there is no scheme `{scheme}`: {}", meant(scheme, SCHEMES)));
            }
        }
        Ok(Self(urns))
    }
}
