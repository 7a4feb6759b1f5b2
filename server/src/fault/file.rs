//! Where faults come from: presets, files, and bodies of the control API.

use serde_json::Value;

use super::Fault;

/// What everybody may ask for by name.
const PRESETS: [(&str, &str); 4] = [
    ("flaky", include_str!("../../../fixtures/faults/flaky.json")),
    ("throttled", include_str!("../../../fixtures/faults/throttled.json")),
    ("outage", include_str!("../../../fixtures/faults/outage.json")),
    ("stale", include_str!("../../../fixtures/faults/stale.json")),
];

/// The names of the presets.
pub(crate) fn preset_names() -> [&'static str; 4] {
    PRESETS.map(|(name, _)| name)
}

/// The same, for a message.
fn presets() -> String {
    preset_names().join(", ")
}

/// The faults of a preset or a file.
///
/// # Errors
/// One line with the file, the place in it and what is wrong there.
pub(crate) fn open(name: &str) -> Result<Vec<Fault>, String> {
    if let Some((_, text)) = PRESETS.iter().find(|(preset, _)| *preset == name) {
        return read(text).map_err(|error| format!("{name}: {error}"));
    }
    match std::fs::read_to_string(name) {
        Ok(text) => read(&text).map_err(|error| format!("{name}: {error}")),
        Err(error) if !name.ends_with(".json") => {
            Err(format!("{name}: no preset ({}), and no file: {error}", presets()))
        }
        Err(error) => Err(format!("{name}: {error}")),
    }
}

fn read(text: &str) -> Result<Vec<Fault>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    read_value(value)
}

/// Faults as the control API takes them: one, a list, `{"faults": […]}` as in a file, or `{"preset": "flaky"}`.
///
/// # Errors
/// What is wrong, with the place in the list.
pub(crate) fn read_value(value: Value) -> Result<Vec<Fault>, String> {
    let items = match value {
        Value::Array(items) => items,
        Value::String(preset) => return preset_named(&preset),
        Value::Object(mut members) => {
            if let Some(preset) = members.get("preset") {
                return match (preset, members.len()) {
                    (Value::String(name), 1) => preset_named(name),
                    _ => Err("\"preset\" stands alone, and is a name".to_owned()),
                };
            }
            match members.remove("faults") {
                Some(Value::Array(items)) => {
                    members.remove("$schema");
                    members.remove("title");
                    if let Some(name) = members.keys().next() {
                        return Err(format!("unknown field `{name}`, expected `faults`"));
                    }
                    items
                }
                Some(_) => return Err("faults: expected a list".to_owned()),
                None => vec![Value::Object(members)],
            }
        }
        _ => return Err("expected a fault, a list of them, or {\"preset\": name}".to_owned()),
    };
    let items = items.into_iter().enumerate();
    items.map(|(place, item)| fault(item).map_err(|error| format!("faults[{place}]: {error}"))).collect()
}

fn fault(item: Value) -> Result<Fault, String> {
    if !item.is_object() {
        return Err(format!(
            "{item} is not a fault, which is an object; a preset ({}) stands alone",
            presets()
        ));
    }
    serde_json::from_value(item).map_err(|error| error.to_string())
}

fn preset_named(name: &str) -> Result<Vec<Fault>, String> {
    let known = PRESETS.iter().find(|(preset, _)| *preset == name);
    let (_, text) = known.ok_or_else(|| format!("there is no preset \"{name}\": there are {}", presets()))?;
    read(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_preset_is_read() {
        for (name, _) in PRESETS {
            assert!(!open(name).unwrap().is_empty(), "{name}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let wrong = |value: Value| read_value(value).unwrap_err();
        assert_eq!(
            wrong(json!({"preset": "calm"})),
            "there is no preset \"calm\": there are flaky, throttled, outage, stale"
        );
        assert!(
            wrong(json!([{"fault": {"kind": "reset"}}, {"fault": {"kind": "rest"}}]))
                .starts_with("faults[1]: unknown variant `rest`")
        );
        assert!(wrong(json!({"fault": {"kind": "latency"}})).contains("missing field `delay`"));
        assert!(wrong(json!({"fault": {"kind": "latency", "delay": "2d"}})).contains("from 0s to 10m"));
        assert!(wrong(json!({"when": {"nth": 0}, "fault": {"kind": "reset"}})).contains("when: "));
        assert!(wrong(json!({"fault": {"kind": "status", "status": 99}})).contains("99 is no status"));
        assert!(
            wrong(json!({"fault": {"kind": "status", "status": 500, "content_type": "a\nb"}}))
                .contains("content_type: \"a\\nb\" cannot stand in a header")
        );
        assert!(
            wrong(json!({"match": {"status": 200}, "fault": {"kind": "reset"}}))
                .contains("unknown field `status`")
        );
        assert!(
            open("nothing")
                .unwrap_err()
                .starts_with("nothing: no preset (flaky, throttled, outage, stale), and no file")
        );
    }
}
