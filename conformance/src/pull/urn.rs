//! URNs that seed data takes: as the API keeps them, complete without a country to read them in.

use std::fmt;

/// The schemes that the API knows.
pub(crate) const SCHEMES: [&str; 21] = [
    "tel",
    "whatsapp",
    "mailto",
    "ext",
    "facebook",
    "instagram",
    "twitter",
    "twitterid",
    "viber",
    "line",
    "telegram",
    "jiochat",
    "wechat",
    "fcm",
    "freshchat",
    "vk",
    "rocketchat",
    "discord",
    "weniwebchat",
    "slack",
    "teams",
];

/// Characters that a URN may have without its display.
const MAX_URN: usize = 255;

/// Why seed data does not take a URN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// An anonymous workspace shows only its scheme.
    Masked,
    /// A telephone number that only its country can tell.
    National,
    /// The contact engine does not take the scheme.
    Engine,
    /// The scheme is not known.
    Scheme,
    /// The path is none of its scheme.
    Path,
    /// It belongs to a contact that changed later, or the other form of its ninth digit does.
    Taken,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Masked => "masked by an anonymous workspace",
            Self::National => "no country code, and the lists do not tell the country",
            Self::Engine => "the contact engine takes no such scheme",
            Self::Scheme => "not a scheme that the mock knows",
            Self::Path => "not as the scheme has it",
            Self::Taken => "another contact has it, or its other form with or without the ninth digit",
        })
    }
}

/// `scheme:path`, without the display.
pub(super) fn identity(urn: &str) -> &str {
    urn.split_once('#').map_or(urn, |(identity, _)| identity)
}

/// Scheme and path.
pub(super) fn parts(urn: &str) -> (&str, &str) {
    identity(urn).split_once(':').unwrap_or((urn, ""))
}

/// The WhatsApp number with or without its ninth digit: one person, to the API.
pub(super) fn twin(urn: &str) -> Option<String> {
    let (area, number) = identity(urn).strip_prefix("whatsapp:55")?.split_at_checked(2)?;
    match (number.len(), number.strip_prefix('9')) {
        (9, Some(short)) => Some(format!("whatsapp:55{area}{short}")),
        (8, _) => Some(format!("whatsapp:55{area}9{number}")),
        _ => None,
    }
}

/// Checks that the mock takes the URN, and as it stands.
pub(super) fn check(urn: &str) -> Result<(), Fault> {
    let (scheme, path) = parts(urn);
    if !path.is_empty() && path.bytes().all(|b| b == b'*') {
        return Err(Fault::Masked);
    }
    let trimmed = urn.trim() == urn && path.trim() == path;
    if path.is_empty() || path.contains(['?', '\0']) || !trimmed || identity(urn).chars().count() > MAX_URN {
        return Err(Fault::Path);
    }
    let good = match scheme {
        "tel" => return check_tel(path),
        "whatsapp" => return check_whatsapp(path),
        "weniwebchat" | "deleted" => return Err(Fault::Engine),
        "mailto" => is_email(path),
        "twitter" => path.len() <= 15 && path.bytes().all(is_word),
        "facebook" => {
            digits(path) || path.strip_prefix("ref:").is_some_and(|reference| !reference.is_empty())
        }
        "twitterid" | "instagram" | "telegram" | "discord" | "vk" | "jiochat" => digits(path),
        "viber" => path.bytes().all(|b| is_word(b) || matches!(b, b'=' | b'/' | b'+')),
        "line" => path.bytes().all(is_word),
        "freshchat" => path.split_once('/').is_some_and(|(a, b)| is_uuid(a) && is_uuid(b)),
        "teams" => path.split_once(':').is_some_and(|(kind, id)| digits(kind) && !id.is_empty()),
        scheme if SCHEMES.contains(&scheme) => true,
        _ => return Err(Fault::Scheme),
    };
    if good { Ok(()) } else { Err(Fault::Path) }
}

fn check_tel(path: &str) -> Result<(), Fault> {
    let number = path.strip_prefix('+').ok_or(Fault::National)?;
    if digits(number) && (8..=15).contains(&number.len()) { Ok(()) } else { Err(Fault::Path) }
}

/// 8 to 15 digits, or a business-scoped id.
fn check_whatsapp(path: &str) -> Result<(), Fault> {
    let good = if digits(path) { (8..=15).contains(&path.len()) } else { business_id(path).is_some() };
    if good { Ok(()) } else { Err(Fault::Path) }
}

/// What comes before the identifier of a business-scoped id, and the identifier: `BR.` or `BR.ENT.`, `1a2b3c`.
pub(super) fn business_id(path: &str) -> Option<(&str, &str)> {
    let (country, rest) = path.split_once('.')?;
    let id = rest.strip_prefix("ENT.").unwrap_or(rest);
    let good = country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=128).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric());
    good.then(|| path.split_at(path.len() - id.len()))
}

fn is_email(path: &str) -> bool {
    let Some((user, domain)) = path.rsplit_once('@') else { return false };
    let atom = |part: &str| {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
        !part.is_empty() && part.bytes().all(allowed)
    };
    let label = |part: &str| {
        let allowed = |c: char| c.is_alphanumeric() || c == '-';
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(allowed)
    };
    let top = domain.rsplit_once('.').map_or(0, |(_, top)| top.chars().count());
    user.split('.').all(atom) && domain.split('.').all(label) && top >= 2 && path.to_lowercase() == path
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
