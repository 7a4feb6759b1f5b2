//! The traffic as a report shows it: whole where something was found, else in a line.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::RuleReport;
use super::secrets::Secrets;
use super::text::Text;
use crate::traffic::{Effect, Exchange, Traffic};

/// Exchanges at most of which nothing was found, and which a report shows all the same.
const OTHERS: usize = 500;

/// The traffic as a report shows it. No text in it holds a credential.
#[derive(Debug, Default)]
pub struct Shown {
    /// In the order of the traffic.
    pub exchanges: Vec<ShownExchange>,
    /// How many there are besides, of which nothing was found.
    pub more: usize,
}

/// An exchange as a report shows it.
#[derive(Debug)]
pub struct ShownExchange {
    /// The request's number.
    pub number: u64,
    /// When it was sent.
    pub time: Timestamp,
    /// Method, path and query.
    pub line: String,
    /// What came back; `None`: nothing.
    pub status: Option<u16>,
    /// All there is about it, where something was found.
    pub whole: Option<Whole>,
}

/// All that there is about an exchange.
#[derive(Debug)]
pub struct Whole {
    /// The request's headers and body.
    pub request: Message,
    /// Those of the answer, if there was one.
    pub answer: Option<Message>,
    /// What the mock says that it did besides.
    pub effects: Vec<Effect>,
    /// The kind of the fault by which the mock met it.
    pub fault: Option<String>,
}

/// What goes one way.
#[derive(Debug)]
pub struct Message {
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<Text>,
}

impl Shown {
    pub(super) fn of(traffic: &Traffic, rules: &[RuleReport], secrets: &Secrets) -> Self {
        let named: BTreeSet<u64> =
            rules.iter().flat_map(RuleReport::shown).map(|found| found.request).collect();
        let mut shown = Self::default();
        let mut others = 0;
        for exchange in &traffic.exchanges {
            let whole = named.contains(&exchange.number);
            others += usize::from(!whole);
            if whole || others <= OTHERS {
                shown.exchanges.push(ShownExchange::of(exchange, whole, secrets));
            }
        }
        shown.more = others.saturating_sub(OTHERS);
        shown
    }
}

impl ShownExchange {
    fn of(exchange: &Exchange, whole: bool, secrets: &Secrets) -> Self {
        Self {
            number: exchange.number,
            time: exchange.time,
            line: secrets.line(exchange),
            status: exchange.status(),
            whole: whole.then(|| Whole::of(exchange, secrets)),
        }
    }
}

impl Whole {
    fn of(exchange: &Exchange, secrets: &Secrets) -> Self {
        let message = |headers: &[(String, String)], body: Option<&str>| Message {
            headers: headers
                .iter()
                .map(|(name, value)| (secrets.hide(name), secrets.header(name, value)))
                .collect(),
            body: body.filter(|body| !body.is_empty()).map(|body| {
                let kind = headers.iter().find(|(name, _)| name == "content-type");
                Text::of(kind.map(|(_, kind)| kind.as_str()), body, secrets)
            }),
        };
        let effect =
            |effect: &Effect| Effect { id: secrets.hide(&effect.id), text: secrets.hide(&effect.text) };
        let answer = exchange.answer.as_ref();
        Self {
            request: message(&exchange.headers, exchange.body.as_deref()),
            answer: answer.map(|answer| message(&answer.headers, Some(&answer.body))),
            effects: exchange.effects.iter().map(effect).collect(),
            fault: exchange.fault.as_deref().map(|fault| secrets.hide(fault)),
        }
    }
}
