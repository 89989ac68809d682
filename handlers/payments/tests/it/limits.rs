//! What a wallet may take and give in a day, a month and a year.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

mod given_back;
mod to_banks;

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call, InProcess, rounds};
use time::{Duration, OffsetDateTime};
use values::{BusinessId, Product};

use crate::group_commit::static_payment;
use crate::pay::PAYMENTS;
use crate::peer_payments::{PEER_PAYMENTS, signed_amount};
use crate::withdrawals::{WITHDRAWALS, bank, code, signed};
use crate::{Fixture, Person, new_key};

const LIMITS: &str = "/api/v1/wallets/me/limits";
pub(crate) const TOP_UPS: &str = "/api/v1/wallets/me/top-ups";
/// Payments of one person at the same time, and how many of them a day's limit allows.
const AT_ONCE: usize = 50;
const ALLOWED: usize = 40;
/// HK$75.00: so many of them are the HK$3,000.00 that an unverified person may pay in a day.
const PRICE: i64 = 7_500;
/// Rounds that are played at the same time, by as many people.
const ROUNDS_AT_ONCE: usize = 8;

impl Fixture {
    pub(crate) async fn limits(&self, person: &Person) -> Value {
        let (status, limits) = self.get(person, LIMITS).await;
        assert_eq!(status, 200, "{limits}");
        limits
    }

    /// What is used in the day, the month and the year, and how often in the day.
    pub(crate) async fn used(&self, person: &Person, flow: &str) -> [i64; 4] {
        let limits = self.limits(person).await;
        let flows = limits["flows"].as_array().unwrap();
        let found = flows.iter().find(|found| found["type"] == flow).unwrap();
        let used = |period: &str| found[period]["used"]["amount"].as_i64().unwrap();
        let count = found["transactions_per_day"]["used"].as_i64().unwrap();
        [used("per_day"), used("per_month"), used("per_year"), count]
    }

    /// As if a year had gone by: nothing is used of any limit.
    pub(crate) async fn next_year(&self) {
        self.execute("UPDATE accounts SET used_on = used_on - INTERVAL 1 YEAR").await;
    }

    pub(crate) async fn pay_static(
        &self,
        payer: &Person,
        shop: BusinessId,
        cents: i64,
    ) -> (u16, Value) {
        let key = new_key();
        self.post(payer, PAYMENTS, &key, &static_payment(payer, shop, cents, &key)).await
    }
}

/// What every wallet has used is what its operations say: those that began in the period and did
/// not fail, less what was refunded, or came back because nobody had taken it.
pub(crate) async fn assert_limits_add_up(fixture: &Fixture) {
    let flows = [
        ("top_up", "'top-up'", "to_account_id"),
        ("payment", "'payment'", "from_account_id"),
        (
            "peer_payment",
            "'peer-payment', 'fps-payment', 'pay-link', 'red-packet'",
            "from_account_id",
        ),
        ("withdrawal", "'withdrawal', 'fps-payment'", "from_account_id"),
    ];
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for (flow, kinds, side) in flows {
        let rows: Vec<[i64; 8]> = conn
            .query_map(
                format!(
                    "SELECT {flow}_day, {flow}_month, {flow}_year, {flow}_count,
                         CAST(COALESCE(SUM(IF(began = used_on, amount, 0)), 0) AS SIGNED),
                         CAST(COALESCE(SUM(IF(LEFT(began, 7) = LEFT(used_on, 7), amount, 0)), 0)
                             AS SIGNED),
                         CAST(COALESCE(SUM(IF(YEAR(began) = YEAR(used_on), amount, 0)), 0)
                             AS SIGNED),
                         CAST(COALESCE(SUM(began = used_on), 0) AS SIGNED)
                     FROM accounts LEFT JOIN (
                         SELECT {side} AS account_id,
                             COALESCE(moved, amount) - refunded - COALESCE(returned, 0) AS amount,
                             DATE(created_at + INTERVAL 8 HOUR) AS began
                         FROM operations
                         LEFT JOIN (
                             SELECT parent_id AS operation_id, amount AS returned
                             FROM operations WHERE kind = 'return'
                         ) AS returns USING (operation_id)
                         WHERE kind IN ({kinds}) AND state IN ('pending', 'completed')
                     ) AS counted USING (account_id)
                     WHERE kind = 'wallet' GROUP BY account_id"
                ),
                |(a, b, c, d, e, f, g, h)| [a, b, c, d, e, f, g, h],
            )
            .await
            .unwrap();
        assert!(!rows.is_empty());
        for row in rows {
            assert_eq!(row[..4], row[4..], "{kinds}");
        }
    }
}

