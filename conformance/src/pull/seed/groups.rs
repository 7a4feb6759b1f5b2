//! Groups of seed data.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{Field, Group, Notes};
use crate::pull::query::Query;
use crate::pull::read;

/// Characters that a name may have.
const MAX_NAME: usize = 64;

/// The groups of a workspace.
pub(super) struct Groups {
    /// Those of the seed data, in the order in which they were made.
    pub(super) kept: Vec<Group>,
    /// Whether each group of the workspace, by UUID, is static in the seed data.
    pub(super) statics: HashMap<Uuid, bool>,
}

/// Groups in the order in which they were made. One whose query the mock cannot read becomes static: it keeps its
/// members, as far as they are in the sample.
pub(super) fn read(newest_first: Vec<read::Group>, fields: &[Field], notes: &mut Notes) -> Groups {
    let mut groups = Groups { kept: Vec::new(), statics: HashMap::new() };
    let mut names = HashSet::new();
    for group in newest_first.into_iter().rev() {
        if groups.statics.contains_key(&group.uuid) {
            continue;
        }
        let name = unique(&seedable(&group.name), &mut names);
        if name != group.name {
            notes.say(format!(
                "group {:?} is {name:?} here: the API takes no such name, or twice",
                group.name
            ));
        }
        let query = group.query.filter(|query| match Query::read(query, fields) {
            Ok(_) => true,
            Err(reason) => {
                notes.say(format!(
                    "group {name:?} is static here, for the mock cannot read its query: {reason}"
                ));
                false
            }
        });
        groups.statics.insert(group.uuid, query.is_none());
        groups.kept.push(Group { uuid: group.uuid, name, query });
    }
    groups
}

/// The name without what it may not begin with, nor have: at most 64 characters, the first a letter, digit or
/// underscore.
fn seedable(name: &str) -> String {
    let kept = name.replace('\0', "");
    let kept = kept.trim_start_matches(|c: char| !(c.is_alphanumeric() || c == '_'));
    let kept: String = kept.chars().take(MAX_NAME).collect();
    match kept.trim() {
        "" => "_".to_owned(),
        kept => kept.to_owned(),
    }
}

/// The name, or with the first number behind it that no other group has, in any letter case.
fn unique(name: &str, names: &mut HashSet<String>) -> String {
    let numbered = |number: usize| {
        let suffix = format!(" {number}");
        let kept: String = name.chars().take(MAX_NAME - suffix.len()).collect();
        kept + &suffix
    };
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !names.insert(candidate.to_uppercase()) {
        candidate = numbered(number);
        number += 1;
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_api_does_not_take_are_repaired() {
        assert_eq!(seedable("Clube do Grão"), "Clube do Grão");
        assert_eq!(seedable("⭐ VIP "), "VIP");
        assert_eq!(seedable("⭐"), "_");
        assert_eq!(seedable(&"é".repeat(70)), "é".repeat(64));
        let mut names = HashSet::new();
        assert_eq!(unique("Ação", &mut names), "Ação");
        assert_eq!(unique("ação", &mut names), "ação 2");
        assert_eq!(unique(&"x".repeat(64), &mut names).len(), 64);
        assert_eq!(unique(&"x".repeat(64), &mut names), format!("{} 2", "x".repeat(62)));
    }
}
