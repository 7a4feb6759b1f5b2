//! Languages: ISO 639-3, in any letter case (C3, observed: contacts/languages-update).

/// A three-letter code, in the letters that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Language([u8; 3]);

impl Language {
    /// The code as it stands; `None` where ISO 639-3 has none such (`fre`, `ger`, `qaa`, `xxx`).
    pub(crate) fn parse(code: &str) -> Option<Self> {
        isolang::Language::from_639_3(&code.to_lowercase())?;
        code.as_bytes().try_into().ok().map(Language)
    }

    /// A new contact's language is stored in lower case; an update keeps the letters that were sent.
    pub(crate) fn to_lowercase(self) -> Self {
        Language(self.0.map(|letter| letter.to_ascii_lowercase()))
    }

    /// The code as shown.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
