//! The bank's word, an operator's and the sending of an instruction at the same moment.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::collections::BTreeMap;

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use payments::routes;
use serde_json::{Value, json};
use testkit::{Call, InProcess};

use crate::Fixture;
use crate::bank_rail::A_DAY;
use crate::limits::assert_limits_add_up;

/// Withdrawals that end at the same moment by several words.
const ROUNDS: usize = 200;
/// Of what the bank settles at last, rejects at last, has not decided yet, and was not told of.
const WAYS: [(i64, &str); 4] =
    [(191, "settles"), (197, "rejects"), (291, "decides"), (391, "untold")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_banks_word_an_operators_and_the_sending_at_the_same_moment_one_ends_each() {
    let fixture = Fixture::new().await;
    let instances = [fixture.routes.clone(), routes(fixture.another_instance())];
    let mut withdrawals = Vec::new();
    for _ in 0..ROUNDS / A_DAY {
        let person = fixture.consumer_with(50_000).await;
        let cents = WAYS.iter().map(|(cents, _)| *cents).cycle().take(A_DAY);
        let begun = cents.map(|cents| fixture.begin_withdrawal(&person, cents));
        withdrawals.extend(join_all(begun).await);
    }
    let before = fixture.database.count("transfers").await;
    fixture.let_bank_go_on().await;
    let of = |cents: i64| {
        format!(
            "operations JOIN bank_instructions USING (operation_id) SET {} WHERE amount = {cents}",
            "{}"
        )
    };
    let untold = of(391).replace("{}", "sent_at = NULL, asked_count = 0, status = NULL");
    let early = of(291).replace("{}", "given_at = given_at + INTERVAL 1 HOUR");
    for sql in [untold, early] {
        fixture.execute(&format!("UPDATE {sql}")).await;
    }
    let says = |number: usize| if number.is_multiple_of(3) { "settle" } else { "refuse" };
    let operators = withdrawals.iter().enumerate().map(|(number, begun)| {
        let id = begun["withdrawal_id"].as_str().unwrap();
        let path = format!("/api/v1/ledger/withdrawals/{id}/{}", says(number));
        let word = json!({"reason": "bank file 8", "operator": "ops@example.com"});
        Call::post(&path).json(&word).send(&instances[number % 2])
    });
    let timers = (0..8).map(|number| {
        let timer = Call::post("/payments_do_what_is_due").json(&json!({}));
        timer.send(&instances[number % 2])
    });
    let (said, _) = tokio::join!(join_all(operators), join_all(timers));
    fixture
        .execute(&format!(
            "UPDATE {}",
            of(291).replace("{}", "given_at = given_at - INTERVAL 1 HOUR")
        ))
        .await;
    // Of whatever was too busy just now, and what the bank decides now.
    while fixture.instructions().await.iter().any(|(.., is_due)| *is_due) {
        fixture.let_bank_go_on().await;
        fixture.follow_bank().await;
    }
    let mut ends: BTreeMap<(&str, u16), usize> = BTreeMap::new();
    for (number, (said, begun)) in said.iter().zip(&withdrawals).enumerate() {
        let cents = begun["amount"]["amount"].as_i64().unwrap();
        let (_, way) = WAYS.iter().find(|(of, _)| *of == cents).unwrap();
        let (state, is_sent) = stands(&fixture, begun).await;
        let word = if says(number) == "settle" { "completed" } else { "failed" };
        let expected = match *way {
            "rejects" => "failed",
            // An operator was first, and the bank never hears of it.
            "untold" if !is_sent => word,
            _ => "completed",
        };
        assert_eq!(state, expected, "{way} {} {}", said.status, said.text());
        assert!(is_sent || *way == "untold", "{way}");
        assert!(*way != "decides" || matches!(said.status, 409 | 503), "{}", said.text());
        *ends.entry((*way, said.status)).or_default() += 1;
    }
    for end in [("settles", 200), ("settles", 409), ("rejects", 200), ("decides", 409)] {
        assert!(ends.contains_key(&end), "{end:?} {ends:?}");
    }
    assert!(ends.contains_key(&("untold", 200)), "{ends:?}");
    let ended = u64::try_from(ROUNDS).unwrap();
    assert_eq!(fixture.database.count("transfers").await, before + ended);
    let audit = fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
    assert_limits_add_up(&fixture).await;
}

/// How it ended, and whether the bank was told of it.
async fn stands(fixture: &Fixture, begun: &Value) -> (String, bool) {
    let id: values::WithdrawalId = begun["withdrawal_id"].as_str().unwrap().parse().unwrap();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT state, sent_at IS NOT NULL FROM operations
        JOIN bank_instructions USING (operation_id) WHERE operation_id = ?";
    conn.exec_first(sql, (id.uuid(),)).await.unwrap().unwrap()
}
