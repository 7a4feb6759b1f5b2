//! Every mutant there is.

use super::mutant::{Mutant, mutant};
use super::{contacts, deletion, errors, fields, filters, groups, lists, protocol, updates, urns, values};

/// A server without a fault, as a control.
pub(crate) fn none() -> Mutant {
    mutant("none", "There is no fault.")
}

/// All mutants, in the order of their files. Each is for one layer: some keep in mind what has passed.
pub(crate) fn all() -> Vec<Mutant> {
    [
        contacts::mutants(),
        updates::mutants(),
        deletion::mutants(),
        urns::mutants(),
        values::mutants(),
        fields::mutants(),
        groups::mutants(),
        lists::mutants(),
        filters::mutants(),
        protocol::mutants(),
        errors::mutants(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
