//! Finding somebody by their handle, to pay them.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Call, Device, InProcess};
use values::Product;

use crate::{Fixture, LOOKUPS};

#[tokio::test]
async fn a_person_is_found_by_their_handle_in_any_case_and_by_consumers_only() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.join().await, fixture.join().await);
    fixture.change_as(&ann, &json!({"handle": "ann.wong"})).await.expect(200);
    for written in ["ann.wong", "Ann.Wong"] {
        let found = fixture.look_up(&bob, written).await;
        assert_eq!(found.expect(200), json!({"user_id": ann.user_id}));
    }
    fixture.look_up(&bob, "@ann").await.expect_refusal(422, "handle-invalid");
    let call = || Call::new("POST", LOOKUPS).json(&json!({"handle": "ann.wong"}));
    let shop = fixture.issuer.token(bob.user_id, Product::Business, &Device::new());
    let routes = fixture.routes.clone();
    call().bearer(&shop).send(&routes).await.expect_refusal(403, "wrong-product");
    assert_eq!(call().send(&routes).await.status, 401);
}

#[tokio::test]
async fn a_handle_that_nobody_has_was_given_up_or_is_hidden_is_answered_alike() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.join().await, fixture.join().await);
    fixture.change_as(&ann, &json!({"handle": "given.up"})).await.expect(200);
    fixture.look_up(&bob, "given.up").await.expect(200);
    let hidden = json!({"handle": "hidden", "is_findable": false});
    fixture.change_as(&ann, &hidden).await.expect(200);
    let mut answers = Vec::new();
    for text in ["unknown", "given.up", "hidden", "h1dden"] {
        let answer = fixture.look_up(&bob, text).await;
        answer.expect_refusal(404, "handle-not-found");
        let mut problem: Value = answer.json();
        problem.as_object_mut().unwrap().remove("trace_id").unwrap();
        answers.push(problem);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    fixture.change_as(&ann, &json!({"is_findable": true})).await.expect(200);
    fixture.look_up(&bob, "hidden").await.expect(200);
}

#[tokio::test]
async fn nobody_tries_many_handles_found_or_not_and_nobody_else_waits_for_that() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.join().await, fixture.join().await);
    fixture.change_as(&ann, &json!({"handle": "ann"})).await.expect(200);
    let tries = (0..30).map(|number| {
        let handle = if number % 2 == 0 { "ann".to_owned() } else { format!("nobody.{number}") };
        let (fixture, bob) = (&fixture, &bob);
        async move { fixture.look_up(bob, &handle).await }
    });
    let answers = join_all(tries).await;
    let throttled: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert_eq!(throttled.len(), 10);
    for answer in throttled {
        answer.expect_refusal(429, "lookups-throttled");
        let seconds: u32 = answer.header("retry-after").parse().unwrap();
        assert!((1..=600).contains(&seconds), "{seconds}");
    }
    fixture.look_up(&ann, "bob").await.expect_refusal(404, "handle-not-found");
    fixture.pass_days(1).await;
    fixture.look_up(&bob, "ann").await.expect(200);
}

/// Or whoever has changes left would learn of each handle whether somebody has it.
#[tokio::test]
async fn asking_for_handles_that_are_taken_counts_like_looking_them_up() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.join().await, fixture.join().await);
    fixture.change_as(&ann, &json!({"handle": "ann"})).await.expect(200);
    for _ in 0..10 {
        let taken = fixture.change_as(&bob, &json!({"handle": "ann"})).await;
        taken.expect_refusal(409, "handle-taken");
        fixture.look_up(&bob, "ann").await.expect(200);
    }
    let taken = fixture.change_as(&bob, &json!({"handle": "ann"})).await;
    taken.expect_refusal(429, "lookups-throttled");
    fixture.look_up(&bob, "ann").await.expect_refusal(429, "lookups-throttled");
    fixture.change_as(&bob, &json!({"display_name": "Bob"})).await.expect(200);
}