/// The next midnight in Hong Kong, as answers write it.
fn midnight() -> String {
    let day = (OffsetDateTime::now_utc() + Duration::hours(8)).date();
    format!("{day}T16:00:00.000Z")
}

#[tokio::test]
async fn a_person_sees_what_is_used_and_left_and_when_each_limit_resets() {
    let fixture = Fixture::new().await;
    let (_, shop) = fixture.shop().await;
    let payer = fixture.consumer_with(50_000).await;
    assert_eq!(fixture.pay_static(&payer, shop, 12_850).await.0, 201);

    let hkd = |cents: i64| json!({"amount": cents, "currency": "HKD"});
    let limits = fixture.limits(&payer).await;
    assert_eq!(limits["tier"], "verified");
    assert_eq!(
        (&limits["balance_max"], &limits["new_device_limit_ends_at"]),
        (&hkd(10_000_000), &json!(null))
    );
    let types: Vec<&Value> =
        limits["flows"].as_array().unwrap().iter().map(|flow| &flow["type"]).collect();
    assert_eq!(types, ["top-up", "payment", "peer-payment", "withdrawal"]);
    let payments = &limits["flows"][1];
    assert_eq!(payments["transaction_max"], hkd(500_000));
    let day = json!({
        "limit": hkd(1_000_000), "used": hkd(12_850), "left": hkd(987_150), "resets_at": midnight(),
    });
    assert_eq!(payments["per_day"], day);
    assert_eq!(payments["per_month"]["left"], hkd(3_000_000 - 12_850));
    assert_eq!(payments["per_year"]["left"], hkd(10_000_000 - 12_850));
    let year = (OffsetDateTime::now_utc() + Duration::hours(8)).year();
    assert_eq!(payments["per_year"]["resets_at"], format!("{year}-12-31T16:00:00.000Z"));
    let count = json!({"limit": 200, "used": 1, "left": 199, "resets_at": midnight()});
    assert_eq!(payments["transactions_per_day"], count);
    assert_eq!(fixture.used(&payer, "top-up").await, [50_000, 50_000, 50_000, 1]);

    let stranger = fixture.stranger(Product::Consumer);
    assert_eq!(code(fixture.get(&stranger, LIMITS).await), (404, "wallet-not-open".to_owned()));
    assert_limits_add_up(&fixture).await;
}

