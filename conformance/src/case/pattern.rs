//! What the body of an answer must be: JSON with markers in it.

use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::kind::Kind;
use super::template::Template;

/// The expectation for one JSON value. Objects keep the order of their file: bindings are made in that order.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// null, a boolean, a number or a string: equal to this one.
    Literal(Value),
    /// Item by item.
    List(Vec<Pattern>),
    /// Member by member; the order of members is of no account.
    Object(Vec<(String, Pattern)>),
    /// `{"$uuid": "name"}`: a UUID in lower case with hyphens.
    Uuid(String),
    /// `{"$time": "name"}`: an instant in UTC such as `2026-11-22T12:00:00.123456Z`.
    Time(String),
    /// `{"$url": "name"}`: a link into the API. Opaque: a request may follow it, its text is not compared.
    Url(String),
    /// `{"$text": "… {{name}}"}`, or a string with `{{name}}` in it: this text, with the values bound so far.
    Text(Template),
    /// `{"$prefix": "…"}`: a text that begins so.
    Prefix(String),
    /// `{"$any": true}`: anything, null too, as long as it is there.
    Any,
    /// `{"$type": "string"}`: any value of this kind.
    Type(Kind),
    /// `{"$after": "t1"}`: an instant in UTC that is later than the one bound to this name.
    After(String),
    /// `{"$contains": {…}}`: an object that may have further members.
    Contains(Box<Pattern>),
    /// `{"$each": …}`: a list of which every item is so.
    Each(Box<Pattern>),
    /// `{"$members": …}`: an object of which every member is so, whatever its name.
    Members(Box<Pattern>),
    /// `{"$some": …}`: a list of which an item is so; the first such item binds.
    Some(Box<Pattern>),
    /// `{"$none": …}`: a list of which no item is so.
    None(Box<Pattern>),
    /// `{"$order": […, …]}`: a list in which items occur that are so, in this order, whatever else there is.
    Order(Vec<Pattern>),
    /// `{"$one_of": […]}`: the first of these that fits.
    OneOf(Vec<Pattern>),
}

const MARKERS: &[&str] = &[
    "$uuid",
    "$time",
    "$url",
    "$text",
    "$prefix",
    "$any",
    "$type",
    "$after",
    "$contains",
    "$each",
    "$members",
    "$some",
    "$none",
    "$order",
    "$one_of",
];

impl Pattern {
    /// Calls `see` for this pattern and all within, in the order in which an answer is compared.
    pub fn walk<'a>(&'a self, see: &mut impl FnMut(&'a Pattern)) {
        see(self);
        match self {
            Self::List(items) => items.iter().for_each(|item| item.walk(see)),
            Self::Object(members) => members.iter().for_each(|(_, member)| member.walk(see)),
            Self::Contains(inner)
            | Self::Each(inner)
            | Self::Members(inner)
            | Self::Some(inner)
            | Self::None(inner) => inner.walk(see),
            Self::OneOf(choices) | Self::Order(choices) => {
                choices.iter().for_each(|choice| choice.walk(see));
            }
            Self::Literal(_)
            | Self::Uuid(_)
            | Self::Time(_)
            | Self::Url(_)
            | Self::Text(_)
            | Self::Prefix(_)
            | Self::Any
            | Self::Type(_)
            | Self::After(_) => {}
        }
    }

