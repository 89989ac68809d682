//! A file that is not the statement that comes next changes nothing.

use mysql_async::prelude::Queryable;
use time::macros::date;
use time::{Date, Duration};

use super::statement;
use crate::Fixture;

async fn expect_none(fixture: &Fixture, day: Date) {
    let reader = fixture.staff("reader", &[values::StaffRole::Reviewer]);
    let found = fixture.get(&reader, &format!("/api/v1/bank-days/{day}")).await;
    found.expect_refusal(404, "bank-day-not-found");
}

#[tokio::test]
async fn a_file_that_is_no_statement_of_the_day_that_comes_next_is_refused_whole() {
    let (fixture, first) = (Fixture::new().await, date!(2025 - 09 - 10));
    let day = first + Duration::DAY;
    fixture.reconcile(first).await.expect_refusal(404, "bank-statement-not-found");
    fixture.bring(first, 0, &[("rent", 700, "OTHR")]).await;
    fixture.reconcile(first).await.expect(200);
    let later = first + Duration::days(2);
    fixture.reconcile(later).await.expect_refusal(409, "bank-day-out-of-turn");
    let good = statement(day, 700, &[]);
    for (file, why) in [
        (String::new(), "not one whole statement"),
        (good.replace("</Document>", ""), "not"),
        (good.replace("camt.053.001.08", "camt.054.001.08"), "another message"),
        (statement(later, 700, &[]), "of another day"),
        (statement(day, 701, &[]), "does not begin with"),
        (good.replace("004-123-456789", "004-123-456780"), "of another account"),
        (good.replace("<Id>2025-09-11</Id>", "<Id>2025-09-10</Id>"), "another day's"),
    ] {
        assert_ne!(file, good);
        fixture.bring_file(day, &file).await;
        let refused = fixture.reconcile(day).await;
        refused.expect_refusal(422, "bank-statement-invalid");
        assert!(refused.json()["detail"].as_str().unwrap().contains(why), "{why}: {refused:?}");
        expect_none(&fixture, day).await;
    }
    fixture.bring_file(day, &good).await;
    fixture.reconcile(day).await.expect(200);
}

#[tokio::test]
async fn of_two_first_days_at_once_one_is_taken() {
    let (fixture, first) = (Fixture::new().await, date!(2025 - 12 - 10));
    let other = first + Duration::days(5);
    for day in [first, other] {
        fixture.bring(day, 0, &[]).await;
    }
    let mut turn = fixture.database.pool.get_conn().await.unwrap();
    for sql in ["START TRANSACTION", "SELECT id FROM bank_turn FOR UPDATE"] {
        turn.query_drop(sql).await.unwrap();
    }
    let both_wait = async {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        turn.query_drop("COMMIT").await.unwrap();
    };
    let (one, two, ()) =
        tokio::join!(fixture.reconcile(first), fixture.reconcile(other), both_wait);
    let taken = if one.status == 200 { [one, two] } else { [two, one] };
    taken[0].expect(200);
    taken[1].expect_refusal(409, "bank-day-out-of-turn");
}

#[tokio::test]
async fn another_file_of_a_day_that_was_compared_is_told_and_not_taken() {
    let (fixture, day) = (Fixture::new().await, date!(2026 - 01 - 10));
    fixture.bring(day, 0, &[]).await;
    let compared = fixture.reconcile(day).await.expect(200);
    fixture.bring(day, 0, &[("NOTPROVIDED", -25, "CHRG")]).await;
    fixture.reconcile(day).await.expect_refusal(409, "bank-day-read-otherwise");
    assert_eq!(fixture.bank_day(day).await, compared);
}
