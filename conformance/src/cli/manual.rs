//! `weni-conformance completions`, `man`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, CommandError, print};
use crate::exit_code::ExitCode;
use crate::words::meant;

/// Prints completions for a shell.
pub(super) fn completions(shell: Shell) -> Result<ExitCode, CommandError> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "weni-conformance", &mut text);
    print(String::from_utf8_lossy(&text));
    Ok(ExitCode::Passed)
}

/// Prints a manual page: of the program, or of one of its commands.
///
/// # Errors
/// There is no such command.
pub(super) fn page(name: Option<&str>) -> Result<ExitCode, CommandError> {
    let program = Cli::command();
    let page = match name {
        None => clap_mangen::Man::new(program),
        Some(name) => {
            let command = program.find_subcommand(name).cloned().ok_or_else(|| {
                let known = program.get_subcommands().map(clap::Command::get_name);
                CommandError::NoCommand { name: name.to_owned(), meant: meant(name, known) }
            })?;
            clap_mangen::Man::new(command).title(format!("weni-conformance-{name}"))
        }
    };
    let mut text = Vec::new();
    // Into memory, which does not fail.
    let _ = page.render(&mut text);
    print(String::from_utf8_lossy(&text));
    Ok(ExitCode::Passed)
}
