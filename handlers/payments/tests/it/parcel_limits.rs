//! How much somebody may have in pay links and red packets, and how long their secrets are kept.

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::json;
use testkit::{Call, InProcess};
use time::{Duration, OffsetDateTime};
use tokio::time::sleep;
use uuid::Uuid;
use values::{PayLinkId, Product};

use crate::group_commit::hold;
use crate::parcels::{PAY_LINKS, RED_PACKETS, link, packet};
use crate::withdrawals::code;
use crate::{Fixture, new_key};

#[tokio::test]
async fn links_are_no_second_wallet() {
    // Of an unverified person: what a wallet may hold, and more than half of it.
    const FULL: i64 = 300_000;
    const MOST: i64 = 200_000;
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(FULL).await;
    fixture.set_tier(&sender, "unverified").await;
    let first = fixture.pay_link(&sender, MOST).await;
    fixture.next_year().await;
    let top_up = json!({"amount": {"amount": MOST, "currency": "HKD"}});
    let filled = fixture.post(&sender, "/api/v1/wallets/me/top-ups", &new_key(), &top_up).await;
    assert_eq!(filled.0, 201);
    for too_much in [FULL - MOST + 1, MOST] {
        let key = new_key();
        let link = link(&sender, too_much, &key);
        let refused = fixture.post(&sender, PAY_LINKS, &key, &link).await;
        assert_eq!(code(refused), (422, "balance-limit-exceeded".to_owned()));
    }
    let refused = fixture.cancel(&sender, &first).await;
    assert_eq!(code(refused), (422, "balance-limit-exceeded".to_owned()));
    assert_eq!(fixture.get(&sender, &first.path).await.1["status"], "open");
    assert_eq!((fixture.balance(&sender).await, fixture.in_escrow().await), (FULL, MOST));
    fixture.set_expiry(0).await;
    assert_eq!(fixture.return_overdue().await, 200);
    assert_eq!((fixture.balance(&sender).await, fixture.in_escrow().await), (FULL + MOST, 0));
}

#[tokio::test]
async fn of_two_links_at_once_at_two_instances_the_fiftieth_is_one() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let links = join_all((1..50).map(|_| fixture.pay_link(&sender, 1))).await;
    let instances = [fixture.app.clone(), fixture.another_instance()].map(payments::routes);
    let make = |routes| {
        let key = new_key();
        let call = Call::post(PAY_LINKS).bearer(&sender.token).key(&key);
        call.json(&link(&sender, 1, &key)).send(routes)
    };
    // Both begin before either has the sender's account.
    let held = hold(&fixture, sender.user_id.uuid()).await;
    let release = async {
        sleep(std::time::Duration::from_millis(500)).await;
        held.rollback().await.unwrap();
    };
    let (answers, ()) = tokio::join!(join_all(instances.iter().map(make)), release);
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 201).collect();
    assert_eq!(refused.len(), 1);
    refused[0].expect_refusal(422, "too-many-open-parcels");
    assert_eq!(fixture.in_escrow().await, 50);
    assert_eq!(fixture.cancel(&sender, &links[0]).await.0, 200);
    fixture.pay_link(&sender, 1).await;
}

#[tokio::test]
async fn a_secret_is_forgotten_once_no_key_opens_it() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let (old, young) = (fixture.pay_link(&sender, 7).await, fixture.pay_link(&sender, 8).await);
    let claimer = fixture.person(Product::Consumer).await;
    for link in [&old, &young] {
        assert_eq!(fixture.claim(&claimer, link).await.0, 201);
    }
    let made_at = OffsetDateTime::now_utc() - Duration::days(70);
    let milliseconds = u64::try_from(made_at.unix_timestamp()).unwrap() * 1_000;
    let long_ago = uuid::Builder::from_unix_timestamp_millis(milliseconds, &[7; 10]).into_uuid();
    let id: PayLinkId = old.id().parse().unwrap();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let age = "UPDATE parcels SET parcel_id = ? WHERE parcel_id = ?";
    conn.exec_drop(age, (long_ago, id.uuid())).await.unwrap();
    let night = Call::post("/payments_nightly").json(&json!({}));
    assert_eq!(fixture.send(night).await.status, 200);
    let kept = "SELECT parcel_id FROM parcels WHERE sealed_secret <> ''";
    let kept: Vec<Uuid> = conn.query(kept).await.unwrap();
    let young: PayLinkId = young.id().parse().unwrap();
    assert_eq!(kept, [young.uuid()]);
}

#[tokio::test]
async fn no_secret_is_sealed_under_a_key_that_can_be_guessed() {
    let fixture = Fixture::new().await;
    let sender = fixture.consumer_with(50_000).await;
    let weak = "q83vASNFZ4mrze8BI0Vni";
    for (path, body) in [
        (PAY_LINKS, link(&sender, 700, weak)),
        (RED_PACKETS, packet(&sender, 700, "random-7", weak)),
    ] {
        let refused = fixture.post(&sender, path, weak, &body).await;
        assert_eq!(code(refused), (400, "idempotency-key-invalid".to_owned()), "{path}");
    }
    assert_eq!(fixture.database.count("parcels").await, 0);
}
