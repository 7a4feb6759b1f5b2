//! Integration tests of the mock, one module for each topic.

mod article;
mod support;
