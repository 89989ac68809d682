//! The bank's statement of a day is compared with the ledger; what differs waits for staff.
//!
//! All tests share the container: each has days of its own.

mod decisions;
mod refused;

use std::fmt::Write;

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, BlobContainer, Call, InProcess, logged};
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;
use values::{Operator, StaffRole, TopUpId, WithdrawalId, hong_kong_day, hong_kong_midnight};

use crate::Fixture;
use crate::books::{BANK, Posting};
use crate::statements::Person;

const NOT_CLOSED: &str = "days of the bank are not closed";

/// What the bank books: the end-to-end reference, cents, and what kind of movement it says it is.
pub(crate) type Booked<'a> = (&'a str, i64, &'a str);

impl Fixture {
    /// The bank's file of a day, as it stands in the storage account.
    pub(crate) async fn bring(&self, day: Date, opening: i64, booked: &[Booked<'_>]) {
        self.bring_file(day, &statement(day, opening, booked)).await;
    }

    async fn bring_file(&self, day: Date, file: &str) {
        let container = BlobContainer::create("bank-statements").await;
        container.put(&format!("{day}.xml"), "application/xml", file.into()).await;
    }

    /// As an operator does, whom the Functions host has let in.
    pub(crate) async fn reconcile(&self, day: Date) -> Answer {
        self.reconcile_as(day, &json!({"operator": "lee.sk"})).await
    }

    async fn reconcile_without_file(&self, day: Date) -> Answer {
        self.reconcile_as(day, &json!({"operator": "lee.sk", "is_without_file": true})).await
    }

    async fn reconcile_as(&self, day: Date, word: &Value) -> Answer {
        self.books.beat().await;
        let call = Call::new("PUT", &format!("/api/v1/bank-statements/{day}")).json(word);
        call.send(&self.routes).await
    }

    /// What the timer logs.
    async fn reconcile_due(&self) -> String {
        self.books.beat().await;
        let routes = self.routes.clone();
        let path = "/payment_reporting_reconcile_bank";
        logged(async {
            let done = testkit::call(&routes, "POST", path, None, Some(&json!({}))).await;
            assert_eq!(done.0, 200);
        })
        .await
        .1
    }

    fn staff(&self, name: &str, roles: &[StaffRole]) -> String {
        self.issuer.staff_token(Operator::try_from(name.to_owned()).unwrap(), roles)
    }

    async fn bank_day(&self, day: Date) -> Value {
        let reader = self.staff("reader", &[StaffRole::Reviewer]);
        self.get(&reader, &format!("/api/v1/bank-days/{day}")).await.expect(200)
    }

    /// The oldest first.
    async fn differences(&self, day: Date) -> Vec<Value> {
        let reader = self.staff("reader", &[StaffRole::Operator]);
        let path = format!("/api/v1/bank-days/{day}/differences");
        let page = self.get(&reader, &path).await.expect(200);
        let mut rows = page["items"].as_array().unwrap().clone();
        rows.reverse();
        rows
    }

    /// What was withdrawn; its reference is answered.
    async fn withdraw(&self, person: &Person, amount: i64, at: OffsetDateTime) -> String {
        let (from, to, names) = (person.id, BANK, ["陳大文", ""]);
        let posting = Posting { kind: "withdrawal", from, to, names, amount, note: None, at };
        WithdrawalId::from_uuid(self.books.post(&posting).await).to_string()
    }
}

fn top_up_reference(id: Uuid) -> String {
    TopUpId::from_uuid(id).to_string()
}

/// Closed with all that adds up.
pub(crate) fn statement(day: Date, opening: i64, booked: &[Booked<'_>]) -> String {
    let amount = |cents: i64| {
        let (dollars, rest) = (cents.abs() / 100, cents.abs() % 100);
        let direction = if cents < 0 { "DBIT" } else { "CRDT" };
        format!("<Amt Ccy=\"HKD\">{dollars}.{rest:02}</Amt><CdtDbtInd>{direction}</CdtDbtInd>")
    };
    let balance = |code: &str, cents: i64| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{}<Dt><Dt>{day}</Dt></Dt></Bal>",
            amount(cents)
        )
    };
    let closing = booked.iter().fold(opening, |sum, (_, cents, _)| sum + cents);
    let mut entries = String::new();
    for (reference, cents, code) in booked {
        let amount = amount(*cents);
        write!(
            entries,
            "<Ntry>{amount}<Sts><Cd>BOOK</Cd></Sts><AcctSvcrRef>B-1</AcctSvcrRef><BkTxCd><Domn>\
             <Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>{code}</SubFmlyCd></Fmly></Domn></BkTxCd>\
             <NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs></TxDtls>\
             </NtryDtls></Ntry>"
        )
        .unwrap();
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>\
         <GrpHdr><MsgId>{day}</MsgId></GrpHdr><Stmt><Id>{day}</Id><Acct><Id><Othr>\
         <Id>004-123-456789</Id></Othr></Id></Acct>{}{}{entries}</Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", opening),
        balance("CLBD", closing),
    )
}

