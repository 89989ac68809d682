//! What leaves for banks has one limit, whichever way it goes.

use futures_util::future::join_all;
use testkit::{Call, InProcess};

use super::assert_limits_add_up;
use crate::fps_payments::{PAYMENTS, pay as pay_by_fps, payee, signed as signed_fps};
use crate::withdrawals::{WITHDRAWALS, code, signed};
use crate::{Fixture, Person, new_key};

const MIGRATION: &str = include_str!("../../../migrations/V0140__fps_counts_as_to_banks.sql");
/// The bank never answers.
const SILENT: i64 = 198;

async fn withdraw(fixture: &Fixture, person: &Person, cents: i64) -> (u16, String) {
    let key = new_key();
    let answer = fixture.post(person, WITHDRAWALS, &key, &signed(person, cents, &key)).await;
    if answer.0 == 201 { (201, String::new()) } else { code(answer) }
}

async fn pay(fixture: &Fixture, person: &Person, cents: i64) -> (u16, String) {
    let (payee, key) = (payee(fixture, person).await, new_key());
    let wanted = signed_fps(person, &payee, cents, &key);
    let answer = fixture.post(person, PAYMENTS, &key, &wanted).await;
    if answer.0 == 201 { (201, String::new()) } else { code(answer) }
}

#[tokio::test]
async fn withdrawals_and_payments_by_fps_use_one_limit_to_the_cent() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let all_but = |cents: i64| {
        let used = 1_000_000 - cents;
        format!(
            "UPDATE accounts SET withdrawal_day = {used}, withdrawal_month = {used},
                 withdrawal_year = {used}"
        )
    };
    let (done, too_much) = ((201, String::new()), (422, "daily-limit-exceeded".to_owned()));
    fixture.execute(&all_but(700)).await;
    assert_eq!(pay(&fixture, &person, 701).await, too_much);
    assert_eq!(pay(&fixture, &person, 300).await, done);
    assert_eq!(withdraw(&fixture, &person, 401).await, too_much);
    assert_eq!(withdraw(&fixture, &person, 400).await, done);
    assert_eq!(pay(&fixture, &person, 1).await, too_much);
    assert_eq!(withdraw(&fixture, &person, 1).await, too_much);
    let used = [1_000_000, 1_000_000, 1_000_000, 2];
    assert_eq!(fixture.used(&person, "withdrawal").await, used);
    assert_eq!(fixture.used(&person, "peer-payment").await, [300, 300, 300, 1]);

    // What the bank has rejected counts no more, in either way.
    fixture.execute(&all_but(100_000)).await;
    assert_eq!(pay(&fixture, &person, 5_092).await, done);
    let used = [900_000, 900_000, 900_000, 2];
    assert_eq!(fixture.used(&person, "withdrawal").await, used);
    assert_eq!(fixture.used(&person, "peer-payment").await, [300, 300, 300, 1]);
    assert_eq!(fixture.balance(&person).await, 49_300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_begin_at_once_than_a_day_allows_of_both_together() {
    let fixture = Fixture::new().await;
    let instances = [fixture.app.clone(), fixture.another_instance()].map(payments::routes);
    let person = fixture.consumer_with(50_000).await;
    let payee = payee(&fixture, &person).await;
    let begin = |number: usize| {
        let key = new_key();
        let (path, body) = match number % 2 {
            0 => (WITHDRAWALS, signed(&person, SILENT, &key)),
            _ => (PAYMENTS, signed_fps(&person, &payee, SILENT, &key)),
        };
        let call = Call::post(path).bearer(&person.token).key(&key).json(&body);
        call.send(&instances[number / 2 % 2])
    };
    let answers = join_all((0..24).map(begin)).await;
    let (begun, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(begun.len(), 10);
    assert!(refused.iter().all(|answer| answer.json()["code"] == "daily-count-exceeded"));
    assert_limits_add_up(&fixture).await;
}

#[tokio::test]
async fn what_was_paid_by_fps_before_there_was_one_limit_is_used_of_it() {
    let fixture = Fixture::new().await;
    let (person, other) =
        (fixture.consumer_with(50_000).await, fixture.consumer_with(50_000).await);
    for cents in [700, 5_091, 5_092, 5_098] {
        pay_by_fps(&fixture, &person, cents).await;
    }
    for person in [&person, &other] {
        assert_eq!(withdraw(&fixture, person, 30).await.0, 201);
    }
    // One was begun on another day.
    fixture
        .execute(
            "UPDATE operations SET created_at = created_at - INTERVAL 1 DAY WHERE amount = 700",
        )
        .await;
    fixture
        .execute(
            "UPDATE accounts SET withdrawal_day = 30, withdrawal_month = 30, withdrawal_year = 30,
                 withdrawal_count = 1 WHERE withdrawal_count > 0",
        )
        .await;
    fixture.execute(MIGRATION).await;
    let [day, _, _, count] = fixture.used(&person, "withdrawal").await;
    assert_eq!((day, count), (30 + 5_091 + 5_098, 3));
    assert_eq!(fixture.used(&other, "withdrawal").await, [30, 30, 30, 1]);
}
