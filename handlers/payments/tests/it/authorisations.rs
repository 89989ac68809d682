//! Payments whose money a shop holds before it captures it.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use events::payments::{MoneyMovedV1, PaymentAuthorisedV1, PaymentReleasedV1};
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, InProcess, rounds};
use values::{BusinessId, Product};

use crate::withdrawals::{code, money};
use crate::{Fixture, Person, Race, after, for_payer, net, new_key, signed};

const UPDATES_MAX: usize = 20;
/// So many payments are within a day's limit and this money.
const A_DAY: usize = 10;
const MONEY: i64 = 300_000;
/// What `Fixture::request` asks for.
const SUM: i64 = 12_850;

/// A payment of HK$128.50 that the shop is to capture later.
pub(crate) async fn try_authorise(
    fixture: &Fixture,
    payer: &Person,
    owner: &Person,
    shop: BusinessId,
) -> (u16, Value) {
    let asked = json!({
        "business_id": shop,
        "amount": {"amount": SUM, "currency": "HKD"},
        "capture_method": "manual",
    });
    let (status, request) =
        fixture.post(owner, "/api/v1/payment-requests", &new_key(), &asked).await;
    assert_eq!((status, &request["capture_method"]), (201, &json!("manual")), "{request}");
    let key = new_key();
    let mut body = signed(payer, shop, request["payment_request_id"].as_str().unwrap(), &key);
    let unaware = fixture.post(payer, "/api/v1/payments", &key, &body).await;
    assert_eq!(code(unaware), (422, "capture-method-mismatch".to_owned()));
    body["capture_method"] = json!("manual");
    fixture.post(payer, "/api/v1/payments", &key, &body).await
}

/// A pending payment of HK$128.50; its id.
pub(crate) async fn authorised(
    fixture: &Fixture,
    payer: &Person,
    owner: &Person,
    shop: BusinessId,
) -> String {
    let (status, payment) = try_authorise(fixture, payer, owner, shop).await;
    assert_eq!((status, &payment["status"]), (201, &json!("pending")), "{payment}");
    payment["payment_id"].as_str().unwrap().to_owned()
}

pub(crate) async fn capture(
    fixture: &Fixture,
    owner: &Person,
    payment_id: &str,
    amount: i64,
) -> (u16, Value) {
    let path = format!("/api/v1/payments/{payment_id}/capture");
    let body = json!({"amount": {"amount": amount, "currency": "HKD"}});
    let call = Call::post(&path).bearer(&owner.token).json(&body);
    let answer = call.send_until_served(&fixture.routes).await;
    (answer.status, answer.json())
}

pub(crate) async fn void(fixture: &Fixture, owner: &Person, payment_id: &str) -> (u16, Value) {
    let path = format!("/api/v1/payments/{payment_id}/void");
    let call = Call::post(&path).bearer(&owner.token);
    let answer = call.send_until_served(&fixture.routes).await;
    (answer.status, answer.json())
}

/// The timer, at a moment when the time of everything that is pending is over.
async fn expire(fixture: &Fixture) {
    let old = "UPDATE operations SET expires_at = NOW(6) - INTERVAL 1 SECOND
               WHERE expires_at IS NOT NULL";
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    // It may meet those whose time it changes.
    let mut updated = conn.query_drop(old).await;
    for _ in 0..UPDATES_MAX {
        if updated.is_ok() {
            break;
        }
        updated = conn.query_drop(old).await;
    }
    updated.unwrap();
    assert_eq!(fixture.look_after_pending().await, 200);
}

