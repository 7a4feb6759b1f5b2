//! The kit is measured by what it catches: the portable cases against a server with each deliberate fault in turn.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use weni_conformance::case::{Profile, Role};
use weni_conformance::client::Http;
use weni_conformance::control::Control;
use weni_conformance::embedded::Embedded;
use weni_conformance::load;
use weni_conformance::run::{Play, Schedule, Target};
use weni_conformance::select::select;
use weni_conformance::verdict::Verdict;

use crate::mutants::{Layer, Mutant, all, none};
use crate::support::{fixtures, generated};

/// The page that says which cases kill which mutant.
const PAGE: &str = "MUTANTS.md";
/// How many of the cases that kill a mutant the page names: those that kill the fewest others.
const NAMED: usize = 3;

/// The portable cases, each held against the article.
fn portable() -> Vec<Play> {
    let plays = select(load::load(&[fixtures().join("cases")]).unwrap(), &[], Some(Profile::Documented));
    plays.into_iter().filter(|play| play.case.portable).collect()
}

/// Those of the cases that have these ids, and those that they use.
fn of_ids(plays: &[Play], ids: &[String]) -> Vec<Play> {
    let is_asked_for = |play: &&Play| ids.contains(&play.case.id);
    let used: Vec<&String> = plays.iter().filter(is_asked_for).flat_map(|play| &play.case.uses).collect();
    plays
        .iter()
        .filter(|play| ids.contains(&play.case.id) || used.contains(&&play.case.id))
        .cloned()
        .collect()
}

/// The cases that a mutant can be held against. Some send further requests, which count against the rate limit of the
/// cases about it: these are for the one mutant that is about it, too.
fn fair(id: &str, mut plays: Vec<Play>) -> Vec<Play> {
    plays.retain(|play| id == "errors/no-retry-after" || !play.case.id.starts_with("throttle/"));
    plays
}

/// Plays cases against a fresh mock with a mutant in front of it; the ids of those that fail.
async fn killers(mutant: Mutant, plays: &[Play]) -> Vec<String> {
    let mock = Embedded::start(Profile::Documented).await;
    let behind = mock.target(Http::new(Duration::from_secs(30)).unwrap()).await.unwrap();
    let layer = Layer::start(&behind.base.to_string(), mutant).await;
    let base: weni_conformance::client::BaseUrl = layer.url().parse().unwrap();
    let control = Control::new(behind.http.clone(), base.join(Control::PATH, None).unwrap());
    let target = Target { base, control: Some(control), ..behind };
    let schedule = Schedule { jobs: NonZeroUsize::MIN, max_failures: None };
    let report = target.run(plays, schedule, |_| {}, |_| {}).await;
    // A fault that production has, too, is seen as a known deviation.
    let sees = |verdict: &Verdict| matches!(verdict, Verdict::Failed { .. } | Verdict::Deviates(_));
    report.cases.into_iter().filter(|case| sees(&case.verdict)).map(|case| case.id).collect()
}

/// Finds for each mutant the cases that kill it, of those that `cases` gives for its id. Several mutants at a time: each
/// has a mock of its own.
async fn hunt(cases: impl Fn(&str) -> Vec<Play>) -> BTreeMap<&'static str, (&'static str, Vec<String>)> {
    let queue: Vec<_> = all().into_iter().map(|mutant| (fair(mutant.id, cases(mutant.id)), mutant)).collect();
    let queue = Arc::new(Mutex::new(queue));
    let mut workers = JoinSet::new();
    for _ in 0..std::thread::available_parallelism().map_or(2, NonZeroUsize::get) {
        let queue = Arc::clone(&queue);
        workers.spawn(async move {
            let mut found = Vec::new();
            loop {
                let Some((plays, mutant)) = queue.lock().await.pop() else { return found };
                let (id, fault) = (mutant.id, mutant.fault);
                found.push((id, (fault, killers(mutant, &plays).await)));
            }
        });
    }
    workers.join_all().await.into_iter().flatten().collect()
}

