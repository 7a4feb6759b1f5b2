//! Known deviations: a verdict of their own, and only where the server answers exactly as it is known to.

use std::num::NonZeroUsize;
use std::time::Duration;

use serde_json::json;
use weni_conformance::case::{Case, Profile};
use weni_conformance::client::Http;
use weni_conformance::embedded::Embedded;
use weni_conformance::exit_code::ExitCode;
use weni_conformance::load;
use weni_conformance::report::coverage::deviations;
use weni_conformance::run::Schedule;
use weni_conformance::select::select;
use weni_conformance::verdict::{RunReport, Verdict};

use crate::support::{fixtures, portable_case};

/// Plays the hand-written cases as the article has it against a mock in a profile.
async fn judge(profile: Profile) -> RunReport {
    let mock = Embedded::start(profile).await;
    let target = mock.target(Http::new(Duration::from_secs(30)).unwrap()).await.unwrap();
    let plays = select(load::load(&[fixtures().join("cases")]).unwrap(), &[], None);
    let schedule = Schedule { jobs: NonZeroUsize::MIN, max_failures: None };
    target.run(&plays, schedule, |_| {}, |_| {}).await
}

#[tokio::test]
async fn the_running_api_shows_dv1_and_dv2_and_nothing_else() {
    let mut report = judge(Profile::Observed).await;
    let tally = report.tally();
    assert_eq!((tally.failed, tally.errors, tally.skipped), (0, 0, 0));
    let deviations: Vec<_> = deviations(&report).into_keys().map(|id| id.as_str().to_owned()).collect();
    assert_eq!(deviations, ["DV1", "DV2"]);
    assert_eq!(ExitCode::from(&report), ExitCode::Passed);
    report.about.strict = true;
    assert_eq!(ExitCode::from(&report), ExitCode::Failed);
}

#[tokio::test]
async fn the_article_is_kept_in_everything() {
    let mut report = judge(Profile::Documented).await;
    report.about.strict = true;
    let tally = report.tally();
    assert_eq!((tally.failed, tally.errors, tally.skipped, tally.deviating), (0, 0, 0, 0));
    assert_eq!(report.judged_clauses().len(), 31);
    assert_eq!(ExitCode::from(&report), ExitCode::Passed);
}

/// A deletion twice, whose second answer is known to be 204 instead of 404; `after` is a third answer that goes with it.
fn twice(documented: u16, known: u16) -> Case {
    let delete =
        |uuid: &str| json!({"method": "DELETE", "path": "/api/v2/contacts.json", "query": [["uuid", uuid]]});
    portable_case(&json!([
        {
            "request": {"method": "POST", "path": "/api/v2/contacts.json", "json": {"name": "{{own}}"}},
            "response": {"status": 201, "match": "contains", "json": {"uuid": {"$uuid": "c"}}},
        },
        {"request": delete("{{c}}"), "response": {"status": 204}},
        {
            "request": delete("{{c}}"),
            "response": {"status": documented},
            "deviation": {"id": "DV2", "response": {"status": known}},
        },
        {
            "request": delete("{{c}}"),
            "response": {"status": documented},
            "deviation": {"id": "DV2", "response": {"status": known}},
        },
    ]))
}

#[tokio::test]
async fn any_other_answer_is_a_failure() {
    let mock = Embedded::start(Profile::Observed).await;
    let target = mock.target(Http::new(Duration::from_secs(30)).unwrap()).await.unwrap();
    let known = target.play(&twice(404, 204), Profile::Documented, 0).await;
    assert!(matches!(known.verdict, Verdict::Deviates(_)), "{known:?}");
    let right = target.play(&twice(204, 404), Profile::Documented, 1).await;
    assert!(matches!(right.verdict, Verdict::Passed), "{right:?}");
    let other = target.play(&twice(404, 410), Profile::Documented, 2).await;
    assert!(matches!(&other.verdict, Verdict::Failed { failures, .. } if failures.len() == 2), "{other:?}");
    let observed = target.play(&twice(404, 204), Profile::Observed, 3).await;
    assert!(matches!(observed.verdict, Verdict::Passed), "{observed:?}");
}

#[tokio::test]
async fn a_server_cannot_deviate_in_one_answer_and_not_in_the_next() {
    let mut case = twice(404, 204);
    let mock = Embedded::start(Profile::Documented).await;
    let target = mock.target(Http::new(Duration::from_secs(30)).unwrap()).await.unwrap();
    // The third step looks up nobody, which is 404 whatever the profile: the fourth is then held to that.
    case.steps.swap(1, 2);
    let report = target.play(&case, Profile::Documented, 0).await;
    assert!(matches!(report.verdict, Verdict::Failed { .. }), "{report:?}");
}
