//! The timer runs at two instances, while the owner changes their mind: a date is kept once, or not
//! at all.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::collections::BTreeMap;
use std::time::Duration;

use payments::routes;
use serde_json::json;
use service::Routes;
use testkit::{Call, InProcess, rounds};
use tokio::time::sleep;
use values::Product;

use crate::Fixture;
use crate::schedules::path_of;

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
    Call::post(path).bearer(token).json(&json!({})).send_until_served(routes).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_date_is_kept_once_whoever_runs_it_and_who_pauses_meanwhile_has_paused() {
    const TIMER: &str = "/payments_do_what_is_due";
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let payee = fixture.person(Product::Consumer).await;
    let [one, other] = [fixture.routes.clone(), routes(fixture.another_instance())];
    let mut outcomes: BTreeMap<(bool, bool), i64> = BTreeMap::new();
    for round in 0..rounds(200, 40) {
        if round % A_DAY == 0 {
            fixture.next_year().await;
        }
        let schedule = fixture.scheduled(&payer, &payee, CENTS, "weekly").await;
        fixture.days_go_by(2).await;
        let (path, token) = (path_of(&schedule), &*payer.token);
        // Every other is paused meanwhile.
        let pauses = round % 2 == 0;
        let pause = format!("{path}/pause");
        // The timer has other work before, and takes longer on a busy machine.
        let later = moment(round, 3) * (1 + round / 2 % 20);
        let (first, second, paused) = tokio::join!(
            post(&one, token, TIMER, moment(round, 1)),
            post(&other, token, TIMER, moment(round, 2)),
            async { if pauses { post(&one, token, &pause, later).await } else { 200 } },
        );
        assert_eq!((first, second, paused), (200, 200, 200));
        let (_, now) = fixture.get(&payer, &path).await;
        assert_eq!(now["status"] == "paused", pauses, "{now}");
        let dates = fixture.occurrences(&payer, &schedule).await;
        let is_paid = !dates.is_empty();
        assert!(dates.len() <= 1 && (pauses || is_paid), "{round}: {dates:?}");
        assert_eq!(now["next_date"]["number"], 1 + dates.len());
        *outcomes.entry((pauses, is_paid)).or_default() += 1;
        let end = format!("{path}/end");
        assert_eq!(post(&one, token, &end, Duration::ZERO).await, 200);
    }
    assert_eq!(outcomes.len(), 3, "each has its way at times: {outcomes:?}");
    let paid = outcomes[&(true, true)] + outcomes[&(false, true)];
    let balances = (fixture.balance(&payer).await, fixture.balance(&payee).await);
    assert_eq!(balances, (50_000 - paid * CENTS, paid * CENTS));
    let payments = fixture.database.count("operations WHERE confirmed_by = 'schedule'").await;
    assert_eq!(i64::try_from(payments).unwrap(), paid);
    assert_eq!(fixture.audit().await["balanced"], true);
}
