//! Money from a wallet to its owner's bank account: held, then paid out or back again.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use events::payments::{MoneyMovedV1, WithdrawalFailedV1};
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, InProcess, logged, rounds};
use time::OffsetDateTime;
use values::{AccountId, ConfirmableKind, Fee, Money, OperationConfirmation, OperationTerms};

use crate::{Fixture, Person, new_key};

pub(crate) const WITHDRAWALS: &str = "/api/v1/wallets/me/withdrawals";
const MOVEMENTS: &str = "/api/v1/wallets/me/movements";
pub(crate) const ACCOUNT: &str = "024-123456789";
/// Withdrawals that a person may make in a day.
const A_DAY: usize = 10;

pub(crate) fn terms(person: &Person, minor_units: i64, account: &str, key: &str) -> OperationTerms {
    OperationTerms {
        kind: ConfirmableKind::Withdrawal,
        payer: person.user_id,
        payee: AccountId::User(person.user_id),
        amount: Money::hkd(minor_units).unwrap(),
        fee: Fee::NONE,
        payment_request_id: None,
        reference: Some(account.to_owned().try_into().unwrap()),
        idempotency_key: key.parse().unwrap(),
    }
}

pub(crate) fn body(minor_units: i64, account: &str, confirmation: &Value) -> Value {
    let (bank_code, account_number) = account.split_once('-').unwrap();
    json!({
        "amount": {"amount": minor_units, "currency": "HKD"},
        "bank_account": {"bank_code": bank_code, "account_number": account_number},
        "confirmation": confirmation,
    })
}

pub(crate) fn signature(person: &Person, terms: OperationTerms) -> Value {
    let confirmed_at = OffsetDateTime::now_utc().into();
    let confirmation = OperationConfirmation { terms, confirmed_at };
    json!({
        "type": "device",
        "signed_at": confirmation.confirmed_at,
        "signature": person.device.sign(&confirmation.signing_text()),
    })
}

pub(crate) fn pin_token(fixture: &Fixture, terms: OperationTerms) -> Value {
    token(fixture, terms, "pin", OffsetDateTime::now_utc())
}

/// The token that the auth service would have given at this time for the PIN or a passkey.
pub(crate) fn token(
    fixture: &Fixture,
    terms: OperationTerms,
    acr: &str,
    now: OffsetDateTime,
) -> Value {
    let vouched = OperationConfirmation { terms, confirmed_at: now.into() };
    let mut claims = serde_json::to_value(&vouched).unwrap();
    claims["iss"] = service::ISSUER.into();
    claims["aud"] = OperationConfirmation::TOKEN_AUDIENCE.into();
    claims["acr"] = acr.into();
    claims["exp"] = OffsetDateTime::now_utc().unix_timestamp().saturating_add(100).into();
    json!({"type": "pin", "token": fixture.issuer.sign(&claims)})
}

/// A withdrawal to one account, which the person's phone signs now.
pub(crate) fn signed(person: &Person, minor_units: i64, key: &str) -> Value {
    let terms = terms(person, minor_units, ACCOUNT, key);
    body(minor_units, ACCOUNT, &signature(person, terms))
}

/// A pending withdrawal; its id.
pub(crate) async fn pending(fixture: &Fixture, person: &Person, minor_units: i64) -> String {
    let key = new_key();
    let withdrawal = signed(person, minor_units, &key);
    let (status, withdrawal) = fixture.post(person, WITHDRAWALS, &key, &withdrawal).await;
    assert_eq!((status, &withdrawal["status"]), (201, &json!("pending")), "{withdrawal}");
    withdrawal["withdrawal_id"].as_str().unwrap().to_owned()
}

/// What the bank says, which an operator passes on: `settle` or `refuse`.
pub(crate) async fn bank(fixture: &Fixture, id: &str, says: &str) -> (u16, Value) {
    let path = format!("/api/v1/ledger/withdrawals/{id}/{says}");
    let word = json!({"reason": "bank file 8", "operator": "ops@example.com"});
    let answer = fixture.send(Call::post(&path).json(&word)).await;
    (answer.status, answer.json())
}

pub(crate) fn code((status, problem): (u16, Value)) -> (u16, String) {
    (status, problem["code"].as_str().unwrap_or_else(|| panic!("{problem}")).to_owned())
}

/// The wallet's balance, what is available of it, and what the books hold; the audit agrees.
pub(crate) async fn money(fixture: &Fixture, person: &Person) -> [i64; 3] {
    let (_, wallet) = fixture.get(person, "/api/v1/wallets/me").await;
    let audit = fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
    [&wallet["balance"], &wallet["available"], &audit["held"]]
        .map(|money| money["amount"].as_i64().unwrap())
}

