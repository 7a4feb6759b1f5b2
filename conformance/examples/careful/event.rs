//! What the shop tells.

use jiff::Timestamp;
use serde::Deserialize;

use crate::phone::Phone;

/// Something that happened in the shop.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    /// When it happened there. Events may arrive in another order, and more than once.
    pub(crate) at: Timestamp,
    #[serde(flatten)]
    pub(crate) what: What,
}

/// What happened. That a customer is new and that one has changed is the same here: who says *create* for the one and
/// *update* for the other goes wrong as soon as they arrive in another order, or the contact is there already.
#[derive(Debug, Deserialize)]
#[serde(tag = "event")]
pub(crate) enum What {
    #[serde(rename = "customer.created", alias = "customer.updated")]
    Saved { customer: Person },
    #[serde(rename = "customer.deleted")]
    Deleted { customer: Person },
    #[serde(rename = "lead.status_changed")]
    Lead { lead: Person },
}

/// A customer or a lead. The e-mail address is left out on purpose: a contact is looked up by one URN, and this one has
/// no use for another (`urns-beside-urn`); a member `email` would mean nothing to the API (`member-ignored`).
#[derive(Debug, Deserialize)]
pub(crate) struct Person {
    /// The shop's own key.
    pub(crate) id: String,
    pub(crate) phone: Phone,
    pub(crate) name: Option<String>,
    pub(crate) city: Option<String>,
    /// Of a lead.
    pub(crate) status: Option<String>,
}
