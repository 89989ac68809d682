//! What reports say of a payment: to the shop that was paid, and to who paid.

use std::time::Duration;

use serde_json::Value;
use system_tests::{Merchant, OverHttp, Session, until};
use time::OffsetDateTime;
use time::macros::offset;

use crate::stage::{PRICE, Stage};
use crate::test_platform::shared;

/// How long the replica and the events of a payment may take to reports, on a busy machine.
const REPORTS_LIMIT: Duration = Duration::from_secs(30);

/// A report that has what its reader has done; until it can be had, it is refused.
async fn report(session: &Session, path: &str, position: &str) -> Value {
    let found = until("a report with the payment", REPORTS_LIMIT, async || {
        let answer = session.get(path).header("read-after", position).send().await?;
        if answer.status == 503 {
            return Ok(None);
        }
        assert!(answer.header("as-of").ends_with('Z'));
        Ok(Some(answer.expect(200)))
    });
    found.await.unwrap()
}

#[tokio::test]
async fn a_shop_that_is_paid_reads_its_takings_and_the_payer_a_statement_that_adds_up() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let paid = stage.pay(&terms).await;
    paid.expect(201);
    let position = paid.header("read-after");
    let shop = format!("/api/v1/reports/businesses/{}", stage.shop.business_id);
    // The day may change meanwhile.
    let today = OffsetDateTime::now_utc().to_offset(offset!(+8)).date();
    let (first, last) = (today.previous_day().unwrap(), today.next_day().unwrap());

    let by_day = format!("{shop}/takings-by-day?first_day={first}&last_day={last}");
    let takings = report(&stage.merchant.0, &by_day, position).await;
    assert_eq!(takings["total"]["payments"], 1, "{takings}");
    assert_eq!(takings["total"]["gross"]["amount"], PRICE);
    assert_eq!(takings["total"]["net"]["amount"], Merchant::net(PRICE));
    let listed = report(&stage.merchant.0, &format!("{shop}/transactions"), position).await;
    assert_eq!(listed["items"][0]["net"]["amount"], Merchant::net(PRICE), "{listed}");

    let statement = format!("/api/v1/reports/statements/{:.7}", today.to_string());
    let statement = report(&stage.consumer.0, &statement, position).await;
    let cents = |field: &str| statement[field]["amount"].as_i64().unwrap();
    let moved = cents("money_in") - cents("money_out");
    assert_eq!(cents("opening_balance") + moved, cents("closing_balance"));
    let wallet = stage.consumer.wallet().await.unwrap();
    assert_eq!(cents("closing_balance"), wallet.balance.amount);
    let lines = statement["movements"].as_array().unwrap();
    assert_eq!(lines.last().unwrap()["movement"]["amount"]["amount"], PRICE);
    let stranger = stage.consumer.0.get(&by_day).send().await.unwrap();
    assert_eq!(stranger.expect(403)["code"], "wrong-product");
}
