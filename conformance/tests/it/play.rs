//! Whole conversations with the mock: it keeps to all recordings and cases, and a server that did not would be caught.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use weni_conformance::before::Before;
use weni_conformance::case::{Case, Profile, Role};
use weni_conformance::client::{Http, Token, Tokens};
use weni_conformance::control::Control;
use weni_conformance::embedded::Embedded;
use weni_conformance::exit_code::ExitCode;
use weni_conformance::ledger::Fate;
use weni_conformance::load;
use weni_conformance::report::human::{CaseLines, Look};
use weni_conformance::run::{Play, Schedule, Target, Terms};
use weni_conformance::verdict::{CaseReport, Failure, FailureCause, RunReport, SkipReason, Verdict};

use crate::support::{case, fixtures, listener, portable_case};

fn unknown() -> Arc<Before> {
    Arc::new(Before::unknown())
}

fn http() -> Http {
    Http::new(Duration::from_secs(30)).unwrap()
}

/// Plays a case against a mock of its own.
async fn play(case: &Case, profile: Profile) -> CaseReport {
    let mock = Embedded::start(profile).await;
    mock.target(http()).await.unwrap().play(case, profile, 0).await
}

/// Loads the case of a file and plays it in each profile in which it holds.
async fn agrees(file: &Path) {
    let [case] = load::load(&[file.to_owned()]).unwrap().try_into().unwrap();
    for &profile in &case.profiles {
        let mock = Embedded::start(profile).await;
        let target = mock.target(http()).await.unwrap();
        for used in &case.uses {
            let [used] =
                load::load(&[fixtures().join(format!("cases/{used}.json"))]).unwrap().try_into().unwrap();
            target.play(&used, profile, 0).await;
        }
        let report = target.play(&case, profile, 1).await;
        assert!(matches!(report.verdict, Verdict::Passed), "\n{}", CaseLines(&report, Look::default()));
        let left: Vec<_> = report.made.iter().filter(|made| made.fate == Fate::Standing).collect();
        assert!(left.is_empty(), "{left:?}");
        assert_eq!((report.agreed, report.exchanges.len()), (report.requests, report.requests));
    }
}

#[rstest]
#[tokio::test]
async fn recorded(#[files("../fixtures/recorded/**/*.json")] file: PathBuf) {
    agrees(&file).await;
}

#[rstest]
#[tokio::test]
async fn hand_written(#[files("../fixtures/cases/**/*.json")] file: PathBuf) {
    agrees(&file).await;
}

/// A conversation that goes as this says, in a fresh workspace.
fn conversation(steps: &Value) -> Case {
    let mut case = case(steps);
    case.workspace = Some(Default::default());
    case
}

/// Makes a group twice and expects `second` of the second answer.
fn two_groups(second: Value) -> Case {
    let request = |name| json!({"method": "POST", "path": "/api/v2/groups.json", "json": {"name": name}});
    conversation(&json!([
        {"request": request("A"), "response": {"status": 201, "match": "contains", "json": {"uuid": {"$uuid": "a"}}}},
        {"request": request("B"), "response": second},
        {"request": {"path": "/api/v2/groups.json", "query": [["uuid", "{{a}}"]]}, "response": {"status": 200}},
    ]))
}

#[rstest]
#[case::another_status(
    json!({"status": 200}), "status: expected 200, got 201 {"
)]
#[case::another_member(
    json!({"status": 201, "match": "contains", "json": {"name": "b"}}), r#"/name: expected "b", got "B""#
)]
#[case::a_member_too_many(
    json!({"status": 201, "json": {"uuid": {"$uuid": "b"}, "name": "B", "query": null, "status": "ready"}}),
    "/count: expected nothing, got 0"
)]
#[case::another_header(
    json!({"status": 201, "headers": {"allow": "GET, POST"}}),
    "header allow: expected GET, POST, got "
)]
#[case::a_uuid_bound_to_another_group(
    json!({"status": 201, "match": "contains", "json": {"uuid": {"$uuid": "a"}}}), "/uuid: expected a = "
)]
#[tokio::test]
async fn a_difference_is_caught_and_told(#[case] second: Value, #[case] line: &str) {
    let report = play(&two_groups(second), Profile::Observed).await;
    let Verdict::Failed { failures, cut_short: None } = &report.verdict else {
        panic!("{}", CaseLines(&report, Look::default()))
    };
    let [Failure { step: 2, cause: FailureCause::Differs { request, difference, .. } }] = failures.as_slice()
    else {
        panic!("{failures:?}")
    };
    assert!(difference.to_string().starts_with(line), "{difference}");
    assert!(request.starts_with("curl ") && request.contains("$WENI_TOKEN"), "{request}");
    assert_eq!((report.agreed, report.requests), (2, 3));
}

