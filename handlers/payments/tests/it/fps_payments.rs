//! Money from a wallet to somebody at another bank, by FPS: looked up, confirmed, held, and then
//! there or back again.

use events::payments::{FpsPaymentFailedV1, MoneyMovedV1};
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, logged, rounds};
use values::{AccountId, ConfirmableKind, Fee, FpsPaymentId, Money, OperationTerms, Product};

use crate::audit::audit_after;
use crate::limits::assert_limits_add_up;
use crate::withdrawals::{code, money, pin_token, signature};
use crate::{Fixture, Person, new_key};

const LOOKUPS: &str = "/api/v1/fps-payments/payee-lookups";
pub(crate) const PAYMENTS: &str = "/api/v1/fps-payments";
const PHONE: &str = "61234567";
const MIGRATION: &str = include_str!("../../migrations/V0142__fps_payees_known_by_name.sql");

async fn look_up(fixture: &Fixture, person: &Person, payee: &Value) -> (u16, Value) {
    let call = Call::post(LOOKUPS).bearer(&person.token).json(payee);
    let answer = fixture.send(call).await;
    (answer.status, answer.json())
}

/// Somebody whom the person has looked up.
pub(crate) async fn payee(fixture: &Fixture, person: &Person) -> Value {
    let wanted = json!({"proxy_type": "mobile", "proxy": PHONE, "reference": "INV 7"});
    let (status, payee) = look_up(fixture, person, &wanted).await;
    assert_eq!(status, 200, "{payee}");
    payee
}

pub(crate) fn terms(person: &Person, payee: &Value, minor_units: i64, key: &str) -> OperationTerms {
    let reference = payee["confirmation_reference"].as_str().unwrap().to_owned();
    OperationTerms {
        kind: ConfirmableKind::FpsPayment,
        payer: person.user_id,
        payee: AccountId::User(person.user_id),
        amount: Money::hkd(minor_units).unwrap(),
        fee: Fee::NONE,
        payment_request_id: None,
        reference: Some(reference.try_into().unwrap()),
        idempotency_key: key.parse().unwrap(),
    }
}

fn body(payee: &Value, minor_units: i64, confirmation: &Value) -> Value {
    json!({
        "fps_payee_id": payee["fps_payee_id"],
        "amount": {"amount": minor_units, "currency": "HKD"},
        "confirmation": confirmation,
    })
}

/// A payment that the person's phone signs now.
pub(crate) fn signed(person: &Person, payee: &Value, minor_units: i64, key: &str) -> Value {
    body(payee, minor_units, &signature(person, terms(person, payee, minor_units, key)))
}

pub(crate) async fn pay(fixture: &Fixture, person: &Person, minor_units: i64) -> Value {
    let (payee, key) = (payee(fixture, person).await, new_key());
    let wanted = signed(person, &payee, minor_units, &key);
    let (status, payment) = fixture.post(person, PAYMENTS, &key, &wanted).await;
    assert_eq!(status, 201, "{payment}");
    payment
}

pub(crate) fn own(payment: &Value) -> String {
    format!("{PAYMENTS}/{}", payment["fps_payment_id"].as_str().unwrap())
}

