//! Payments that bring in what the wallet lacks, since the person has agreed to that.

use std::time::Duration;

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use payments::routes;
use serde_json::{Value, json};
use testkit::{Call, InProcess};
use time::OffsetDateTime;
use tokio::time::sleep;
use values::{ConfirmableKind, OperationTerms, Product};

use crate::group_commit::static_payment;
use crate::limits::assert_limits_add_up;
use crate::pay::PAYMENTS;
use crate::peer_payments::{PEER_PAYMENTS, signed_amount};
use crate::withdrawals::{ACCOUNT, code, money, signature, terms};
use crate::{Fixture, Person, closed, net, new_key};

const AGREEMENT: &str = "/api/v1/wallets/me/automatic-top-up";
/// Payments at once, of which a day allows fewer.
const AT_ONCE: usize = 200;

impl Fixture {
    pub(crate) async fn agree(&self, person: &Person, cents: i64, confirmed: i64) -> (u16, Value) {
        self.put_agreement(person, &agreement(person, cents, confirmed)).await
    }

    async fn put_agreement(&self, person: &Person, (key, body): &(String, Value)) -> (u16, Value) {
        let call = Call::new("PUT", AGREEMENT).bearer(&person.token).key(key).json(body);
        let answer = self.send(call).await;
        (answer.status, answer.json())
    }

    async fn end_agreement(&self, person: &Person) {
        let end = Call::new("DELETE", AGREEMENT).bearer(&person.token);
        assert_eq!(self.send(end).await.status, 204);
    }

    /// What was brought in for payments: how often, and how much.
    async fn brought_in(&self) -> (u64, i64) {
        let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(moved), 0) AS SIGNED) FROM operations
            WHERE kind = 'top-up' AND state = 'completed' AND amount <> 10000";
        let mut conn = self.database.pool.get_conn().await.unwrap();
        conn.query_first(sql).await.unwrap().unwrap()
    }
}

fn agreement(person: &Person, cents: i64, confirmed: i64) -> (String, Value) {
    let key = new_key();
    let terms = OperationTerms {
        kind: ConfirmableKind::AutomaticTopUp,
        reference: None,
        ..terms(person, confirmed, ACCOUNT, &key)
    };
    let amount = json!({"amount": cents, "currency": "HKD"});
    let body = json!({"daily_amount_max": amount, "confirmation": signature(person, terms)});
    (key, body)
}

#[tokio::test]
async fn a_payment_brings_in_what_is_missing_once_however_often_it_is_repeated() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let person = fixture.consumer_with(10_000).await;
    let key = new_key();
    let body = static_payment(&person, shop, 12_300, &key);
    let refused = fixture.post(&person, PAYMENTS, &key, &body).await;
    assert_eq!(code(refused), (422, "insufficient-funds".to_owned()));

    let (status, agreed) = fixture.agree(&person, 5_000, 5_000).await;
    assert_eq!((status, &agreed["daily_amount_max"]["amount"]), (200, &json!(5_000)), "{agreed}");
    assert_eq!(fixture.get(&person, AGREEMENT).await, (200, agreed));
    let twins = (0..20).map(|_| fixture.post(&person, PAYMENTS, &key, &body));
    let answers = join_all(twins).await;
    assert!(answers.iter().any(|answer| answer.0 == 201), "{answers:?}");
    // Who came while the bank was asked reads no end, and later what was paid.
    assert!(answers.iter().all(|answer| matches!(answer.0, 201 | 503)), "{answers:?}");
    assert_eq!(fixture.post(&person, PAYMENTS, &key, &body).await.0, 201);
    assert_eq!(fixture.brought_in().await, (1, 2_300));
    assert_eq!(fixture.takings(&owner, shop).await, net(12_300));
    assert_eq!(money(&fixture, &person).await, [0, 0, 0]);

    // Of the day HK$27.00 are left, which the next payment may use up and no other exceed.
    for (cents, status) in [(2_701, 422), (2_700, 201), (1, 422)] {
        let key = new_key();
        let body = static_payment(&person, shop, cents, &key);
        assert_eq!(fixture.post(&person, PAYMENTS, &key, &body).await.0, status, "{cents}");
    }
    assert_eq!(fixture.brought_in().await, (2, 5_000));
    assert_limits_add_up(&fixture).await;
}