#[tokio::test]
async fn what_a_payer_agreed_to_is_held_until_the_shop_takes_a_part_and_the_rest_is_free() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let id = authorised(&fixture, &payer, &owner, shop).await;
    assert_eq!(money(&fixture, &payer).await, [50_000, 50_000 - SUM, SUM]);
    assert_eq!(fixture.takings(&owner, shop).await, 0);
    let path = format!("/api/v1/payments/{id}");
    let (_, held) = fixture.get(&payer, &path).await;
    assert_eq!((&held["captured"], &held["completed_at"]), (&json!(null), &json!(null)));
    assert!(held["capture_before"].is_string(), "{held}");
    let told: Vec<PaymentAuthorisedV1> = fixture.database.told().await;
    assert_eq!((told.len(), &told[0].payment_id, told[0].amount), (1, &id, SUM));
    assert_eq!(told[0].to.told_user_id, Some(owner.user_id.to_string()));
    let refund = json!({"amount": {"amount": 1, "currency": "HKD"}});
    let refund = fixture.post(&owner, &format!("{path}/refunds"), &new_key(), &refund).await;
    assert_eq!(code(refund), (409, "payment-not-captured".to_owned()));

    let (status, captured) = capture(&fixture, &owner, &id, 10_000).await;
    assert_eq!((status, &captured["status"]), (200, &json!("completed")), "{captured}");
    assert_eq!(captured["captured"]["amount"], 10_000);
    assert!(captured["completed_at"].is_string() && captured["capture_before"].is_null());
    assert_eq!(capture(&fixture, &owner, &id, 10_000).await, (status, captured.clone()));
    let fee = (&captured["fee"]["amount"], &captured["net"]["amount"]);
    assert_eq!(fee, (&json!(150), &json!(net(10_000))));
    assert_eq!(fixture.get(&payer, &path).await, (200, for_payer(captured)));
    assert_eq!(money(&fixture, &payer).await, [40_000, 40_000, 0]);
    assert_eq!(fixture.takings(&owner, shop).await, net(10_000));
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let moved: Vec<_> = moved.iter().filter(|moved| moved.operation_id == id).collect();
    assert_eq!((moved.len(), moved[0].amount), (1, 10_000));
    let (_, movements) = fixture.get(&payer, "/api/v1/wallets/me/movements").await;
    let newest = &movements["items"][0];
    assert_eq!(
        (&newest["subject"]["id"], &newest["amount"]["amount"]),
        (&json!(id), &json!(10_000))
    );

    // What can be given back is what was taken.
    for (amount, status) in [(10_001, 422), (10_000, 201)] {
        let refund = json!({"amount": {"amount": amount, "currency": "HKD"}});
        let answer = fixture.post(&owner, &format!("{path}/refunds"), &new_key(), &refund).await;
        assert_eq!(answer.0, status, "{}", answer.1);
    }
    assert_eq!(money(&fixture, &payer).await, [50_000, 50_000, 0]);
}

#[tokio::test]
async fn what_the_shop_lets_go_of_or_does_not_take_in_time_is_the_payers_again() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let voided = authorised(&fixture, &payer, &owner, shop).await;
    let (status, answer) = void(&fixture, &owner, &voided).await;
    assert_eq!((status, &answer["status"]), (200, &json!("failed")), "{answer}");
    assert_eq!(void(&fixture, &owner, &voided).await, (200, answer));
    let expired = authorised(&fixture, &payer, &owner, shop).await;
    expire(&fixture).await;
    let (_, answer) = fixture.get(&payer, &format!("/api/v1/payments/{expired}")).await;
    assert_eq!((&answer["status"], &answer["captured"]), (&json!("expired"), &json!(null)));
    for id in [&voided, &expired] {
        let late = capture(&fixture, &owner, id, 1).await;
        assert_eq!(code(late), (409, "payment-ended".to_owned()));
    }
    assert_eq!(money(&fixture, &payer).await, [50_000, 50_000, 0]);
    let told: Vec<PaymentReleasedV1> = fixture.database.told().await;
    let told: Vec<_> = told.iter().map(|event| (&*event.payment_id, &*event.state)).collect();
    assert_eq!(told, [(&*voided, "failed"), (&*expired, "expired")]);
}

#[tokio::test]
async fn a_capture_is_refused_by_a_stated_code_and_changes_nothing() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let (other_owner, _) = fixture.shop().await;
    let id = authorised(&fixture, &payer, &owner, shop).await;
    let path = format!("/api/v1/payments/{id}/capture");
    let of =
        |amount: Value, currency: &str| json!({"amount": {"amount": amount, "currency": currency}});
    let hkd = |amount: i64| of(json!(amount), "HKD");
    let consumer = fixture.signed_in(owner.user_id, Product::Consumer);
    for (who, body, refusal) in [
        (&owner, hkd(0), (400, "invalid-body")),
        (&owner, hkd(-1), (400, "invalid-body")),
        (&owner, of(json!(9_223_372_036_854_775_808_u64), "HKD"), (400, "invalid-body")),
        (&owner, of(json!(1.005), "HKD"), (400, "invalid-body")),
        (&owner, of(json!(1), "USD"), (400, "invalid-body")),
        (&owner, json!({}), (400, "invalid-body")),
        (&owner, hkd(SUM + 1), (422, "capture-exceeds-authorisation")),
        (&other_owner, hkd(1), (404, "payment-not-found")),
        (&consumer, hkd(1), (403, "wrong-product")),
    ] {
        let answer = fixture.send(Call::post(&path).bearer(&who.token).json(&body)).await;
        let refused = (answer.status, answer.json()["code"].as_str().unwrap().to_owned());
        assert_eq!(refused, (refusal.0, refusal.1.to_owned()), "{body}");
        assert_eq!(money(&fixture, &payer).await, [50_000, 50_000 - SUM, SUM], "{body}");
    }
    assert_eq!(code(void(&fixture, &other_owner, &id).await).1, "payment-not-found");
    fixture.freeze(&shop.to_string()).await;
    assert_eq!(code(capture(&fixture, &owner, &id, 1).await).1, "shop-frozen");
    fixture.freeze(&payer.user_id.to_string()).await;
    assert_eq!(void(&fixture, &owner, &id).await.0, 200);
    assert_eq!(money(&fixture, &payer).await, [50_000, 50_000, 0]);
}

