//! What people spent at shops, by the trade of each shop, beside the months before.

use std::collections::BTreeMap;

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, InProcess};
use time::{Duration, OffsetDateTime};
use values::{BusinessId, UserId};

use crate::Fixture;
use crate::books::{BANK, Movement, Posting};
use crate::statements::{OCTOBER, Person};

const SPENDING: &str = "/api/v1/reports/spending?first_month=2026-10&last_month=2026-10";

impl Fixture {
    /// A shop that says what its trade is, or nothing of it.
    async fn shop_of(&self, category_code: Option<&str>) -> BusinessId {
        let id = BusinessId::new();
        self.books.open_shop(id, UserId::new()).await;
        let code = category_code.map_or("NULL".to_owned(), |code| format!("'{code}'"));
        let sql = format!(
            "UPDATE shops SET category_code = {code} WHERE business_id = 0x{}",
            id.uuid().simple()
        );
        self.books.run(&sql).await;
        id
    }

    async fn spend(&self, person: &Person, shop: BusinessId, amount: i64, at: OffsetDateTime) {
        let paid = Movement { fee: 1, ..Movement::payment(shop, amount, at) };
        self.books.move_money_of(UserId::from_uuid(person.id), paid).await;
    }

    async fn have_back(&self, person: &Person, shop: BusinessId, amount: i64, at: OffsetDateTime) {
        let given = Movement { fee: 1, ..Movement::refund(shop, amount, at) };
        self.books.move_money_of(UserId::from_uuid(person.id), given).await;
    }

    async fn spending(&self, person: &Person, path: &str, language: &str) -> Value {
        self.books.beat().await;
        let call = Call::get(path).bearer(&person.token).header("accept-language", language);
        call.send(&self.routes).await.expect(200)
    }
}

fn hkd(amount: i64) -> Value {
    json!({"amount": amount, "currency": "HKD"})
}

fn spent(payments: i64, paid: i64, refunds: i64, refunded: i64) -> Value {
    json!({
        "payments": payments, "paid": hkd(paid), "refunds": refunds, "refunded": hkd(refunded),
        "net": hkd(paid - refunded),
    })
}

#[tokio::test]
async fn a_person_reads_what_each_trade_had_of_a_month_beside_the_month_before() {
    let fixture = Fixture::new().await;
    let person = fixture.person().await;
    let (café, bar) = (fixture.shop_of(Some("5814")).await, fixture.shop_of(Some("5813")).await);
    let (taxi, unsaid) = (fixture.shop_of(Some("4121")).await, fixture.shop_of(None).await);
    let (before, within) = (OCTOBER - Duration::days(3), OCTOBER + Duration::days(3));
    fixture.spend(&person, café, 4_000, within).await;
    fixture.spend(&person, bar, 3_000, within).await;
    fixture.have_back(&person, café, 1_000, within + Duration::hours(1)).await;
    fixture.spend(&person, taxi, 2_000, within).await;
    fixture.spend(&person, unsaid, 2_000, within).await;
    fixture.spend(&person, taxi, 700, before).await;
    fixture.spend(&person, taxi, 50, OCTOBER - Duration::milliseconds(1)).await;
    // Of another month, and of nobody's business here.
    fixture.spend(&person, taxi, 9, OCTOBER + Duration::days(31)).await;
    fixture.spend(&person, taxi, 9, OCTOBER - Duration::days(30) - Duration::milliseconds(1)).await;
    fixture.spend(&fixture.person().await, taxi, 9, within).await;

    let report = fixture.spending(&person, SPENDING, "zh-Hant").await;
    let lines = json!([
        {
            "category": "eating-out", "title": "餐飲", "share_basis_points": 6_000,
            "spent": spent(2, 7_000, 1, 1_000), "spent_before": spent(0, 0, 0, 0),
        },
        {
            "category": "transport", "title": "交通", "share_basis_points": 2_000,
            "spent": spent(1, 2_000, 0, 0), "spent_before": spent(2, 750, 0, 0),
        },
        {
            "category": "other", "title": "其他", "share_basis_points": 2_000,
            "spent": spent(1, 2_000, 0, 0), "spent_before": spent(0, 0, 0, 0),
        },
    ]);
    assert_eq!(report["categories"], lines);
    assert_eq!(report["total"], spent(4, 11_000, 1, 1_000));
    assert_eq!(report["total_before"], spent(2, 750, 0, 0));
    assert_eq!(report["is_over"], true);
    let report = fixture.spending(&person, SPENDING, "en").await;
    assert_eq!(report["categories"][0]["title"], "Eating out");
}

#[tokio::test]
async fn what_people_and_banks_are_given_and_what_is_only_held_is_not_spent() {
    let fixture = Fixture::new().await;
    let (person, other) = (fixture.person().await, fixture.person().await);
    let shop = fixture.shop_of(Some("5411")).await;
    let at = OCTOBER + Duration::days(1);
    fixture.top_up(&person, 10_000, at).await;
    fixture.give(&person, &other, 500, "lunch", at).await;
    for (kind, to) in [("withdrawal", BANK), ("fps-payment", BANK)] {
        let (from, names) = (person.id, ["", ""]);
        let posting = Posting { kind, from, to, names, amount: 100, note: None, at };
        fixture.books.post(&posting).await;
    }
    let books = &fixture.books;
    let captured = books.hold("payment", [person.id, shop.uuid()], 900, at).await;
    let let_go = books.hold("payment", [person.id, shop.uuid()], 500, at).await;
    let report = fixture.spending(&person, SPENDING, "en").await;
    assert_eq!((&report["categories"], &report["total"]), (&json!([]), &spent(0, 0, 0, 0)));
    // What the shop has captured of it is.
    books.end_hold(captured, "settled", 800, at).await;
    books.end_hold(let_go, "released", 500, at).await;
    let report = fixture.spending(&person, SPENDING, "en").await;
    assert_eq!(report["total"], spent(1, 800, 0, 0));
}