#[tokio::test]
async fn what_depends_on_a_name_that_was_not_shown_is_told_as_such() {
    let report = play(
        &conversation(&json!([
            {
                "request": {"method": "POST", "path": "/api/v2/groups.json", "json": {"name": ""}},
                "response": {"status": 201, "json": {"uuid": {"$uuid": "a"}}},
            },
            {"request": {"path": "/api/v2/groups.json", "query": [["uuid", "{{a}}"]]}, "response": {"status": 200}},
            {"link": {"kind": "flow", "group": "{{a}}"}, "save": "flow"},
            {"request": {"path": "/api/v2/groups.json"}, "response": {"status": 200}},
        ])),
        Profile::Observed,
    )
    .await;
    let text = CaseLines(&report, Look::default()).to_string();
    assert!(text.contains("step 1: status: expected 201, got 400"), "{text}");
    assert!(text.contains("step 2: not played, {{a}} was never bound"), "{text}");
    assert!(text.contains("step 3: not played, {{a}} was never bound"), "{text}");
    assert_eq!((report.agreed, report.requests), (1, 3));
}

#[tokio::test]
async fn without_a_control_api_a_case_that_needs_one_is_skipped_with_the_reason() {
    let mock = Embedded::start(Profile::Observed).await;
    let target = mock.target(http()).await.unwrap();
    let administrator = target.tokens.get(Role::Administrator).unwrap().clone();
    let target = Target { control: None, tokens: Tokens::administrator(administrator), ..target };
    let fresh = target.play(&two_groups(json!({"status": 201})), Profile::Observed, 0).await;
    let Verdict::Skipped(reason @ SkipReason::NoControl(_)) = fresh.verdict else { panic!("{fresh:?}") };
    assert_eq!(
        reason.to_string(),
        "needs a fresh workspace, which only a mock's control API can give (--control)"
    );
    let viewer = portable_case(&json!([
        {"request": {"path": "/api/v2/groups.json", "as": "viewer"}, "response": {"status": 403}},
    ]));
    let viewer = target.play(&viewer, Profile::Observed, 0).await;
    assert!(matches!(viewer.verdict, Verdict::Skipped(SkipReason::NoToken(_))), "{viewer:?}");
    let portable =
        portable_case(&json!([{"request": {"path": "/api/v2/groups.json"}, "response": {"status": 200}}]));
    let portable = target.play(&portable, Profile::Observed, 0).await;
    assert!(matches!(portable.verdict, Verdict::Passed), "{portable:?}");
}

#[tokio::test]
async fn a_target_out_of_reach_is_an_error_and_no_failure() {
    let mock = Embedded::start(Profile::Observed).await;
    let target = Target { base: "http://127.0.0.1:1".parse().unwrap(), ..mock.target(http()).await.unwrap() };
    let report = target.play(&two_groups(json!({"status": 201})), Profile::Observed, 0).await;
    let text = CaseLines(&report, Look::default()).to_string();
    assert!(matches!(report.verdict, Verdict::Error(_)), "{text}");
    assert!(text.contains("step 1: http://127.0.0.1:1 is out of reach"), "{text}");
    assert_eq!(ExitCode::from(&RunReport { cases: vec![report], ..Default::default() }), ExitCode::NotJudged);
}

/// A target without control API, of which the administrator's token is `secret`.
fn plain(url: &str) -> Target {
    let tokens = Tokens::administrator(Token::new("secret"));
    Target {
        http: http(),
        base: url.parse().unwrap(),
        tokens,
        control: None,
        terms: Terms::free(),
        before: unknown(),
    }
}

