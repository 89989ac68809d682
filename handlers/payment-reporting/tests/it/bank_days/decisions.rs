//! Staff explain what differs, and others agree; a day closes once all of it is closed.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call, InProcess};
use time::Date;
use time::macros::date;
use values::StaffRole::{Administrator, Operator, Reviewer};

use super::{NOT_CLOSED, noon, seen};
use crate::Fixture;

const FEE: &str = "the bank's monthly fee, ticket 7";

impl Fixture {
    async fn decide(&self, token: &str, path: &str, decision: &str, version: u32) -> Answer {
        let call = Call::post(&format!("{path}/{decision}")).bearer(token);
        let call = match decision {
            "explain" => call.json(&json!({"reason": FEE})),
            _ => call.header("if-match", &format!("\"{version}\"")),
        };
        call.send(&self.routes).await
    }

    /// Explained by one, and agreed to by another.
    async fn have_closed(&self, path: &str) {
        let (operator, reviewer) =
            (self.staff("wong.tm", &[Operator]), self.staff("chan.sy", &[Reviewer]));
        self.decide(&operator, path, "explain", 0).await.expect(200);
        // A reviewer closes what they have read in the list.
        let (differences, id) = path.rsplit_once('/').unwrap();
        let list = format!("{differences}?status=explained");
        let page = self.get(&reviewer, &list).await.expect(200);
        let rows = page["items"].as_array().unwrap();
        let row = rows.iter().find(|row| row["bank_difference_id"] == id).unwrap();
        let version = u32::try_from(row["version"].as_u64().unwrap()).unwrap();
        self.decide(&reviewer, path, "close", version).await.expect(200);
    }

    /// A day with two fees that our ledger has not, and where they are.
    async fn day_with_two_fees(&self, day: Date) -> Vec<String> {
        self.bring(day, 0, &[("NOTPROVIDED", -25, "CHRG"), ("NOTPROVIDED", -5, "CHRG")]).await;
        self.reconcile(day).await.expect(200);
        // What the account lacks to begin with is no more than they are.
        self.paths(day).await
    }

    /// Where the day's differences are.
    async fn paths(&self, day: Date) -> Vec<String> {
        let path = |row: &Value| {
            let id = row["bank_difference_id"].as_str().unwrap();
            format!("/api/v1/bank-days/{day}/differences/{id}")
        };
        self.differences(day).await.iter().map(path).collect()
    }
}

#[tokio::test]
async fn a_line_that_comes_after_people_have_closed_what_was_missing_is_theirs_to_look_at() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 10 - 10));
    let next = day.next_day().unwrap();
    let person = fixture.person().await;
    fixture.top_up(&person, 900, noon(day.previous_day().unwrap())).await;
    let reference = fixture.withdraw(&person, 900, noon(day)).await;
    fixture.bring(day, 900, &[]).await;
    fixture.reconcile(day).await.expect(200);
    let missing = fixture.paths(day).await;
    fixture.have_closed(&missing[0]).await;
    // What they mended otherwise the bank pays nevertheless: it is paid twice.
    fixture.bring(next, 900, &[(&reference, -900, "OTHR")]).await;
    let compared = fixture.reconcile(next).await.expect(200);
    assert_eq!((&compared["open_count"], &compared["closed_at"]), (&json!(1), &Value::Null));
    let rows = fixture.differences(next).await;
    assert_eq!(seen(&rows), [json!(["extra", reference, -900, 0, "open"])]);
    assert_eq!(fixture.differences(day).await[0]["matched_on"], Value::Null);
}

#[tokio::test]
async fn a_day_closes_once_others_have_agreed_to_all_of_it() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 07 - 10));
    let fees = fixture.day_with_two_fees(day).await;
    assert_eq!(fees.len(), 2);
    let (operator, reviewer) =
        (fixture.staff("wong.tm", &[Operator]), fixture.staff("chan.sy", &[Reviewer]));
    let explained = fixture.decide(&operator, &fees[0], "explain", 0).await.expect(200);
    assert_eq!(
        (&explained["status"], &explained["explained_by"]),
        (&json!("explained"), &json!("wong.tm"))
    );
    fixture.decide(&operator, &fees[1], "explain", 0).await.expect(200);
    let waits = fixture.bank_day(day).await;
    assert_eq!((&waits["open_count"], &waits["explained_count"]), (&json!(0), &json!(2)));
    assert_eq!(waits["closed_at"], Value::Null, "one person has explained all of it");
    assert!(fixture.reconcile_due().await.contains(NOT_CLOSED), "and that is late too");

    let agreed = fixture.decide(&reviewer, &fees[0], "close", 2).await.expect(200);
    assert_eq!((&agreed["status"], &agreed["closed_by"]), (&json!("closed"), &json!("chan.sy")));
    let again = fixture.decide(&reviewer, &fees[1], "reopen", 2).await.expect(200);
    assert_eq!((&again["status"], &again["explanation"]), (&json!("open"), &Value::Null));
    let open = fixture.bank_day(day).await;
    assert_eq!((&open["open_count"], &open["closed_at"]), (&json!(1), &Value::Null));

    let path = format!("/api/v1/bank-days/{day}/differences?status=open");
    let page = fixture.get(&reviewer, &path).await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    fixture.decide(&operator, &fees[1], "explain", 0).await.expect(200);
    fixture.decide(&reviewer, &fees[1], "close", 4).await.expect(200);
    assert!(fixture.bank_day(day).await["closed_at"].is_string());
}

