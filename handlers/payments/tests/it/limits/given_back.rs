//! What counts towards limits no more, since it did not come of it or came back.

use serde_json::{Value, json};
use testkit::Call;
use time::{Duration, OffsetDateTime};
use values::Product;

use crate::authorisations::{authorised, capture, void};
use crate::limits::{TOP_UPS, assert_limits_add_up};
use crate::pay::PAYMENTS;
use crate::withdrawals::{bank, pending};
use crate::{Fixture, new_key};

#[tokio::test]
async fn what_the_bank_does_not_take_or_give_counts_no_more() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let (paid, refused) =
        (pending(&fixture, &person, 300).await, pending(&fixture, &person, 20_000).await);
    assert_eq!(fixture.used(&person, "withdrawal").await, [20_300, 20_300, 20_300, 2]);
    assert_limits_add_up(&fixture).await;
    for (id, says) in [(&paid, "settle"), (&refused, "refuse"), (&refused, "refuse")] {
        assert_eq!(bank(&fixture, id, says).await.0, 200);
    }
    assert_eq!(fixture.used(&person, "withdrawal").await, [300, 300, 300, 1]);

    let debit = json!({"amount": {"amount": 1_000, "currency": "HKD"}, "type": "bank-debit"});
    let mut ids = Vec::new();
    for _ in 0..3 {
        let (status, top_up) = fixture.post(&person, TOP_UPS, &new_key(), &debit).await;
        assert_eq!(status, 201);
        ids.push(top_up["top_up_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(fixture.used(&person, "top-up").await, [53_000, 53_000, 53_000, 4]);
    let word = json!({"reason": "bank file 8", "operator": "ops@example.com"});
    let part = json!({
        "amount": {"amount": 400, "currency": "HKD"},
        "reason": "bank file 8", "operator": "ops@example.com",
    });
    for (id, says, body) in [(&ids[0], "settle", &part), (&ids[1], "refuse", &word)] {
        let path = format!("/api/v1/ledger/top-ups/{id}/{says}");
        fixture.send(Call::post(&path).json(body)).await.expect(200);
    }
    assert_eq!(fixture.used(&person, "top-up").await, [51_400, 51_400, 51_400, 3]);
    let path = format!("/api/v1/ledger/top-ups/{}/refuse", ids[2]);
    fixture.send(Call::post(&path).json(&word)).await.expect(200);
    assert_eq!(fixture.used(&person, "top-up").await, [50_400, 50_400, 50_400, 2]);
    assert_limits_add_up(&fixture).await;
}

#[tokio::test]
async fn a_refund_gives_back_what_was_used_in_the_periods_of_its_payment_that_still_run() {
    let fixture = Fixture::of_operators().await;
    let (owner, shop) = fixture.shop().await;
    let payer = fixture.consumer_with(50_000).await;
    let refund = async |payment: &Value, cents: i64| {
        let path = format!("{PAYMENTS}/{}/refunds", payment["payment_id"].as_str().unwrap());
        let body = json!({"amount": {"amount": cents, "currency": "HKD"}});
        assert_eq!(fixture.post(&owner, &path, &new_key(), &body).await.0, 201);
    };
    let (_, payment) = fixture.pay_static(&payer, shop, 10_000).await;
    refund(&payment, 4_000).await;
    refund(&payment, 1_000).await;
    // How often one has paid stays counted.
    assert_eq!(fixture.used(&payer, "payment").await, [5_000, 5_000, 5_000, 1]);
    assert_limits_add_up(&fixture).await;

    fixture.execute("UPDATE operations SET created_at = created_at - INTERVAL 360 DAY").await;
    refund(&payment, 1_000).await;
    let last_year = (OffsetDateTime::now_utc() + Duration::hours(8)).ordinal() <= 360;
    let year = if last_year { 5_000 } else { 4_000 };
    assert_eq!(fixture.used(&payer, "payment").await, [5_000, 5_000, year, 1]);
}

#[tokio::test]
async fn what_no_shop_captures_and_nobody_claims_counts_no_more() {
    let fixture = Fixture::of_operators().await;
    let (owner, shop) = fixture.shop().await;
    let payer = fixture.consumer_with(100_000).await;
    let claimer = fixture.person(Product::Consumer).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(authorised(&fixture, &payer, &owner, shop).await);
    }
    assert_eq!(fixture.used(&payer, "payment").await, [38_550, 38_550, 38_550, 3]);
    assert_limits_add_up(&fixture).await;
    assert_eq!(capture(&fixture, &owner, &held[0], 50).await.0, 200);
    assert_eq!(void(&fixture, &owner, &held[1]).await.0, 200);
    assert_eq!(fixture.used(&payer, "payment").await, [12_900, 12_900, 12_900, 2]);

    let link = fixture.pay_link(&payer, 700).await;
    let packet = fixture.red_packet(&payer, 900, "equal-3").await;
    assert_eq!(fixture.used(&payer, "peer-payment").await, [1_600, 1_600, 1_600, 2]);
    assert_eq!(fixture.claim(&claimer, &packet).await.0, 201);
    assert_eq!(fixture.used(&payer, "peer-payment").await, [1_600, 1_600, 1_600, 2]);
    assert_eq!(fixture.cancel(&payer, &link).await.0, 200);
    assert_eq!(fixture.used(&payer, "peer-payment").await, [900, 900, 900, 2]);
    assert_limits_add_up(&fixture).await;
    // Whatever else is used up, and whatever the wallet holds.
    let all = "payment_day = 1000000, payment_count = 200, peer_payment_day = 1000000,
        peer_payment_month = 3000000, peer_payment_year = 10000000, peer_payment_count = 100";
    fixture.execute(&format!("UPDATE accounts SET {all} WHERE kind = 'wallet'")).await;
    fixture.set_tier(&payer, "unverified").await;
    fixture.set_expiry(0).await;
    assert_eq!(fixture.return_overdue().await, 200);
    assert_eq!(fixture.used(&payer, "peer-payment").await, [999_400, 2_999_400, 9_999_400, 100]);
    assert_eq!(void(&fixture, &owner, &held[2]).await.0, 200);
    assert_eq!(fixture.balance(&payer).await, 100_000 - 50 - 300);
}