/// What the bank says, which an operator passes on: `settle` or `refuse`.
pub(crate) async fn bank(fixture: &Fixture, id: &str, says: &str) -> (u16, Value) {
    let word = json!({"reason": "bank file 8", "operator": "ops@example.com"});
    let call = Call::post(&format!("/api/v1/ledger/fps-payments/{id}/{says}")).json(&word);
    let answer = fixture.send(call).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn a_payee_is_looked_up_named_by_their_bank_and_paid() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let payee = payee(&fixture, &person).await;
    assert_eq!(
        (&payee["proxy"], &payee["name"], &payee["reference"]),
        (&json!("+852-61234567"), &json!("Demo Payee 4567"), &json!("INV 7"))
    );
    let key = new_key();
    let wanted = signed(&person, &payee, 20_000, &key);
    let call = Call::post(PAYMENTS).bearer(&person.token).key(&key).json(&wanted);
    let answer = fixture.send(call).await;
    let paid = answer.json();
    assert_eq!((answer.status, answer.header("location")), (201, own(&paid).as_str()), "{paid}");
    assert_eq!(
        (&paid["status"], &paid["payee_name"], &paid["proxy_ending"], &paid["bank_status"]),
        (&json!("completed"), &payee["name"], &json!("4567"), &json!("ACSC"))
    );
    assert_eq!(fixture.get(&person, &own(&paid)).await, (200, paid.clone()));
    assert_eq!(fixture.post(&person, PAYMENTS, &key, &wanted).await, (201, paid.clone()));
    assert_eq!(money(&fixture, &person).await, [30_000, 30_000, 0]);
    assert_limits_add_up(&fixture).await;
    // Whom the person has paid they know, by the same proxy alone.
    let again = json!({"proxy_type": "mobile", "proxy": PHONE});
    let other = json!({"proxy_type": "mobile", "proxy": "61234568"});
    assert_eq!(payee["is_known"], false);
    assert_eq!(look_up(&fixture, &person, &again).await.1["is_known"], true);
    assert_eq!(look_up(&fixture, &person, &other).await.1["is_known"], false);
    let friend = fixture.consumer_with(1).await;
    assert_eq!(look_up(&fixture, &friend, &again).await.1["is_known"], false);
    // So they do if that was before it was kept.
    fixture.execute("DELETE FROM known_payees").await;
    assert_eq!(look_up(&fixture, &person, &again).await.1["is_known"], false);
    fixture.execute(MIGRATION).await;
    assert_eq!(look_up(&fixture, &person, &again).await.1["is_known"], true);

    let (_, movements) = fixture.get(&person, "/api/v1/wallets/me/movements").await;
    let line = &movements["items"][0];
    assert_eq!(line["subject"], json!({"type": "fps-payment", "id": paid["fps_payment_id"]}));
    let named = json!({"type": "fps", "name": "Demo Payee 4567"});
    assert_eq!((&line["counterparty"], &line["reference"]), (&named, &json!("INV 7")));
    let receipt =
        format!("/api/v1/wallets/me/movements/{}/receipt", line["transfer_id"].as_str().unwrap());
    let receipt = fixture.get(&person, &receipt).await.1;
    let ending = json!({"proxy_type": "mobile", "proxy_ending": "4567"});
    assert_eq!((&receipt["to"], &receipt["fps_proxy"]), (&named, &ending));
    let told: Vec<MoneyMovedV1> = fixture.database.told().await;
    let told = told.iter().find(|moved| moved.kind == "fps-payment").unwrap();
    assert_eq!(
        (&*told.to.side_type, &*told.to.name, &told.to.id),
        ("bank", "Demo Payee 4567", &None)
    );
    assert_eq!(told.from.told_user_id, Some(person.user_id.to_string()));
}

#[tokio::test]
async fn whatever_the_bank_says_and_however_late_the_payment_ends_as_it_says() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(100_000).await;
    let wanted = [5_091, 5_092, 5_093, 5_094, 5_095, 5_096, 5_097, 5_098];
    let begun = join_all(wanted.map(|cents| pay(&fixture, &person, cents))).await;
    fixture.hear_the_bank().await;
    let mut left = 100_000;
    for (cents, payment) in wanted.iter().zip(&begun) {
        let (_, ended) = fixture.get(&person, &own(payment)).await;
        let status = match cents {
            5_092 | 5_094 | 5_097 => "failed",
            5_098 => "pending",
            _ => "completed",
        };
        assert_eq!(ended["status"], status, "{ended}");
        left -= if status == "completed" { *cents } else { 0 };
    }
    assert_eq!(money(&fixture, &person).await, [left, left - 5_098, 5_098]);
    assert_limits_add_up(&fixture).await;
    let failed: Vec<FpsPaymentFailedV1> = fixture.database.told().await;
    assert_eq!(failed.len(), 3);
    assert!(failed.iter().all(|failed| failed.payee_name == "Demo Payee 4567"), "{failed:?}");

    // The last is never answered, and nobody but the bank says so until it is overdue.
    let id = begun[7]["fps_payment_id"].as_str().unwrap();
    assert_eq!(code(bank(&fixture, id, "refuse").await), (409, "bank-is-deciding".to_owned()));
    fixture
        .execute(
            "UPDATE operations SET expires_at = NOW(6) - INTERVAL 1 SECOND
        WHERE expires_at IS NOT NULL",
        )
        .await;
    assert_eq!(bank(&fixture, id, "refuse").await.1["status"], "failed");
    assert_eq!(bank(&fixture, id, "refuse").await.0, 200);
    assert_eq!(code(bank(&fixture, id, "settle").await), (409, "hold-ended".to_owned()));
    assert_eq!(money(&fixture, &person).await, [left, left, 0]);
}

