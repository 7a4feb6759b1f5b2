//! What was found so far, in traffic that goes on.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{self, CheckReport, FoundAt, Secrets};
use crate::rules::{self, Rule, Severity};
use crate::traffic::{Exchange, Traffic};

/// The rules that only the end can tell: a client may still follow a link, try the other form of a number, or look at all
/// that was found, and a pace is that of the whole. All others find at an exchange what follows from it and those before it.
pub const AT_END: [&str; 4] = ["too-many-requests", "next-ignored", "ninth-digit", "first-of-all"];

/// Bytes of bodies that are kept, all together.
const MOST_BYTES: usize = 256_000_000;

/// Exchanges, as many as are kept, and what was found in all that ever were.
#[derive(Debug)]
pub struct Judgement {
    keep: usize,
    /// Those that ended while earlier ones had not.
    waiting: BTreeMap<u64, Exchange>,
    traffic: Traffic,
    /// Whether any of them was for the API, also of those that are not kept any more.
    of_api: bool,
    secrets: Secrets,
    /// The number of the last exchange that was judged.
    judged: u64,
    /// Those before it that were not waited for, and have ended since.
    late: BTreeSet<u64>,
    found: Vec<(&'static Rule, FoundAt)>,
}

impl Judgement {
    /// Of nothing so far. `keep`: how many exchanges are kept.
    #[must_use]
    pub fn new(keep: usize) -> Self {
        Self {
            keep,
            waiting: BTreeMap::new(),
            traffic: Traffic::default(),
            of_api: false,
            secrets: Secrets::default(),
            judged: 0,
            late: BTreeSet::new(),
            found: Vec::new(),
        }
    }

    /// An exchange has ended.
    pub(super) fn take(&mut self, exchange: Exchange) {
        self.secrets.learn(&exchange);
        self.of_api |= exchange.endpoint().is_some();
        if exchange.number <= self.last() {
            self.late.insert(exchange.number);
            let exchanges = &mut self.traffic.exchanges;
            let place = exchanges.partition_point(|known| known.number < exchange.number);
            exchanges.insert(place, exchange);
        } else {
            self.waiting.insert(exchange.number, exchange);
        }
    }

    /// Whether there is so much more than is to be kept that it should be judged at once.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() + self.traffic.exchanges.len() >= 3 * self.keep
    }

    /// Judges what has come since, as far as no earlier exchange is still under way, and gives what was found there. Then
    /// forgets the oldest exchanges beyond those that are kept.
    pub(super) fn judge(&mut self) -> Vec<(&'static Rule, FoundAt)> {
        // One that takes very long is not waited for for ever.
        while self.waiting.contains_key(&(self.last() + 1)) || self.waiting.len() > self.keep {
            self.traffic.exchanges.extend(self.waiting.pop_first().map(|(_, exchange)| exchange));
        }
        let forgotten = self.surplus();
        let before = self.traffic.exchanges.get(forgotten).map_or(u64::MAX, |exchange| exchange.number);
        let mut new = self.look();
        // What the end alone can tell of an exchange that is forgotten, this is the end of.
        new.retain(|(rule, found)| {
            if is_at_end(rule) { rule.id != AT_END[0] && found.request < before } else { self.is_new(found) }
        });
        self.late.clear();
        self.judged = self.last();
        self.forget(forgotten);
        self.found.extend(new.iter().cloned());
        new
    }

    /// What came of it all, and the exchanges that were kept. `source`: where they are from.
    #[must_use]
    pub(crate) fn end(mut self, source: &str, fail_on: Severity) -> (CheckReport, Traffic, Secrets) {
        self.traffic.exchanges.extend(std::mem::take(&mut self.waiting).into_values());
        let last = self.look().into_iter();
        let mut found = std::mem::take(&mut self.found);
        found.extend(last.filter(|(rule, found)| is_at_end(rule) || self.is_new(found)));
        found.sort_by_key(|(_, found)| found.request);
        let requests = self.traffic.exchanges.len() + self.traffic.dropped as usize;
        self.forget(self.surplus());
        let mut report = CheckReport::new(&found, &self.traffic, &self.secrets, source, fail_on);
        // All were judged, also those that are not kept any more.
        (report.requests, report.dropped) = (requests, 0);
        report.of_api |= self.of_api;
        report.answered |= self.traffic.dropped > 0;
        (report, self.traffic, self.secrets)
    }

    fn look(&self) -> Vec<(&'static Rule, FoundAt)> {
        check::located(&self.traffic, &rules::judge(&self.traffic), &self.secrets)
    }