fn noon(day: Date) -> OffsetDateTime {
    hong_kong_midnight(day) + Duration::hours(12)
}

fn seen(rows: &[Value]) -> Vec<Value> {
    let amount = |row: &Value, side: &str| row[side]["amount"].clone();
    let seen = |row: &Value| {
        json!([
            row["difference"],
            row["reference"],
            amount(row, "bank_amount"),
            amount(row, "ledger_amount"),
            row["status"]
        ])
    };
    rows.iter().map(seen).collect()
}

#[tokio::test]
async fn a_day_that_the_bank_has_as_the_ledger_has_it_closes_by_itself() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 01 - 10));
    let person = fixture.person().await;
    let came = top_up_reference(fixture.top_up(&person, 50_000, noon(day)).await);
    let left = fixture.withdraw(&person, 12_345, noon(day)).await;
    fixture.bring(day, 0, &[(&left, -12_345, "OTHR"), (&came, 50_000, "OTHR")]).await;
    let compared = fixture.reconcile(day).await.expect(200);
    assert_eq!((&compared["matched_count"], &compared["open_count"]), (&json!(2), &json!(0)));
    assert_eq!(compared["closing_balance"], json!({"amount": 37_655, "currency": "HKD"}));
    assert_eq!(compared["ledger_balance"], compared["closing_balance"]);
    assert!(compared["closed_at"].is_string(), "{compared}");
    assert_eq!(fixture.differences(day).await, Vec::<Value>::new());
    assert_eq!(compared["brought_by"], "lee.sk");
    assert_eq!(fixture.reconcile(day).await.expect(200), compared, "again");
}

#[tokio::test]
async fn what_is_missing_extra_or_different_is_found_by_its_name() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 02 - 10));
    let person = fixture.person().await;
    let came = top_up_reference(fixture.top_up(&person, 50_000, noon(day)).await);
    let less = top_up_reference(fixture.top_up(&person, 700, noon(day)).await);
    let missing = fixture.withdraw(&person, 900, noon(day)).await;
    let twice = fixture.withdraw(&person, 40, noon(day)).await;
    let stranger = WithdrawalId::new().to_string();
    let booked = [
        (came.as_str(), 50_000, "OTHR"),
        (&less, 690, "OTHR"),
        (&twice, -40, "OTHR"),
        (&twice, -40, "OTHR"),
        (&stranger, -300, "OTHR"),
        ("NOTPROVIDED", -25, "CHRG"),
    ];
    fixture.bring(day, 0, &booked).await;
    let compared = fixture.reconcile(day).await.expect(200);
    assert_eq!((&compared["matched_count"], &compared["open_count"]), (&json!(2), &json!(5)));
    assert_eq!(compared["closed_at"], Value::Null);
    let mut rows = seen(&fixture.differences(day).await);
    let mut wanted = vec![
        json!(["different", less, 690, 700, "open"]),
        json!(["extra", twice, -40, 0, "open"]),
        json!(["extra", stranger, -300, 0, "open"]),
        json!(["extra", null, -25, 0, "open"]),
        json!(["missing", missing, 0, -900, "open"]),
    ];
    rows.sort_by_key(Value::to_string);
    wanted.sort_by_key(Value::to_string);
    assert_eq!(rows, wanted, "and nothing unaccounted for");
}

