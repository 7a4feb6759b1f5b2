//! Lines for people and annotations.

use weni_conformance::report::github::Annotations;
use weni_conformance::report::human::{CaseLines, Look, Summary};
use weni_conformance::report::step_summary::StepSummary;
use weni_conformance::report::style::Style;
use weni_conformance::verdict::{FailureCause, RunReport, Verdict};

use super::sample::{NASTY, every_verdict};

const BRIEF: Look = Look { style: Style::Plain, verbose: false };

#[tokio::test]
async fn a_case_has_all_that_one_needs() {
    let report = every_verdict().await;
    let lines = |index: usize| CaseLines(&report.cases[index], BRIEF).to_string();
    assert_eq!(lines(0), "");
    let text = lines(1);
    let failed: Vec<_> = text.lines().collect();
    assert_eq!(
        failed[..3],
        [
            "FAILED  groups/fails (documented): A group is made with another name, <b>it seems</b>",
            "  G1 `POST` creates a group; the caller gives no UUID, one is generated.",
            "  G3 Success answers {\"uuid\", \"name\", \"count\", \"query\"}, for a new group `count` 0 and `query` null.",
        ]
    );
    assert!(failed[3].starts_with("  step 1: /name: expected \"<i>&"), "{text}");
    assert!(failed[3].ends_with(", got \"Devs <i>\""), "{text}");
    assert!(failed[4].starts_with("    request:  curl ") && failed[4].contains("$WENI_TOKEN"), "{text}");
    assert!(failed[5].starts_with("    expected: 201 {\"count\":0,\"name\":\"<i>&"), "{text}");
    assert!(failed[6].starts_with("    got:      201 {\"uuid\":\""), "{text}");
    assert_eq!(failed[7..], ["  step 2: not played, {{a}} was never bound"]);
    assert_eq!(lines(2), "ACCEPTED groups/is-accepted (documented), until 2099-01-01: ticket 17\n");
    assert!(lines(3).contains("\n  was accepted until 2020-01-01, which is over: ticket 17\n  step 1: "));
    assert_eq!(lines(4), "KNOWN DEVIATION DV2  contacts/deletes-twice (documented)\n");
    assert_eq!(lines(5), "");
    assert!(lines(7).starts_with("ERROR   away (documented): Nobody is there\n  "), "{}", lines(7));
}

#[tokio::test]
async fn verbose_is_a_line_for_each_case_and_whole_values() {
    let mut report = every_verdict().await;
    report.cases[1].title = None;
    let verbose = Look { verbose: true, ..BRIEF };
    let lines = |index: usize| CaseLines(&report.cases[index], verbose).to_string();
    assert_eq!(lines(0), "PASSED  groups/passes (documented): Groups are listed\n");
    assert!(lines(2).lines().count() > 5, "{}", lines(2));
    assert_eq!(
        lines(5),
        "SKIPPED contacts/needs-a-mock (documented): needs a fresh workspace, which only a mock's control API can give (--control)\n"
    );
}

#[tokio::test]
async fn the_summary_tells_what_was_judged_and_what_was_not() {
    let mut report = every_verdict().await;
    let summary = Summary(&report, BRIEF).to_string();
    let lines: Vec<_> = summary.lines().collect();
    assert_eq!(
        lines[..6],
        [
            "skipped 2: needs a fresh workspace, which only a mock's control API can give (--control)",
            "DV2 (C19), in 1 case",
            "  the article:     deleting a contact that is not there: 404",
            "  the running API: a repeated `DELETE ?uuid=` of a deleted contact: 204 again (by `?urn=`: 404)",
            "passes again groups/passes: it can leave the baseline",
            "left behind contact 1234: DELETE answers 500",
        ]
    );
    assert_eq!(
        lines[6..],
        [
            "`weni-conformance sweep --url http://127.0.0.1:9364 --run wcrun-abc` removes what bears its mark",
            "5 of 31 clauses judged",
            "7 of 14 exchanges as expected, 1 of 6 cases whole, 2 failed, 1 failed as accepted, 1 known deviation, \
          1 could not be judged, 2 skipped (17 requests sent, 1.2 s)"
        ]
    );
    report.about.strict = true;
    assert!(Summary(&report, BRIEF).to_string().contains("1 known deviation (a failure: --strict)"));
    let nothing = Summary(&RunReport { interrupted: true, ..RunReport::default() }, BRIEF).to_string();
    assert_eq!(
        nothing,
        "0 of 31 clauses judged\n\
         0 of 0 exchanges as expected, 0 of 0 cases whole: nothing was judged, interrupted (0 requests sent, 0.0 s)\n"
    );
}

