//! `weni-conformance pull`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{CommandError, TargetArgs};
use crate::exit_code::ExitCode;
use crate::pull::mask::Mask;
use crate::pull::read;
use crate::pull::seed::Seed;
use crate::report::reason::one_line;
use crate::words::counted;

const WHAT_COMES_OF_IT: &str = "\
The seed data is for `weni-mock --data FILE`. What a mock would not load is left out or changed, with a note on
standard error. Archived contacts cannot be told from active ones and become active.

--mask replaces, one to one and alike everywhere: the letters of names, values, e-mail addresses and other URNs by
letters of the same case, digits by digits, UUIDs of contacts by others. Numbers keep sign, decimals and length; dates
keep year and month; telephone numbers keep country, area, ninth digit and whether they are mobiles, so that `tel:`,
`whatsapp:` and both forms of the ninth digit stay one number. Languages, instants, fields, and UUIDs and names of
groups stay, but runs of seven digits or more in those names. Texts in group queries are masked as values are; whoever
matched a threshold or a part of a text may match no more. It is a pseudonym: lengths, frequencies and instants stay.

Exit codes: 0 pulled; 2 bad usage, or a file that cannot be written; 3 the server is out of reach, refuses, or is not
the API";

/// From where to take seed data, and where to put it.
#[derive(Debug, Args)]
#[command(after_long_help = WHAT_COMES_OF_IT)]
pub struct PullArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub target: TargetArgs,
    /// How many contacts to take: those last modified
    #[arg(long, value_name = "N", default_value_t = 250)]
    pub contacts: usize,
    /// Replace names, numbers, addresses and values by others of the same length and kind; what was alike stays alike
    #[arg(long)]
    pub mask: bool,
    /// Mask always in the same way; a number that others can guess undoes the masking
    #[arg(long, value_name = "N", requires = "mask")]
    pub mask_seed: Option<u64>,
    /// The file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Reads a workspace and writes seed data, all or nothing; tells on standard error how it went.
pub(super) async fn pull(args: PullArgs) -> Result<ExitCode, CommandError> {
    let client = args.target.target()?.client();
    let snapshot = read::read(&client, args.contacts, |list, items| eprintln!("{list}: {items}")).await?;
    let requests = snapshot.requests;
    let (seed, notes) = Seed::of(snapshot);
    for note in notes.lines() {
        eprintln!("note: {}", one_line(&client.tokens.mask(&note)));
    }
    let way = args.mask.then(|| args.mask_seed.map_or_else(Mask::random, Mask::seeded));
    let seed = match &way {
        Some(mask) => mask.apply(seed),
        None => seed,
    };
    write(&args, &seed)?;
    let Seed { groups, fields, contacts, .. } = &seed;
    let masked = if way.is_some() { "masked" } else { "not masked (--mask): these are real people" };
    eprintln!(
        "{}, {}, {} (those last modified); {}; {masked}",
        counted(groups.len(), "group"),
        counted(fields.len(), "field"),
        counted(contacts.len(), "contact"),
        counted(requests, "request"),
    );
    Ok(ExitCode::Passed)
}

fn write(args: &PullArgs, seed: &Seed) -> Result<(), CommandError> {
    let text = seed.to_string();
    let (path, written) = match &args.out {
        Some(file) => (file.clone(), std::fs::write(file, text)),
        None => {
            let mut stdout = std::io::stdout().lock();
            (
                PathBuf::from("standard output"),
                stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()),
            )
        }
    };
    written.map_err(|source| CommandError::Write { path, source })
}
