//! What reports cost, printed: `up exec-with-stores -- cargo test --release -p payment-reporting
//! --test it -- --ignored --nocapture figures`.

#![expect(clippy::print_stdout, reason = "that is what it is for")]

use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::macros::datetime;

use crate::{Fixture, of_shop};

const YEAR: &str = "takings-by-day?first_day=2026-01-01&last_day=2026-12-31";
const YEAR_MAX: Duration = Duration::from_millis(300);
const TABLE: &str = "transaction-table?first_day=2026-11-01&last_day=2026-11-30";
const NOVEMBER: OffsetDateTime = datetime!(2026-11-01 04:00 UTC);
const ROWS: u32 = 20_000;
const TIMES: usize = 21;

/// A million payments of a shop, as they stand in its hours, beside as much of 20 other shops.
#[tokio::test]
#[ignore = "seeds a year; prints figures"]
async fn a_year_of_a_shop_with_a_million_payments() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    fixture.seed_year(shop.id).await;
    for _ in 0..20 {
        fixture.seed_year(values::BusinessId::new()).await;
    }
    let mut took = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        let report = fixture.report(&shop, YEAR).await;
        took.push(began.elapsed());
        assert_eq!(report["total"]["payments"], 1_000_000);
        assert_eq!(report["days"].as_array().unwrap().len(), 365);
    }
    took.sort();
    let (middle, most) = (took[TIMES / 2], took[TIMES - 1]);
    println!("a year by day of 1,000,000 payments: {middle:?} in the middle, {most:?} at most");
    assert!(middle <= YEAR_MAX, "{middle:?}");
}

#[tokio::test]
#[ignore = "seeds many rows; prints figures"]
async fn rows_of_a_table_in_a_second() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    fixture.books.pay_often(shop.id, ROWS, NOVEMBER).await;
    let began = Instant::now();
    let answer = fixture.get(&shop.token, &of_shop(shop.id, TABLE)).await;
    let took = began.elapsed();
    assert_eq!(answer.body.split(|byte| *byte == b'\n').count(), 20_002);
    println!("{ROWS} rows, {} bytes of CSV: {took:?}", answer.body.len());
}
