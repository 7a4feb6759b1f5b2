//! Forms: how their flat pairs become the members of a body (observed: bodies/forms).

use std::collections::BTreeMap;

use encoding_rs::Encoding;

use crate::model::json::{Members, Value};

use super::Endpoint;

/// The value of a form's pair.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(String),
    /// An upload, which no member takes.
    File,
}

impl From<Part> for Value {
    fn from(part: Part) -> Self {
        match part {
            Part::Text(text) => Value::String(text.into()),
            Part::File => Value::Dict(Members::new()),
        }
    }
}

/// The pairs of an encoded form, its escapes read in the given encoding.
pub(super) fn pairs(form: &[u8], encoding: &'static Encoding) -> Vec<(String, Part)> {
    let text = |escaped: &[u8]| {
        let plus: Vec<u8> = escaped.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        let bytes: Vec<u8> = percent_encoding::percent_decode(&plus).collect();
        encoding.decode_without_bom_handling(&bytes).0.into_owned()
    };
    let pairs = form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let [name, value] = [halves.next(), halves.next()].map(|half| text(half.unwrap_or_default()));
            (name, Part::Text(value))
        })
        .collect()
}

/// The members that a form's pairs make.
///
/// Lists come as repeated names or as `urns[0]=…&urns[1]=…`; of any other repeated name the last value counts; a
/// blank `language` is null; `fields` cannot be sent.
pub(super) fn members(endpoint: Endpoint, pairs: Vec<(String, Part)>) -> Members {
    let lists: &[&str] = if endpoint == Endpoint::Contacts { &["urns", "groups"] } else { &[] };
    let mut members = Members::new();
    let mut indexed: BTreeMap<&str, BTreeMap<u32, Value>> = BTreeMap::new();
    for (name, part) in pairs {
        if let Some(list) = lists.iter().find(|list| **list == name) {
            let items = members.entry((*list).to_owned()).or_insert_with(|| Value::List(Vec::new()));
            if let Value::List(items) = items {
                items.push(part.into());
            }
        } else if let Some((list, index)) =
            lists.iter().find_map(|list| Some((*list, index_of(&name, list)?)))
        {
            indexed.entry(list).or_default().insert(index, part.into());
        } else if endpoint != Endpoint::Contacts || name != "fields" {
            let blank = matches!(&part, Part::Text(text) if text.is_empty());
            let value = if name == "language" && blank { Value::Null } else { part.into() };
            members.insert(name, value);
        }
    }
    for (list, items) in indexed {
        members.entry(list.to_owned()).or_insert_with(|| Value::List(items.into_values().collect()));
    }
    members
}

/// The index in `urns[3]`.
fn index_of(name: &str, list: &str) -> Option<u32> {
    name.strip_prefix(list)?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}
