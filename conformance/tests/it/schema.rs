//! The schemas know everything that the cases use.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{data, fixtures};

pub(crate) fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A JSON Schema (2020-12).
pub(crate) struct Schema(Validator);

impl Schema {
    /// The schema `fixtures/schemas/NAME.schema.json`.
    #[track_caller]
    pub(crate) fn load(name: &str) -> Self {
        Self::new(&read(&fixtures().join(format!("schemas/{name}.schema.json"))))
    }

    #[track_caller]
    pub(crate) fn new(schema: &Value) -> Self {
        Self(jsonschema::options().should_validate_formats(true).build(schema).unwrap())
    }

    /// Whether a document agrees with the schema; if not, every place where it does not.
    pub(crate) fn accepts(&self, document: &Value) -> Result<(), String> {
        let differences =
            self.0.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path()));
        let differences: Vec<String> = differences.collect();
        if differences.is_empty() { Ok(()) } else { Err(differences.join("; ")) }
    }
}

/// A validator passes over keywords that it does not know, a misspelt one among them: the schemas have none.
#[rstest]
fn the_schemas_have_known_keywords_only(#[files("../fixtures/schemas/*.json")] file: PathBuf) {
    let known = Schema::new(&json!({
        "$id": "urn:known-keywords-only", "$dynamicAnchor": "meta",
        "$ref": "https://json-schema.org/draft/2020-12/schema", "unevaluatedProperties": false,
    }));
    assert_eq!(known.accepts(&read(&file)), Ok(()));
    assert!(known.accepts(&json!({"properties": {"id": {"typ": "string"}}})).is_err());
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
fn every_preset_of_faults_agrees_with_the_schema(#[files("../fixtures/faults/*.json")] file: PathBuf) {
    let schema = Schema::load("faults");
    assert_eq!(schema.accepts(&read(&file)), Ok(()));
    let mut wrong = read(&file);
    wrong["faults"][0]["fault"]["kind"] = "rest".into();
    assert!(schema.accepts(&wrong).is_err());
}
