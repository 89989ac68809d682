//! What shops took, as events told it: in any order, each once, to its owner alone.

use serde_json::{Value, json};
use testkit::Device;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use values::{Product, UserId};

use crate::books::Movement;
use crate::{Fixture, ON_PAYMENTS, of_shop};

/// 23:30 of 27 November in Hong Kong.
const EVENING: OffsetDateTime = datetime!(2026-11-27 15:30 UTC);
const BOTH_DAYS: &str = "takings-by-day?first_day=2026-11-27&last_day=2026-11-28";

fn hkd(amount: i64) -> Value {
    json!({"amount": amount, "currency": "HKD"})
}

#[tokio::test]
async fn a_shop_reads_what_it_took_by_the_days_of_hong_kong() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let other = fixture.shop().await;
    let paid = Movement::payment(shop.id, 10_000, EVENING);
    let mut told = Vec::new();
    for movement in [
        Movement { fee: 150, tip: Some(1_000), ..paid },
        Movement { fee: 75, amount: 5_000, at: EVENING + Duration::hours(1), ..paid },
        Movement {
            fee: 15,
            at: EVENING + Duration::hours(2),
            ..Movement::refund(shop.id, 1_000, EVENING)
        },
        Movement::payment(other.id, 77, EVENING),
    ] {
        told.push(fixture.books.move_money(movement).await);
    }
    fixture.deliver(&told).await;
    let report = fixture.report(&shop, BOTH_DAYS).await;
    let first_day = json!({
        "payments": 1, "gross": hkd(10_000), "tips": hkd(1_000), "refunds": 0,
        "refunded": hkd(0), "fees": hkd(150), "fees_returned": hkd(0), "net": hkd(9_850),
    });
    assert_eq!(report["days"][0], json!({"day": "2026-11-27", "takings": first_day}));
    let second = &report["days"][1];
    assert_eq!(second["day"], "2026-11-28");
    assert_eq!(second["takings"]["net"], hkd(5_000 - 75 - 1_000 + 15));
    assert_eq!(report["total"]["payments"], 2);
    assert_eq!(report["total"]["net"], hkd(9_850 + 3_940));

    let hours = fixture.report(&shop, "takings-by-hour?day=2026-11-28").await;
    let clocks: Vec<&Value> = hours["hours"].as_array().unwrap().iter().collect();
    assert_eq!((clocks.len(), &clocks[0]["hour"], &clocks[1]["hour"]), (2, &json!(0), &json!(1)));
    assert_eq!(clocks[1]["takings"]["refunds"], 1);
}

#[tokio::test]
async fn a_shop_compares_each_day_with_the_same_weekday_before() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let mut told = Vec::new();
    for (amount, days) in [(500, 0), (300, -7), (40, -6), (2, -8)] {
        let at = EVENING + Duration::days(days);
        told.push(fixture.books.move_money(Movement::payment(shop.id, amount, at)).await);
    }
    fixture.deliver(&told).await;
    let days = "takings-comparison?first_day=2026-11-27&last_day=2026-11-28";
    let report = fixture.report(&shop, days).await;
    let gross = |day: &Value, when: &str| day[when]["gross"].clone();
    let pair = |day: &Value| (gross(day, "takings"), gross(day, "takings_week_before"));
    assert_eq!(pair(&report["days"][0]), (hkd(500), hkd(300)));
    assert_eq!(pair(&report["days"][1]), (hkd(0), hkd(40)));
    assert_eq!(report["days"][0]["is_over"], true);
    assert_eq!(report["total_week_before"]["gross"], hkd(340));
}

#[tokio::test]
async fn events_that_come_again_and_in_any_order_count_once() {
    let fixture = Fixture::new().await;
    let shops = [fixture.shop().await, fixture.shop().await];
    let mut told = Vec::new();
    for number in 0..120_i64 {
        let at = EVENING + Duration::minutes(fastrand::i64(0..240));
        let shop = shops[usize::from(fastrand::bool())].id;
        let is_refund = number % 5 == 0;
        let tip = (!is_refund && number % 3 == 0).then_some(number + 1);
        let fee = fastrand::i64(0..100);
        let movement = Movement { shop, is_refund, amount: 1_000 + number, tip, fee, at };
        told.push(fixture.books.move_money(movement).await);
    }
    // Each twice, and some of them in the same batch.
    let mut deliveries = [told.clone(), told].concat();
    fastrand::shuffle(&mut deliveries);
    for batch in deliveries.chunks(17) {
        fixture.deliver(batch).await;
    }
    assert_eq!(fixture.database.count("inbox").await, 120);
    for shop in &shops {
        let report = fixture.report(shop, BOTH_DAYS).await;
        let expected = fixture.books.sums(shop.id).await;
        assert_eq!(report["total"]["payments"], expected[0]);
        let fields = ["gross", "tips", "refunded", "fees", "fees_returned"];
        for (field, sum) in fields.iter().zip(&expected[1..]) {
            assert_eq!(report["total"][field], hkd(*sum), "{field}");
        }
    }
}

