//! Payments that bring in what the wallet lacks, since the person has agreed to that.

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use payments::routes;
use serde_json::{Value, json};
use testkit::{Call, InProcess};
use values::{ConfirmableKind, OperationTerms};

use crate::group_commit::static_payment;
use crate::limits::assert_limits_add_up;
use crate::pay::PAYMENTS;
use crate::withdrawals::{ACCOUNT, code, money, signature, terms};
use crate::{Fixture, Person, closed, new_key};

const AGREEMENT: &str = "/api/v1/wallets/me/automatic-top-up";
/// Payments at once, of which a day allows fewer.
const AT_ONCE: usize = 200;

impl Fixture {
    async fn agree(&self, person: &Person, cents: i64, confirmed: i64) -> (u16, Value) {
        let key = new_key();
        let terms = OperationTerms {
            kind: ConfirmableKind::AutomaticTopUp,
            reference: None,
            ..terms(person, confirmed, ACCOUNT, &key)
        };
        let body = json!({
            "daily_amount_max": {"amount": cents, "currency": "HKD"},
            "confirmation": signature(person, terms),
        });
        let call = Call::new("PUT", AGREEMENT).bearer(&person.token).key(&key).json(&body);
        let answer = self.send(call).await;
        (answer.status, answer.json())
    }

    /// What was brought in for payments: how often, and how much.
    async fn brought_in(&self) -> (u64, i64) {
        let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(moved), 0) AS SIGNED) FROM operations
            WHERE kind = 'top-up' AND state = 'completed' AND amount <> 10000";
        let mut conn = self.database.pool.get_conn().await.unwrap();
        conn.query_first(sql).await.unwrap().unwrap()
    }
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
    // Who came while the bank was asked reads that it is too little, and later what was paid.
    assert_eq!(fixture.post(&person, PAYMENTS, &key, &body).await.0, 201);
    assert_eq!(fixture.brought_in().await, (1, 2_300));
    assert_eq!(fixture.takings(&owner, shop).await, 12_300);
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
    // What is missing ends in 92 cents, which the bank refuses; in 91, which takes its time.
    for cents in [10_092, 10_091] {
        assert_eq!(code(pay(cents).await).1, "insufficient-funds");
    }
    assert_eq!(money(&fixture, &person).await, [10_000, 10_000, 91]);
    // What the payment would have needed is there later, and stays.
    fixture.let_bank_go_on().await;
    fixture.follow_bank().await;
    assert_eq!(money(&fixture, &person).await, [10_091, 10_091, 0]);

    fixture.deliver("payments_on_business_profile", &[closed(&owner, shop, 2)]).await;
    assert_eq!(code(pay(10_100).await).1, "payee-unavailable");
    assert_eq!(fixture.brought_in().await, (1, 91));
    let end = Call::new("DELETE", AGREEMENT).bearer(&person.token);
    assert_eq!(fixture.send(end).await.status, 204);
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
        let end = Call::new("DELETE", AGREEMENT).bearer(&person.token);
        assert_eq!(fixture.send(end).await.status, 204);
    }
    assert_eq!(fixture.brought_in().await, (1, 500));
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
    let paid = i64::try_from(paid).unwrap().saturating_mul(60);
    assert_eq!(brought, paid.saturating_add(left));
    assert_eq!(fixture.takings(&owner, shop).await, paid.saturating_add(40_000));
    assert!(paid > 0 && brought <= 4_000, "{paid} {brought}");
    assert_eq!(fixture.audit().await["balanced"], true);
    assert_limits_add_up(&fixture).await;
}