#[tokio::test]
async fn what_a_bank_does_not_know_or_answer_is_nobody_and_costs_nothing() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    for (proxy_type, proxy, status, expected) in [
        ("fps-id", "1234592", 404, "fps-payee-not-found"),
        ("email", "shop92@example.com", 404, "fps-payee-not-found"),
        ("fps-id", "1234598", 503, "try-again"),
        ("fps-id", "123456", 422, "fps-proxy-invalid"),
        ("fps-id", "shop@example.com", 422, "fps-proxy-invalid"),
        ("mobile", "21234567", 422, "fps-proxy-invalid"),
        ("email", "61234567", 422, "fps-proxy-invalid"),
        ("phone", "61234567", 400, "invalid-body"),
    ] {
        let wanted = json!({"proxy_type": proxy_type, "proxy": proxy});
        let refused = look_up(&fixture, &person, &wanted).await;
        assert_eq!(code(refused), (status, expected.to_owned()), "{wanted}");
    }
    assert_eq!(fixture.database.count("fps_payees").await, 0);

    // Three were asked of the bank, and thirty may be.
    let payee = payee(&fixture, &person).await;
    let again = json!({"proxy_type": "mobile", "proxy": PHONE});
    for _ in 0..26 {
        assert_eq!(look_up(&fixture, &person, &again).await.0, 200);
    }
    let throttled = (429, "fps-lookups-throttled".to_owned());
    assert_eq!(code(look_up(&fixture, &person, &again).await), throttled);
    fixture.execute("UPDATE fps_lookups SET counted_on = counted_on - INTERVAL 1 DAY").await;
    assert_eq!(look_up(&fixture, &person, &again).await.0, 200);

    let operators = Fixture::of_operators().await;
    let person_there = operators.consumer_with(1).await;
    let unavailable = (422, "fps-unavailable".to_owned());
    assert_eq!(code(look_up(&operators, &person_there, &again).await), unavailable);

    // What was looked up long ago is forgotten with the next look, and pays nobody before.
    fixture.execute("UPDATE fps_payees SET created_at = created_at - INTERVAL 16 MINUTE").await;
    let key = new_key();
    let wanted = signed(&person, &payee, 700, &key);
    let expired = (409, "fps-payee-expired".to_owned());
    assert_eq!(code(fixture.post(&person, PAYMENTS, &key, &wanted).await), expired);
    fixture.execute("UPDATE fps_payees SET created_at = created_at - INTERVAL 62 DAY").await;
    for _ in 0..3 {
        assert_eq!(look_up(&fixture, &person, &again).await.0, 200);
    }
    assert_eq!(fixture.database.count("fps_payees").await, 3);
    assert_eq!(money(&fixture, &person).await, [50_000, 50_000, 0]);
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_its_code_and_nothing_is_held() {
    let fixture = Fixture::new().await;
    let (person, friend) =
        (fixture.consumer_with(50_000).await, fixture.consumer_with(50_000).await);
    let merchant = fixture.person(Product::Business).await;
    let (payee, theirs) = (payee(&fixture, &person).await, payee(&fixture, &friend).await);
    let of = |alter: &dyn Fn(&mut Value)| {
        let key = new_key();
        let mut body = signed(&person, &payee, 700, &key);
        alter(&mut body);
        (key, body)
    };
    let confirmed = |alter: &dyn Fn(&mut OperationTerms), is_by_pin: bool| {
        let key = new_key();
        let mut terms = terms(&person, &payee, 700, &key);
        alter(&mut terms);
        let proof = if is_by_pin { pin_token(&fixture, terms) } else { signature(&person, terms) };
        (key, body(&payee, 700, &proof))
    };
    let dear = |cents| {
        let key = new_key();
        (key.clone(), signed(&person, &payee, cents, &key))
    };
    let other: fn(&mut OperationTerms) = |terms| {
        terms.reference = Some("fpp_45vb4pex5vsknk084sn02".to_owned().try_into().unwrap());
    };
    let mut cases = vec![
        (of(&|body| body["amount"]["amount"] = 0.into()), 400, "invalid-body"),
        (of(&|body| body["amount"]["amount"] = (-700).into()), 400, "invalid-body"),
        (of(&|body| body["amount"]["amount"] = 7.5.into()), 400, "invalid-body"),
        (of(&|body| body["amount"]["currency"] = "CNY".into()), 400, "invalid-body"),
        (of(&|body| body["proxy"] = PHONE.into()), 400, "invalid-body"),
        (of(&|body| body["fps_payee_id"] = "usr_1".into()), 400, "invalid-body"),
        (
            of(&|body| body["fps_payee_id"] = theirs["fps_payee_id"].clone()),
            404,
            "fps-payee-not-found",
        ),
        (of(&|body| body["amount"]["amount"] = 701.into()), 403, "confirmation-invalid"),
        (dear(50_001), 422, "insufficient-funds"),
    ];
    let altered: [&dyn Fn(&mut OperationTerms); 5] = [
        &other,
        &|terms| terms.kind = ConfirmableKind::Withdrawal,
        &|terms| terms.payer = friend.user_id,
        &|terms| terms.amount = Money::hkd(699).unwrap(),
        &|terms| terms.idempotency_key = "another-key".parse().unwrap(),
    ];
    for alter in altered {
        cases.push((confirmed(alter, false), 403, "confirmation-invalid"));
        cases.push((confirmed(alter, true), 403, "confirmation-invalid"));
    }
    for ((key, body), status, expected) in cases {
        let refused = fixture.post(&person, PAYMENTS, &key, &body).await;
        assert_eq!(code(refused), (status, expected.to_owned()), "{body}");
    }
    let key = new_key();
    let refused = fixture.post(&merchant, PAYMENTS, &key, &signed(&person, &payee, 1, &key)).await;
    assert_eq!(code(refused), (403, "wrong-product".to_owned()));
    fixture.freeze(&person.user_id.to_string()).await;
    let refused = fixture.post(&person, PAYMENTS, &key, &signed(&person, &payee, 1, &key)).await;
    assert_eq!(code(refused), (403, "wallet-frozen".to_owned()));
    assert_eq!(money(&fixture, &person).await, [50_000, 50_000, 0]);
    assert_eq!(fixture.database.count("fps_payments").await, 0);
}

