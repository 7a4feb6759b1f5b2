//! What people read, in their language: one catalogue for each topic, `fixtures/texts/`.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// The languages of whoever works with Weni.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Lang {
    #[default]
    English,
    Portuguese,
    Spanish,
}

impl Lang {
    pub(crate) const ALL: [Lang; 3] = [Lang::English, Lang::Portuguese, Lang::Spanish];

    /// Its tag, as in `--lang` and in `lang` of HTML.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Lang::English => "en",
            Lang::Portuguese => "pt",
            Lang::Spanish => "es",
        }
    }

    /// What it calls itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Lang::English => "English",
            Lang::Portuguese => "Português",
            Lang::Spanish => "Español",
        }
    }

    /// That of the system, else English.
    pub(crate) fn of_system() -> Self {
        sys_locale::get_locales().find_map(|tag| tag.parse().ok()).unwrap_or_default()
    }

    /// The one that an `Accept-Language` prefers; `None` where it names none of ours.
    pub(crate) fn accepted(header: &str) -> Option<Self> {
        let wishes = header.split(',').filter_map(|wish| {
            let mut parts = wish.split(';').map(str::trim);
            let lang: Lang = parts.next()?.parse().ok()?;
            let quality =
                parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
            Some((lang, quality))
        });
        // Of equals the first: `max_by` would take the last.
        let better = |best: (Lang, f32), wish: (Lang, f32)| if wish.1 > best.1 { wish } else { best };
        wishes.filter(|(_, quality)| *quality > 0.0).reduce(better).map(|(lang, _)| lang)
    }
}

impl FromStr for Lang {
    type Err = String;

    /// A language tag of any kind: `pt`, `pt-BR`, `es_419.UTF-8`.
    fn from_str(tag: &str) -> Result<Self, String> {
        let language = tag.split(['-', '_', '.']).next().unwrap_or_default();
        let known = Lang::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(language));
        known.ok_or_else(|| format!("\"{tag}\" is none of en, pt, es"))
    }
}

/// One text in every language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    en: String,
    pt: String,
    es: String,
}

impl Text {
    fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::English => &self.en,
            Lang::Portuguese => &self.pt,
            Lang::Spanish => &self.es,
        }
    }
}

/// Texts by their keys.
pub(crate) struct Catalogue(LazyLock<HashMap<String, Text>>);

/// What effects say.
pub(crate) static EFFECTS: Catalogue =
    Catalogue(LazyLock::new(|| read("effects", include_str!("../../fixtures/texts/effects.json"))));

/// What the page says.
pub(crate) static PAGE: Catalogue =
    Catalogue(LazyLock::new(|| read("page", include_str!("../../fixtures/texts/page.json"))));

fn read(name: &str, text: &str) -> HashMap<String, Text> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("fixtures/texts/{name}.json: {error}"))
}

impl Catalogue {
    /// The text of a key.
    ///
    /// # Panics
    /// There is none: a test says so first.
    pub(crate) fn say(&self, lang: Lang, key: &str) -> &str {
        let text = self.0.get(key).unwrap_or_else(|| panic!("there is no text \"{key}\""));
        text.of(lang)
    }

    /// The text of a key with values in it: `{urn}` is the member `urn` of an object. A list is parted by commas, and
    /// between quotes each of its items has its own.
    pub(crate) fn fill(&self, lang: Lang, key: &str, values: &Value) -> String {
        let mut filled = String::new();
        let mut rest = self.say(lang, key);
        while let Some((before, name, after)) = next_place(rest) {
            let quoted = before.ends_with('"');
            filled.push_str(before);
            filled.push_str(&shown(&values[name], if quoted { "\", \"" } else { ", " }));
            rest = after;
        }
        filled + rest
    }
}

/// The text up to the next `{name}`, the name, and the text behind it.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn shown(value: &Value, comma: &str) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(|item| shown(item, comma)).collect::<Vec<_>>().join(comma),
        other => other.to_string(),
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_browsers_wish_counts() {
        let wish = Lang::accepted;
        assert_eq!(wish("pt-BR,pt;q=0.9,en;q=0.8"), Some(Lang::Portuguese));
        assert_eq!(wish("fr, es-MX;q=0.5, en;q=0.4"), Some(Lang::Spanish));
        assert_eq!(wish("en;q=0.2, es;q=0.7, pt;q=0"), Some(Lang::Spanish));
        assert_eq!(wish("es,en"), Some(Lang::Spanish));
        assert_eq!((wish("de"), wish(""), wish("en;q=x")), (None, None, None));
        assert_eq!("pt_BR.UTF-8".parse(), Ok(Lang::Portuguese));
        assert!("german".parse::<Lang>().is_err());
    }

    #[test]
    fn values_stand_in_their_places() {
        let values =
            json!({"urn": "ext:1", "from": "someone", "groups": ["A", "B"], "urns": ["ext:1", "ext:2"]});
        let say = |key: &str| EFFECTS.fill(Lang::English, key, &values);
        assert_eq!(say("urn-taken"), "ext:1 was taken from contact someone");
        assert!(say("memberships-dropped").starts_with("the contact left \"A\", \"B\": "));
        assert!(say("urns-emptied").starts_with("the contact had ext:1, ext:2 and"));
    }

    /// A text names the same values in each language, or something is lost in translation.
    #[test]
    fn every_language_says_the_same() {
        fn places(text: &str) -> Vec<&str> {
            let mut found = Vec::new();
            let mut rest = text;
            while let Some((_, name, after)) = next_place(rest) {
                found.push(name);
                rest = after;
            }
            found.sort_unstable();
            found
        }
        for catalogue in [&EFFECTS, &PAGE] {
            for (key, text) in catalogue.0.iter() {
                for lang in Lang::ALL {
                    assert!(!text.of(lang).trim().is_empty(), "{key} in {lang}");
                    assert_eq!(places(text.of(lang)), places(&text.en), "{key} in {lang}");
                }
            }
        }
    }
}