#[tokio::test]
async fn each_limit_refuses_in_its_own_words_and_nothing_moves() {
    let fixture = Fixture::new().await;
    let (_, shop) = fixture.shop().await;
    let (payer, payee) =
        (fixture.consumer_with(100_000).await, fixture.person(Product::Consumer).await);
    let today = "used_on = DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR)";
    for (column, most, refusal) in [
        ("day", 1_000_000, "daily-limit-exceeded"),
        ("month", 3_000_000, "monthly-limit-exceeded"),
        ("year", 10_000_000, "yearly-limit-exceeded"),
        ("count", 0, "daily-count-exceeded"),
    ] {
        let flows = [("top_up", 100), ("payment", 200), ("peer_payment", 100), ("withdrawal", 10)];
        let set = flows.map(|(flow, count)| {
            let used = if column == "count" { count } else { most - 99 };
            format!(
                "{flow}_day = 0, {flow}_month = 0, {flow}_year = 0, {flow}_count = 0,
                {flow}_{column} = {used}"
            )
        });
        fixture.execute(&format!("UPDATE accounts SET {today}, {}", set.join(", "))).await;
        let before = fixture.database.count("transfers").await;
        let top_up = json!({"amount": {"amount": 100, "currency": "HKD"}});
        let keys = [new_key(), new_key()];
        for answer in [
            fixture.post(&payer, TOP_UPS, &new_key(), &top_up).await,
            fixture.pay_static(&payer, shop, 100).await,
            {
                let body = signed_amount(&payer, payee.user_id, 100, &keys[0]);
                fixture.post(&payer, PEER_PAYMENTS, &keys[0], &body).await
            },
            fixture.post(&payer, WITHDRAWALS, &keys[1], &signed(&payer, 100, &keys[1])).await,
        ] {
            let detail = answer.1["detail"].as_str().unwrap_or_default().to_owned();
            assert_eq!(code(answer), (422, refusal.to_owned()));
            let left = if column == "count" { "no more than" } else { "HK$0.99 of HK$" };
            assert!(detail.starts_with(left) && detail.contains(" until "), "{detail}");
        }
        assert_eq!(fixture.database.count("transfers").await, before);
    }
    assert_eq!(fixture.balance(&payer).await, 100_000);
    let dear = code(fixture.pay_static(&payer, shop, 500_001).await);
    assert_eq!(dear, (422, "transaction-limit-exceeded".to_owned()));
    // A day that is over counts no more.
    fixture.execute("UPDATE accounts SET used_on = '2001-01-01'").await;
    assert_eq!(fixture.pay_static(&payer, shop, 100).await.0, 201);
    assert_eq!(fixture.used(&payer, "payment").await, [100, 100, 100, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_payments_at_once_at_two_instances_never_exceed_the_days_limit() {
    let fixture = Fixture::new().await;
    let instances = [fixture.app.clone(), fixture.another_instance()].map(payments::routes);
    let (owner, one) = fixture.shop().await;
    let shops = [one, fixture.shop_of(&owner).await, fixture.shop_of(&owner).await];
    let round = async |payer: &Person| {
        let pay = |number: usize| {
            let (key, shop) = (new_key(), shops[number % shops.len()]);
            let body = static_payment(payer, shop, PRICE, &key);
            Call::post(PAYMENTS).bearer(&payer.token).key(&key).json(&body)
        };
        let calls = (0..AT_ONCE).map(|number| pay(number).send(&instances[number % 2]));
        let answers = join_all(calls).await;
        let (paid, refused): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.status == 201);
        assert_eq!((paid.len(), refused.len()), (ALLOWED, AT_ONCE - ALLOWED));
        for answer in refused {
            assert_eq!(answer.json()["code"], "daily-limit-exceeded");
        }
    };
    for _ in 0..rounds(200, 8) / ROUNDS_AT_ONCE {
        let payers = join_all((0..ROUNDS_AT_ONCE).map(|_| fixture.consumer_with(500_000))).await;
        fixture.execute("UPDATE accounts SET tier = 'unverified' WHERE kind = 'wallet'").await;
        join_all(payers.iter().map(&round)).await;
        for payer in &payers {
            assert_eq!(fixture.used(payer, "payment").await, [300_000, 300_000, 300_000, 40]);
            assert_eq!(fixture.balance(payer).await, 200_000);
        }
    }
    assert_limits_add_up(&fixture).await;
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_withdrawals_than_a_day_allows_begin_at_once_and_a_refused_one_frees_its_place() {
    let fixture = Fixture::of_operators().await;
    let instances = [fixture.app.clone(), fixture.another_instance()].map(payments::routes);
    let person = fixture.consumer_with(10_000).await;
    for _ in 0..20 {
        let withdraw = |number: usize| {
            let key = new_key();
            let body = signed(&person, 10, &key);
            let call = Call::post(WITHDRAWALS).bearer(&person.token).key(&key).json(&body);
            call.send(&instances[number % 2])
        };
        let answers = join_all((0..15).map(withdraw)).await;
        let begun: Vec<Value> =
            answers.iter().filter(|answer| answer.status == 201).map(Answer::json).collect();
        assert_eq!(begun.len(), 10);
        let ids = begun.iter().map(|begun| begun["withdrawal_id"].as_str().unwrap());
        for (status, ended) in join_all(ids.map(|id| bank(&fixture, id, "refuse"))).await {
            assert_eq!(status, 200, "{ended}");
        }
        assert_eq!(fixture.used(&person, "withdrawal").await, [0, 0, 0, 0]);
    }
    assert_limits_add_up(&fixture).await;
}
