//! Money from person to person.

mod blocks;

use events::payments::MoneyMovedV1;
use events::user_profile::ProfileChangedV1;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::event;
use time::OffsetDateTime;
use values::{
    AccountId, ConfirmableKind, Fee, Money, OperationConfirmation, OperationTerms, Product, UserId,
};

use crate::{Fixture, Person, new_key};

pub(crate) const PEER_PAYMENTS: &str = "/api/v1/peer-payments";

pub(crate) fn terms(payer: &Person, payee: UserId, key: &str) -> OperationTerms {
    OperationTerms {
        kind: ConfirmableKind::PeerPayment,
        payer: payer.user_id,
        payee: AccountId::User(payee),
        amount: Money::hkd(12_000).unwrap(),
        fee: Fee::NONE,
        payment_request_id: None,
        reference: None,
        idempotency_key: key.parse().unwrap(),
    }
}

/// A payment of the terms' amount to their payee, which the payer's phone signs now.
fn signed(payer: &Person, terms: OperationTerms) -> Value {
    let (payee, amount) = (terms.payee, terms.amount);
    let confirmation =
        OperationConfirmation { terms, confirmed_at: OffsetDateTime::now_utc().into() };
    json!({
        "payee_id": payee,
        "amount": amount,
        "note": "午飯",
        "confirmation": {
            "type": "device",
            "signed_at": confirmation.confirmed_at,
            "signature": payer.device.sign(&confirmation.signing_text()),
        },
    })
}

pub(crate) fn signed_amount(payer: &Person, payee: UserId, cents: i64, key: &str) -> Value {
    let amount = Money::hkd(cents).unwrap();
    signed(payer, OperationTerms { amount, ..terms(payer, payee, key) })
}

/// Two people, the first with HK$500.00.
async fn two_people(fixture: &Fixture) -> (Person, Person) {
    (fixture.consumer_with(50_000).await, fixture.person(Product::Consumer).await)
}

pub(crate) async fn name(fixture: &Fixture, person: &Person, display_name: &str) {
    let user_id = person.user_id.to_string();
    let changed = ProfileChangedV1 {
        user_id: user_id.clone(),
        version: 1,
        display_name: display_name.to_owned(),
        language: "zh-Hant".to_owned(),
        picture_id: None,
    };
    fixture.deliver("payments_on_user_profile", &[event(&user_id, &changed)]).await;
}

#[tokio::test]
async fn a_person_sees_whom_they_pay_and_pays_and_both_read_what_moved() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    let path = format!("/api/v1/payees/{}", payee.user_id);
    let nameless = json!({"type": "user", "id": payee.user_id, "name": null});
    assert_eq!(
        fixture.get(&payer, &path).await,
        (200, json!({"payee": nameless, "warning": null}))
    );
    name(&fixture, &payer, "陳大文").await;
    name(&fixture, &payee, "Lee Siu Ming").await;
    assert_eq!(fixture.get(&payer, &path).await.1["payee"]["name"], "L*** S*** M***");

    let key = new_key();
    let body = signed(&payer, terms(&payer, payee.user_id, &key));
    let (status, payment) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
    assert_eq!((status, &payment["status"]), (201, &json!("completed")), "{payment}");
    assert_eq!(
        (&payment["note"], &payment["payee"]["name"]),
        (&"午飯".into(), &"Lee Siu Ming".into())
    );
    assert_eq!((fixture.balance(&payer).await, fixture.balance(&payee).await), (38_000, 12_000));

    let id = payment["peer_payment_id"].as_str().unwrap().to_owned();
    let path = format!("{PEER_PAYMENTS}/{id}");
    for person in [&payer, &payee] {
        assert_eq!(fixture.get(person, &path).await, (200, payment.clone()));
    }
    let stranger = fixture.person(Product::Consumer).await;
    let (status, problem) = fixture.get(&stranger, &path).await;
    assert_eq!((status, &problem["code"]), (404, &json!("peer-payment-not-found")));

    for (person, direction, other) in
        [(&payer, "out", &payment["payee"]), (&payee, "in", &payment["payer"])]
    {
        let (_, movements) = fixture.get(person, "/api/v1/wallets/me/movements").await;
        let newest = &movements["items"][0];
        assert_eq!((&newest["direction"], &newest["counterparty"]), (&direction.into(), other));
        assert_eq!(newest["subject"], json!({"type": "peer-payment", "id": id}));
    }
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let moved = moved.iter().find(|moved| moved.kind == "peer-payment").unwrap();
    assert_eq!((&moved.operation_id, moved.note.as_deref()), (&id, Some("午飯")));
    assert_eq!(moved.to.told_user_id, Some(payee.user_id.to_string()));
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn paying_twice_with_one_key_moves_money_once_and_another_note_is_another_payment() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    let key = new_key();
    let body = signed(&payer, terms(&payer, payee.user_id, &key));
    let calls = (0..5).map(|_| fixture.post_text(&payer, PEER_PAYMENTS, &key, &body));
    let answers = join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.0 == 201 && *answer == answers[0]), "{answers:?}");
    let mut other = body.clone();
    other["note"] = "晚飯".into();
    let (status, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &other).await;
    assert_eq!((status, &problem["code"]), (422, &json!("idempotency-key-reused")));
    assert_eq!((fixture.balance(&payer).await, fixture.balance(&payee).await), (38_000, 12_000));
}

