//! Several want different things of one request at the same moment: one of them has its way.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use events::payments::MoneyRequestChangedV1;
use mysql_async::prelude::Queryable;
use payments::routes;
use serde_json::{Value, json};
use service::Routes;
use testkit::{Call, InProcess, rounds};
use tokio::time::sleep;
use values::{MoneyRequestId, Product};

use crate::bills::{BILLS, only_share};
use crate::money_requests::{path_of, signed_payment};
use crate::peer_payments::PEER_PAYMENTS;
use crate::{Fixture, Person, new_key};

/// So many requests a person may pay in a day.
const A_DAY: u64 = 100;
const SHARE: i64 = 10;
/// Everything of a round happens within so many microseconds.
const WITHIN_MICROSECONDS: u64 = 6_000;

/// Splitmix64.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// When the actor of a round acts.
fn moment(round: u64, actor: u64) -> Duration {
    let number = mixed((round * 8 + actor).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    Duration::from_micros(number % WITHIN_MICROSECONDS)
}

async fn post(routes: &Routes, person: &Person, path: &str) -> u16 {
    Call::post(path).bearer(&person.token).json(&json!({})).send(routes).await.status
}

async fn pay(routes: &Routes, payer: &Person, request: &Value) -> u16 {
    let key = new_key();
    let body = signed_payment(payer, request, &key);
    let call = Call::post(PEER_PAYMENTS).bearer(&payer.token).key(&key).json(&body);
    call.send(routes).await.status
}

/// Leaves the request open for a moment only.
async fn shorten(fixture: &Fixture, request: &Value, moment: Duration) {
    let id: MoneyRequestId = request["money_request_id"].as_str().unwrap().parse().unwrap();
    let sql = "UPDATE money_requests SET expires_at = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
               WHERE money_request_id = ?";
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.exec_drop(sql, (moment.as_micros(), id.uuid())).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_is_paid_once_or_ends_otherwise_whoever_comes_first() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let [one, other] = [fixture.routes.clone(), routes(fixture.another_instance())];
    let mut outcomes: BTreeMap<String, i64> = BTreeMap::new();
    let rounds = rounds(200, 60);
    for round in 0..rounds {
        if round % A_DAY == 0 {
            fixture.next_year().await;
        }
        // Who was told no does not ask again so soon.
        let requester = fixture.person(Product::Consumer).await;
        let (bill, request) = only_share(&one, &requester, &payer, SHARE).await;
        let path = path_of(&request);
        // Every third is about to expire as well.
        if round % 3 == 0 {
            shorten(&fixture, &request, moment(round, 0)).await;
        }
        let at = async |actor| sleep(moment(round, actor)).await;
        let (first, second, declined, cancelled, _) = tokio::join!(
            async {
                at(1).await;
                pay(&one, &payer, &request).await
            },
            async {
                at(2).await;
                pay(&other, &payer, &request).await
            },
            async {
                at(3).await;
                post(&one, &payer, &format!("{path}/decline")).await
            },
            async {
                at(4).await;
                let of_bill = format!("{BILLS}/{bill}/cancel");
                let cancel = if round % 2 == 0 { of_bill } else { format!("{path}/cancel") };
                post(&other, &requester, &cancel).await
            },
            async {
                at(5).await;
                post(&other, &payer, "/payments_do_what_is_due").await
            },
        );
        let request = Call::get(&path).bearer(&payer.token).send(&one).await.json();
        let status = request["status"].as_str().unwrap().to_owned();
        let paid = [first, second].iter().filter(|status| **status == 201).count();
        assert_eq!(paid, usize::from(status == "paid"), "{status}: {first} {second}");
        assert_eq!(declined == 200, status == "declined", "{status}: {declined}");
        // A bill whose share has ended is cancelled without effect.
        let is_of_bill = round % 2 == 0;
        assert!(is_of_bill || (cancelled == 200) == (status == "cancelled"), "{status}");
        let received = if status == "paid" { SHARE } else { 0 };
        assert_eq!(fixture.balance(&requester).await, received, "{status}");
        *outcomes.entry(status).or_default() += 1;
    }
    fixture.deliver("payments_do_what_is_due", &[]).await;
    assert_eq!(outcomes.len(), 4, "each has its way at times: {outcomes:?}");

    let paid = outcomes["paid"] * SHARE;
    assert_eq!(fixture.balance(&payer).await, 50_000 - paid);
    let told: Vec<MoneyRequestChangedV1> = fixture.database.told().await;
    let versions: BTreeSet<(&str, u32)> =
        told.iter().map(|told| (&*told.money_request_id, told.version)).collect();
    assert_eq!((versions.len(), told.len()), (told.len(), 2 * usize::try_from(rounds).unwrap()));
    let ended = |status: &str| {
        let ended = told.iter().filter(|told| told.status == status).count();
        i64::try_from(ended).unwrap()
    };
    for (status, count) in &outcomes {
        assert_eq!(ended(status), *count, "{status}");
    }
    assert_eq!(fixture.audit().await["balanced"], true);
}
