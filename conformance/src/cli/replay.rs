//! `weni-conformance replay`.

use std::path::PathBuf;

use clap::Args;

use super::{CommandError, TargetArgs, print, usage};
use crate::difference::shorten;
use crate::exit_code::ExitCode;
use crate::probe;
use crate::replay::{self, Api};
use crate::traffic;
use crate::words::counted;

/// Which requests, and where to.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// A HAR file, or a journal of weni-mock
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Only these requests, by their numbers
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub only: Vec<u64>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the help text of the flattened arguments")]
    pub target: TargetArgs,
    /// Also to a host that is not local: whatever was written then is written there
    #[arg(long)]
    pub write: bool,
    /// Send nothing: write them as a case of this id, such as contacts/lost-update, to standard output
    #[arg(long, value_name = "ID", value_parser = usage::case_id)]
    pub as_case: Option<String>,
    /// What the case's workspace begins with: that of weni-mock where the recording is of it
    #[arg(long, value_name = "NAME", default_value = "shop", requires = "as_case")]
    pub data: String,
    /// Show every answer, not only those with another status
    #[arg(long, short)]
    pub verbose: bool,
}

/// Sends the requests again and prints where the status is another.
pub(super) async fn replay(args: ReplayArgs) -> Result<ExitCode, CommandError> {
    let mut traffic = super::read_traffic(&args.file).await?;
    let api = Api::of(&traffic);
    if !args.only.is_empty() {
        traffic.exchanges.retain(|exchange| args.only.contains(&exchange.number));
    }
    let asked = traffic.exchanges.len();
    traffic.exchanges.retain(|exchange| api.was_asked(exchange));
    let elsewhere = asked - traffic.exchanges.len();
    if elsewhere > 0 {
        eprintln!("weni-conformance: {} not for the API left out", counted(elsewhere, "request"));
    }
    if let Some(id) = &args.as_case {
        let case = traffic::as_case(&traffic, id, &args.data);
        print(format_args!("{case:#}\n"));
        return Ok(if traffic.exchanges.is_empty() { ExitCode::NotJudged } else { ExitCode::Passed });
    }
    let target = args.target.target()?;
    let reads = traffic.exchanges.iter().all(traffic::Exchange::only_reads);
    if !target.base.is_local() && !reads && !args.write {
        return Err(CommandError::WritesElsewhere);
    }
    if traffic.exchanges.is_empty() {
        print(format_args!("nothing to send: there is no such request in {}\n", args.file.display()));
        return Ok(ExitCode::NotJudged);
    }
    let client = target.client();
    probe::probe(&client).await?;
    let mut others = 0;
    let all = replay::replay(&client, &traffic, |replayed| {
        let same = replayed.then == Some(replayed.now);
        others += usize::from(!same);
        if same && !args.verbose {
            return;
        }
        let then = replayed.then.map_or("no answer".to_owned(), |status| status.to_string());
        let then = if same { String::new() } else { format!(", recorded {then}") };
        print(format_args!("#{} {} {}{then}\n", replayed.number, shorten(&replayed.line), replayed.now));
        if !same {
            print(format_args!("   {}\n", shorten(&replayed.body)));
        }
    })
    .await?;
    let told = counted(all.len(), "request");
    print(format_args!("{told} sent, {} answered as recorded\n", all.len() - others));
    Ok(if others > 0 { ExitCode::Failed } else { ExitCode::Passed })
}
