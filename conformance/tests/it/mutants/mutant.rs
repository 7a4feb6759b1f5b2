//! The vocabulary of the tables: on which requests a fault shows, and what it does to them and to their answers.

use std::pin::Pin;

use reqwest::Method;
use serde_json::{Map, Value};

use super::call::Call;
use super::common;
use super::exchange::{Answer, Request};

/// A server with one deliberate fault.
pub(crate) struct Mutant {
    /// `topic/fault`, both in kebab-case.
    pub(crate) id: &'static str,
    /// What the fault is, in a sentence.
    pub(crate) fault: &'static str,
    rules: Vec<Rule>,
}

/// Begins a mutant, so far without a fault.
pub(super) fn mutant(id: &'static str, fault: &'static str) -> Mutant {
    Mutant { id, fault, rules: Vec::new() }
}

/// What a request is about.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// Anything.
    Any,
    Read,
    /// Creating or updating.
    Write,
    /// A `POST` of which the URL names nothing.
    Create,
    /// A `POST` of which the URL names an object, be it there or not.
    Update,
    Delete,
}

/// Stands for every endpoint, and for paths that are none.
pub(super) const EVERYWHERE: &str = "*";

type Condition = Box<dyn Fn(&Request) -> bool + Send + Sync>;
type Asks = Box<dyn Fn(&mut Request) + Send + Sync>;
type Instead = Box<dyn Fn(Call) -> Later + Send + Sync>;
type Says = Box<dyn Fn(&Request, &mut Answer) + Send + Sync>;
type Later = Pin<Box<dyn Future<Output = Answer> + Send>>;

enum Step {
    Asks(Asks),
    Instead(Instead),
    Says(Says),
}

/// Some requests, and what becomes of them.
#[derive(Default)]
struct Rule {
    conditions: Vec<Condition>,
    steps: Vec<Step>,
}

impl Mutant {
    /// Plays one exchange: changes the request, sends it or does something else instead, changes the answer. Each rule
    /// that the request falls under does its part.
    pub(super) async fn play(&self, mut call: Call) -> Answer {
        let sent = call.request.clone();
        let rules = self.rules.iter().filter(|rule| rule.conditions.iter().all(|holds| holds(&sent)));
        let steps: Vec<&Step> = rules.flat_map(|rule| &rule.steps).collect();
        for step in &steps {
            if let Step::Asks(edit) = step {
                edit(&mut call.request);
            }
        }
        let instead =
            steps.iter().find_map(|step| if let Step::Instead(does) = step { Some(does) } else { None });
        let mut answer = match instead {
            Some(does) => does(call).await,
            None => call.forward().await,
        };
        for step in &steps {
            if let Step::Says(edit) = step {
                edit(&sent, &mut answer);
            }
        }
        answer
    }

    /// Begins a rule for these requests. What follows belongs to it.
    pub(super) fn on(mut self, act: Act, endpoint: &'static str) -> Self {
        self.rules.push(Rule::default());
        self.when(move |request| endpoint == EVERYWHERE || request.endpoint() == endpoint).when(
            move |request| {
                let (post, named) = (request.method == Method::POST, request.lookup().is_some());
                match act {
                    Act::Any => true,
                    Act::Read => request.method == Method::GET || request.method == Method::HEAD,
                    Act::Write => post,
                    Act::Create => post && !named,
                    Act::Update => post && named,
                    Act::Delete => request.method == Method::DELETE,
                }
            },
        )
    }

    /// Only requests with this parameter.
    pub(super) fn by(self, parameter: &'static str) -> Self {
        self.when(move |request| request.has(parameter))
    }

    /// Only requests of which this holds.
    pub(super) fn when(mut self, holds: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        self.rule().conditions.push(Box::new(holds));
        self
    }

    /// Changes the request.
    pub(super) fn asks(self, edit: impl Fn(&mut Request) + Send + Sync + 'static) -> Self {
        self.step(Step::Asks(Box::new(edit)))
    }

    /// Removes a parameter.
    pub(super) fn drops(self, parameter: &'static str) -> Self {
        self.asks(move |request| request.drop_param(parameter))
    }

    /// Changes the body that is sent, if it is JSON.
    pub(super) fn body(self, edit: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static) -> Self {
        self.asks(move |request| request.edit(&edit))
    }

    /// Does something else than sending the request on.
    pub(super) fn instead<F>(self, does: impl Fn(Call) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        self.step(Step::Instead(Box::new(move |call| Box::pin(does(call)))))
    }

    /// Takes a member that is refused with this problem: see [`common::accept`].
    pub(super) fn accepts(
        self,
        member: &'static str,
        problem: &'static str,
        stand_in: fn(&Value) -> Value,
    ) -> Self {
        self.instead(move |call| common::accept(call, member, problem, stand_in))
    }

    /// Checks a member and leaves it at that: see [`common::ignore`].
    pub(super) fn ignores(self, member: &'static str) -> Self {
        self.instead(move |call| common::ignore(call, member))
    }

    /// Changes the answer.
    pub(super) fn says(self, edit: impl Fn(&Request, &mut Answer) + Send + Sync + 'static) -> Self {
        self.step(Step::Says(Box::new(edit)))
    }

    /// Answers one status in place of another.
    pub(super) fn status(self, from: u16, to: u16) -> Self {
        self.says(move |_, answer| {
            if answer.status == from {
                answer.status = to;
            }
        })
    }

    /// Changes every object of the answer, be it one or a list.
    pub(super) fn shows(self, edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        self.says(move |_, answer| answer.edit_objects(&edit))
    }

    /// Changes the items of a list.
    pub(super) fn lists(self, edit: impl Fn(&Request, &mut Vec<Value>) + Send + Sync + 'static) -> Self {
        self.says(move |request, answer| answer.edit_list(|items| edit(request, items)))
    }

    fn step(mut self, step: Step) -> Self {
        self.rule().steps.push(step);
        self
    }

    fn rule(&mut self) -> &mut Rule {
        self.rules.last_mut().expect("a rule begins with `on`")
    }
}