#[tokio::test]
async fn a_sticker_goes_with_a_payment_without_proof_and_is_part_of_what_its_key_stands_for() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    let key = new_key();
    let plain = signed(&payer, terms(&payer, payee.user_id, &key));
    let with = |sticker: &str| {
        let mut body = plain.clone();
        body["sticker"] = sticker.into();
        body
    };
    let (status, payment) = fixture.post(&payer, PEER_PAYMENTS, &key, &with("milk-tea")).await;
    assert_eq!((status, &payment["sticker"]), (201, &json!("milk-tea")), "{payment}");
    let path = format!("{PEER_PAYMENTS}/{}", payment["peer_payment_id"].as_str().unwrap());
    assert_eq!(fixture.get(&payee, &path).await, (200, payment.clone()));
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    assert_eq!(moved.last().unwrap().sticker.as_deref(), Some("milk-tea"));
    let again = fixture.post(&payer, PEER_PAYMENTS, &key, &with("milk-tea")).await;
    assert_eq!(again, (201, payment));
    for other in [with("tram"), plain.clone()] {
        let (status, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &other).await;
        assert_eq!((status, &problem["code"]), (422, &json!("idempotency-key-reused")));
    }
    let other = fixture.post(&payer, PEER_PAYMENTS, &new_key(), &with("selfie")).await;
    assert_eq!((other.0, &other.1["code"]), (400, &json!("invalid-body")));
}

#[tokio::test]
async fn two_people_who_pay_each_other_at_once_never_stand_in_each_others_way() {
    const ROUNDS: usize = 60;
    let fixture = Fixture::new().await;
    let (one, other) = (fixture.consumer_with(12_000).await, fixture.consumer_with(12_000).await);
    let pay = async |payer: &Person, payee: &Person| {
        let key = new_key();
        let body = signed(payer, terms(payer, payee.user_id, &key));
        fixture.post(payer, PEER_PAYMENTS, &key, &body).await.0
    };
    for _ in 0..ROUNDS {
        let outcome = tokio::join!(pay(&one, &other), pay(&other, &one));
        assert_eq!(outcome, (201, 201));
    }
    assert_eq!((fixture.balance(&one).await, fixture.balance(&other).await), (12_000, 12_000));
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_its_code_and_nothing_moves() {
    let fixture = Fixture::new().await;
    let (payer, payee) = two_people(&fixture).await;
    let frozen = fixture.person(Product::Consumer).await;
    fixture.freeze(&frozen.user_id.to_string()).await;
    let (_, shop) = fixture.shop().await;
    let of = |alter: fn(&mut Value)| {
        let key = new_key();
        let mut body = signed(&payer, terms(&payer, payee.user_id, &key));
        alter(&mut body);
        (key, body)
    };
    let to = |payee: UserId| {
        let key = new_key();
        (key.clone(), signed(&payer, terms(&payer, payee, &key)))
    };
    let of_shop = {
        let key = new_key();
        let kind = ConfirmableKind::Payment;
        (key.clone(), signed(&payer, OperationTerms { kind, ..terms(&payer, payee.user_id, &key) }))
    };
    let long_ago = UserId::from_uuid("0190a5d0-0000-7000-8000-000000000001".parse().unwrap());
    for ((key, body), status, code) in [
        (of(|body| body["note"] = "".into()), 400, "invalid-body"),
        (of(|body| body["note"] = "文".repeat(101).into()), 400, "invalid-body"),
        (of_shop, 403, "confirmation-invalid"),
        (to(payer.user_id), 422, "payer-is-payee"),
        (to(long_ago), 404, "payee-not-found"),
        (to(UserId::from_uuid(shop.uuid())), 404, "not-yet-known"),
        (to(frozen.user_id), 409, "payee-unavailable"),
    ] {
        let (answered, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
        assert_eq!((answered, &problem["code"]), (status, &json!(code)), "{body}");
    }
    fixture.freeze(&payer.user_id.to_string()).await;
    let (key, body) = to(payee.user_id);
    let (status, problem) = fixture.post(&payer, PEER_PAYMENTS, &key, &body).await;
    assert_eq!((status, &problem["code"]), (403, &json!("wallet-frozen")));
    assert_eq!((fixture.balance(&payer).await, fixture.balance(&payee).await), (50_000, 0));
    assert_eq!(fixture.database.count("transfers").await, 2);

    for (id, status, code) in [
        (payer.user_id, 422, "payer-is-payee"),
        (long_ago, 404, "payee-not-found"),
        (UserId::from_uuid(shop.uuid()), 404, "not-yet-known"),
    ] {
        let (answered, problem) = fixture.get(&payer, &format!("/api/v1/payees/{id}")).await;
        assert_eq!((answered, &problem["code"]), (status, &json!(code)));
    }
}
