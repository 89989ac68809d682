//! Choosing, changing and giving up a handle.

use futures_util::future::join;
use serde_json::{Value, json};

use crate::{Fixture, Person};

const ROUNDS: u32 = 200;

fn handle(handle: &str) -> Value {
    json!({ "handle": handle })
}

/// The handle that the person's own profile shows.
async fn own(fixture: &Fixture, person: &Person) -> Value {
    fixture.change_as(person, &json!({})).await.expect(200)["handle"].clone()
}

#[tokio::test]
async fn a_handle_is_chosen_in_any_case_and_chosen_again_counts_once() {
    let fixture = Fixture::new().await;
    let ann = fixture.join().await;
    let set = fixture.change_as(&ann, &handle("Ann.Wong_88")).await.expect(200);
    assert_eq!((&set["handle"], &set["version"]), (&json!("ann.wong_88"), &json!(2)));
    for _ in 0..3 {
        assert_eq!(fixture.change_as(&ann, &handle("ANN.wong_88")).await.expect(200), set);
    }
    assert_eq!(fixture.database.count("outbox").await, 1);
    let hidden = json!({"is_findable": false, "display_name": "Ann"});
    let hidden = fixture.change_as(&ann, &hidden).await.expect(200);
    assert_eq!((&hidden["handle"], &hidden["is_findable"]), (&set["handle"], &json!(false)));
}

#[tokio::test]
async fn what_is_no_handle_or_looks_like_ours_is_refused_and_changes_nothing_else_either() {
    let fixture = Fixture::new().await;
    let ann = fixture.join().await;
    for (text, code) in [
        ("an", "handle-invalid"),
        ("61234567", "handle-invalid"),
        ("ann..wong", "handle-invalid"),
        ("аnn", "handle-invalid"),
        ("PayMe_HK", "handle-reserved"),
        ("pay.rne", "handle-reserved"),
        ("ann.adm1n", "handle-reserved"),
        ("hsbc_support", "handle-reserved"),
    ] {
        let patch = json!({"handle": text, "display_name": "Ann"});
        fixture.change_as(&ann, &patch).await.expect_refusal(422, code);
    }
    let read = fixture.change_as(&ann, &json!({})).await.expect(200);
    assert_eq!(
        (&read["display_name"], &read["handle"], &read["version"]),
        (&Value::Null, &Value::Null, &json!(1))
    );
    assert_eq!(fixture.database.count("handles").await, 0);
    assert_eq!(fixture.database.count("outbox").await, 0);
}

#[tokio::test]
async fn of_two_who_take_one_handle_or_two_that_look_alike_at_once_one_has_it_two_hundred_times() {
    let fixture = Fixture::new().await;
    for round in 0..ROUNDS {
        let (ann, bob) = join(fixture.join(), fixture.join()).await;
        let of_ann = format!("twin.{round}x");
        let of_bob = if round % 2 == 0 { of_ann.clone() } else { format!("tw_in{round}x") };
        let answers = join(
            fixture.change_as(&ann, &handle(&of_ann)),
            fixture.change_as(&bob, &handle(&of_bob)),
        )
        .await;
        let (winner, [first, second], loser, wanted) = match answers.0.status {
            200 => (&ann, [answers.0, answers.1], &bob, &of_ann),
            _ => (&bob, [answers.1, answers.0], &ann, &of_bob),
        };
        assert_eq!(first.expect(200)["handle"], json!(wanted));
        second.expect_refusal(409, "handle-taken");
        assert_eq!(own(&fixture, loser).await, Value::Null);
        let found = fixture.look_up(loser, wanted).await.expect(200);
        assert_eq!(found, json!({"user_id": winner.user_id}));
    }
    assert_eq!(fixture.database.count("handles").await, u64::from(ROUNDS));
    assert_eq!(fixture.database.count("outbox").await, u64::from(ROUNDS));
}

#[tokio::test]
async fn after_the_first_a_handle_is_changed_twice_in_365_days_and_given_up_at_any_time() {
    let fixture = Fixture::new().await;
    let ann = fixture.join().await;
    for name in ["first", "second"] {
        let set = fixture.change_as(&ann, &handle(name)).await.expect(200);
        assert_eq!(set["handle_changeable_at"], Value::Null);
    }
    fixture.pass_days(364).await;
    let third = fixture.change_as(&ann, &handle("third")).await.expect(200);
    let changeable_at = third["handle_changeable_at"].as_str().unwrap();
    assert!(changeable_at.ends_with('Z'), "{changeable_at}");
    let fourth = fixture.change_as(&ann, &handle("fourth")).await;
    fourth.expect_refusal(409, "handle-changed-too-often");
    fixture.change_as(&ann, &json!({"handle": null})).await.expect(200);
    let back = fixture.change_as(&ann, &handle("third")).await;
    back.expect_refusal(409, "handle-changed-too-often");
    assert_eq!(own(&fixture, &ann).await, Value::Null);

    fixture.pass_days(1).await;
    fixture.change_as(&ann, &handle("fourth")).await.expect(200);
    let fifth = fixture.change_as(&ann, &handle("fifth")).await;
    fifth.expect_refusal(409, "handle-changed-too-often");
    assert_eq!(own(&fixture, &ann).await, "fourth");
}

#[tokio::test]
async fn what_somebody_had_leads_to_nobody_for_a_year_and_only_they_can_have_it_again() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.join().await, fixture.join().await);
    fixture.change_as(&ann, &handle("ann.wong")).await.expect(200);
    let leave = json!({"handle": null});
    for left in [handle("annie"), leave] {
        let left = fixture.change_as(&ann, &left).await.expect(200);
        assert_ne!(left["handle"], "ann.wong");
        for days in [0, 200, 164] {
            fixture.pass_days(days).await;
            for alike in ["ann.wong", "annwong", "ann_w0ng"] {
                let taken = fixture.change_as(&bob, &handle(alike)).await;
                taken.expect_refusal(409, "handle-taken");
                fixture.look_up(&bob, alike).await.expect_refusal(404, "handle-not-found");
            }
        }
        let back = fixture.change_as(&ann, &handle("ann.wong")).await.expect(200);
        assert_eq!(back["handle"], "ann.wong");
        let found = fixture.look_up(&bob, "ann.wong").await.expect(200);
        assert_eq!(found, json!({"user_id": ann.user_id}));
        fixture.pass_days(366).await;
        fixture.change_as(&bob, &handle("ann.wong")).await.expect_refusal(409, "handle-taken");
    }
    fixture.change_as(&ann, &json!({"handle": null})).await.expect(200);
    fixture.pass_days(365).await;
    fixture.change_as(&bob, &handle("ann.wong")).await.expect(200);
    let found = fixture.look_up(&ann, "ann.wong").await.expect(200);
    assert_eq!(found, json!({"user_id": bob.user_id}));
    fixture.change_as(&ann, &handle("annwong")).await.expect_refusal(409, "handle-taken");
}

#[tokio::test]
async fn a_handle_that_is_only_written_in_another_way_stays_its_owners_and_is_found_as_it_stands() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.join().await, fixture.join().await);
    fixture.change_as(&ann, &handle("ann.wong")).await.expect(200);
    fixture.change_as(&ann, &handle("annwong")).await.expect(200);
    fixture.look_up(&bob, "ann.wong").await.expect_refusal(404, "handle-not-found");
    fixture.look_up(&bob, "annwong").await.expect(200);
    fixture.pass_days(366).await;
    fixture.change_as(&bob, &handle("ann.wong")).await.expect_refusal(409, "handle-taken");
}
