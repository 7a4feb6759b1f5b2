//! Checks of a whole conversation that one step's members cannot show.

use std::collections::BTreeSet;

use crate::case::{BodyMatch, Exchange, Pattern, Response, Step};
use crate::mark::Marks;

/// The one name, of those bound before the first step, that answers show.
const LENT: &str = "linked_group";
/// How many names a message lists before it becomes hard to read.
const LISTED: usize = 8;

/// Checks that every name is bound before it is used, and what else makes a step impossible to pass.
///
/// # Errors
/// The index of the first step that is wrong, and what is wrong with it.
pub(super) fn check(steps: &[Step]) -> Result<(), (usize, String)> {
    let mut bound = BTreeSet::from(Marks::NAMES);
    for (index, step) in steps.iter().enumerate() {
        check_step(step, &mut bound).map_err(|problem| (index, problem))?;
    }
    Ok(())
}

fn check_step<'a>(step: &'a Step, bound: &mut BTreeSet<&'a str>) -> Result<(), String> {
    match step {
        Step::Exchange(exchange) => check_exchange(exchange, bound),
        Step::Link { group, save, .. } => {
            known("link", &group.names(), bound)?;
            bound.insert(save);
            Ok(())
        }
        Step::Unlink(name) => known("unlink", &[name], bound),
        Step::Smart { save, .. } => {
            bound.insert(save);
            Ok(())
        }
        Step::Status { contact, .. } => known("status", &contact.names(), bound),
    }
}

fn check_exchange<'a>(exchange: &'a Exchange, bound: &mut BTreeSet<&'a str>) -> Result<(), String> {
    known("request", &exchange.request.names(), bound)?;
    let mut bound_by_any = bound.clone();
    for response in exchange.described() {
        let mut bound_here = bound.clone();
        check_response(response, &mut bound_here)?;
        bound_by_any.append(&mut bound_here);
    }
    *bound = bound_by_any;
    Ok(())
}

fn check_response<'a>(response: &'a Response, bound: &mut BTreeSet<&'a str>) -> Result<(), String> {
    if !(100..=599).contains(&response.status) {
        return Err(format!("response: no HTTP status is {}", response.status));
    }
    match &response.json {
        None if response.body_match == BodyMatch::Contains => {
            Err("response: `match` says how to compare `json`, which is not there".to_owned())
        }
        None => Ok(()),
        Some(body) => {
            let mut shown = Vec::new();
            let (mut binds_in_each, mut taken) = (false, None);
            body.walk(&mut |pattern| match pattern {
                Pattern::Each(item) | Pattern::Members(item) | Pattern::None(item) => {
                    item.walk(&mut |inner| {
                        binds_in_each |=
                            matches!(inner, Pattern::Uuid(_) | Pattern::Time(_) | Pattern::Url(_));
                    })
                }
                Pattern::Uuid(name) | Pattern::Time(name) | Pattern::Url(name) => {
                    taken = taken.or(Marks::NAMES.into_iter().find(|known| *known == name && name != LENT));
                    bound.insert(name);
                }
                Pattern::Text(text) => shown.extend(text.names()),
                Pattern::After(name) => shown.push(name),
                _ => {}
            });
            if binds_in_each {
                return Err(
                    "response: `$each`, `$members` and `$none` bind nothing: use `$type`, or `$text` for what is bound"
                        .to_owned(),
                );
            }
            if let Some(name) = taken {
                return Err(format!(
                    "response: the name `{name}` is bound before the first step: take another"
                ));
            }
            known("response", &shown, bound)
        }
    }
}

fn known(member: &str, names: &[&str], bound: &BTreeSet<&str>) -> Result<(), String> {
    let Some(name) = names.iter().find(|name| !bound.contains(*name)) else { return Ok(()) };
    let hint = match bound.len() {
        0 => "; nothing is bound so far".to_owned(),
        count if count <= LISTED => {
            format!("; bound so far: {}", bound.iter().copied().collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    };
    Err(format!("{member}: no answer or step before binds `{name}`{hint}"))
}