    /// Whether what was found was not there to be found before.
    fn is_new(&self, found: &FoundAt) -> bool {
        found.request > self.judged || self.late.contains(&found.request)
    }

    fn last(&self) -> u64 {
        self.traffic.exchanges.last().map_or(self.judged, |exchange| exchange.number)
    }

    fn forget(&mut self, oldest: usize) {
        self.traffic.exchanges.drain(..oldest);
        self.traffic.dropped += oldest as u64;
    }

    /// How many of the oldest are too many.
    fn surplus(&self) -> usize {
        let exchanges = &self.traffic.exchanges;
        let mut bytes: usize = exchanges.iter().map(size).sum();
        let mut count = exchanges.len().saturating_sub(self.keep);
        bytes -= exchanges[..count].iter().map(size).sum::<usize>();
        while bytes > MOST_BYTES {
            bytes -= size(&exchanges[count]);
            count += 1;
        }
        count
    }
}

fn is_at_end(rule: &Rule) -> bool {
    AT_END.contains(&rule.id.as_str())
}

fn size(exchange: &Exchange) -> usize {
    let answer = exchange.answer.as_ref().map_or(0, |answer| answer.body.len());
    exchange.body.as_ref().map_or(0, String::len) + answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples(id: &str, good: bool) -> Vec<Exchange> {
        let rule = rules::all().iter().find(|rule| rule.id == id).unwrap();
        rules::example(if good { &rule.good } else { &rule.bad }).exchanges
    }

    fn ids(found: &[(&'static Rule, FoundAt)]) -> Vec<(&'static str, u64)> {
        found.iter().map(|(rule, found)| (rule.id.as_str(), found.request)).collect()
    }

    fn ended(judgement: Judgement) -> (Vec<(&'static str, u64)>, usize, Traffic) {
        let (report, traffic, _) = judgement.end("here", Severity::Warning);
        let found = report.found().flat_map(|rule| rule.found.iter().map(|found| (rule.rule, found.clone())));
        (ids(&found.collect::<Vec<_>>()), report.requests, traffic)
    }

    #[test]
    fn an_exchange_is_judged_once_when_those_before_it_have_ended() {
        let mut judgement = Judgement::new(100);
        let [first, second] = examples("blind-retry", false).try_into().unwrap();
        judgement.take(second);
        assert_eq!(judgement.judge(), []);
        judgement.take(first);
        assert_eq!(ids(&judgement.judge()), [("blind-retry", 2)]);
        assert_eq!(judgement.judge(), []);
        let (found, requests, traffic) = ended(judgement);
        assert_eq!((found.as_slice(), requests, traffic.dropped), ([("blind-retry", 2)].as_slice(), 2, 0));
    }

    #[test]
    fn a_link_may_be_followed_until_the_end() {
        for good in [false, true] {
            let mut judgement = Judgement::new(100);
            for exchange in examples("next-ignored", good) {
                judgement.take(exchange);
                assert_eq!(judgement.judge(), []);
            }
            assert_eq!(ended(judgement).0.is_empty(), good);
        }
    }

    #[test]
    fn what_is_forgotten_stays_found() {
        let mut judgement = Judgement::new(1);
        let of_list = examples("next-ignored", false).into_iter();
        let all = of_list.chain(examples("urns-beside-urn", false)).chain(examples("refused", true));
        for (exchange, number) in all.zip(1..) {
            judgement.take(Exchange { number, ..exchange });
            judgement.judge();
        }
        let (found, requests, traffic) = ended(judgement);
        assert_eq!(found, [("urns-beside-urn", 2), ("next-ignored", 1)]);
        assert_eq!((requests, traffic.exchanges.len(), traffic.dropped), (3, 1, 2));
    }

    #[test]
    fn one_that_does_not_end_is_not_waited_for_for_ever() {
        let mut judgement = Judgement::new(2);
        let mut all = (1..=4).map(|number| Exchange { number, ..examples("refused", false).remove(0) });
        let late = all.next().unwrap();
        all.by_ref().for_each(|exchange| judgement.take(exchange));
        assert_eq!(ids(&judgement.judge()), [("refused", 2), ("refused", 3), ("refused", 4)]);
        judgement.take(late);
        assert_eq!(ids(&judgement.judge()), [("refused", 1)]);
        assert_eq!(ended(judgement).1, 4);
    }

    #[test]
    fn there_are_such_rules() {
        assert!(AT_END.iter().all(|id| rules::all().iter().any(|rule| rule.id == *id)));
    }
}
