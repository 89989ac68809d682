//! What a shop was paid and gave back, one by one: as a list with filters, and as a table.

use serde_json::{Value, json};
use testkit::{Answer, Call, Device, InProcess};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use values::{Product, UserId};

use crate::books::Movement;
use crate::{Fixture, Shop, of_shop};

/// The first moment of 1 November 2026 in Hong Kong.
const NOVEMBER: OffsetDateTime = datetime!(2026-10-31 16:00 UTC);
const TABLE: &str = "transaction-table?first_day=2026-11-01&last_day=2026-11-02";

impl Fixture {
    /// A shop that was paid, with a tip, and gave some of it back, and whatever else a test adds.
    async fn paid_shop(&self) -> Shop {
        let shop = self.shop().await;
        let payment = Movement::payment(shop.id, 12_850, NOVEMBER);
        let paid = Movement { tip: Some(850), fee: 193, ..payment };
        let at = NOVEMBER + Duration::hours(30);
        let refund = Movement { fee: 75, ..Movement::refund(shop.id, 5_000, at) };
        for movement in [paid, refund] {
            self.books.move_money(movement).await;
        }
        shop
    }

    /// The amounts of what is found, over all pages.
    async fn amounts(&self, shop: &Shop, query: &str) -> Vec<i64> {
        let mut amounts = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.report(shop, &format!("transactions?limit=1&{query}{cursor}")).await;
            let items = page["items"].as_array().unwrap();
            amounts.extend(items.iter().map(|item| item["amount"]["amount"].as_i64().unwrap()));
            let Some(next) = page["next_cursor"].as_str() else { return amounts };
            cursor = format!("&cursor={next}");
        }
    }

    async fn table(&self, shop: &Shop, language: &str) -> Answer {
        let call = Call::get(&of_shop(shop.id, TABLE)).bearer(&shop.token);
        let routes = self.routes.clone();
        call.header("accept-language", language).send(&routes).await
    }
}

fn hkd(amount: i64) -> Value {
    json!({"amount": amount, "currency": "HKD"})
}

#[tokio::test]
async fn a_transaction_has_its_fee_beside_it_and_what_it_leaves_to_the_shop() {
    let fixture = Fixture::new().await;
    let shop = fixture.paid_shop().await;
    let page = fixture.report(&shop, "transactions").await;
    let [refund, payment] = &page["items"].as_array().unwrap()[..] else { panic!("{page}") };
    assert_eq!((&payment["type"], &payment["amount"]), (&json!("payment"), &hkd(12_850)));
    assert_eq!((&payment["tip"], &payment["fee"]), (&hkd(850), &hkd(193)));
    assert_eq!(payment["net"], hkd(12_657));
    assert_eq!(payment["customer_name"], "陳大文");
    assert_eq!(payment["hong_kong_time"], "2026-11-01 00:00:00");
    assert_eq!((&refund["type"], &refund["tip"]), (&json!("refund"), &Value::Null));
    assert_eq!((&refund["fee"], &refund["net"]), (&hkd(75), &hkd(-4_925)));
}

#[tokio::test]
async fn transactions_are_found_by_type_amount_and_time() {
    let fixture = Fixture::new().await;
    let shop = fixture.paid_shop().await;
    for (query, amounts) in [
        ("", &[5_000, 12_850][..]),
        ("type=payment", &[12_850]),
        ("type=refund", &[5_000]),
        ("type=fee", &[]),
        ("amount_to=193", &[]),
        ("amount_from=5001", &[12_850]),
        ("created_from=2026-11-01T16:00:00Z", &[5_000]),
        ("created_before=2026-11-01T16:00:00Z", &[12_850]),
        ("text=%E5%A4%A7", &[12_850]),
        ("text=nobody", &[]),
    ] {
        assert_eq!(fixture.amounts(&shop, query).await, amounts, "{query}");
    }
}

#[tokio::test]
async fn the_table_of_a_shop_adds_up_by_row_and_is_read_by_parts() {
    let fixture = Fixture::new().await;
    let shop = fixture.paid_shop().await;
    // The first moment after the table, and the last before it.
    for at in [NOVEMBER + Duration::days(2), NOVEMBER - Duration::milliseconds(1)] {
        fixture.books.move_money(Movement::payment(shop.id, 1, at)).await;
    }
    let answer = fixture.table(&shop, "zh-HK").await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.header("content-disposition").contains("transactions-2026-11-01-2026-11-02.csv")
    );
    let text = String::from_utf8(answer.body).unwrap();
    let rows: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(rows.len(), 4, "{text}");
    assert!(rows[0].starts_with("\u{feff}時間（香港）,類別,顧客,"));
    assert!(rows[1].starts_with("2026-11-02 06:00:00,退款,,,,-50.00,,0.75,-49.25,trf_"), "{text}");
    assert!(rows[2].starts_with("2026-11-01 00:00:00,商戶付款,陳大文,,,128.50,8.50,-1.93,126.57,"));
    // More than is read at once, and then more than a table holds.
    fixture.books.pay_often(UserId::new(), shop.id, 4_500, NOVEMBER + Duration::hours(1)).await;
    let text = String::from_utf8(fixture.table(&shop, "en").await.body).unwrap();
    assert_eq!(text.lines().count(), 4_503);
    fixture.books.pay_often(UserId::new(), shop.id, 16_000, NOVEMBER + Duration::hours(2)).await;
    let refused = fixture.table(&shop, "en").await.expect(422);
    assert_eq!(refused["code"], "report-too-long");
}

#[tokio::test]
async fn transactions_are_their_shops_alone() {
    let fixture = Fixture::new().await;
    let (shop, other) = (fixture.paid_shop().await, fixture.paid_shop().await);
    let stranger = fixture.issuer.token(UserId::new(), Product::Business, &Device::new());
    for report in ["transactions", TABLE] {
        for token in [&stranger, &other.token] {
            let refused = fixture.get(token, &of_shop(shop.id, report)).await;
            assert_eq!(refused.expect(404)["code"], "business-not-found");
        }
    }
}
