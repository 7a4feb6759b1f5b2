//! Headers as a journal keeps them.

use std::borrow::Cow;

use axum::http::HeaderMap;

/// Headers in one piece of memory of their own: the values of a request's `HeaderMap` are parts of the buffer that its
/// connection was read into, and would hold on to all of it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Headers(Box<[u8]>);

impl Headers {
    /// A copy, in the same order.
    pub(crate) fn of(map: &HeaderMap) -> Self {
        let length = map.iter().map(|(name, value)| name.as_str().len() + value.len() + 2).sum();
        let mut bytes = Vec::with_capacity(length);
        for (name, value) in map {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.push(b':');
            // A value has no line breaks in it.
            bytes.extend_from_slice(value.as_bytes());
            bytes.push(b'\n');
        }
        Headers(bytes.into())
    }

    /// Name, in lower case, and value of each, as text.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        let lines = self.0.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let (name, value) = (&line[..colon], &line[colon + 1..]);
            Some((String::from_utf8_lossy(name), String::from_utf8_lossy(value)))
        })
    }

    /// The value of the first of this name, which is in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The media type of what comes with them; empty where they name none.
    pub(super) fn content_type(&self) -> Cow<'_, str> {
        self.get("content-type").unwrap_or_default()
    }

    /// Bytes that they take.
    pub(super) fn size(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_as_they_came() {
        let mut map = HeaderMap::new();
        map.insert("host", "mock:9364".parse().unwrap());
        map.append("x-twice", "a: b".parse().unwrap());
        map.append("x-twice", "".parse().unwrap());
        let kept = Headers::of(&map);
        let pairs: Vec<_> = kept.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(pairs, ["host=mock:9364", "x-twice=a: b", "x-twice="]);
        assert_eq!((kept.get("x-twice").as_deref(), kept.get("x")), (Some("a: b"), None));
    }
}
