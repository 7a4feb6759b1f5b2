//! Telephone numbers, and the URNs made of them.

use serde::Deserialize;

/// A number in E.164: `+`, country code, number. Anything else is refused at the door: without the country code the API
/// would guess one, and eleven digits of Brazil can be a number of Korea (`not-e164`, `number-read-as-foreign`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Phone {
    digits: String,
}

/// Not such a number.
#[derive(Debug, thiserror::Error)]
#[error("the phone number {0:?} is not E.164, such as +5582985550142")]
pub(crate) struct NotE164(String);

impl TryFrom<String> for Phone {
    type Error = NotE164;

    fn try_from(text: String) -> Result<Self, NotE164> {
        let digits = text.strip_prefix('+').unwrap_or_default();
        let possible = (8..=15).contains(&digits.len())
            && digits.bytes().all(|c| c.is_ascii_digit())
            && !digits.starts_with('0');
        if possible { Ok(Self { digits: digits.to_owned() }) } else { Err(NotE164(text)) }
    }
}

impl Phone {
    /// The one URN that the contact is known by: `whatsapp:` takes digits only, no `+`. One form for everybody: `tel:` and
    /// `whatsapp:` are never joined (`twin-exists`).
    pub(crate) fn urn(&self) -> String {
        format!("whatsapp:{}", self.digits)
    }

    /// The URNs that the same person may have at Weni: this one, and for a number of Brazil the one with or without the
    /// ninth digit, as it was when WhatsApp registered it. `POST ?urn=` finds either, `GET` and `DELETE` the exact one
    /// alone (`ninth-digit`).
    pub(crate) fn possible_urns(&self) -> Vec<String> {
        let other = self.digits.strip_prefix("55").and_then(|national| {
            let (area, number) = national.split_at_checked(2)?;
            match (number.len(), number.strip_prefix('9')) {
                (9, Some(eight)) => Some(format!("whatsapp:55{area}{eight}")),
                (8, _) => Some(format!("whatsapp:55{area}9{number}")),
                _ => None,
            }
        });
        std::iter::once(self.urn()).chain(other).collect()
    }
}
