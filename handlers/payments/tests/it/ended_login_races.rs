//! A phone is removed while it pays, at two instances: each payment is made whole or refused whole.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::time::Duration;

use futures_util::future::{join, join_all};
use mysql_async::prelude::Queryable;
use payments::routes;
use serde_json::{Value, json};
use service::Routes;
use testkit::{Call, InProcess};
use tokio::time::{Instant, sleep};
use values::{Product, UserId};

use crate::peer_payments::{PEER_PAYMENTS, signed_amount};
use crate::{Fixture, Person, new_key};

/// Pairs of people who pay at the same time, and how many phones each payer removes in turn.
const PAIRS: usize = 10;
const ROUNDS: u64 = 20;
/// Between two payments of one phone: all of a round stay below the day's count.
const PAUSE: Duration = Duration::from_millis(40);
/// By then both instances have learnt of a removal, however busy the machine is.
const LEARNT_MAX: Duration = Duration::from_secs(20);

async fn send(at: &Routes, payer: &Person, key: &str, body: &Value) -> u16 {
    let call = Call::post(PEER_PAYMENTS).bearer(&payer.token).key(key).json(body);
    let answer = call.send(at).await;
    if answer.status == 401 {
        assert_eq!(answer.json()["code"], json!("invalid-token"));
    }
    answer.status
}

/// Pays one cent after the other until a payment is refused; how many were made.
async fn pay_until_refused(at: &Routes, payer: &Person, payee: UserId) -> i64 {
    let (began, mut paid) = (Instant::now(), 0);
    loop {
        let key = new_key();
        match send(at, payer, &key, &signed_amount(payer, payee, 1, &key)).await {
            201 => paid += 1,
            status => {
                assert_eq!(status, 401);
                return paid;
            }
        }
        assert!(began.elapsed() < LEARNT_MAX, "a phone that was removed pays on");
        sleep(PAUSE).await;
    }
}

/// A new phone of this payer pays, and is removed in the middle; how many payments were made.
async fn round(fixture: &Fixture, other: &Routes, payer: &Person, payee: UserId, n: u64) -> i64 {
    let phone = fixture.signed_in(payer.user_id, Product::Consumer);
    let key = new_key();
    let signed_before = signed_amount(&phone, payee, 1, &key);
    let instances = [&fixture.routes, other];
    let payments = join_all(instances.map(|at| pay_until_refused(at, &phone, payee)));
    let removal = async {
        sleep(Duration::from_millis(n)).await;
        fixture.issuer.revoke(phone.session_id);
    };
    let paid = join(payments, removal).await.0.iter().sum();
    for at in instances {
        assert_eq!(send(at, &phone, &key, &signed_before).await, 401, "round {n}");
    }
    paid
}

/// All rounds of one pair; each time the payer's wallet has lost what was answered with 201.
async fn pair(fixture: &Fixture, other: &Routes) {
    let mut left = 500_000;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let payer = fixture.consumer_with(left).await;
    let payee = fixture.person(Product::Consumer).await;
    for n in 0..ROUNDS {
        left -= round(fixture, other, &payer, payee.user_id, n).await;
        assert_eq!(fixture.balance(&payer).await, left, "round {n}");
        // The next round is on another day.
        let count = "UPDATE accounts SET peer_payment_count = 0 WHERE account_id = ?";
        conn.exec_drop(count, (payer.user_id.uuid(),)).await.unwrap();
    }
    assert!(left < 500_000, "no payment came before a removal");
    assert_eq!(fixture.balance(&payee).await, 500_000 - left);
}

#[tokio::test]
async fn a_phone_removed_while_it_pays_pays_whole_or_not_and_never_once_the_removal_is_known() {
    let fixture = Fixture::new().await;
    let other = routes(fixture.another_instance());
    join_all((0..PAIRS).map(|_| pair(&fixture, &other))).await;
    assert_eq!(fixture.audit().await["balanced"], true);
}