#[tokio::test]
async fn more_differences_than_one_statement_writes_are_all_there() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 02 - 20));
    let fees = vec![("NOTPROVIDED", -25, "CHRG"); 2_001];
    fixture.bring(day, 0, &fees).await;
    assert_eq!(fixture.reconcile(day).await.expect(200)["open_count"], 2_001);
}

#[tokio::test]
async fn what_the_bank_booked_before_midnight_and_we_heard_of_after_it_is_no_difference() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 03 - 10));
    let next = day.next_day().unwrap();
    let person = fixture.person().await;
    let at = hong_kong_midnight(next) + Duration::seconds(3);
    let reference = top_up_reference(fixture.top_up(&person, 500, at).await);
    fixture.bring(day, 0, &[(&reference, 500, "OTHR")]).await;
    let compared = fixture.reconcile(day).await.expect(200);
    assert_eq!((&compared["open_count"], &compared["closed_at"].is_string()), (&json!(0), &true));
    let rows = fixture.differences(day).await;
    assert_eq!(seen(&rows), [json!(["extra", reference, 500, 0, "closed"])]);
    assert_eq!(rows[0]["matched_on"], next.to_string());
    fixture.bring(next, 500, &[]).await;
    let compared = fixture.reconcile(next).await.expect(200);
    assert_eq!(
        (&compared["matched_count"], &compared["closed_at"].is_string()),
        (&json!(1), &true)
    );
}

#[tokio::test]
async fn what_the_bank_books_on_both_sides_of_midnight_it_has_moved_twice() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 03 - 20));
    let next = day.next_day().unwrap();
    let person = fixture.person().await;
    let late = hong_kong_midnight(next) + Duration::DAY - Duration::milliseconds(5);
    let id = fixture.top_up(&person, 500, late).await;
    // Its end is written a little after its transfer was named, on a day more.
    let mut books = fixture.books.pool.get_conn().await.unwrap();
    let sql = "UPDATE operations SET ended_at = ended_at + INTERVAL 1 SECOND";
    books.query_drop(sql).await.unwrap();
    let reference = top_up_reference(id);
    fixture.bring(day, 0, &[(&reference, 500, "OTHR")]).await;
    fixture.reconcile(day).await.expect(200);
    assert_eq!(fixture.differences(day).await[0]["matched_on"], next.to_string());
    fixture.bring(next, 500, &[(&reference, 500, "OTHR")]).await;
    let compared = fixture.reconcile(next).await.expect(200);
    assert_eq!((&compared["matched_count"], &compared["open_count"]), (&json!(1), &json!(1)));
    let rows = fixture.differences(next).await;
    assert_eq!(seen(&rows), [json!(["extra", reference, 500, 0, "open"])]);
}

#[tokio::test]
async fn what_was_missing_is_closed_by_the_line_that_comes_later_and_its_day_with_it() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 04 - 10));
    let next = day.next_day().unwrap();
    let person = fixture.person().await;
    let reference = top_up_reference(fixture.top_up(&person, 500, noon(day)).await);
    fixture.bring(day, 0, &[]).await;
    assert_eq!(fixture.reconcile(day).await.expect(200)["closed_at"], Value::Null);
    fixture.bring(next, 0, &[(&reference, 500, "OTHR")]).await;
    let compared = fixture.reconcile(next).await.expect(200);
    assert!(compared["closed_at"].is_string(), "{compared}");
    assert!(fixture.bank_day(day).await["closed_at"].is_string());
    let rows = fixture.differences(day).await;
    assert_eq!(seen(&rows), [json!(["missing", reference, 0, 500, "closed"])]);
    assert_eq!(rows[0]["matched_on"], next.to_string());
}