#[tokio::test]
async fn nothing_is_brought_in_without_agreement_proof_or_a_bank_that_gives_it() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let person = fixture.consumer_with(10_000).await;
    let unproven = fixture.agree(&person, 5_000, 4_999).await;
    assert_eq!(code(unproven), (403, "confirmation-invalid".to_owned()));
    assert_eq!(fixture.get(&person, AGREEMENT).await.1["daily_amount_max"], json!(null));
    let pay = async |cents: i64| {
        let key = new_key();
        let body = static_payment(&person, shop, cents, &key);
        fixture.post(&person, PAYMENTS, &key, &body).await
    };
    assert_eq!(code(pay(10_100).await).1, "insufficient-funds");
    assert_eq!(fixture.agree(&person, 50_000, 50_000).await.0, 200);
    // What is missing ends in 92 cents, which the bank refuses.
    assert_eq!(code(pay(10_092).await).1, "insufficient-funds");
    fixture.set_approval(shop, false).await;
    assert_eq!(code(pay(10_100).await).1, "shop-not-approved");
    fixture.deliver("payments_on_business_profile", &[closed(&owner, shop, 2)]).await;
    assert_eq!(code(pay(10_100).await).1, "payee-unavailable");
    assert_eq!(fixture.brought_in().await, (0, 0));
    fixture.end_agreement(&person).await;
    assert_eq!(fixture.get(&person, AGREEMENT).await.1["daily_amount_max"], json!(null));

    let of_operators = Fixture::of_operators().await;
    let person = of_operators.consumer_with(10_000).await;
    let refused = of_operators.agree(&person, 5_000, 5_000).await;
    assert_eq!(code(refused), (422, "instant-top-up-unavailable".to_owned()));
}

#[tokio::test]
async fn ending_and_agreeing_anew_gives_no_more_in_a_day() {
    let fixture = Fixture::new().await;
    let (_, shop) = fixture.shop().await;
    let person = fixture.consumer_with(10_000).await;
    for status in [201, 422] {
        assert_eq!(fixture.agree(&person, 500, 500).await.0, 200);
        let key = new_key();
        let cents = fixture.balance(&person).await.saturating_add(500);
        let body = static_payment(&person, shop, cents, &key);
        assert_eq!(fixture.post(&person, PAYMENTS, &key, &body).await.0, status);
        fixture.end_agreement(&person).await;
        // A proof is of a millisecond, and serves if it is newer than the end.
        sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(fixture.brought_in().await, (1, 500));
}

#[tokio::test]
async fn what_a_slow_bank_has_on_its_way_is_waited_for_and_brought_in_once() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let person = fixture.consumer_with(10_000).await;
    assert_eq!(fixture.agree(&person, 50_000, 50_000).await.0, 200);
    let (key, other) = (new_key(), new_key());
    let body = static_payment(&person, shop, 10_091, &key);
    let try_again = (503, "try-again".to_owned());
    for _ in 0..2 {
        assert_eq!(code(fixture.post(&person, PAYMENTS, &key, &body).await), try_again);
    }
    // Nor is it brought in again for who takes a new key, or who pays less.
    let less = static_payment(&person, shop, 10_050, &other);
    assert_eq!(code(fixture.post(&person, PAYMENTS, &other, &less).await), try_again);
    assert_eq!(money(&fixture, &person).await, [10_000, 10_000, 91]);
    let changed = static_payment(&person, shop, 10_092, &key);
    let reused = (422, "idempotency-key-reused".to_owned());
    assert_eq!(code(fixture.post(&person, PAYMENTS, &key, &changed).await), reused);
    fixture.let_bank_go_on().await;
    fixture.follow_bank().await;
    assert_eq!(fixture.post(&person, PAYMENTS, &key, &body).await.0, 201);
    assert_eq!(fixture.takings(&owner, shop).await, net(10_091));
    assert_eq!((money(&fixture, &person).await, fixture.brought_in().await), ([0, 0, 0], (1, 91)));
}

