//! What rules of step-up count is counted once, whoever pays at the same moment and wherever.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use payments::routes;
use serde_json::{Value, json};
use service::Routes;
use testkit::{Call, InProcess, rounds};
use values::{Product, UserId};

use crate::peer_payments::{PEER_PAYMENTS, signed_amount};
use crate::step_up::policy;
use crate::{Fixture, Person, new_key};

async fn send(routes: &Routes, payer: &Person, payee: UserId) -> u16 {
    let key = new_key();
    let body = signed_amount(payer, payee, 1, &key);
    let call = Call::post(PEER_PAYMENTS).bearer(&payer.token).key(&key).json(&body);
    call.send(routes).await.status
}

/// Rounds in which a payer whom nobody knows yet pays these friends at once, on two instances.
/// Each time two of them are paid without the PIN, and one is not.
async fn race(rule: Value, friends: [usize; 3]) {
    let mut rule = rule;
    (rule["acts"], rule["answer"]) = (json!(["peer-payment"]), json!("pin"));
    rule["is_new_payee"] = json!(true);
    let fixture = Fixture::under(policy(json!([rule]))).await;
    let payer = fixture.consumer_with(10_000).await;
    let mut people = Vec::new();
    for _ in 0..3 {
        people.push(fixture.person(Product::Consumer).await.user_id);
    }
    let other = routes(fixture.another_instance());
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let rounds = rounds(200, 50);
    for round in 0..rounds {
        let paid = friends.iter().enumerate().map(|(place, friend)| {
            let at = if (place + round) % 2 == 0 { &fixture.routes } else { &other };
            send(at, &payer, people[*friend])
        });
        let mut answers = join_all(paid).await;
        answers.sort_unstable();
        assert_eq!(answers, [201, 201, 401], "round {round}");
        // The next round is another payer's first, on another day.
        conn.query_drop("DELETE FROM known_payees").await.unwrap();
        conn.query_drop("UPDATE accounts SET peer_payment_count = 0").await.unwrap();
    }
    let moved = fixture.balance(&payer).await;
    assert_eq!(moved, 10_000 - 2 * i64::try_from(rounds).unwrap());
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn of_three_new_payees_at_once_the_third_is_one_too_many() {
    race(json!({"new_payees_at_least": 3}), [0, 1, 2]).await;
}

#[tokio::test]
async fn of_three_parts_for_one_new_payee_at_once_the_third_is_too_much() {
    race(json!({"amount_at_least": 3}), [0, 0, 0]).await;
}
