//! Integration tests of the mock, one module for each topic.

mod architecture;
mod article;
mod auth;
mod browser;
mod cli;
mod clients;
mod control;
mod determinism;
mod effects;
mod openapi;
mod page;
mod profiles;
mod program;
mod properties;
mod races;
mod robust;
mod support;
mod throttle;
mod wire;
