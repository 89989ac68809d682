//! Many operations in one transaction: what one of them does to the others, and what failures do.

use std::time::Duration;

use futures_util::future::join_all;
use mysql_async::TxOpts;
use mysql_async::prelude::Queryable;
use payments::routes;
use serde_json::{Value, json};
use service::Routes;
use testkit::{Answer, Call, InProcess};
use tokio::time::{sleep, timeout};
use values::{BusinessId, Money, OperationTerms};

use crate::pay::PAYMENTS;
use crate::{Fixture, Person, net, new_key, signed, signed_at, terms};

const TOP_UPS: &str = "/api/v1/wallets/me/top-ups";

/// Holds an account's row until it is dropped, so that what needs the account must wait.
pub(crate) async fn hold(
    fixture: &Fixture,
    account: uuid::Uuid,
) -> mysql_async::Transaction<'static> {
    let mut tx = fixture.database.pool.start_transaction(TxOpts::default()).await.unwrap();
    let sql = "SELECT account_id FROM accounts WHERE account_id = ? FOR UPDATE";
    tx.exec_drop(sql, (account,)).await.unwrap();
    tx
}

/// The refusal of one of two who ask for the same at once, at two instances; the other has it. Both
/// begin before either has the account of the person.
pub(crate) async fn one_of_two(
    fixture: &Fixture,
    person: &Person,
    path: &str,
    body: &Value,
) -> Answer {
    let instances = [fixture.routes.clone(), routes(fixture.another_instance())];
    let call = |instance| {
        let call = Call::post(path).bearer(&person.token).key(&new_key()).json(body);
        call.send(instance)
    };
    let held = hold(fixture, person.user_id.uuid()).await;
    let release = async {
        sleep(Duration::from_millis(500)).await;
        held.rollback().await.unwrap();
    };
    let (answers, ()) = tokio::join!(join_all(instances.iter().map(call)), release);
    let (made, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!((made.len(), refused.len()), (1, 1));
    refused.into_iter().next().unwrap()
}

/// What a payer confirms who enters the amount at a static code.
pub(crate) fn static_terms(
    payer: &Person,
    shop: BusinessId,
    cents: i64,
    key: &str,
) -> OperationTerms {
    let any_request = values::PaymentRequestId::new().to_string();
    OperationTerms {
        payment_request_id: None,
        amount: Money::hkd(cents).unwrap(),
        ..terms(payer, shop, &any_request, key)
    }
}

/// A payment by a static code.
pub(crate) fn static_payment(payer: &Person, shop: BusinessId, cents: i64, key: &str) -> Value {
    signed_at(payer, static_terms(payer, shop, cents, key), time::OffsetDateTime::now_utc())
}

#[tokio::test]
async fn a_row_that_cannot_be_read_fails_its_own_payment_and_no_neighbour() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let mut payments = Vec::new();
    for _ in 0..12 {
        let payer = fixture.consumer_with(12_850).await;
        payments.push((payer, fixture.request(&owner, shop).await, new_key()));
    }
    let broken: values::PaymentRequestId = payments[5].1.parse().unwrap();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let damage = "UPDATE payment_requests SET status = 'lost' WHERE payment_request_id = ?";
    conn.exec_drop(damage, (broken.uuid(),)).await.unwrap();

    // They gather in one batch while the shop's account is held.
    let held = hold(&fixture, shop.uuid()).await;
    let release = async {
        sleep(Duration::from_millis(300)).await;
        held.rollback().await.unwrap();
    };
    let pay = async |(payer, request, key): &(Person, String, String)| {
        fixture.post(payer, PAYMENTS, key, &signed(payer, shop, request, key)).await.0
    };
    let (answers, ()) = tokio::join!(join_all(payments.iter().map(pay)), release);
    let mut expected = vec![201; 12];
    expected[5] = 500;
    assert_eq!(answers, expected);
    assert_eq!(fixture.takings(&owner, shop).await, net(12_850).saturating_mul(11));
}

#[tokio::test]
async fn a_row_that_somebody_holds_for_long_stops_nobody_else() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let mut payers = Vec::new();
    for _ in 0..20 {
        payers.push((fixture.consumer_with(100).await, new_key()));
    }
    // First they gather in one batch, while the shop's account is held.
    let (stuck, at_shop) =
        (hold(&fixture, payers[7].0.user_id.uuid()).await, hold(&fixture, shop.uuid()).await);
    let pay = async |(payer, key): &(Person, String)| {
        fixture.post(payer, PAYMENTS, key, &static_payment(payer, shop, 100, key)).await.0
    };
    let release = async {
        sleep(Duration::from_millis(300)).await;
        at_shop.rollback().await.unwrap();
    };
    let (others, one): (Vec<_>, Vec<_>) =
        payers.iter().partition(|(payer, _)| payer.user_id != payers[7].0.user_id);
    let others = async {
        assert_eq!(join_all(others.into_iter().map(pay)).await, vec![201; 19]);
        assert_eq!(fixture.takings(&owner, shop).await, net(100).saturating_mul(19));
        stuck.rollback().await.unwrap();
    };
    let (waited, (), ()) = tokio::join!(pay(one[0]), others, release);
    assert_eq!((waited, fixture.takings(&owner, shop).await), (201, net(100).saturating_mul(20)));
}

