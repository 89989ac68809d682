//! What reports cost, printed as a table by `make bench-reporting`.

#![expect(clippy::print_stdout, reason = "that is what it is for")]

use std::fs;
use std::time::{Duration, Instant};

use testkit::{Call, InProcess};
use time::OffsetDateTime;
use time::macros::{date, datetime};
use values::{TopUpId, UserId};

use crate::books::Movement;
use crate::statements::{OCTOBER, STATEMENT};
use crate::{Fixture, of_shop};

const YEAR: &str = "takings-by-day?first_day=2026-01-01&last_day=2026-12-31";
const YEAR_MAX: Duration = Duration::from_millis(300);
const TABLE: &str = "transaction-table?first_day=2026-11-01&last_day=2026-11-30";
const BY_MEMBER: &str = "takings-by-member?first_day=2026-11-01&last_day=2026-11-30";
const SPENDING: &str = "/api/v1/reports/spending?first_month=2025-12&last_month=2026-11";
const NOVEMBER: OffsetDateTime = datetime!(2026-11-01 04:00 UTC);
const ROWS: u32 = 20_000;
const STATEMENT_ROWS: u32 = 5_000;
const EXPORTED_ROWS: u32 = 300_000;
/// As many as a day of the bank may have.
const BANK_LINES: u32 = 400_000;
/// What a file may add to the memory of a service, however long it is.
const MEMORY_MAX: u64 = 64 << 20;
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
    print("a year by day of 1,000,000 payments", &format!("{middle:?}, {most:?} at most"));
    assert!(middle <= YEAR_MAX, "{middle:?}");
}

/// As much as is summed up at once; one refund more is refused, since both ways count together.
#[tokio::test]
#[ignore = "seeds many rows; prints figures"]
async fn a_year_of_spending_of_a_person_with_60_000_payments() {
    let fixture = Fixture::new().await;
    let (person, shop) = (fixture.person().await, fixture.shop().await);
    let payer = UserId::from_uuid(person.id);
    let mut took = Vec::new();
    for month in 0..12 {
        let from = NOVEMBER - time::Duration::days(30 * month);
        fixture.books.pay_often(payer, shop.id, 5_000, from).await;
    }
    for _ in 0..TIMES {
        fixture.books.beat().await;
        let began = Instant::now();
        let report = fixture.get(&person.token, SPENDING).await.expect(200);
        took.push(began.elapsed());
        assert_eq!(report["total"]["payments"], 60_000);
    }
    took.sort();
    let (middle, most) = (took[TIMES / 2], took[TIMES - 1]);
    print("a year of 60,000 payments by category", &format!("{middle:?}, {most:?} at most"));
    let refund = Movement::refund(shop.id, 100, NOVEMBER + time::Duration::DAY);
    fixture.books.move_money_of(payer, refund).await;
    fixture.books.beat().await;
    fixture.get(&person.token, SPENDING).await.expect_refusal(422, "spending-too-long");
}

/// As much as is summed up at once: each payment has a fee, which is a transfer too. Each was asked
/// for at the counter, as costs the most.
#[tokio::test]
#[ignore = "seeds many rows; prints figures"]
async fn a_month_of_50_000_payments_by_member() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    fixture.books.pay_often(UserId::new(), shop.id, 50_000, NOVEMBER).await;
    for sql in [
        "INSERT INTO payment_requests (payment_request_id, business_id, shop_name, amount, currency,
             description, status, created_at, expires_at, created_by)
         SELECT operation_id, to_account_id, '', amount, currency, '', 'paid', created_at,
             created_at, from_account_id FROM operations",
        "UPDATE operations SET parent_id = operation_id",
    ] {
        fixture.books.run(sql).await;
    }
    let mut took = Vec::new();
    for _ in 0..5 {
        let began = Instant::now();
        let report = fixture.report(&shop, BY_MEMBER).await;
        took.push(began.elapsed());
        assert_eq!(report["total"]["payments"], 50_000);
    }
    took.sort();
    let figures = format!("{:?}, {:?} at most", took[2], took[4]);
    print("a month of 50,000 payments by member", &figures);
    let payment = Movement::payment(shop.id, 100, NOVEMBER + time::Duration::DAY);
    fixture.books.move_money(payment).await;
    fixture.books.beat().await;
    let refused = fixture.get(&shop.token, &of_shop(shop.id, BY_MEMBER)).await;
    refused.expect_refusal(422, "takings-too-long");
}

