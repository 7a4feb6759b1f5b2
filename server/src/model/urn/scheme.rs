//! The schemes of URNs: how each writes its path, what it takes for one, and what the contact engine behind
//! the API refuses besides (observed: urns/create-BR, urns/engine-refuses-on-update).

use std::fmt;

use super::UrnProblem;
use crate::model::phone::{self, Country};

/// Declares the schemes once: their names are their spelling, case-sensitive.
macro_rules! schemes {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// A scheme that the API knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Scheme { $($variant),* }

        impl Scheme {
            /// Every scheme.
            pub(crate) const ALL: &[Scheme] = &[$(Scheme::$variant),*];

            /// Its spelling.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Scheme::$variant => $name),* }
            }
        }
    };
}

schemes! {
    Tel = "tel", WhatsApp = "whatsapp", Mailto = "mailto", Ext = "ext", Facebook = "facebook",
    Instagram = "instagram", Twitter = "twitter", TwitterId = "twitterid", Viber = "viber", Line = "line",
    Telegram = "telegram", JioChat = "jiochat", WeChat = "wechat", Fcm = "fcm", FreshChat = "freshchat",
    Vk = "vk", RocketChat = "rocketchat", Discord = "discord", WebChat = "weniwebchat", Slack = "slack",
    Teams = "teams", Deleted = "deleted",
}

impl Scheme {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scheme| scheme.as_str() == name)
    }

    /// The path as it is stored.
    pub(super) fn normalize(self, path: &str, country: Option<Country>) -> String {
        match self {
            Scheme::Tel => phone::normalize(path, country),
            Scheme::Mailto => path.to_lowercase(),
            Scheme::Twitter => path.strip_prefix('@').unwrap_or(path).to_lowercase(),
            _ => path.to_owned(),
        }
    }

    /// The API's check of a normalised path.
    pub(super) fn check(self, path: &str, country: Option<Country>, shown: &str) -> Result<(), UrnProblem> {
        let good = match self {
            Scheme::WhatsApp => return check_whatsapp(path, shown),
            Scheme::Tel => phone::is_acceptable(path, country),
            Scheme::Mailto => is_email(path),
            Scheme::Twitter => (1..=15).contains(&path.len()) && path.bytes().all(is_word),
            Scheme::Facebook => {
                all_digits(path) || path.strip_prefix("ref:").is_some_and(|reference| !reference.is_empty())
            }
            Scheme::TwitterId | Scheme::Instagram | Scheme::Telegram | Scheme::Discord | Scheme::Vk => {
                all_digits(path)
            }
            Scheme::Viber => path.bytes().all(|b| is_word(b) || matches!(b, b'=' | b'/' | b'+')),
            Scheme::Line => path.bytes().all(is_word),
            Scheme::FreshChat => path.split_once('/').is_some_and(|(a, b)| is_uuid(a) && is_uuid(b)),
            Scheme::Ext
            | Scheme::Fcm
            | Scheme::WeChat
            | Scheme::JioChat
            | Scheme::RocketChat
            | Scheme::WebChat
            | Scheme::Slack
            | Scheme::Teams
            | Scheme::Deleted => true,
        };
        if good { Ok(()) } else { Err(UrnProblem::Invalid(shown.to_owned())) }
    }

    /// Why the contact engine refuses a path that the API's check lets pass.
    pub(super) fn engine_refusal(self, path: &str) -> Option<EngineReason<'_>> {
        let refused = match self {
            Scheme::WebChat | Scheme::Deleted => return Some(EngineReason::Scheme(self)),
            Scheme::JioChat => !all_digits(path),
            // The form of Microsoft's own identifiers, `29:1abc…`; only `abc`, which is none, was observed.
            Scheme::Teams => path.split_once(':').is_none_or(|(kind, id)| !all_digits(kind) || id.is_empty()),
            _ => false,
        };
        refused.then_some(EngineReason::Path(self, path))
    }
}

/// The engine's reason, in its words.
pub(super) enum EngineReason<'a> {
    Scheme(Scheme),
    Path(Scheme, &'a str),
}

impl fmt::Display for EngineReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineReason::Scheme(scheme) => write!(f, "invalid scheme: '{}'", scheme.as_str()),
            EngineReason::Path(scheme, path) => write!(f, "invalid {} id: {path}", scheme.as_str()),
        }
    }
}

/// `whatsapp:` takes 8 to 15 digits or a business-scoped id; a telephone number in another form is refused in
/// other words than any other text.
fn check_whatsapp(path: &str, shown: &str) -> Result<(), UrnProblem> {
    if all_digits(path) {
        return match path.len() {
            ..8 => Err(UrnProblem::TooFewDigits),
            8..=15 => Ok(()),
            _ => Err(UrnProblem::TooManyDigits),
        };
    }
    if is_business_id(path) {
        return Ok(());
    }
    let telephone = path.starts_with('+') || path.contains(char::is_whitespace);
    let problem = if telephone { UrnProblem::Invalid } else { UrnProblem::WhatsAppIdentifier };
    Err(problem(shown.to_owned()))
}

/// `BR.1a2b3c` or `BR.ENT.1a2b3c`: WhatsApp's business-scoped user id.
pub(super) fn is_business_id(path: &str) -> bool {
    let Some((country, id)) = path.split_once('.') else { return false };
    let id = id.strip_prefix("ENT.").unwrap_or(id);
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=128).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A dot-atom, `@`, and a domain of at least two labels, the last of two characters or more.
fn is_email(path: &str) -> bool {
    let Some((user, domain)) = path.rsplit_once('@') else { return false };
    let atom = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    user.split('.').all(atom)
        && domain.split('.').all(label)
        && domain.rsplit_once('.').is_some_and(|(_, top)| top.chars().count() >= 2)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