#[tokio::test]
async fn nothing_of_the_servers_moves_the_cursor_or_begins_a_line() {
    let mut report = every_verdict().await;
    let Verdict::Failed { failures, .. } = &mut report.cases[1].verdict else { panic!("{report:?}") };
    let FailureCause::Differs { got, difference, .. } = &mut failures[0].cause else {
        panic!("{failures:?}")
    };
    (*got, difference.got) = (NASTY.to_owned(), NASTY.to_owned());
    for look in [BRIEF, Look { verbose: true, ..BRIEF }] {
        for case in &report.cases {
            let text = CaseLines(case, look).to_string();
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        }
    }
    let coloured = Look { style: Style::Ansi, ..BRIEF };
    assert!(CaseLines(&report.cases[1], coloured).to_string().starts_with("\u{1b}[1m\u{1b}[31mFAILED "));
}

#[tokio::test]
async fn annotations_are_one_line_each() {
    let mut report = every_verdict().await;
    let text = Annotations(&report).to_string();
    let begins: Vec<_> = text.lines().map(|line| line.split_at(line.find("::").unwrap() + 2).1).collect();
    let begins: Vec<_> = begins.iter().map(|line| line.split("::").next().unwrap()).collect();
    assert_eq!(
        begins,
        [
            "warning title=passed groups/passes (documented)",
            "error title=failed groups/fails (documented)",
            "error title=failed groups/was-accepted (documented)",
            "warning title=failed groups/was-accepted (documented)",
            "error title=error away (documented)",
            "warning title=known deviation DV2",
        ]
    );
    assert!(text.contains("another name, <b>it seems</b>%0A  G1 `POST`"), "{text}");
    assert!(text.ends_with("(by `?urn=`: 404)%0A  cases:           contacts/deletes-twice\n"), "{text}");
    report.about.strict = true;
    assert!(
        Annotations(&report).to_string().contains("::error title=known deviation DV2::DV2 (C19), in 1 case")
    );
    report.about.strict = false;

    report.cases.truncate(1);
    report.cases[0].id = "a:b,c%\r\nd".to_owned();
    let file = std::env::temp_dir().join(format!("weni-{}: cases, old.json", uuid::Uuid::new_v4()));
    std::fs::write(&file, "").unwrap();
    report.cases[0].source.clone_from(&file);
    report.about.passing_again = vec![report.cases[0].id.clone()];
    let annotations = Annotations(&report).to_string();
    std::fs::remove_file(&file).unwrap();
    let shown = file.display().to_string().replace(':', "%3A").replace(',', "%2C");
    assert_eq!(
        annotations,
        format!(
            "::warning file={shown},title=passed a%3Ab%2Cc%25%0D%0Ad (documented)\
             ::a:b,c%25%0D%0Ad passes again: it can leave the baseline\n"
        )
    );
    report.cases.clear();
    assert_eq!(Annotations(&report).to_string(), "::notice title=weni-conformance::nothing was judged\n");
}

#[tokio::test]
async fn the_page_of_a_job_has_a_row_for_each_case_that_one_has_to_look_at() {
    let report = every_verdict().await;
    let page = StepSummary(&report).to_string();
    let lines: Vec<_> = page.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "### weni-conformance: failed",
            "",
            "1 passed, 2 failed, 1 failed as accepted, 1 known deviation, 1 could not be judged, 2 skipped; 5 of 31 \
             clauses judged.",
            "",
            "| verdict | case | |",
        ]
    );
    assert!(
        lines[6].starts_with("| failed | groups/fails | step 1: /name: expected \"&lt;i>&amp;"),
        "{page}"
    );
    // Nothing of the server's is markup or ends a cell or a line.
    assert!(lines[6].contains("\\u001b\\[31m"), "{page}");
    let verdicts: Vec<_> = lines[6..].iter().filter_map(|line| line.split(" | ").next()).collect();
    assert_eq!(verdicts, ["| failed", "| failed", "| error", "| accepted", "| known deviation", ""]);
    assert_eq!(
        StepSummary(&RunReport::default()).to_string(),
        "### weni-conformance: not judged\n\nno case; 0 of 31 clauses judged.\n\n\n"
    );
}
