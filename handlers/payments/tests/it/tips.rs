//! Tips: a part of what is paid, on top of what a shop asks for where it allows one.

use events::payments::{MoneyMovedV1, PaymentRequestCreatedV1};
use serde_json::{Value, json};
use values::BusinessId;

use crate::audit::assert_found;
use crate::group_commit::static_payment;
use crate::pay::{PAYMENTS, refused, scene};
use crate::{Fixture, Person, for_payer, net, new_key, signed_amount};

const REQUESTS: &str = "/api/v1/payment-requests";

fn hkd(cents: i64) -> Value {
    json!({"amount": cents, "currency": "HKD"})
}

impl Fixture {
    /// A request of HK$128.50 that allows a tip; its id.
    async fn request_with_tip(&self, owner: &Person, shop: BusinessId) -> String {
        let body = json!({"business_id": shop, "amount": hkd(12_850), "tip_allowed": true});
        let (status, request) = self.post(owner, REQUESTS, &new_key(), &body).await;
        assert_eq!((status, &request["tip_allowed"]), (201, &json!(true)), "{request}");
        request["payment_request_id"].as_str().unwrap().to_owned()
    }
}

/// A payment of so much, of which so much is a tip.
fn tipped(payer: &Person, shop: BusinessId, request: &str, key: &str, cents: [i64; 2]) -> Value {
    let mut body = signed_amount(payer, shop, request, key, cents[0]);
    body["tip"] = hkd(cents[1]);
    body
}

#[tokio::test]
async fn a_tip_is_paid_on_top_of_what_is_asked_for_and_both_sides_read_it() {
    let fixture = Fixture::new().await;
    let (payer, owner, shop, without) = scene(&fixture).await;
    let request = fixture.request_with_tip(&owner, shop).await;
    let created: Vec<PaymentRequestCreatedV1> = fixture.database.told().await;
    let allowed: Vec<bool> = created.iter().map(|created| created.tip_allowed).collect();
    assert_eq!(allowed, [false, true]);
    assert_eq!(fixture.get(&payer, &format!("{REQUESTS}/{without}")).await.1["tip_allowed"], false);
    assert_eq!(fixture.get(&payer, &format!("{REQUESTS}/{request}")).await.1["tip_allowed"], true);

    let key = new_key();
    let body = tipped(&payer, shop, &request, &key, [13_850, 1_000]);
    let (status, payment) = fixture.post(&payer, PAYMENTS, &key, &body).await;
    assert_eq!((status, &payment["amount"], &payment["tip"]), (201, &hkd(13_850), &hkd(1_000)));
    assert_eq!(fixture.balance(&payer).await, 50_000 - 13_850);
    // The fee is of all that the shop takes.
    assert_eq!(fixture.takings(&owner, shop).await, net(13_850));
    let path = format!("{PAYMENTS}/{}", payment["payment_id"].as_str().unwrap());
    assert_eq!(for_payer(fixture.get(&owner, &path).await.1), payment);
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let moved = moved.iter().find(|moved| moved.kind == "payment").unwrap();
    assert_eq!((moved.amount, moved.tip), (13_850, Some(1_000)));

    // A repeat is the same; with another tip, or none, it is something else.
    assert_eq!(fixture.post(&payer, PAYMENTS, &key, &body).await, (201, payment));
    for tip in [hkd(999), Value::Null] {
        let mut other = body.clone();
        other["tip"] = tip;
        let (status, problem) = fixture.post(&payer, PAYMENTS, &key, &other).await;
        assert_eq!((status, &problem["code"]), (422, &json!("idempotency-key-reused")));
    }
    // Nobody has to.
    let (request, key) = (fixture.request_with_tip(&owner, shop).await, new_key());
    let body = signed_amount(&payer, shop, &request, &key, 12_850);
    let (status, payment) = fixture.post(&payer, PAYMENTS, &key, &body).await;
    assert_eq!((status, &payment["tip"]), (201, &Value::Null), "{payment}");
    // By a static code the payer enters it, as all else.
    let key = new_key();
    let mut body = static_payment(&payer, shop, 500, &key);
    body["tip"] = hkd(500);
    let (status, payment) = fixture.post(&payer, PAYMENTS, &key, &body).await;
    assert_eq!((status, &payment["tip"]), (201, &hkd(500)), "{payment}");
    let audit = fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
}