#[tokio::test]
async fn a_broken_event_is_parked_and_those_beside_it_count() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let good = fixture.books.move_money(Movement::payment(shop.id, 100, EVENING)).await;
    let mut broken = fixture.books.move_money(Movement::payment(shop.id, 1, EVENING)).await;
    broken.data["amount"] = json!(-1);
    fixture.deliver(&[broken, good]).await;
    assert_eq!(fixture.database.count("parked_events").await, 1);
    let report = fixture.report(&shop, BOTH_DAYS).await;
    assert_eq!(report["total"]["gross"], hkd(100));
    testkit::deliver_text(&fixture.routes, ON_PAYMENTS, "{").await;
    assert_eq!(fixture.database.count("parked_events").await, 2);
}

#[tokio::test]
async fn takings_are_their_owners_alone() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let stranger = fixture.issuer.token(UserId::new(), Product::Business, &Device::new());
    let path = of_shop(shop.id, BOTH_DAYS);
    let refused = fixture.get(&stranger, &path).await;
    assert_eq!(refused.expect(404)["code"], "business-not-found");
    let consumer = fixture.issuer.token(UserId::new(), Product::Consumer, &Device::new());
    assert_eq!(fixture.get(&consumer, &path).await.expect(403)["code"], "wrong-product");
}

#[tokio::test]
async fn a_manager_reads_the_books_of_the_shop_a_cashier_does_not_and_who_left_finds_none() {
    let fixture = Fixture::new().await;
    let (shop, other) = (fixture.shop().await, fixture.shop().await);
    let user_id = UserId::new();
    let token = fixture.issuer.token(user_id, Product::Business, &Device::new());
    fixture.books.hire(other.id, user_id, Some("manager")).await;
    let reports = [
        BOTH_DAYS,
        "takings-by-hour?day=2026-11-27",
        "takings-comparison?first_day=2026-11-27&last_day=2026-11-27",
        "transactions",
    ];
    for (role, status, code) in [
        (None, 404, "business-not-found"),
        (Some("cashier"), 403, "not-allowed-for-role"),
        (Some("manager"), 200, ""),
        (None, 404, "business-not-found"),
    ] {
        fixture.books.hire(shop.id, user_id, role).await;
        for report in reports {
            let answer = fixture.get(&token, &of_shop(shop.id, report)).await;
            let answer = answer.expect(status);
            assert_eq!(answer["code"].as_str().unwrap_or_default(), code, "{role:?} {report}");
        }
    }
    // Nobody works in a shop that is closed, whatever was heard of them.
    fixture.books.hire(shop.id, user_id, Some("manager")).await;
    fixture.books.close(shop.id).await;
    for report in reports {
        let answer = fixture.get(&token, &of_shop(shop.id, report)).await;
        answer.expect_refusal(404, "business-not-found");
        fixture.get(&shop.token, &of_shop(shop.id, report)).await.expect(200);
    }
}

#[tokio::test]
async fn a_period_that_is_too_long_is_refused() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    for (report, status) in [
        ("takings-by-day?first_day=2028-01-01&last_day=2028-12-31", 200),
        ("takings-by-day?first_day=2028-01-01&last_day=2029-01-01", 422),
        ("takings-by-day?first_day=2028-01-02&last_day=2028-01-01", 422),
        ("takings-comparison?first_day=2028-01-01&last_day=2028-02-01", 422),
        ("takings-by-day?first_day=2028-01-01", 400),
        ("takings-by-hour?day=2028-02-30", 400),
    ] {
        let answer = fixture.get(&shop.token, &of_shop(shop.id, report)).await;
        assert_eq!(answer.status, status, "{report}");
    }
}

#[tokio::test]
async fn no_day_of_the_calendar_and_no_text_makes_a_report_fail() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    for report in [
        "takings-by-hour?day=0000-01-01",
        "takings-by-hour?day=9999-12-31",
        "takings-by-day?first_day=0000-01-01&last_day=0000-01-02",
        "takings-comparison?first_day=9999-12-31&last_day=9999-12-31",
        "takings-by-member?first_day=9999-12-31&last_day=9999-12-31",
        "takings-comparison?first_day=0000-01-01&last_day=0000-01-01",
        "transaction-table?first_day=9999-12-31&last_day=9999-12-31",
        "transactions?created_from=0000-01-01T00:00:00Z&created_before=9999-12-31T23:59:59Z",
        "transactions?text=%F0%9F%A7%A7%7C%25_%5C%27",
        "transactions?type=%27",
        "transactions?amount_from=4294967295&amount_to=0",
    ] {
        let answer = fixture.get(&shop.token, &of_shop(shop.id, report)).await;
        assert!(answer.status < 500, "{report}: {}", answer.text());
    }
    let id = UserId::new();
    fixture.books.open_account(id.uuid(), "wallet").await;
    let token = fixture.issuer.token(id, Product::Consumer, &Device::new());
    for month in ["0000-01", "1969-12", "1970-01", "9999-12"] {
        let path = format!("/api/v1/reports/statements/{month}");
        assert!(fixture.get(&token, &path).await.status < 500, "{month}");
    }
}
