//! The program `weni-conformance`.

use weni_conformance::cli;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    cli::main().await.into()
}