/// Any months, added up a second way from what was written.
#[tokio::test]
async fn a_year_is_the_sum_of_its_months_and_of_what_was_paid() {
    let fixture = Fixture::new().await;
    let person = fixture.person().await;
    let codes = ["5411", "5814", "4121", "5912", "0000"];
    let mut shops = Vec::new();
    for code in codes {
        shops.push(fixture.shop_of(Some(code)).await);
    }
    let mut expected: BTreeMap<usize, i64> = BTreeMap::new();
    for _ in 0..60 {
        let which = fastrand::usize(..shops.len());
        let at = OCTOBER - Duration::minutes(fastrand::i64(1..270 * 24 * 60));
        let amount = fastrand::i64(2..5_000);
        let is_refund = fastrand::u8(..4) == 0;
        if is_refund {
            fixture.have_back(&person, shops[which], amount, at).await;
        } else {
            fixture.spend(&person, shops[which], amount, at).await;
        }
        *expected.entry(which).or_default() += if is_refund { -amount } else { amount };
    }
    let net = |of: &Value| of["net"]["amount"].as_i64().unwrap();
    let year = "/api/v1/reports/spending?first_month=2026-01&last_month=2026-09";
    let year = fixture.spending(&person, year, "en").await;
    let lines = year["categories"].as_array().unwrap();
    assert_eq!(lines.len(), expected.len());
    assert!(lines.is_sorted_by_key(|line| -net(&line["spent"])));
    let mut nets: Vec<i64> = lines.iter().map(|line| net(&line["spent"])).collect();
    let mut sums: Vec<i64> = expected.values().copied().collect();
    nets.sort_unstable();
    sums.sort_unstable();
    assert_eq!(nets, sums);
    let mut months = 0;
    for month in 1..=9 {
        let path =
            format!("/api/v1/reports/spending?first_month=2026-0{month}&last_month=2026-0{month}");
        months += net(&fixture.spending(&person, &path, "en").await["total"]);
    }
    assert_eq!(net(&year["total"]), months);
    assert_eq!(months, sums.iter().sum::<i64>());
}

#[tokio::test]
async fn a_shop_that_says_another_trade_has_it_in_months_that_are_over_too() {
    let fixture = Fixture::new().await;
    let (person, shop) = (fixture.person().await, fixture.shop_of(Some("5411")).await);
    fixture.spend(&person, shop, 800, OCTOBER + Duration::days(1)).await;
    fixture.books.run("UPDATE shops SET category_code = '5812'").await;
    let report = fixture.spending(&person, SPENDING, "en").await;
    assert_eq!(report["categories"][0]["category"], "eating-out");
}

#[tokio::test]
async fn months_that_are_too_many_backwards_or_to_come_are_refused() {
    let fixture = Fixture::new().await;
    let person = fixture.person().await;
    for (months, status) in [
        ("first_month=2025-11&last_month=2026-10", 200),
        ("first_month=2025-10&last_month=2026-10", 422),
        ("first_month=2026-10&last_month=2026-09", 422),
        ("first_month=9999-12&last_month=9999-12", 422),
        ("first_month=0000-01&last_month=0000-12", 200),
        ("first_month=2026-10", 400),
        ("first_month=2026-13&last_month=2026-13", 400),
        ("first_month=2026-10&last_month=2026-10&category=other", 400),
    ] {
        let path = format!("/api/v1/reports/spending?{months}");
        let answer = fixture.get(&person.token, &path).await;
        assert_eq!(answer.status, status, "{months}: {}", answer.text());
    }
}

#[tokio::test]
async fn the_document_lists_the_categories_and_says_that_more_may_come() {
    let fixture = Fixture::new().await;
    let document = Call::get("/api/v1/payment-reporting/openapi.json");
    let document = document.send(&fixture.routes).await.expect(200);
    let schemas = &document["components"]["schemas"];
    let category = schemas["CategorySpending"]["properties"]["category"].to_string();
    assert!(category.contains("\"#/components/schemas/SpendingCategory\""), "{category}");
    let codes = schemas["SpendingCategory"]["x-extensible-enum"].as_array().unwrap();
    assert!(codes.len() == 13 && codes.contains(&json!("eating-out")));
}

#[tokio::test]
async fn spending_is_told_to_nobody_from_a_replica_that_is_late_nor_to_shops() {
    let fixture = Fixture::new().await;
    let (person, shop) = (fixture.person().await, fixture.shop().await);
    assert!(fixture.get(&person.token, SPENDING).await.headers.contains_key("as-of"));
    assert_eq!(fixture.get(&shop.token, SPENDING).await.expect(403)["code"], "wrong-product");
    fixture.books.run("UPDATE replication_heartbeat SET beat = beat - 61 * 1000000").await;
    fixture.get(&person.token, SPENDING).await.expect_refusal(503, "books-behind");
}

/// What holds it up here is a table that is locked; a server with too much to do is as slow.
#[tokio::test]
async fn a_sum_that_takes_the_server_too_long_is_ended_and_may_be_asked_for_again() {
    let fixture = Fixture::new().await;
    let person = fixture.person().await;
    let mut locking = fixture.books.pool.get_conn().await.unwrap();
    locking.query_drop("LOCK TABLES shops WRITE").await.unwrap();
    fixture.get(&person.token, SPENDING).await.expect_refusal(503, "try-again");
    locking.query_drop("UNLOCK TABLES").await.unwrap();
    fixture.books.beat().await;
    fixture.get(&person.token, SPENDING).await.expect(200);
}