#[tokio::test]
async fn a_tip_is_refused_by_a_stated_code_and_changes_nothing() {
    let fixture = Fixture::new().await;
    let (payer, owner, shop, without) = scene(&fixture).await;
    let with = fixture.request_with_tip(&owner, shop).await;
    for (request, amount, tip, refusal) in [
        (&without, 13_850, hkd(1_000), (422, "tip-not-allowed")),
        // Nor may what is asked for be called a tip.
        (&without, 12_850, hkd(1), (422, "tip-not-allowed")),
        (&with, 12_850, hkd(1_000), (422, "amount-mismatch")),
        (&with, 13_850, hkd(999), (422, "amount-mismatch")),
        (&with, 13_850, Value::Null, (422, "amount-mismatch")),
        (&with, 12_850, hkd(12_850), (422, "amount-mismatch")),
        (&with, 12_850, hkd(0), (400, "invalid-body")),
        (&with, 12_850, hkd(-1), (400, "invalid-body")),
        (&with, 12_851, json!({"amount": 0.01, "currency": "HKD"}), (400, "invalid-body")),
        (&with, 12_851, json!({"amount": 1.005, "currency": "HKD"}), (400, "invalid-body")),
        (&with, 12_851, json!({"amount": 1, "currency": "USD"}), (400, "invalid-body")),
        (
            &with,
            12_851,
            json!({"amount": 9_223_372_036_854_775_808_u64, "currency": "HKD"}),
            (400, "invalid-body"),
        ),
        (&with, 12_851, json!(1), (400, "invalid-body")),
        // More than is there.
        (&with, 50_001, hkd(50_001 - 12_850), (422, "insufficient-funds")),
    ] {
        let key = new_key();
        let mut body = signed_amount(&payer, shop, request, &key, amount);
        body["tip"] = tip;
        let came = refused(&fixture, &payer, &key, &body).await;
        assert_eq!(came, (refusal.0, refusal.1.to_owned()), "{body}");
    }
    let key = new_key();
    let mut body = static_payment(&payer, shop, 100, &key);
    body["tip"] = hkd(101);
    let came = refused(&fixture, &payer, &key, &body).await;
    assert_eq!(came, (422, "tip-exceeds-amount".to_owned()));
    // What was confirmed is the amount, with the tip.
    let key = new_key();
    let mut body = signed_amount(&payer, shop, &with, &key, 12_850);
    (body["amount"], body["tip"]) = (hkd(13_850), hkd(1_000));
    let came = refused(&fixture, &payer, &key, &body).await;
    assert_eq!(came, (403, "confirmation-invalid".to_owned()));

    let manual = json!({
        "business_id": shop, "amount": hkd(1), "tip_allowed": true, "capture_method": "manual",
    });
    let (status, problem) = fixture.post(&owner, REQUESTS, &new_key(), &manual).await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid-body")));
    assert_eq!(fixture.takings(&owner, shop).await, 0);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn damage_to_tips_is_found() {
    let fixture = Fixture::new().await;
    let (payer, owner, shop, _) = scene(&fixture).await;
    let (request, key) = (fixture.request_with_tip(&owner, shop).await, new_key());
    let body = tipped(&payer, shop, &request, &key, [13_850, 1_000]);
    assert_eq!(fixture.post(&payer, PAYMENTS, &key, &body).await.0, 201);
    let damages = [
        ("UPDATE operations SET tip = tip + 1 WHERE tip IS NOT NULL", "requests_not_matching\":1"),
        ("UPDATE operations SET tip = NULL", "requests_not_matching\":1"),
        (
            "UPDATE operations SET tip = amount + 1 WHERE kind = 'payment'",
            "operations_not_matching\":1",
        ),
        ("UPDATE operations SET tip = 1 WHERE kind = 'top-up'", "operations_not_matching\":1"),
    ];
    assert_found(&fixture, &damages).await;
}