#[tokio::test]
async fn what_was_explained_is_kept_also_if_it_explained_nothing() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 07 - 20));
    let fee = fixture.day_with_two_fees(day).await.remove(0);
    let (operator, reviewer) =
        (fixture.staff("wong.tm", &[Operator]), fixture.staff("chan.sy", &[Reviewer]));
    fixture.decide(&operator, &fee, "explain", 0).await.expect(200);
    fixture.decide(&reviewer, &fee, "reopen", 2).await.expect(200);
    let sql = "SELECT version, status, decider, explanation FROM bank_decisions ORDER BY version";
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let kept: Vec<(u32, String, String, Option<String>)> = conn.query(sql).await.unwrap();
    let decided = |version, status: &str, by: &str, reason: Option<&str>| {
        (version, status.to_owned(), by.to_owned(), reason.map(str::to_owned))
    };
    let wanted =
        [decided(2, "explained", "wong.tm", Some(FEE)), decided(3, "open", "chan.sy", None)];
    assert_eq!(kept, wanted);
}

#[tokio::test]
async fn of_two_decisions_at_once_the_second_sees_what_the_first_has_done() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 11 - 10));
    let fees = fixture.day_with_two_fees(day).await;
    let operator = fixture.staff("wong.tm", &[Operator]);
    fixture.decide(&operator, &fees[1], "explain", 0).await.expect(200);
    let mut other = fixture.database.pool.get_conn().await.unwrap();
    for sql in [
        "START TRANSACTION",
        "SELECT id FROM bank_turn FOR UPDATE",
        "UPDATE bank_differences SET status = 'closed' WHERE status = 'open'",
    ] {
        other.query_drop(sql).await.unwrap();
    }
    let reviewer = fixture.staff("chan.sy", &[Reviewer]);
    let ended = async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        other.query_drop("COMMIT").await.unwrap();
    };
    let (closed, ()) = tokio::join!(fixture.decide(&reviewer, &fees[1], "close", 2), ended);
    closed.expect(200);
    assert!(fixture.bank_day(day).await["closed_at"].is_string(), "nothing is open");
    // What was done past the service the timer sees.
    let sql = "UPDATE bank_differences SET status = 'open'";
    other.query_drop(sql).await.unwrap();
    fixture.reconcile_due().await;
    assert_eq!(fixture.bank_day(day).await["closed_at"], Value::Null);
}

#[tokio::test]
async fn nobody_agrees_to_what_they_have_explained_nor_to_what_they_have_not_read() {
    let (fixture, day) = (Fixture::new().await, date!(2025 - 08 - 10));
    let fee = fixture.day_with_two_fees(day).await.remove(0);
    let both = fixture.staff("wong.tm", &[Operator, Reviewer]);
    let reviewer = fixture.staff("chan.sy", &[Reviewer]);
    let early = fixture.decide(&reviewer, &fee, "close", 1).await;
    early.expect_refusal(409, "bank-difference-not-explained");
    fixture.decide(&reviewer, &fee, "explain", 0).await.expect_refusal(403, "role-missing");
    fixture.decide(&both, &fee, "explain", 0).await.expect(200);
    let twice = fixture.decide(&both, &fee, "explain", 0).await;
    twice.expect_refusal(409, "bank-difference-not-open");
    fixture.decide(&both, &fee, "close", 2).await.expect_refusal(403, "own-proposal");
    fixture.decide(&reviewer, &fee, "close", 1).await.expect_refusal(412, "version-stale");
    let other_day = fee.replace("2025-08-10", "2025-08-11");
    let elsewhere = fixture.decide(&reviewer, &other_day, "close", 2).await;
    elsewhere.expect_refusal(404, "bank-difference-not-found");
    fixture.decide(&reviewer, &fee, "close", 2).await.expect(200);
}

#[tokio::test]
async fn who_neither_proposes_nor_reviews_sees_nothing_of_it() {
    let fixture = Fixture::new().await;
    let administrator = fixture.staff("ho.kf", &[Administrator]);
    for path in ["", "/2025-01-10", "/2025-01-10/differences"] {
        let answer = fixture.get(&administrator, &format!("/api/v1/bank-days{path}")).await;
        answer.expect_refusal(403, "role-missing");
    }
}
