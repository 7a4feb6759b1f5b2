//! What holds of a workspace whatever was written, seen through the API.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::model::{Client, URNS, Write, encoded};
use crate::support::{text, texts};

impl Client {
    /// All that a list shows, on one page.
    #[track_caller]
    fn whole(&mut self, query: &str) -> Vec<Value> {
        let page = self.page(&format!("contacts.json?limit=1000&{query}"));
        assert_eq!((&page["next"], &page["previous"]), (&Value::Null, &Value::Null), "{query}");
        page["results"].as_array().expect("contacts").clone()
    }

    /// A group counts those whom its list shows, and they are those who show the group.
    #[track_caller]
    pub(super) fn check_groups(&mut self) {
        let contacts = self.whole("");
        let groups = self.page("groups.json");
        for group in groups["results"].as_array().expect("groups") {
            let uuid = text(&group["uuid"]);
            let listed: BTreeSet<String> =
                self.whole(&format!("group={uuid}")).iter().map(|contact| text(&contact["uuid"])).collect();
            let showing = contacts.iter().filter(|contact| texts(&contact["groups"], "uuid").contains(&uuid));
            let showing: BTreeSet<String> = showing.map(|contact| text(&contact["uuid"])).collect();
            assert_eq!(listed, showing, "members of {group}");
            assert_eq!(group["count"], listed.len(), "count of {group}");
            if group["query"] == "score >= 5" {
                self.check_score(&contacts, &listed);
            }
        }
    }

    /// The query-based group has those whom its query finds.
    #[track_caller]
    fn check_score(&self, contacts: &[Value], members: &BTreeSet<String>) {
        for contact in contacts {
            let score = contact["fields"]["score"].to_string();
            let points: u8 = score.trim_matches('"').parse().unwrap_or(0);
            let uuid = contact["uuid"].as_str().expect("a UUID");
            let belongs = points >= 5 && !self.inactive.contains(uuid);
            if !self.retyped {
                assert_eq!(members.contains(uuid), belongs, "is a member: {contact}");
            }
        }
    }

    /// A URN is of one contact, and looking it up finds that one.
    #[track_caller]
    pub(super) fn check_urns(&mut self) {
        let mut owners: BTreeMap<String, Value> = BTreeMap::new();
        for contact in self.whole("") {
            for urn in contact["urns"].as_array().expect("URNs") {
                let other = owners.insert(text(urn), contact["uuid"].clone());
                assert_eq!(other, None, "{urn} has two owners, one is {contact}");
            }
        }
        for urn in URNS {
            let found = self.whole(&format!("urn={}", encoded(urn)));
            let found: Vec<Value> = found.iter().map(|contact| contact["uuid"].clone()).collect();
            assert_eq!(found, Vec::from_iter(owners.remove(urn)), "owner of {urn}");
        }
        assert!(owners.is_empty(), "URNs that nobody sent: {owners:?}");
    }

    /// Every list holds each contact once, in its order; its pages, walked to and fro, make up the whole.
    #[track_caller]
    pub(super) fn check_lists(&mut self) {
        let groups = texts(&self.page("groups.json"), "uuid");
        self.check_list("", 1..=5);
        for query in ["deleted=true", "reverse=true", "order_by=created_on", "name=a"] {
            self.check_list(query, 2..=3);
        }
        for group in groups {
            self.check_list(&format!("group={group}"), 1..=1);
        }
    }

    #[track_caller]
    fn check_list(&mut self, query: &str, limits: impl IntoIterator<Item = usize>) {
        let whole = self.whole(query);
        let different: HashSet<String> = whole.iter().map(|contact| text(&contact["uuid"])).collect();
        assert_eq!(different.len(), whole.len(), "{query}: a contact is listed twice");
        let key = if query.contains("created_on") { "created_on" } else { "modified_on" };
        let instants: Vec<String> = whole.iter().map(|contact| text(&contact[key])).collect();
        let ascending = query.contains("reverse") || query.contains("order_by");
        let sorted = if ascending { instants.is_sorted() } else { instants.iter().rev().is_sorted() };
        assert!(sorted, "{query}: {instants:?}");
        for limit in limits {
            let (forth, last) = self.walk(&format!("contacts.json?limit={limit}&{query}"), "next", limit);
            assert_eq!(forth.concat(), whole, "{query}: pages of {limit}, forth");
            let (mut back, _) = self.walk(&last, "previous", limit);
            back.reverse();
            assert_eq!(back.concat(), whole, "{query}: pages of {limit}, back");
        }
    }

    /// Follows links of a kind to the end; returns the pages and the link of the last one.
    #[track_caller]
    fn walk(&mut self, first: &str, link: &str, limit: usize) -> (Vec<Vec<Value>>, String) {
        let (mut pages, mut at) = (Vec::new(), first.to_owned());
        loop {
            let page = self.page(&at);
            let items = page["results"].as_array().expect("contacts").clone();
            assert!(items.len() <= limit, "{at}: {} items", items.len());
            pages.push(items);
            assert!(pages.len() < 200, "{first}: no end of {link}");
            match page[link].as_str() {
                Some(another) => another.clone_into(&mut at),
                None => return (pages, at),
            }
        }
    }

    /// Reads page after page with a write between each two: nobody is seen twice, and whoever was not changed is
    /// seen.
    #[track_caller]
    pub(super) fn walk_while_writing(&mut self, writes: &[Write]) {
        let before = self.instants();
        let (mut writes, mut seen) = (writes.iter(), Vec::new());
        let mut link = Some("contacts.json?limit=2".to_owned());
        while let Some(at) = link {
            let page = self.page(&at);
            seen.extend(texts(&page, "uuid"));
            link = page["next"].as_str().map(str::to_owned);
            if let Some(write) = writes.next() {
                self.perform(write);
            }
        }
        let different: HashSet<&String> = seen.iter().collect();
        assert_eq!(different.len(), seen.len(), "a contact was seen twice: {seen:?}");
        let after = self.instants();
        for (uuid, _) in before.iter().filter(|(uuid, instant)| after.get(*uuid) == Some(instant)) {
            assert!(different.contains(uuid), "{uuid} was not seen, though nobody changed it");
        }
    }

    /// When each contact was modified.
    #[track_caller]
    fn instants(&mut self) -> BTreeMap<String, String> {
        let contacts = self.whole("");
        contacts.iter().map(|contact| (text(&contact["uuid"]), text(&contact["modified_on"]))).collect()
    }
}