#[tokio::test]
async fn a_payment_that_nobody_confirmed_waits_for_no_account_but_its_payers() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(100).await;
    let (_, shop) = fixture.shop().await;
    let _held = hold(&fixture, shop.uuid()).await;
    let key = new_key();
    let mut body = static_payment(&payer, shop, 100, &key);
    body["amount"]["amount"] = 99.into();
    let answer = timeout(Duration::from_secs(3), fixture.post(&payer, PAYMENTS, &key, &body));
    assert_eq!(answer.await.unwrap().1["code"], "confirmation-invalid");
}

#[tokio::test]
async fn twins_of_a_request_at_two_instances_make_one_although_they_share_no_account() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    // Once: to make them takes longer than a call does.
    let instances = [fixture.app.clone(), fixture.another_instance()].map(payments::routes);
    let keys: Vec<String> = (0..40).map(|_| new_key()).collect();
    let body = json!({"business_id": shop, "amount": {"amount": 100, "currency": "HKD"}});
    let call =
        |key| Call::post("/api/v1/payment-requests").bearer(&owner.token).key(key).json(&body);
    let twins = keys.iter().flat_map(|key| instances.each_ref().map(|app| (call(key), app)));
    let answers = join_all(twins.map(async |(call, app)| {
        let answer = call.send(app).await;
        (answer.status, answer.text())
    }));
    for pair in answers.await.chunks(2) {
        assert!(pair[0].0 == 201 && pair[0] == pair[1], "{pair:?}");
    }
    assert_eq!(fixture.database.count("payment_requests").await, 40);
}

#[tokio::test]
async fn one_key_for_two_payments_at_once_makes_one_of_them() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(50_000).await;
    let (owner, shop) = fixture.shop().await;
    let (_, other_shop) = fixture.shop().await;
    let (key, another) = (new_key(), payments::routes(fixture.another_instance()));
    let bodies = [
        static_payment(&payer, shop, 100, &key),
        static_payment(&payer, shop, 200, &key),
        // Perhaps in another lane, and at another instance.
        static_payment(&payer, other_shop, 300, &key),
    ];
    let at = async |at: &Routes, body: &Value| {
        let call = Call::post(PAYMENTS).bearer(&payer.token).key(&key).json(body);
        let answer = call.send(at).await;
        (answer.status, answer.json()["code"].clone())
    };
    let answers = tokio::join!(
        at(&fixture.routes, &bodies[0]),
        at(&fixture.routes, &bodies[1]),
        at(&fixture.routes, &bodies[2]),
        at(&another, &bodies[1]),
        at(&another, &bodies[2]),
    );
    let answers = [answers.0, answers.1, answers.2, answers.3, answers.4];
    let paid = answers.iter().filter(|(status, _)| *status == 201).count();
    let reused = answers.iter().filter(|(_, code)| *code == "idempotency-key-reused").count();
    assert!((1..=2).contains(&paid) && paid.saturating_add(reused) == 5, "{answers:?}");
    // Of the top-up and of one payment with its fee.
    assert_eq!(fixture.database.count("transfers").await, 4);
    assert!(fixture.balance(&payer).await >= 49_700);
    assert!(fixture.takings(&owner, shop).await <= 200);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn who_has_gone_before_the_decision_does_not_pay() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let (first, second) = (fixture.consumer_with(100).await, fixture.consumer_with(100).await);
    let held = hold(&fixture, shop.uuid()).await;
    let (key, gone_key) = (new_key(), new_key());
    let pays = async {
        fixture.post(&first, PAYMENTS, &key, &static_payment(&first, shop, 100, &key)).await.0
    };
    let goes = async {
        // The first is under way by then, and the lane busy.
        sleep(Duration::from_millis(200)).await;
        let body = static_payment(&second, shop, 100, &gone_key);
        let pay = fixture.post(&second, PAYMENTS, &gone_key, &body);
        assert!(timeout(Duration::from_millis(200), pay).await.is_err());
        held.rollback().await.unwrap();
    };
    assert_eq!(tokio::join!(pays, goes).0, 201);
    let balances = (fixture.balance(&second).await, fixture.takings(&owner, shop).await);
    assert_eq!(balances, (100, net(100)));
    // Nothing was lost by that either: the key is unused.
    let body = static_payment(&second, shop, 100, &gone_key);
    assert_eq!(fixture.post(&second, PAYMENTS, &gone_key, &body).await.0, 201);
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_503_and_the_key_says_what_became_of_it() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let payer = fixture.consumer_with(500).await;
    let held = hold(&fixture, shop.uuid()).await;
    let key = new_key();
    let body = static_payment(&payer, shop, 100, &key);
    let pays = fixture.post(&payer, PAYMENTS, &key, &body);
    let breaks = async {
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        let waiting = "SELECT ID FROM information_schema.PROCESSLIST
            WHERE DB = DATABASE() AND INFO LIKE '%FROM accounts%FOR UPDATE%'
                AND ID <> CONNECTION_ID()";
        let id: u64 = loop {
            if let Some(id) = conn.query_first(waiting).await.unwrap() {
                break id;
            }
        };
        conn.query_drop(format!("KILL {id}")).await.unwrap();
        held.rollback().await.unwrap();
    };
    let (answer, ()) = tokio::join!(pays, breaks);
    assert_eq!((answer.0, &answer.1["retryable"]), (503, &json!(true)), "{}", answer.1);
    assert_eq!(fixture.balance(&payer).await, 500);
    for _ in 0..2 {
        assert_eq!(fixture.post(&payer, PAYMENTS, &key, &body).await.0, 201);
    }
    let balances = (fixture.balance(&payer).await, fixture.takings(&owner, shop).await);
    assert_eq!(balances, (400, net(100)));
}