    /// The string that this pattern is, unless it is something else.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Literal(value) => value.as_str(),
            _ => None,
        }
    }

    /// The member of this name, if this is an object that has it.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Pattern> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, member)| member),
            _ => None,
        }
    }

    fn marker(name: &str, argument: Self) -> Result<Self, String> {
        let text = |argument: Self| match argument {
            Self::Literal(Value::String(text)) => Ok(text),
            Self::Text(template) => Ok(template.as_str().to_owned()),
            _ => Err(format!("`{name}` takes a string")),
        };
        match name {
            "$uuid" => text(argument).map(Self::Uuid),
            "$time" => text(argument).map(Self::Time),
            "$url" => text(argument).map(Self::Url),
            "$text" => text(argument).map(|text| Self::Text(Template::new(text))),
            "$prefix" => text(argument).map(Self::Prefix),
            "$type" => text(argument)?.parse().map(Self::Type),
            "$after" => text(argument).map(Self::After),
            "$contains" if matches!(argument, Self::Object(_)) => Ok(Self::Contains(Box::new(argument))),
            "$contains" => Err("`$contains` takes an object".to_owned()),
            "$each" => Ok(Self::Each(Box::new(argument))),
            "$members" => Ok(Self::Members(Box::new(argument))),
            "$some" => Ok(Self::Some(Box::new(argument))),
            "$none" => Ok(Self::None(Box::new(argument))),
            "$order" => match argument {
                Self::List(items) if items.len() > 1 => Ok(Self::Order(items)),
                _ => Err("`$order` takes a list of at least two".to_owned()),
            },
            "$one_of" => match argument {
                Self::List(choices) if !choices.is_empty() => Ok(Self::OneOf(choices)),
                _ => Err("`$one_of` takes a list of at least one".to_owned()),
            },
            "$any" if argument == Self::Literal(Value::Bool(true)) => Ok(Self::Any),
            "$any" => Err("`$any` takes `true`".to_owned()),
            _ => Err(format!("unknown marker `{name}`: the markers are {}", MARKERS.join(", "))),
        }
    }
}

/// As JSON, with the markers as a case file writes them.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let marker = |serializer: S, name: &str, argument: &str| {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(name, argument)?;
            map.end()
        };
        match self {
            Self::Literal(value) => value.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(key, member)| (key, member)))
            }
            Self::Uuid(name) => marker(serializer, "$uuid", name),
            Self::Time(name) => marker(serializer, "$time", name),
            Self::Url(name) => marker(serializer, "$url", name),
            // Where the names in it make it a template in any case, the text alone says it all.
            Self::Text(text) if !text.names().is_empty() => serializer.serialize_str(text.as_str()),
            Self::Text(text) => marker(serializer, "$text", text.as_str()),
            Self::Prefix(text) => marker(serializer, "$prefix", text),
            Self::Any => serializer.collect_map([("$any", true)]),
            Self::Type(kind) => marker(serializer, "$type", kind.as_str()),
            Self::After(name) => marker(serializer, "$after", name),
            Self::Contains(inner) => serializer.collect_map([("$contains", inner)]),
            Self::Each(inner) => serializer.collect_map([("$each", inner)]),
            Self::Members(inner) => serializer.collect_map([("$members", inner)]),
            Self::Some(inner) => serializer.collect_map([("$some", inner)]),
            Self::None(inner) => serializer.collect_map([("$none", inner)]),
            Self::Order(items) => serializer.collect_map([("$order", items)]),
            Self::OneOf(choices) => serializer.collect_map([("$one_of", choices)]),
        }
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PatternVisitor)
    }
}

struct PatternVisitor;

impl<'de> Visitor<'de> for PatternVisitor {
    type Value = Pattern;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Pattern, E> {
        Ok(Pattern::Literal(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Pattern, E> {
        Ok(Pattern::Literal(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Pattern, E> {
        Ok(Pattern::Literal(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Pattern, E> {
        Ok(Pattern::Literal(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Pattern, E> {
        Ok(Pattern::Literal(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Pattern, E> {
        let template = Template::new(value);
        if template.names().is_empty() {
            return Ok(Pattern::Literal(value.into()));
        }
        Ok(Pattern::Text(template))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Pattern, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Pattern::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Pattern, A::Error> {
        let mut object: Vec<(String, Pattern)> = Vec::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.iter().any(|(known, _)| *known == name) {
                return Err(de::Error::custom(format!("member `{name}` twice")));
            }
            object.push((name, members.next_value()?));
        }
        let Some(at) = object.iter().position(|(name, _)| name.starts_with('$')) else {
            return Ok(Pattern::Object(object));
        };
        let (name, argument) = object.swap_remove(at);
        if !object.is_empty() {
            return Err(de::Error::custom(format!("marker `{name}` must be alone in its object")));
        }
        Pattern::marker(&name, argument).map_err(de::Error::custom)
    }
}
