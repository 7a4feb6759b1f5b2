//! URNs: the addresses of a contact, `scheme:path`, with an optional `?query` (dropped) and `#display`.
//! Identity is scheme and path.

mod scheme;

use std::fmt;

use compact_str::CompactString;
use thiserror::Error;

use super::phone::{self, Country};
use super::problem::EngineRefusal;
use super::text;
pub(crate) use scheme::Scheme;

/// Characters that the identity of a stored URN may have.
pub(crate) const MAX_URN: usize = 255;

/// What is wrong with a URN; `Display` is the API's message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum UrnProblem {
    #[error("Invalid URN: {0}. Ensure phone numbers contain country codes.")]
    Invalid(String),
    #[error("Invalid URN: {0}. WhatsApp BSUID identifiers must include the whatsapp: scheme.")]
    BareBusinessId(String),
    #[error("Invalid WhatsApp identifier: {0}.")]
    WhatsAppIdentifier(String),
    #[error("Phone number must have at least 8 digits.")]
    TooFewDigits,
    #[error("Phone number cannot exceed 15 digits.")]
    TooManyDigits,
}

/// A normalised URN, with its display where it came with one: inline where it is short, for there are millions.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Urn(CompactString);

impl Urn {
    /// A telephone number in E.164 as it stands, without asking whether it is possible: loading the numbering
    /// plans takes longer than a whole start.
    pub(crate) fn from_e164(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("tel:+")?;
        let good = (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        good.then(|| Urn(text.into()))
    }

    /// `scheme:path`.
    pub(crate) fn identity(&self) -> &str {
        self.0.split_once('#').map_or(&self.0, |(identity, _)| identity)
    }

    /// What came behind the `#`.
    pub(crate) fn display(&self) -> Option<&str> {
        self.0.split_once('#').map(|(_, display)| display)
    }

    pub(crate) fn scheme(&self) -> &str {
        self.0.split_once(':').map_or("", |(scheme, _)| scheme)
    }

    pub(crate) fn path(&self) -> &str {
        self.identity().split_once(':').map_or("", |(_, path)| path)
    }

    /// As answers show it: `scheme:path#display`.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As an anonymous workspace shows it.
    pub(crate) fn masked(&self) -> String {
        format!("{}:********", self.scheme())
    }

    /// The same URN in the other form of Brazil's ninth digit: `whatsapp:55`, area, then 8 digits or 9 and
    /// those 8 (observed: workspaces/ninth-digit-on).
    pub(crate) fn ninth_digit_twin(&self) -> Option<Urn> {
        let digits = self.identity().strip_prefix("whatsapp:55")?;
        let (area, number) = digits.split_at_checked(2)?;
        let number = match (number.len(), number.strip_prefix('9')) {
            (9, Some(without)) => without.to_owned(),
            (8, _) => format!("9{number}"),
            _ => return None,
        };
        Some(Urn(format!("whatsapp:55{area}{number}").into()))
    }

    /// Whether both are one address: but for the display, or for Brazil's ninth digit.
    pub(crate) fn is_form_of(&self, other: &Urn) -> bool {
        let identity = other.identity();
        self.identity() == identity || self.ninth_digit_twin().is_some_and(|twin| twin.identity() == identity)
    }

    /// The same telephone number however else it may be written, for people whom the API takes for two: under `tel:` and
    /// `whatsapp:`, and with Brazil's ninth digit or without it.
    pub(crate) fn other_forms(&self) -> impl Iterator<Item = Urn> {
        let other = self.other_scheme();
        let twin = match self.scheme() {
            "whatsapp" => self.ninth_digit_twin(),
            _ => other.as_ref().filter(|other| other.is_mobile_of_brazil()).and_then(Urn::ninth_digit_twin),
        };
        let of_twin = twin.as_ref().filter(|twin| twin.is_mobile_of_brazil()).and_then(Urn::other_scheme);
        [other, twin, of_twin].into_iter().flatten()
    }

    /// Whether the last eight digits are a mobile number's: others are of fixed lines, and with a 9 before them somebody else's.
    fn is_mobile_of_brazil(&self) -> bool {
        let eighth = self.path().len().checked_sub(8).and_then(|at| self.path().as_bytes().get(at));
        self.path().starts_with("55") && eighth.is_some_and(|digit| (b'6'..=b'9').contains(digit))
    }

    /// The same telephone number under the other of `tel:` and `whatsapp:`, which the API never joins.
    fn other_scheme(&self) -> Option<Urn> {
        let other = match (self.scheme(), self.path()) {
            ("tel", path) => format!("whatsapp:{}", path.strip_prefix('+')?),
            ("whatsapp", path) if path.bytes().all(|b| b.is_ascii_digit()) => format!("tel:+{path}"),
            _ => return None,
        };
        Some(Urn(other.into()))
    }

    /// What the contact engine refuses although the API's check lets it pass.
    ///
    /// # Errors
    /// An unknown scheme or path of the engine's, more than [`MAX_URN`] characters.
    pub(crate) fn check_engine(&self) -> Result<(), EngineRefusal> {
        if self.identity().chars().count() > MAX_URN {
            return Err(EngineRefusal::UrnTooLong);
        }
        match Scheme::parse(self.scheme()).and_then(|scheme| scheme.engine_refusal(self.path())) {
            Some(reason) => {
                Err(EngineRefusal::InvalidUrn { urn: self.identity().to_owned(), reason: reason.to_string() })
            }
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A URN that was read: normalised, not yet checked against its scheme's rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadUrn {
    pub(crate) urn: Urn,
    scheme: Scheme,
    /// As the API repeats it in a conflict: normalised, with query and display.
    pub(crate) shown: String,
    /// The text it was read from, trimmed.
    pub(crate) sent: String,
}

impl ReadUrn {
    /// Reads what has a known scheme and a path, or is a possible telephone number without a scheme.
    /// `None` where it is no URN at all.
    pub(crate) fn read(sent: &str, country: Option<Country>) -> Option<Self> {
        let sent = text::strip(sent);
        let Some((scheme, rest)) = sent.split_once(':') else { return Self::read_bare(sent, country) };
        let scheme = Scheme::parse(scheme)?;
        let (rest, display) = split_nonempty(rest, '#');
        let (path, query) = split_nonempty(rest, '?');
        let path = scheme.normalize(text::strip(path), country);
        if path.is_empty() {
            return None;
        }
        let mut urn = format!("{}:{path}", scheme.as_str());
        let mut shown = urn.clone();
        if let Some(query) = query {
            shown.extend(["?", query]);
        }
        if let Some(display) = display {
            urn.extend(["#", display]);
            shown.extend(["#", display]);
        }
        Some(ReadUrn { urn: Urn(urn.into()), scheme, shown, sent: sent.to_owned() })
    }

    /// A possible number becomes `whatsapp:` and its digits as they stand (observed: urns/area-codes-bare).
    fn read_bare(sent: &str, country: Option<Country>) -> Option<Self> {
        let digits = sent.strip_prefix('+').unwrap_or(sent);
        if digits.is_empty()
            || !digits.bytes().all(|b| b.is_ascii_digit())
            || !phone::is_possible(sent, country)
        {
            return None;
        }
        let urn = format!("{}:{digits}", Scheme::WhatsApp.as_str());
        Some(ReadUrn {
            shown: urn.clone(),
            urn: Urn(urn.into()),
            scheme: Scheme::WhatsApp,
            sent: sent.to_owned(),
        })
    }

    /// The same without its display: a URN in the URL names a contact, no more.
    pub(crate) fn without_display(mut self) -> Self {
        self.urn = Urn(self.urn.identity().into());
        self
    }

    /// Whether a number of `country`, sent without its calling code, was read as another country's: the trap of
    /// `tel:11991234567` in Brazil, and of bare and `whatsapp:` numbers.
    pub(crate) fn is_misread_national(&self, country: Option<Country>) -> bool {
        let path = self.urn.path();
        let international = match self.scheme {
            Scheme::Tel => path.starts_with('+') && !self.sent.contains('+'),
            Scheme::WhatsApp => !self.sent.contains('+') && path.bytes().all(|b| b.is_ascii_digit()),
            _ => false,
        };
        let digits = path.strip_prefix('+').unwrap_or(path);
        international && country.is_some_and(|country| phone::is_national(digits, country))
    }

    /// Checks the path against the scheme's rule; `shown` stands in the message.
    ///
    /// # Errors
    /// The rule that the path breaks.
    pub(crate) fn check(&self, country: Option<Country>, shown: &str) -> Result<(), UrnProblem> {
        self.scheme.check(self.urn.path(), country, shown)
    }
}

/// What is wrong with a text of a body's `urns` that [`ReadUrn::read`] does not take for a URN.
pub(crate) fn unreadable(sent: &str) -> UrnProblem {
    let sent = text::strip(sent).to_owned();
    match sent.split_once(':') {
        Some((scheme, _)) if Scheme::parse(scheme) == Some(Scheme::WhatsApp) => {
            UrnProblem::WhatsAppIdentifier(sent)
        }
        None if scheme::is_business_id(&sent) => UrnProblem::BareBusinessId(sent),
        _ => UrnProblem::Invalid(sent),
    }
}

/// The parts before and after the first `separator`; an empty second part counts as none.
fn split_nonempty(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after).filter(|after| !after.is_empty())),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::Urn;

    #[test]
    fn a_mobile_number_of_brazil_has_four_forms_and_others_two() {
        let others = |urn: &str| {
            let mut forms: Vec<String> =
                Urn(urn.into()).other_forms().map(|urn| urn.as_str().to_owned()).collect();
            forms.sort();
            forms
        };
        let (eight, nine) = ("whatsapp:558285550102", "whatsapp:5582985550102");
        assert_eq!(others("tel:+5582985550102"), ["tel:+558285550102", eight, nine]);
        assert_eq!(others(eight), ["tel:+558285550102", "tel:+5582985550102", nine]);
        // A fixed line, and another country.
        assert_eq!(others("tel:+558232331001"), ["whatsapp:558232331001"]);
        assert_eq!(others("tel:+12065550100"), ["whatsapp:12065550100"]);
    }
}