#[tokio::test]
async fn nothing_is_brought_in_for_what_would_be_refused_all_the_same() {
    let fixture = Fixture::new().await;
    let (payer, frozen) =
        (fixture.consumer_with(10_000).await, fixture.consumer_with(10_000).await);
    let thief = fixture.with_device(&payer, OffsetDateTime::now_utc().unix_timestamp() + 3_600);
    let friend = fixture.person(Product::Consumer).await;
    let stranger = fixture.stranger(Product::Consumer);
    let (_, shop) = fixture.shop().await;
    assert_eq!(fixture.agree(&payer, 9_000_000, 9_000_000).await.0, 200);
    fixture.freeze(&frozen.user_id.to_string()).await;
    fixture.freeze(&shop.to_string()).await;
    for (from, to, cents, refusal) in [
        (&payer, frozen.user_id, 10_100, "payee-unavailable"),
        (&payer, stranger.user_id, 10_100, "not-yet-known"),
        (&payer, payer.user_id, 10_100, "payer-is-payee"),
        (&thief, friend.user_id, 100_001, "new-device-limit-exceeded"),
        (&payer, friend.user_id, 500_001, "transaction-limit-exceeded"),
    ] {
        let key = new_key();
        let body = signed_amount(from, to, cents, &key);
        assert_eq!(code(fixture.post(from, PEER_PAYMENTS, &key, &body).await).1, refusal);
    }
    let key = new_key();
    let body = static_payment(&payer, shop, 10_100, &key);
    assert_eq!(code(fixture.post(&payer, PAYMENTS, &key, &body).await).1, "payee-unavailable");
    assert_eq!(fixture.database.count("automatic_top_up_uses").await, 0);
    assert_eq!(fixture.brought_in().await, (0, 0));
}

#[tokio::test]
async fn an_older_agreement_that_is_sent_again_brings_back_nothing() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(10_000).await;
    let more = agreement(&person, 9_000, 9_000);
    sleep(Duration::from_millis(2)).await;
    let less = agreement(&person, 100, 100);
    for body in [&more, &more] {
        assert_eq!(fixture.put_agreement(&person, body).await.0, 200);
    }
    let changed = (409, "automatic-top-up-changed".to_owned());
    assert_eq!(fixture.put_agreement(&person, &less).await.0, 200);
    assert_eq!(code(fixture.put_agreement(&person, &more).await), changed);
    assert_eq!(fixture.get(&person, AGREEMENT).await.1["daily_amount_max"]["amount"], 100);
    fixture.end_agreement(&person).await;
    for body in [&more, &less] {
        assert_eq!(code(fixture.put_agreement(&person, body).await), changed);
    }
    assert_eq!(fixture.get(&person, AGREEMENT).await.1["daily_amount_max"], json!(null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payments_at_once_bring_in_no_more_than_a_day_allows() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let instances = [fixture.routes.clone(), routes(fixture.another_instance())];
    let mut people = Vec::new();
    for _ in 0..4 {
        let person = fixture.consumer_with(10_000).await;
        let key = new_key();
        let all = static_payment(&person, shop, 10_000, &key);
        assert_eq!(fixture.post(&person, PAYMENTS, &key, &all).await.0, 201);
        assert_eq!(fixture.agree(&person, 1_000, 1_000).await.0, 200);
        people.push(person);
    }
    let pays = (0..AT_ONCE).map(|number| {
        let (person, key) = (&people[number % people.len()], new_key());
        let body = static_payment(person, shop, 60, &key);
        let call = Call::post(PAYMENTS).bearer(&person.token).key(&key).json(&body);
        call.send(&instances[(number / people.len()) % 2])
    });
    let answers = join_all(pays).await;
    let paid = answers.iter().filter(|answer| answer.status == 201).count();
    for person in &people {
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        let sql = "SELECT used, (SELECT CAST(COALESCE(SUM(amount), 0) AS SIGNED)
                FROM automatic_top_up_uses AS uses WHERE uses.user_id = agreed.user_id)
            FROM automatic_top_ups AS agreed WHERE user_id = ?";
        let (used, taken): (i64, i64) =
            conn.exec_first(sql, (person.user_id.uuid(),)).await.unwrap().unwrap();
        assert!(used == taken && used <= 1_000, "{used} {taken}");
    }
    let (_, brought) = fixture.brought_in().await;
    let left: i64 =
        join_all(people.iter().map(|person| fixture.balance(person))).await.iter().sum();
    let count = i64::try_from(paid).unwrap();
    let paid = count.saturating_mul(60);
    assert_eq!(brought, paid.saturating_add(left));
    let takings = count.saturating_mul(net(60)).saturating_add(net(10_000).saturating_mul(4));
    assert_eq!(fixture.takings(&owner, shop).await, takings);
    assert!(paid > 0 && brought <= 4_000, "{paid} {brought}");
    assert_eq!(fixture.audit().await["balanced"], true);
    assert_limits_add_up(&fixture).await;
}
