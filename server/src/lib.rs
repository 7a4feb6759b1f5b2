//! Weni mock.