/// The ids of the cases that any server can be held against: they need no control API, no further tokens, and no leave to
/// store telephone numbers.
fn plain(plays: &[Play]) -> BTreeSet<&str> {
    let needs_nothing = |play: &&Play| {
        play.case.required().is_empty() && play.case.roles().iter().all(|r| *r == Role::Administrator)
    };
    plays.iter().filter(needs_nothing).map(|play| play.case.id.as_str()).collect()
}

/// The page, from all cases that kill each mutant.
fn page(found: &BTreeMap<&'static str, (&'static str, Vec<String>)>, plays: &[Play]) -> String {
    let plain = plain(plays);
    let mut kills: BTreeMap<&String, usize> = BTreeMap::new();
    for id in found.values().flat_map(|(_, killers)| killers) {
        *kills.entry(id).or_default() += 1;
    }
    let mut page = format!(
        "# What the portable cases catch\n\n\
         {} mutants, servers with one deliberate fault each, made by a layer in front of the mock \
         (`tests/it/mutants`), against {} portable cases. *Anywhere* are the cases that need neither a control API nor \
         other tokens nor `--phone-urns`. Made by `UPDATE=1 cargo test -p weni-conformance mutation_score`, which plays \
         all cases against each; without `UPDATE` those named here are played, and they must see the fault. Named are \
         the cases that see the fewest other faults.\n\n\
         | mutant | fault | cases that see it | anywhere | among them |\n| --- | --- | --- | --- | --- |\n",
        found.len(),
        plays.len()
    );
    for (id, (fault, killers)) in found {
        let mut telling: Vec<&String> = killers.iter().collect();
        telling.sort_by_key(|case| (!plain.contains(case.as_str()), kills[case], *case));
        let anywhere = killers.iter().filter(|case| plain.contains(case.as_str())).count();
        let named: Vec<_> = telling.iter().take(NAMED).map(|case| format!("`{case}`")).collect();
        writeln!(page, "| `{id}` | {fault} | {} | {anywhere} | {} |", killers.len(), named.join(" "))
            .unwrap();
    }
    page
}

/// The mutants of the page, and the cases named there.
fn named_in(page: &str) -> BTreeMap<String, Vec<String>> {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut codes = row.split('`').skip(1).step_by(2).map(str::to_owned);
        let id = codes.next().unwrap();
        // A fault's sentence may hold code, too: the last column has the cases.
        let named = row.rsplit(" | ").next().unwrap();
        (id, named.split('`').skip(1).step_by(2).map(str::to_owned).collect())
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_fault_is_not_blamed() {
    assert_eq!(killers(none(), &portable()).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn mutation_score() {
    let plays = portable();
    assert!(all().len() >= 60);
    if std::env::var_os("UPDATE").is_some() {
        let found = hunt(|_| plays.clone()).await;
        generated(PAGE, &page(&found, &plays));
    }
    let written =
        std::fs::read_to_string(format!("{}/{PAGE}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_default();
    let named = named_in(&written);
    // A mutant that is new, or that no named case sees any more, has all cases against it.
    let found = hunt(|id| named.get(id).map_or_else(|| plays.clone(), |ids| of_ids(&plays, ids))).await;
    let outlived: Vec<_> =
        found.iter().filter(|(_, (_, killers))| killers.is_empty()).map(|(id, _)| *id).collect();
    let mut survivors = Vec::new();
    for mutant in all().into_iter().filter(|mutant| outlived.contains(&mutant.id)) {
        let id = mutant.id;
        if killers(mutant, &fair(id, plays.clone())).await.is_empty() {
            survivors.push(id);
        }
    }
    let killed = found.len() - survivors.len();
    let plain = plain(&plays);
    let anywhere = found.values().filter(|(_, killers)| killers.iter().any(|id| plain.contains(id.as_str())));
    println!(
        "mutation score: {killed} of {} ({} %), {} of them by cases that need nothing but a token",
        found.len(),
        killed * 100 / found.len(),
        anywhere.count()
    );
    assert!(survivors.is_empty(), "no portable case sees {survivors:?}");
    let of_page: Vec<&str> = named.keys().map(String::as_str).collect();
    let now: Vec<&str> = found.keys().copied().collect();
    assert_eq!(of_page, now, "{PAGE} is out of date: run this test once with UPDATE=1 and commit it");
}
