//! URNs, by their schemes: what a scheme takes for a path stays one.

use uuid::Uuid;

use super::{Mask, walk};
use crate::pull::urn;

/// Labels before a country's that belong to it rather than to anybody: `com.br`.
const SECOND_LEVEL: [&str; 10] = ["com", "net", "org", "gov", "edu", "mil", "ind", "art", "co", "ac"];

impl Mask {
    /// Masks path and display of a URN. Where a telephone number belongs stays ([`Mask::apply`]), and the end of an
    /// e-mail address.
    #[must_use]
    pub fn urn(&self, urn: &str) -> String {
        let (scheme, path) = urn::parts(urn);
        let display = urn.split_once('#').map(|(_, display)| display);
        let path = self.path(scheme, path);
        let display = display.map(|display| format!("#{}", self.words(display)));
        format!("{scheme}:{path}{}", display.unwrap_or_default())
    }

    fn path(&self, scheme: &str, path: &str) -> String {
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        match scheme {
            "tel" => match path.strip_prefix('+').filter(|digits| all_digits(digits)) {
                Some(digits) => format!("+{}", self.phone(digits)),
                None => self.words(path),
            },
            "whatsapp" if all_digits(path) => self.phone(path),
            "whatsapp" => match urn::business_id(path) {
                Some((prefix, id)) => format!("{prefix}{}", self.words(id)),
                None => self.words(path),
            },
            "mailto" => match path.rsplit_once('@') {
                Some((user, domain)) => format!("{}@{}", self.words(user), self.domain(domain)),
                None => self.words(path),
            },
            "facebook" => match path.strip_prefix("ref:") {
                Some(reference) => format!("ref:{}", self.words(reference)),
                None => self.words(path),
            },
            "freshchat" => {
                let parts = path.split('/').map(|part| match Uuid::try_parse(part) {
                    Ok(uuid) => self.uuid(uuid).to_string(),
                    Err(_) => self.words(part),
                });
                parts.collect::<Vec<_>>().join("/")
            }
            _ => self.text(path),
        }
    }

    /// Masks a domain, but the last label, and the one before it where that belongs to a country.
    fn domain(&self, domain: &str) -> String {
        let Some((rest, top)) = domain.rsplit_once('.') else { return self.words(domain) };
        let (front, last) = rest.rsplit_once('.').map_or(("", rest), |(front, last)| (front, last));
        let is_public = |label: &str| SECOND_LEVEL.contains(&label);
        let last = match last {
            public if is_public(public) && !front.is_empty() => public.to_owned(),
            last => walk(last, |label| self.words(label), |label| !is_public(label) || front.is_empty()),
        };
        if front.is_empty() { format!("{last}.{top}") } else { format!("{}.{last}.{top}", self.words(front)) }
    }
}