/// Who races to end an authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Capture(i64),
    Void,
    Expire,
}

const PAIRS: [[Act; 2]; 4] = [
    [Act::Capture(SUM), Act::Void],
    [Act::Capture(SUM), Act::Expire],
    [Act::Void, Act::Expire],
    [Act::Capture(SUM), Act::Capture(1)],
];

/// Whether it was done; whether the timer has ended something is not told.
async fn act(fixture: &Fixture, owner: &Person, id: &str, act: Act) -> Option<bool> {
    let answer = match act {
        Act::Capture(amount) => capture(fixture, owner, id, amount).await,
        Act::Void => void(fixture, owner, id).await,
        Act::Expire => {
            expire(fixture).await;
            return None;
        }
    };
    if answer.0 != 200 {
        assert_eq!(code(answer), (409, "payment-ended".to_owned()));
        return Some(false);
    }
    Some(true)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_capture_void_and_expiry_at_once_one_stands() {
    let fixture = Fixture::new().await;
    let Fixture { database, issuer, .. } = Fixture::new().await;
    let other = Fixture::with(database, issuer, fixture.another_instance());
    let (payer, mut brought) = (fixture.consumer_with(MONEY).await, MONEY);
    let (owner, shop) = fixture.shop().await;
    let mut races: [Race; PAIRS.len()] = Default::default();
    let (mut taken, mut kept, mut fees, mut top_ups) = (0, 0, 0, 1);
    let rounds = PAIRS.len() * rounds(200, 20);
    for round in 0..rounds {
        if round > 0 && round.is_multiple_of(A_DAY) {
            fixture.next_year().await;
            let lacking = MONEY - (brought - taken);
            if lacking > 0 {
                fixture.top_up(&payer, lacking).await;
                (brought, top_ups) = (brought + lacking, top_ups + 1);
            }
        }
        let id = authorised(&fixture, &payer, &owner, shop).await;
        let (pair, race) = (PAIRS[round % PAIRS.len()], &mut races[round % PAIRS.len()]);
        let waits = race.waits(u64::try_from(round / PAIRS.len()).unwrap());
        let done = tokio::join!(
            after(waits[0], act(&other, &owner, &id, pair[0])),
            // The timer's moment is written into the database, which only this one has.
            after(waits[1], act(&fixture, &owner, &id, pair[1])),
        );
        let (_, stands) = fixture.get(&payer, &format!("/api/v1/payments/{id}")).await;
        let captured = stands["captured"]["amount"].as_i64();
        let ended = match (stands["status"].as_str().unwrap(), captured) {
            ("completed", Some(amount)) => Act::Capture(amount),
            ("failed", None) => Act::Void,
            ("expired", None) => Act::Expire,
            _ => panic!("{pair:?}: {stands}"),
        };
        let won = pair.map(|act| act == ended);
        let is_told = |done: Option<bool>, won: bool| done.is_none_or(|done| done == won);
        assert!(is_told(done.0, won[0]) && is_told(done.1, won[1]), "{pair:?} {done:?} {stands}");
        assert_ne!(won[0], won[1], "{pair:?}: {stands}");
        race.won(won[0]);
        let captured = captured.unwrap_or(0);
        taken += captured;
        kept += net(captured);
        fees += u64::from(net(captured) < captured);
    }
    races.iter().for_each(Race::assert_each_won);
    assert_eq!(money(&fixture, &payer).await, [brought - taken, brought - taken, 0]);
    assert_eq!(fixture.takings(&owner, shop).await, kept);
    // A beginning and an end of each top-up and each payment, and the fees.
    let begun = top_ups + u64::try_from(rounds).unwrap();
    assert_eq!(fixture.database.count("transfers").await, 2 * begun + fees);
}
