//! What each event does at Weni. Whatever is done here may be done twice: shops deliver again, and so do we.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::attempts::Failed;
use crate::event::{Event, Person, What};
use crate::state::{Kind, State, StateError};
use crate::weni::{Contact, Weni};

/// Whoever has bought belongs here: "Clube do Grão". Its UUID stays when people rename it. It was made when the
/// integration was set up, as the field `city` was: production knows a new one only after 5 seconds (`fresh`).
const CLUB: &str = "ab2a8ecb-bd2a-4b3b-a151-92e593428ba3";

/// What a lead's status is called once the lead has bought.
const WON: &str = "won";

/// The API takes no longer name (`refused`), and cuts longer values (`value-cut`), both in characters.
const LONGEST_NAME: usize = 100;
const LONGEST_VALUE: usize = 640;

/// Why an event is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undone {
    #[error(transparent)]
    Weni(#[from] Failed),
    #[error(transparent)]
    State(#[from] StateError),
}

/// Does what an event asks for, unless something newer was done already.
pub(crate) async fn handle(event: &Event, weni: &Weni, state: &mut State) -> Result<(), Undone> {
    let (kind, person) = match &event.what {
        What::Saved { customer } => (Kind::Saved, customer),
        What::Deleted { customer } => (Kind::Deleted, customer),
        What::Lead { lead } => (Kind::Lead, lead),
    };
    let mut known = state.of(&person.id);
    if known.is_late(kind, event.at) {
        return Ok(());
    }
    match kind {
        Kind::Saved => {
            let contact = weni.upsert(&person.phone.urn(), &of_customer(person)).await?;
            known.met(contact.uuid);
        }
        Kind::Lead => {
            // The lead's name, unless the customer's is newer.
            let name = if known.is_newest(event.at) { of_name(person) } else { Map::new() };
            let contact = lead(person, name, weni, &known.contacts).await?;
            known.met(contact.uuid);
        }
        Kind::Deleted => delete(person, weni, &known.contacts).await?,
    }
    known.done(kind, event.at);
    Ok(state.keep(&person.id, known)?)
}

/// What a customer's contact is to show. Only what is sent is changed, and only fields that exist are sent
/// (`unknown-field`): `city`. No `groups`: sent, it would replace all memberships (`memberships-dropped`). No `language`,
/// which the shop does not know; if it did, it would be `por`, never `pt-BR` (`language`).
fn of_customer(customer: &Person) -> Value {
    let mut body = of_name(customer);
    if let Some(city) = &customer.city {
        body.insert("fields".to_owned(), json!({"city": cut(city, LONGEST_VALUE)}));
    }
    Value::Object(body)
}

/// The name alone. A blank one would be refused, and is nothing that anybody wants to see in place of the one there.
fn of_name(person: &Person) -> Map<String, Value> {
    let name = person.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    name.map(|name| ("name".to_owned(), json!(cut(name, LONGEST_NAME)))).into_iter().collect()
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A lead who has bought joins the club; of any other only the name is kept.
///
/// `groups` in a write replaces all memberships (`memberships-dropped`), so they are read first, and sent back as UUIDs:
/// objects are refused by production (`group-objects`). Query-based groups are left out, because a write that names one is
/// refused. The list of groups comes before the contact: the less time there is between reading a contact and writing it,
/// the less can be lost in between.
async fn lead(
    lead: &Person,
    mut body: Map<String, Value>,
    weni: &Weni,
    known: &[String],
) -> Result<Contact, Failed> {
    let urn = lead.phone.urn();
    if lead.status.as_deref() != Some(WON) {
        return weni.upsert(&urn, &Value::Object(body)).await;
    }
    let groups = weni.groups().await?;
    let is_static = |uuid: &&str| groups.iter().any(|group| group.uuid == **uuid && group.query.is_none());
    let contact = look_up(lead, weni, known).await?;
    let has = contact.iter().flat_map(|contact| &contact.groups).map(|group| group.uuid.as_str());
    let wanted: BTreeSet<&str> = has.filter(is_static).chain([CLUB]).collect();
    body.insert("groups".to_owned(), json!(wanted));
    let body = Value::Object(body);
    match &contact {
        Some(contact) => weni.update(&contact.uuid, &body).await,
        None => weni.upsert(&urn, &body).await,
    }
}

/// The contact goes, by the UUID that an earlier answer gave. Without one it is looked for by its number: a `DELETE` by URN
/// would find only the exact form (`ninth-digit`). If there is none, there is nothing to do.
async fn delete(customer: &Person, weni: &Weni, known: &[String]) -> Result<(), Failed> {
    for uuid in known {
        weni.delete(uuid).await?;
    }
    if known.is_empty()
        && let Some(contact) = look_up(customer, weni, known).await?
    {
        weni.delete(&contact.uuid).await?;
    }
    Ok(())
}

/// The contact by a UUID that is known, the latest first, else by either form of the number: people delete contacts, too,
/// and a UUID that was kept may be nobody's by now.
async fn look_up(person: &Person, weni: &Weni, known: &[String]) -> Result<Option<Contact>, Failed> {
    let uuids = known.iter().rev().map(|uuid| ("uuid", uuid.clone()));
    let urns = person.phone.possible_urns().into_iter().map(|urn| ("urn", urn));
    for (by, value) in uuids.chain(urns) {
        if let Some(contact) = weni.find(by, &value).await? {
            return Ok(Some(contact));
        }
    }
    Ok(None)
}
