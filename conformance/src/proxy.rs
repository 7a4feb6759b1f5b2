//! Stands between an integration and the API: passes every exchange on as it is, keeps it, and judges it at once.
//!
//! The way of a request: [`serve`] accepts it, `target` tells whether it is for us, [`Forwarder`] sends it upstream and the
//! answer back, `links` keeps the client with the proxy, [`Recorder`] hands the exchange over, [`Judgement`] holds it
//! against the rules.

mod forward;
mod judgement;
mod links;
mod notice;
mod record;
mod serve;
mod target;
mod upstream;
mod watch;

pub use forward::Forwarder;
pub use judgement::{AT_END, Judgement};
pub use notice::{Notice, Notices};
pub use record::{Recorder, recorder};
pub use serve::serve;
pub use upstream::{NoUpstream, Upstream};
pub use watch::watch;