#[tokio::test]
async fn a_key_of_last_month_still_answers() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(500).await;
    let (_, shop) = fixture.shop().await;
    let key = new_key();
    let body = static_payment(&payer, shop, 100, &key);
    let first = fixture.post_text(&payer, PAYMENTS, &key, &body).await;
    assert_eq!(first.0, 201, "{}", first.1);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let older =
        "UPDATE operation_keys SET month = EXTRACT(YEAR_MONTH FROM NOW() - INTERVAL 29 DAY)";
    // Near the turn of a month it stands there already.
    let _ = conn.query_drop(older).await;
    assert_eq!(fixture.post_text(&payer, PAYMENTS, &key, &body).await, first);
    assert_eq!(fixture.balance(&payer).await, 400);
}

/// Two instances, a few people and shops, all kinds of operations at once, each sent twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_on_the_same_accounts_wait_for_each_other_and_never_in_a_circle() {
    let fixture = Fixture::new().await;
    let instances = [fixture.routes.clone(), payments::routes(fixture.another_instance())];
    let mut people = Vec::new();
    for _ in 0..4 {
        people.push(fixture.consumer_with(5_000).await);
    }
    let (owner, shop) = fixture.shop().await;
    let (other_owner, other_shop) = fixture.shop().await;
    let mut calls = Vec::new();
    for number in 0..400_usize {
        let (person, key) = (&people[number % people.len()], new_key());
        let payee = if number % 3 == 0 { other_shop } else { shop };
        let (path, body) = match number % 5 {
            0 => (TOP_UPS, json!({"amount": {"amount": 70, "currency": "HKD"}})),
            1 => {
                let debit =
                    json!({"amount": {"amount": 30, "currency": "HKD"}, "type": "bank-debit"});
                (TOP_UPS, debit)
            }
            _ => (PAYMENTS, static_payment(person, payee, 50, &key)),
        };
        for instance in &instances {
            let call = Call::post(path).bearer(&person.token).key(&key).json(&body);
            calls.push(call.send(instance));
        }
    }
    let mut paid = 0_usize;
    for (number, pair) in join_all(calls).await.chunks(2).enumerate() {
        let statuses = [pair[0].status, pair[1].status];
        assert_eq!(statuses, [201, 201], "{number}: {} {}", pair[0].text(), pair[1].text());
        // A twin reads a top-up as it stands, before or after the bank's word.
        let [first, second] = [0, 1].map(|twin| pair[twin].json());
        assert!(
            first["top_up_id"] == second["top_up_id"]
                && first["payment_id"] == second["payment_id"]
        );
        paid = paid.saturating_add(usize::from(number % 5 > 1));
    }
    let takings =
        fixture.takings(&owner, shop).await + fixture.takings(&other_owner, other_shop).await;
    assert_eq!(takings, net(50).saturating_mul(i64::try_from(paid).unwrap()));
    // The bank settles what it has not settled yet.
    for _ in 0..2 {
        fixture.let_bank_go_on().await;
        fixture.follow_bank().await;
    }
    let audit = fixture.audit().await;
    assert_eq!((&audit["balanced"], &audit["held"]["amount"]), (&json!(true), &json!(0)));
    assert_eq!(fixture.database.count("operation_keys").await, 404);
}
