//! The query string: of a repeated parameter the last counts.

/// The parameters of a URL, decoded, in the order sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(query: &str) -> Self {
        Query(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The last value of a parameter, empty ones too.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The last value of a parameter; an empty one counts as none.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Whether a parameter says yes.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| ["true", "1", "y", "yes"].iter().any(|yes| yes.eq_ignore_ascii_case(value)))
    }

    /// The names of all parameters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The same with another value for `name`, encoded and sorted by name.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let mut pairs: Vec<(&str, &str)> =
            self.0.iter().filter(|(known, _)| known != name).map(|(k, v)| (k.as_str(), v.as_str())).collect();
        pairs.push((name, value));
        pairs.sort_by_key(|(name, _)| *name);
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }
}