#[tokio::test]
#[ignore = "seeds many rows; prints figures"]
async fn rows_of_a_table_in_a_second() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop().await;
    fixture.books.pay_often(UserId::new(), shop.id, ROWS, NOVEMBER).await;
    let began = Instant::now();
    let answer = fixture.get(&shop.token, &of_shop(shop.id, TABLE)).await;
    let took = began.elapsed();
    assert_eq!(answer.body.split(|byte| *byte == b'\n').count(), 20_002);
    print("a table of 20,000 rows", &rate(ROWS, took));
}

#[tokio::test]
#[ignore = "seeds many rows; prints figures"]
async fn rows_of_an_export_in_a_second() {
    let fixture = Fixture::new().await;
    let shop = fixture.shop_of_november(EXPORTED_ROWS).await;
    for format in ["csv", "camt053"] {
        let id = fixture.begin_export(&shop, format).await;
        fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = memory("VmRSS");
        let began = Instant::now();
        while fixture.export(&shop, &id).await["status"] != "done" {
            fixture.write_exports().await;
        }
        let took = began.elapsed();
        let added = memory("VmHWM").saturating_sub(before);
        let export = fixture.export(&shop, &id).await;
        assert_eq!(export["rows_written"], EXPORTED_ROWS);
        let figures = format!(
            "{}; {} bytes, {} MB of memory",
            rate(EXPORTED_ROWS, took),
            export["bytes_written"],
            added >> 20
        );
        print(&format!("an export of {EXPORTED_ROWS} rows, {format}"), &figures);
        assert!(added <= MEMORY_MAX, "{added} bytes of memory");
    }
}

/// As many movements as a statement has, each with the longest name, note and reference.
#[tokio::test]
#[ignore = "seeds many rows; prints figures"]
async fn the_longest_statement_with_the_longest_notes() {
    let fixture = Fixture::new().await;
    let (person, shop) = (fixture.person().await, fixture.shop().await);
    let payer = UserId::from_uuid(person.id);
    fixture.books.pay_often(payer, shop.id, STATEMENT_ROWS, OCTOBER).await;
    let words = "UPDATE operations SET to_name = REPEAT('永', 50), note = REPEAT('午', 100),
             reference = REPEAT('R', 25)";
    for (of, sql) in [("short", "DO 0"), ("the longest", words)] {
        fixture.books.run(sql).await;
        fixture.books.beat().await;
        fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = memory("VmRSS");
        let began = Instant::now();
        let call = Call::get(STATEMENT).bearer(&person.token).header("accept", "application/pdf");
        let answer = call.send(&fixture.routes).await;
        let took = began.elapsed();
        let added = memory("VmHWM").saturating_sub(before);
        assert_eq!(answer.status, 200);
        let bytes = answer.body.len();
        let figures =
            format!("{}; {bytes} bytes, {} MB of memory", rate(STATEMENT_ROWS, took), added >> 20);
        print(&format!("a statement of {STATEMENT_ROWS} rows as PDF, notes {of}"), &figures);
        assert!(added <= MEMORY_MAX, "{added} bytes of memory");
    }
}

/// A day as long as one may be, of which the ledger has nothing: all of it is kept.
#[tokio::test]
#[ignore = "brings a long file; prints figures"]
async fn memory_of_the_longest_day_of_the_bank() {
    let (fixture, day) = (Fixture::new().await, date!(2026 - 03 - 10));
    let references: Vec<String> = (0..BANK_LINES).map(|_| TopUpId::new().to_string()).collect();
    let booked: Vec<_> = references.iter().map(|it| (it.as_str(), 500, "OTHR")).collect();
    fixture.bring(day, 0, &booked).await;
    drop(booked);
    drop(references);
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS");
    let began = Instant::now();
    let compared = fixture.reconcile(day).await.expect(200);
    let took = began.elapsed();
    let added = memory("VmHWM").saturating_sub(before);
    assert_eq!(compared["open_count"], BANK_LINES);
    let figures = format!("{}; {} MB of memory", rate(BANK_LINES, took), added >> 20);
    print(&format!("a day of {BANK_LINES} lines that all differ"), &figures);
}

fn print(what: &str, figures: &str) {
    println!("| {what} | {figures} |");
}

fn rate(rows: u32, took: Duration) -> String {
    format!("{took:.2?}, {:.0} rows a second", f64::from(rows) / took.as_secs_f64())
}

/// Of this process, in bytes.
fn memory(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    let kilobytes: u64 = line.trim_matches([':', '\t', ' ', 'k', 'B']).parse().unwrap();
    kilobytes << 10
}