#[tokio::test]
async fn what_was_judged_before_a_target_went_away_stays_judged() {
    let target =
        plain(&listener(&[b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"]));
    let get = json!({"request": {"path": "/api/v2/groups.json"}, "response": {"status": 200}});
    let report = target.play(&portable_case(&json!([get, get, get])), Profile::Observed, 0).await;
    let text = CaseLines(&report, Look::default()).to_string();
    assert!(matches!(report.verdict, Verdict::Failed { .. }), "{text}");
    assert!(text.contains("step 1: status: expected 200, got 404\n"), "{text}");
    assert!(text.contains("not judged any further: step 2: "), "{text}");
    assert_eq!((report.agreed, report.requests), (0, 3));
}

#[tokio::test]
async fn a_token_that_an_answer_repeats_is_not_reported() {
    const REPLY: &[u8] =
        b"HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 18\r\n\r\nno Token secret, !";
    let get = json!([{"request": {"path": "/api/v2/groups.json"}, "response": {"status": 200}}]);
    let report = plain(&listener(&[REPLY])).play(&portable_case(&get), Profile::Observed, 0).await;
    let text = CaseLines(&report, Look::default()).to_string();
    assert!(text.contains("got 403 no Token $WENI_TOKEN, !"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[tokio::test]
async fn reports_come_in_the_order_of_the_cases_and_stop_after_the_failures_allowed() {
    let mock = Embedded::start(Profile::Observed).await;
    let plays: Vec<Play> = [201, 200, 200, 201]
        .map(|status| Play {
            case: Arc::new(two_groups(json!({"status": status}))),
            profile: Profile::Observed,
            skip: None,
        })
        .into();
    let target = mock.target(http()).await.unwrap();
    let run = |jobs, max_failures| {
        let (target, plays) = (&target, &plays);
        async move {
            let schedule = Schedule {
                jobs: NonZeroUsize::new(jobs).unwrap(),
                max_failures: NonZeroUsize::new(max_failures),
            };
            let mut seen = 0;
            let report = target.run(plays, schedule, |_| {}, |_| seen += 1).await;
            assert_eq!(seen, plays.len());
            report
        }
    };
    let all = run(4, 0).await;
    let agreed: Vec<_> = all.cases.iter().map(|case| case.agreed).collect();
    assert_eq!(agreed, [3, 2, 2, 3]);
    assert_eq!(ExitCode::from(&all), ExitCode::Failed);
    let tally = run(1, 1).await.tally();
    assert_eq!((tally.passed, tally.failed, tally.skipped, tally.exchanges, tally.agreed), (1, 1, 2, 6, 5));
}

#[test]
fn a_run_that_judged_nothing_is_no_success() {
    assert_eq!(ExitCode::from(&RunReport::default()), ExitCode::NotJudged);
}

#[tokio::test]
async fn a_case_that_asks_for_too_much_is_at_fault_itself() {
    let somebody = "11111111-1111-4111-8111-111111111111";
    let delete =
        |uuid: &str| json!({"method": "DELETE", "path": "/api/v2/contacts.json", "query": [["uuid", uuid]]});
    let report = play(
        &portable_case(&json!([{"request": delete(somebody), "response": {"status": 404}}])),
        Profile::Documented,
    )
    .await;
    assert!(matches!(report.verdict, Verdict::Error(_)), "{report:?}");
    let told = CaseLines(&report, Look::default()).to_string();
    assert!(told.contains("step 1: the case is at fault: not sent: DELETE with uuid="), "{told}");

    // What an answer gave away is the server's fault.
    let list = json!({"path": "/api/v2/contacts.json", "query": [["limit", "1"]]});
    let shown = json!({"status": 200, "match": "contains", "json": {"results": [{"uuid": {"$uuid": "x"}}]}});
    let report = play(
        &portable_case(&json!([
            {"request": list, "response": shown},
            {"request": delete("{{x}}"), "response": {"status": 204}},
        ])),
        Profile::Documented,
    )
    .await;
    assert!(matches!(report.verdict, Verdict::Failed { .. }), "{report:?}");
}

/// A control API that makes "workspaces" of this answer.
fn control(answer: &Value) -> Control {
    let text = answer.to_string();
    let reply =
        format!("HTTP/1.1 201 Created\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}", text.len());
    let url = listener(vec![reply.leak().as_bytes()].leak());
    Control::new(http(), format!("{url}/__mock").parse().unwrap())
}

#[tokio::test]
async fn a_workspace_that_is_not_a_fresh_one_is_not_played_in() {
    let mock = Embedded::start(Profile::Observed).await;
    let target = mock.target(http()).await.unwrap();
    let case = conversation(&json!([
        {"request": {"path": "/api/v2/groups.json"}, "response": {"status": 200}},
    ]));
    let uuid = "11111111-1111-4111-8111-111111111111";
    // The default workspace's token is documented.
    let shared =
        json!({"uuid": uuid, "tokens": {"administrator": "77656e692d6d6f636b2d746f6b656e2d30303031"}});
    for (answer, told) in [
        (shared, "the new workspace has no tokens of its own"),
        (json!({"uuid": uuid, "tokens": {}}), "the new workspace has no tokens of its own"),
        (
            json!({"uuid": "default", "tokens": {"administrator": "another"}}),
            "`default` is no UUID of a workspace",
        ),
    ] {
        let target = Target { control: Some(control(&answer)), ..target.clone() };
        let report = target.play(&case, Profile::Observed, 0).await;
        let Verdict::Error(error) = &report.verdict else { panic!("{report:?}") };
        assert!(error.to_string().contains(told), "{error}");
    }
}