#[tokio::test]
async fn nobody_reads_or_ends_what_is_not_theirs_or_is_no_payment_by_fps() {
    let fixture = Fixture::new().await;
    let (person, other) =
        (fixture.consumer_with(50_000).await, fixture.consumer_with(50_000).await);
    let payment = pay(&fixture, &person, 5_098).await;
    let not_found = (404, "fps-payment-not-found".to_owned());
    assert_eq!(code(fixture.get(&other, &own(&payment)).await), not_found);
    let id = payment["fps_payment_id"].as_str().unwrap();
    let withdrawal = format!("/api/v1/wallets/me/withdrawals/{}", id.replace("fpay_", "wdr_"));
    assert_eq!(fixture.get(&person, &withdrawal).await.0, 404);
    for says in ["settle", "refuse"] {
        let absent = FpsPaymentId::new().to_string();
        assert_eq!(code(bank(&fixture, &absent, says).await), not_found);
    }
}

#[tokio::test]
async fn the_banks_late_word_and_an_operators_end_a_payment_once() {
    let fixture = Fixture::new().await;
    let rounds = rounds(200, 5);
    for _ in 0..rounds {
        let person = fixture.consumer_with(1_000).await;
        let payment = pay(&fixture, &person, 193).await;
        let id = payment["fps_payment_id"].as_str().unwrap();
        fixture
            .execute(
                "UPDATE operations SET expires_at = NOW(6) - INTERVAL 1 SECOND
            WHERE expires_at IS NOT NULL",
            )
            .await;
        fixture.let_bank_go_on().await;
        let (_, said) = tokio::join!(fixture.follow_bank(), bank(&fixture, id, "settle"));
        assert!(said.0 == 200 || said.0 == 409, "{said:?}");
        fixture.hear_the_bank().await;
        assert_eq!(fixture.get(&person, &own(&payment)).await.1["status"], "completed");
        assert_eq!(fixture.balance(&person).await, 807);
    }
    assert_eq!(fixture.audit().await["balanced"], true);
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    assert_eq!(moved.iter().filter(|moved| moved.kind == "fps-payment").count(), rounds);
}

#[tokio::test]
async fn no_log_event_or_other_table_has_the_proxy() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let (_, log) = logged(async {
        pay(&fixture, &person, 700).await;
        pay(&fixture, &person, 792).await;
        let wrong = json!({"proxy_type": "mobile", "proxy": format!("{PHONE}x")});
        look_up(&fixture, &person, &wrong).await;
    })
    .await;
    assert!(log.contains("refused") && !log.contains(PHONE), "{log}");
    let events = serde_json::to_string(&fixture.database.outbox().await).unwrap();
    assert!(events.contains("fps-payment-failed") && !events.contains(PHONE), "{events}");
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let operations: Vec<String> = conn
        .query("SELECT CONCAT_WS(' ', from_name, to_name, reference, note) FROM operations")
        .await
        .unwrap();
    assert!(operations.iter().all(|texts| !texts.contains(PHONE)), "{operations:?}");
}

#[tokio::test]
async fn a_handler_that_dies_before_it_tells_the_bank_pays_once() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let payment = pay(&fixture, &person, 5_093).await;
    assert_eq!(payment["status"], "pending");
    for _ in 0..2 {
        fixture.forget_telling().await;
        fixture.follow_bank().await;
    }
    fixture.hear_the_bank().await;
    assert_eq!(fixture.get(&person, &own(&payment)).await.1["status"], "completed");
    assert_eq!(money(&fixture, &person).await, [44_907, 44_907, 0]);
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    assert_eq!(moved.iter().filter(|moved| moved.kind == "fps-payment").count(), 1);
}

#[tokio::test]
async fn a_payment_that_goes_to_nobody_is_found_by_the_audit() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    pay(&fixture, &person, 700).await;
    assert_eq!(fixture.audit().await["balanced"], true);
    let (balanced, audit) = audit_after(&fixture, "DELETE FROM fps_payments").await;
    assert!(!balanced && audit.contains("operations_not_matching\":1"), "{audit}");
}
