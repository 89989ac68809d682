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
fn a_day_is_written_again_part_by_part_until_nothing_is_left() {
    const NEXT: &str = "01937a5e-0000-7000-8000-000000000001";
    let part = format!(r#"{{"movement_count":2000,"continue_after":"{NEXT}"}}"#);
    let scene = Scene::new("rebuild").when("graph-books/days", 0, r#"{"continue_after":null}"#);
    let outcome = scene.once("graph-books/days", &part).run("graph prod rebuild 2026-11-23");
    assert!(outcome.succeeded, "{}", outcome.last_words);
    let calls = outcome.calls_of("graph-books/days/2026-11-23");
    let [begun, gone_on] = &*calls else { panic!("{calls:?}") };
    assert!(begun.ends_with("2026-11-23") && gone_on.ends_with(&format!("?after={NEXT}")));
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
