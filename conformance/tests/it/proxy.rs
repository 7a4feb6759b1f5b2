//! `proxy`: an integration judged while it runs.

mod bytes;
mod judging;
mod links;
mod refusals;
pub(crate) mod support;
mod tls;
