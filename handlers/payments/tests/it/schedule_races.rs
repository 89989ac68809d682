//! The timer runs at two instances, while the owner changes their mind: a date is kept once, or not
//! at all.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::collections::BTreeMap;
use std::time::Duration;

use mysql_async::prelude::Queryable;
use payments::routes;
use serde_json::{Value, json};
use service::Routes;
use testkit::{Call, InProcess};
use tokio::time::sleep;
use values::Product;

use crate::Fixture;
use crate::schedules::path_of;

const ROUNDS: u32 = 200;
/// So many payments to people a person may make in a day.
const A_DAY: u32 = 100;
const CENTS: i64 = 10;
/// Everything of a round happens within so many microseconds.
const WITHIN_MICROSECONDS: u32 = 5_000;

/// When the actor of a round acts.
fn moment(round: u32, actor: u32) -> Duration {
    let number = (round * 8 + actor).wrapping_mul(0x9e37_79b9);
    let number = (number ^ (number >> 15)).wrapping_mul(0x85eb_ca6b);
    Duration::from_micros(((number ^ (number >> 13)) % WITHIN_MICROSECONDS).into())
}

async fn post(routes: &Routes, token: &str, path: &str, wait: Duration) -> u16 {
    sleep(wait).await;
    Call::post(path).bearer(token).json(&json!({})).send(routes).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_date_is_kept_once_whoever_runs_it_and_not_at_all_once_it_was_ended() {
    const TIMER: &str = "/payments_expire_requests";
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let payee = fixture.person(Product::Consumer).await;
    let [one, other] = [routes(fixture.app.clone()), routes(fixture.another_instance())];
    let mut outcomes: BTreeMap<(bool, bool), i64> = BTreeMap::new();
    let mut schedules: Vec<(Value, bool)> = Vec::new();
    for round in 0..ROUNDS {
        if round % A_DAY == 0 {
            fixture.next_year().await;
        }
        let schedule = fixture.scheduled(&payer, &payee, CENTS, "once").await;
        fixture
            .execute(
                "UPDATE schedules SET starts_on = starts_on - INTERVAL 2 DAY,
            act_at = act_at - INTERVAL 2 DAY WHERE status = 'active'",
            )
            .await;
        // Every other is ended meanwhile.
        let ends = round % 2 == 0;
        let end = format!("{}/{}", path_of(&schedule), if ends { "end" } else { "occurrences" });
        let token = &*payer.token;
        let (first, second, _) = tokio::join!(
            post(&one, token, TIMER, moment(round, 1)),
            post(&other, token, TIMER, moment(round, 2)),
            async {
                if ends {
                    assert_eq!(post(&other, token, &end, moment(round, 3)).await, 200);
                }
            },
        );
        assert_eq!((first, second), (200, 200));
        let dates = fixture.occurrences(&payer, &schedule).await;
        let is_paid = !dates.is_empty();
        assert!(dates.len() <= 1 && (ends || is_paid), "{round}: {dates:?}");
        *outcomes.entry((ends, is_paid)).or_default() += 1;
        schedules.push((schedule, is_paid));
    }
    assert_eq!(outcomes.len(), 3, "each has its way at times: {outcomes:?}");
    let paid = outcomes[&(true, true)] + outcomes[&(false, true)];
    assert_eq!(fixture.balance(&payee).await, paid * CENTS);
    assert_eq!(fixture.balance(&payer).await, 50_000 - paid * CENTS);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT COUNT(*) FROM operations WHERE confirmed_by = 'schedule'";
    let payments: Option<i64> = conn.query_first(sql).await.unwrap();
    assert_eq!(payments, Some(paid));
    let sql = "SELECT COUNT(*) FROM schedules WHERE status <> 'ended'";
    let going_on: Option<i64> = conn.query_first(sql).await.unwrap();
    assert_eq!(going_on, Some(0));
    assert_eq!(fixture.audit().await["balanced"], true);
}