#[tokio::test]
async fn what_is_withdrawn_is_held_until_the_bank_has_it_and_then_it_has_moved() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let key = new_key();
    let wanted = signed(&person, 20_000, &key);
    let call = Call::post(WITHDRAWALS).bearer(&person.token).key(&key).json(&wanted);
    let answer = fixture.send(call).await;
    let begun = answer.json();
    let id = begun["withdrawal_id"].as_str().unwrap().to_owned();
    assert!(answer.status == 201 && id.starts_with("wdr_"), "{begun}");
    let own = format!("{WITHDRAWALS}/{id}");
    assert_eq!(answer.header("location"), own);
    let masked = json!({"bank_code": "024", "account_number_ending": "6789"});
    assert_eq!((&begun["status"], &begun["bank_account"]), (&json!("pending"), &masked));
    assert_eq!((&begun["amount"]["amount"], &begun["ended_at"]), (&json!(20_000), &json!(null)));
    assert_eq!(fixture.get(&person, &own).await, (200, begun));
    assert_eq!(money(&fixture, &person).await, [50_000, 30_000, 20_000]);
    let (_, movements) = fixture.get(&person, MOVEMENTS).await;
    assert_eq!(movements["items"].as_array().unwrap().len(), 1);

    let (status, ended) = bank(&fixture, &id, "settle").await;
    assert_eq!((status, &ended["status"]), (200, &json!("completed")), "{ended}");
    assert!(ended["ended_at"].is_string() && ended["bank_account"] == masked, "{ended}");
    assert_eq!(fixture.get(&person, &own).await, (200, ended));
    assert_eq!(money(&fixture, &person).await, [30_000, 30_000, 0]);
    let (_, movements) = fixture.get(&person, MOVEMENTS).await;
    let newest = &movements["items"][0];
    assert_eq!(newest["subject"], json!({"type": "withdrawal", "id": id}));
    assert_eq!((&newest["direction"], &newest["counterparty"]), (&json!("out"), &json!(null)));
    let told: Vec<MoneyMovedV1> = fixture.database.told().await;
    let told = told.iter().find(|moved| moved.kind == "withdrawal").unwrap();
    assert_eq!((&told.operation_id, told.amount), (&id, 20_000));
    assert_eq!(told.from.told_user_id, Some(person.user_id.to_string()));
    assert_eq!((&*told.to.side_type, &told.to.id), ("bank", &None));
}

#[tokio::test]
async fn what_the_bank_refuses_is_in_the_wallet_again_and_the_person_is_told() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let id = pending(&fixture, &person, 50_000).await;
    assert_eq!(money(&fixture, &person).await, [50_000, 0, 50_000]);
    let (status, ended) = bank(&fixture, &id, "refuse").await;
    assert_eq!((status, &ended["status"]), (200, &json!("failed")), "{ended}");
    assert!(ended["ended_at"].is_string(), "{ended}");
    assert_eq!(money(&fixture, &person).await, [50_000, 50_000, 0]);
    let (_, movements) = fixture.get(&person, MOVEMENTS).await;
    assert_eq!(movements["items"].as_array().unwrap().len(), 1);
    let told: Vec<WithdrawalFailedV1> = fixture.database.told().await;
    assert_eq!((told.len(), &told[0].withdrawal_id, told[0].amount), (1, &id, 50_000));
    assert_eq!(told[0].user_id, person.user_id.to_string());
    pending(&fixture, &person, 50_000).await;
}

