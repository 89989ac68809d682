//! Every night what was counted is compared with the ledger.

use mysql_async::prelude::Queryable;
use serde_json::json;
use testkit::logged;
use time::{Duration, OffsetDateTime};

use crate::Fixture;
use crate::books::Movement;

const DIFFERENCES: &str = "takings do not agree with the ledger";

impl Fixture {
    /// What the timer logs.
    async fn check(&self) -> String {
        let routes = self.routes.clone();
        let path = "/payment_reporting_check_takings";
        logged(async {
            let done = testkit::call(&routes, "POST", path, None, Some(&json!({}))).await;
            assert_eq!(done.0, 200);
        })
        .await
        .1
    }
}

fn yesterday() -> OffsetDateTime {
    OffsetDateTime::now_utc() - Duration::days(1)
}

#[tokio::test]
async fn what_was_counted_as_the_ledger_has_it_is_not_reported() {
    let fixture = Fixture::new().await;
    let mut told = Vec::new();
    for number in 0..40_i64 {
        let shop = fixture.shop().await.id;
        let is_refund = number % 4 == 0;
        // Into the first and the last moment of an hour as well.
        let at = yesterday().truncate_to_hour() + Duration::minutes(number * 30)
            - Duration::microseconds(number % 3);
        let tip = (!is_refund).then_some(5);
        let movement = Movement { shop, is_refund, amount: 700, tip, fee: number % 2, at };
        told.push(fixture.books.move_money(movement).await);
    }
    fixture.deliver(&told).await;
    let lines = fixture.check().await;
    assert!(!lines.contains(DIFFERENCES), "{lines}");
}

#[tokio::test]
async fn an_hour_that_was_counted_otherwise_is_reported_with_its_shop() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    let lost = Movement { fee: 1, ..Movement::payment(shop.id, 700, yesterday()) };
    let lost = fixture.books.move_money(lost).await;
    assert!(fixture.check().await.contains(DIFFERENCES), "a movement that was not counted");
    fixture.deliver(&[lost]).await;
    assert!(!fixture.check().await.contains(DIFFERENCES));
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for column in ["payments", "gross", "tips", "refunds", "refunded", "fees", "fees_returned"] {
        let change = |by: &str| format!("UPDATE takings SET {column} = {column} {by}");
        conn.query_drop(change("+ 1")).await.unwrap();
        let lines = fixture.check().await;
        let business_id = shop.id.uuid().to_string();
        assert!(lines.contains(DIFFERENCES) && lines.contains(&business_id), "{column}");
        conn.query_drop(change("- 1")).await.unwrap();
    }
    conn.query_drop("UPDATE takings SET business_id = UNHEX(MD5('x'))").await.unwrap();
    assert!(fixture.check().await.contains("hours=2"), "one too few, and one too many");
}

#[tokio::test]
async fn what_a_shop_holds_and_has_not_captured_is_not_missed() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    fixture.books.move_money(Movement::payment(shop.id, 700, yesterday())).await;
    fixture.books.run("UPDATE transfers SET phase = 'pending'").await;
    assert!(!fixture.check().await.contains(DIFFERENCES));
}
