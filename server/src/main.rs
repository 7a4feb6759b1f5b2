//! `weni-mock`: see [`weni_mock::run`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(weni_mock::run())
}
