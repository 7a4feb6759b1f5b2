//! What answers show of an object although the mock does not have it so.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::Value;

use super::exchange::{Answer, Request};

/// Members by the object that they are shown of. A later write of the same members makes an end of it, and so does the
/// end of a contact.
#[derive(Default)]
pub(super) struct Shown(Mutex<HashMap<String, Value>>);

impl Shown {
    /// From now on answers show these members of an object. Those of inner objects are shown beside the others.
    pub(super) fn put(&self, request: &Request, object: &Value, members: &Value) {
        if let Some(identity) = identity(request, object) {
            merge(self.0.lock().unwrap().entry(identity).or_default(), members);
        }
    }

    /// A write of these members has succeeded.
    pub(super) fn forget(&self, request: &Request, object: &Value, members: &Value) {
        let mut shown = self.0.lock().unwrap();
        if let Some(known) = identity(request, object).and_then(|identity| shown.get_mut(&identity)) {
            remove(known, members);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().unwrap().is_empty()
    }

    pub(super) fn apply(&self, request: &Request, answer: &mut Answer) {
        if self.is_empty() {
            return;
        }
        let shown = self.0.lock().unwrap();
        answer.edit_objects(|object| {
            if object.get("blocked") == Some(&Value::Null) {
                return;
            }
            if let Some(members) = identity(request, object).and_then(|identity| shown.get(&identity)) {
                merge(object, members);
            }
        });
    }
}

/// A UUID; or a field's key, which only its workspace knows, and that by who asks.
fn identity(request: &Request, object: &Value) -> Option<String> {
    let uuid = object.get("uuid").and_then(Value::as_str).map(str::to_owned);
    let key = || Some(format!("{} {}", request.header("authorization"), object.get("key")?.as_str()?));
    uuid.or_else(key)
}

fn merge(into: &mut Value, members: &Value) {
    let Value::Object(members) = members else {
        into.clone_from(members);
        return;
    };
    if !into.is_object() {
        *into = Value::Object(Default::default());
    }
    for (name, member) in members {
        merge(&mut into[name], member);
    }
}

fn remove(from: &mut Value, members: &Value) {
    let (Some(from), Some(members)) = (from.as_object_mut(), members.as_object()) else { return };
    for (name, member) in members {
        match from.get_mut(name) {
            Some(inner) if inner.is_object() => remove(inner, member),
            _ => drop(from.remove(name)),
        }
    }
}
