//! Weni mock.
fn main() {}
