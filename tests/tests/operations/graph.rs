//! Comparing the graph with the ledger, and forgetting somebody in it.

use crate::scene::{Scene, text_of};

#[test]
fn a_day_that_differs_from_the_ledger_fails_and_says_where_to_read_on() {
    let scene = |answer| Scene::new("graph").when("graph-books/days/2026-11-23", 0, answer);
    let outcome = scene(r#"{"is_equal":true}"#).run("graph prod verify 2026-11-23");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let outcome = scene(r#"{"is_equal":false}"#).run("graph prod verify 2026-11-23");
    assert!(!outcome.succeeded && outcome.printed.contains("false"));
    let section = outcome.last_words.split('\'').nth(1).unwrap();
    assert!(text_of("docs/runbook.md").contains(&format!("\n### {section}\n")), "{section}");
}

#[test]
fn nobody_is_forgotten_before_their_id_is_typed_again() {
    let id = "usr_01h455vb4pex5vsknk084sn02q";
    let forget = format!("graph prod forget {id}");
    let outcome = Scene::new("forget").typing("yes\n").run(&forget);
    assert!(!outcome.succeeded && outcome.calls_of("graph-books").is_empty());
    let typed = "usr_01h455vb4pex5vsknk084sn02q\n";
    let outcome = Scene::new("forget").typing(typed).run(&forget);
    let [call] = &*outcome.calls_of("graph-books/customers") else { panic!("no call") };
    assert!(outcome.succeeded && call.contains("DELETE"), "{}", outcome.last_words);
}
