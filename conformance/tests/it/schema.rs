//! The schemas know everything that the cases use, and a checker for them.

use std::path::Path;

use rstest::rstest;
use serde_json::Value;

use crate::support::{data, fixtures};

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Checks a value against the part of JSON Schema that our schemas use; a keyword that is not known here is an
/// error, so that the check cannot pass by knowing too little.
pub(crate) struct Schema {
    root: Value,
}

impl Schema {
    /// The schema `fixtures/schemas/NAME.schema.json`.
    #[track_caller]
    pub(crate) fn load(name: &str) -> Self {
        Self { root: read(&fixtures().join(format!("schemas/{name}.schema.json"))) }
    }

    /// Whether a document agrees with the schema; if not, where it does not first.
    pub(crate) fn accepts(&self, document: &Value) -> Result<(), String> {
        self.check(&self.root, document, "")
    }

    fn check(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let Value::Object(keywords) = schema else {
            return if schema == &Value::Bool(false) { Err(format!("{at}: not allowed")) } else { Ok(()) };
        };
        for (keyword, argument) in keywords {
            self.check_keyword(schema, keyword, argument, value, at)?;
        }
        Ok(())
    }

    fn check_keyword(
        &self,
        schema: &Value,
        keyword: &str,
        argument: &Value,
        value: &Value,
        at: &str,
    ) -> Result<(), String> {
        let require =
            |ok: bool, what: &str| if ok { Ok(()) } else { Err(format!("{at}: {what} {argument}")) };
        let arguments = || argument.as_array().unwrap();
        match keyword {
            "$schema" | "$id" | "$defs" | "title" | "description" | "default" | "examples" => Ok(()),
            "$ref" => {
                let pointer = argument.as_str().unwrap().strip_prefix('#').unwrap();
                self.check(self.root.pointer(pointer).unwrap(), value, at)
            }
            "type" => {
                let types = argument.as_array().cloned().unwrap_or_else(|| vec![argument.clone()]);
                require(types.iter().any(|name| is_type(name.as_str().unwrap(), value)), "is not of type")
            }
            "const" => require(value == argument, "is not"),
            "enum" => require(arguments().contains(value), "is none of"),
            "minimum" => require(value.as_f64() >= argument.as_f64(), "is less than"),
            "maximum" => require(value.as_f64() <= argument.as_f64(), "is more than"),
            "minItems" => require(
                value.as_array().is_none_or(|list| list.len() as u64 >= argument.as_u64().unwrap()),
                "has fewer items than",
            ),
            "maxItems" => require(
                value.as_array().is_none_or(|list| list.len() as u64 <= argument.as_u64().unwrap()),
                "has more items than",
            ),
            "required" => {
                let has = |name: &Value| value.get(name.as_str().unwrap()).is_some();
                require(!value.is_object() || arguments().iter().all(has), "lacks one of")
            }
            "items" => value
                .as_array()
                .into_iter()
                .flatten()
                .enumerate()
                .try_for_each(|(index, item)| self.check(argument, item, &format!("{at}/{index}"))),
            "properties" => members(value)
                .filter_map(|(name, member)| Some((argument.get(name)?, name, member)))
                .try_for_each(|(schema, name, member)| self.check(schema, member, &format!("{at}/{name}"))),
            "additionalProperties" => members(value)
                .filter(|(name, _)| schema.get("properties").is_none_or(|known| known.get(name).is_none()))
                .try_for_each(|(name, member)| self.check(argument, member, &format!("{at}/{name}"))),
            "propertyNames" => {
                members(value).try_for_each(|(name, _)| self.check(argument, &Value::from(name.as_str()), at))
            }
            "not" => require(self.check(argument, value, at).is_err(), "is"),
            "anyOf" | "oneOf" => {
                let results: Vec<_> =
                    arguments().iter().map(|schema| self.check(schema, value, at)).collect();
                let passed = results.iter().filter(|result| result.is_ok()).count();
                let problems: Vec<_> = results.into_iter().filter_map(Result::err).collect();
                if passed == 1 || (passed > 1 && keyword == "anyOf") {
                    Ok(())
                } else {
                    Err(format!("{at}: {passed} of {keyword} hold: {}", problems.join("; ")))
                }
            }
            // Only ever `^` and a literal here, in patterns that editors use as hints.
            "pattern" => {
                let prefix = argument.as_str().unwrap().strip_prefix('^').unwrap().replace('\\', "");
                require(value.as_str().is_none_or(|text| text.starts_with(&prefix)), "does not match")
            }
            _ => panic!("the keyword `{keyword}` of the schema is not checked"),
        }
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => panic!("no type is called {name}"),
    }
}

#[rstest]
fn every_case_agrees_with_the_schema() {
    let schema = Schema::load("case");
    for folder in ["cases", "recorded"] {
        for case in weni_conformance::load::load(&[fixtures().join(folder)]).unwrap() {
            let checked = schema.accepts(&read(&case.source));
            assert_eq!(checked, Ok(()), "{}", case.source.display());
        }
    }
    assert_eq!(schema.accepts(&read(&data("complete.json"))), Ok(()));
}

#[rstest]
#[case("unknown-member.json")]
#[case("unknown-step-member.json")]
#[case("unknown-clause.json")]
#[case("unknown-profile.json")]
#[case("unknown-setting.json")]
#[case("unknown-role.json")]
#[case("unknown-marker.json")]
#[case("marker-not-alone.json")]
#[case("no-response.json")]
#[case("two-bodies.json")]
#[case("no-path.json")]
#[case("no-save.json")]
#[case("two-in-one-step.json")]
#[case("idle-save.json")]
#[case("impossible-status.json")]
fn what_the_loader_refuses_the_schema_refuses(#[case] file: &str) {
    let schema = Schema::load("case");
    assert!(schema.accepts(&read(&data(file))).is_err());
}

#[rstest]
fn every_preset_of_faults_agrees_with_the_schema(
    #[files("../fixtures/faults/*.json")] file: std::path::PathBuf,
) {
    let schema = Schema::load("faults");
    assert_eq!(schema.accepts(&read(&file)), Ok(()));
    let mut wrong = read(&file);
    wrong["faults"][0]["fault"]["kind"] = "rest".into();
    assert!(schema.accepts(&wrong).is_err());
}