#[tokio::test]
async fn the_banks_word_counts_once_however_often_and_its_opposite_not_at_all() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    for (first, opposite) in [("settle", "refuse"), ("refuse", "settle")] {
        let id = pending(&fixture, &person, 100).await;
        let words = join_all((0..10).map(|_| bank(&fixture, &id, first))).await;
        assert!(words.iter().all(|word| *word == words[0] && word.0 == 200), "{words:?}");
        assert_eq!(code(bank(&fixture, &id, opposite).await), (409, "hold-ended".to_owned()));
        assert_eq!(bank(&fixture, &id, first).await, words[0]);
    }
    assert_eq!(money(&fixture, &person).await, [49_900, 49_900, 0]);
    // The top-up, and two transfers for each withdrawal.
    assert_eq!(fixture.database.count("transfers").await, 6);
    // One of them is about the top-up.
    assert_eq!(fixture.database.count("operation_words").await, 3);
    let told: Vec<MoneyMovedV1> = fixture.database.told().await;
    let failed: Vec<WithdrawalFailedV1> = fixture.database.told().await;
    assert_eq!((told.len(), failed.len()), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_withdrawals_at_once_never_hold_more_than_there_is() {
    let fixture = Fixture::of_operators().await;
    let instances = [fixture.routes.clone(), payments::routes(fixture.another_instance())];
    let person = fixture.consumer_with(100).await;
    for round in 0..rounds(200, 10) {
        let both = instances.iter().map(|instance| {
            let key = new_key();
            let body = signed(&person, 60, &key);
            let call = Call::post(WITHDRAWALS).bearer(&person.token).key(&key).json(&body);
            call.send(instance)
        });
        let mut answers = join_all(both).await;
        answers.sort_by_key(|answer| answer.status);
        assert_eq!([answers[0].status, answers[1].status], [201, 422], "{round}");
        assert_eq!(answers[1].json()["code"], "insufficient-funds");
        assert_eq!(money(&fixture, &person).await, [100, 40, 60]);
        let id = answers[0].json()["withdrawal_id"].as_str().unwrap().to_owned();
        assert_eq!(bank(&fixture, &id, "refuse").await.0, 200);
    }
    assert_eq!(money(&fixture, &person).await, [100, 100, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_opposite_words_at_once_one_stands() {
    let fixture = Fixture::of_operators().await;
    let other_instance = payments::routes(fixture.another_instance());
    let (mut person, mut left) = (fixture.consumer_with(1_000).await, 1_000);
    let rounds = rounds(200, 10);
    for round in 0..rounds {
        if round > 0 && round % A_DAY == 0 {
            (person, left) = (fixture.consumer_with(1_000).await, 1_000);
        }
        let id = pending(&fixture, &person, 100).await;
        let path = format!("/api/v1/ledger/withdrawals/{id}/refuse");
        let word = json!({"reason": "bank file 8", "operator": "ops@example.com"});
        let refuse = testkit::call(&other_instance, "POST", &path, None, Some(&word));
        let (settled, refused) = tokio::join!(bank(&fixture, &id, "settle"), refuse);
        let (won, lost) = if settled.0 == 200 { (settled, refused) } else { (refused, settled) };
        assert_eq!(won.0, 200, "{round}: {}", won.1);
        assert_eq!(code(lost), (409, "hold-ended".to_owned()), "{round}");
        let (_, stands) = fixture.get(&person, &format!("{WITHDRAWALS}/{id}")).await;
        assert_eq!(stands, won.1);
        left = if stands["status"] == "completed" { left - 100 } else { left };
        assert_eq!(money(&fixture, &person).await, [left, left, 0]);
    }
    // A beginning and an end of each top-up and each withdrawal.
    let [rounds, top_ups] = [rounds, rounds / A_DAY].map(|count| u64::try_from(count).unwrap());
    assert_eq!(fixture.database.count("transfers").await, 2 * (top_ups + rounds));
    assert_eq!(fixture.database.count("operation_words").await, top_ups + rounds);
}

#[tokio::test]
async fn a_retried_key_is_one_withdrawal_and_reads_it_as_it_stands_now() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let key = new_key();
    // Each is signed anew, as a phone that retries would do; one is confirmed by the PIN.
    let mut bodies: Vec<Value> = (0..5).map(|_| signed(&person, 700, &key)).collect();
    let terms = terms(&person, 700, ACCOUNT, &key);
    bodies.push(body(700, ACCOUNT, &pin_token(&fixture, terms)));
    let calls = bodies.iter().map(|body| fixture.post_text(&person, WITHDRAWALS, &key, body));
    let answers = join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.0 == 201 && *answer == answers[0]), "{answers:?}");
    assert_eq!(money(&fixture, &person).await, [50_000, 49_300, 700]);
    assert_eq!(fixture.database.count("withdrawals").await, 1);

    let first: Value = serde_json::from_str(&answers[0].1).unwrap();
    let (_, ended) = bank(&fixture, first["withdrawal_id"].as_str().unwrap(), "settle").await;
    // A proof that is too old by now reads what was done.
    let mut late = bodies[0].clone();
    late["confirmation"]["signed_at"] = "2026-01-01T00:00:00.000Z".into();
    assert_eq!(fixture.post(&person, WITHDRAWALS, &key, &late).await, (201, ended));
    let elsewhere = self::terms(&person, 700, "025-123456789", &key);
    let elsewhere = body(700, "025-123456789", &signature(&person, elsewhere));
    for other in [signed(&person, 701, &key), elsewhere] {
        let refused = fixture.post(&person, WITHDRAWALS, &key, &other).await;
        assert_eq!(code(refused), (422, "idempotency-key-reused".to_owned()));
    }
    assert_eq!(money(&fixture, &person).await, [49_300, 49_300, 0]);
}

#[tokio::test]
async fn a_withdrawal_that_waits_too_long_is_brought_before_people_and_stays_as_it_is() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let id = pending(&fixture, &person, 700).await;
    let report = async || {
        let (status, log) = logged(fixture.look_after_pending()).await;
        assert_eq!(status, 200);
        log
    };
    const WARNING: &str = "operations wait for the bank's answer for too long overdue=1";
    assert!(!report().await.contains(WARNING));
    let old = "UPDATE operations SET expires_at = NOW(6) - INTERVAL 1 SECOND
               WHERE expires_at IS NOT NULL";
    fixture.database.pool.get_conn().await.unwrap().query_drop(old).await.unwrap();
    assert!(report().await.contains(WARNING));
    assert_eq!(money(&fixture, &person).await, [50_000, 49_300, 700]);
    assert_eq!(bank(&fixture, &id, "settle").await.1["status"], "completed");
    assert!(!report().await.contains(WARNING));
    assert_eq!(money(&fixture, &person).await, [49_300, 49_300, 0]);
}