#[tokio::test]
async fn what_the_balances_differ_by_beyond_what_is_known_is_told_once() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 05 - 10));
    let next = day.next_day().unwrap();
    // What the account held before anything was compared.
    fixture.bring(day, 100_000, &[("NOTPROVIDED", -25, "CHRG")]).await;
    assert_eq!(fixture.reconcile(day).await.expect(200)["open_count"], 2);
    let mut rows = seen(&fixture.differences(day).await);
    rows.sort_by_key(Value::to_string);
    let wanted =
        [json!(["extra", null, -25, 0, "open"]), json!(["unaccounted", null, 100_000, 0, "open"])];
    assert_eq!(rows, wanted);
    fixture.bring(next, 99_975, &[]).await;
    assert!(fixture.reconcile(next).await.expect(200)["closed_at"].is_string());
}

#[tokio::test]
async fn the_timer_takes_each_day_whose_file_has_come_and_says_how_many_are_late() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 06 - 10));
    assert!(!fixture.reconcile_due().await.contains(NOT_CLOSED), "nothing was begun");
    let days: Vec<Date> = (0..3).map(|later| day + Duration::days(later)).collect();
    for day in &days {
        fixture.bring(*day, 0, &[]).await;
    }
    fixture.reconcile(day).await.expect(200);
    let lines = fixture.reconcile_due().await;
    for day in days {
        assert!(fixture.bank_day(day).await["closed_at"].is_string(), "{day}");
    }
    assert!(lines.contains(NOT_CLOSED), "many days have no file: {lines}");
}

#[tokio::test]
async fn a_day_of_which_the_bank_has_no_file_is_an_operators_word_and_the_next_goes_on() {
    let (fixture, first) = (Fixture::new().await, date!(2026 - 02 - 10));
    let days: Vec<Date> = (0..3).map(|later| first + Duration::days(later)).collect();
    fixture.reconcile_without_file(first).await.expect_refusal(409, "bank-day-out-of-turn");
    fixture.bring(first, 0, &[("NOTPROVIDED", 700, "OTHR")]).await;
    fixture.reconcile(first).await.expect(200);
    let missing = fixture.withdraw(&fixture.person().await, 900, noon(days[1])).await;
    let unproven = fixture.reconcile_without_file(days[1]).await;
    unproven.expect_refusal(409, "bank-day-out-of-turn");
    fixture.bring(days[2], 701, &[]).await;
    let wrong = fixture.reconcile_without_file(days[1]).await;
    wrong.expect_refusal(422, "bank-statement-invalid");
    fixture.bring(days[2], 700, &[(&missing, -900, "OTHR")]).await;
    let compared = fixture.reconcile_without_file(days[1]).await.expect(200);
    assert_eq!(compared["statement_reference"], Value::Null);
    assert_eq!(compared["closing_balance"]["amount"], 700);
    let rows = fixture.differences(days[1]).await;
    assert_eq!(seen(&rows), [json!(["missing", missing, 0, -900, "open"])]);
    assert_eq!(fixture.reconcile_without_file(days[1]).await.expect(200), compared, "again");
    let refused = fixture.reconcile_without_file(first).await;
    refused.expect_refusal(409, "bank-day-read-otherwise");
    assert!(fixture.reconcile(days[2]).await.expect(200)["closed_at"].is_string());
    assert!(fixture.bank_day(days[1]).await["closed_at"].is_string());
}

#[tokio::test]
async fn nothing_is_late_once_yesterday_is_closed() {
    let fixture = Fixture::new().await;
    let today = hong_kong_day(OffsetDateTime::now_utc());
    let yesterday = today.previous_day().unwrap();
    fixture.bring(yesterday, 0, &[]).await;
    fixture.reconcile(yesterday).await.expect(200);
    let lines = fixture.reconcile_due().await;
    assert!(!lines.contains(NOT_CLOSED), "{lines}");
    fixture.reconcile(today).await.expect_refusal(409, "bank-day-out-of-turn");
}
