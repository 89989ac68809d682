//! Monthly statements, and searching one's own history.

use serde_json::{Value, json};
use testkit::{Answer, Call, Device, InProcess};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{Product, UserId};

use crate::Fixture;
use crate::books::{BANK, Posting};

/// The first moment of October 2026 in Hong Kong, which is over.
pub(crate) const OCTOBER: OffsetDateTime = datetime!(2026-09-30 16:00 UTC);
pub(crate) const STATEMENT: &str = "/api/v1/reports/statements/2026-10";
const FOUND: &str = "/api/v1/reports/movements";

pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) token: String,
}

impl Fixture {
    pub(crate) async fn person(&self) -> Person {
        let id = UserId::new();
        self.books.open_account(id.uuid(), "wallet").await;
        let token = self.issuer.token(id, Product::Consumer, &Device::new());
        Person { id: id.uuid(), token }
    }

    /// The id of the operation is answered.
    pub(crate) async fn top_up(&self, person: &Person, amount: i64, at: OffsetDateTime) -> Uuid {
        let names = ["", "陳大文"];
        let (from, to, note) = (BANK, person.id, None);
        let posting = Posting { kind: "top-up", from, to, names, amount, note, at };
        self.books.post(&posting).await
    }

    pub(crate) async fn give(
        &self,
        from: &Person,
        to: &Person,
        amount: i64,
        note: &str,
        at: OffsetDateTime,
    ) {
        let names = ["陳大文", "Wong Siu Ming"];
        let (kind, from, to, note) = ("peer-payment", from.id, to.id, Some(note));
        self.books.post(&Posting { kind, from, to, names, amount, note, at }).await;
    }

    async fn csv(&self, person: &Person, language: &str) -> Answer {
        let call = Call::get(STATEMENT).bearer(&person.token).header("accept", "text/csv");
        let routes = self.routes.clone();
        call.header("accept-language", language).send(&routes).await
    }

    /// The notes of what is found, over all pages.
    async fn found(&self, person: &Person, query: &str) -> Vec<String> {
        let mut notes = Vec::new();
        let mut path = format!("{FOUND}?limit=2&{query}");
        loop {
            let page = self.get(&person.token, &path).await.expect(200);
            let items = page["items"].as_array().unwrap();
            notes.extend(items.iter().map(|item| item["note"].as_str().unwrap_or("-").to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { return notes };
            path = format!("{FOUND}?limit=2&{query}&cursor={cursor}");
        }
    }
}

fn hkd(amount: i64) -> Value {
    json!({"amount": amount, "currency": "HKD"})
}

#[tokio::test]
async fn a_statement_has_what_moved_in_the_month_between_two_balances() {
    let fixture = Fixture::new().await;
    let (person, other) = (fixture.person().await, fixture.person().await);
    fixture.top_up(&person, 10_000, OCTOBER - Duration::milliseconds(1)).await;
    fixture.top_up(&person, 2_000, OCTOBER).await;
    fixture.give(&person, &other, 500, "lunch", OCTOBER + Duration::days(3)).await;
    fixture
        .give(
            &other,
            &person,
            30,
            "change",
            OCTOBER + Duration::days(31) - Duration::milliseconds(1),
        )
        .await;
    fixture.give(&person, &other, 7, "november", OCTOBER + Duration::days(31)).await;
    let statement = fixture.get(&person.token, STATEMENT).await.expect(200);
    assert_eq!(statement["opening_balance"], hkd(10_000));
    assert_eq!((&statement["money_in"], &statement["money_out"]), (&hkd(2_030), &hkd(500)));
    assert_eq!(statement["closing_balance"], hkd(11_530));
    assert_eq!(statement["is_over"], true);
    let lines = statement["movements"].as_array().unwrap();
    let balances: Vec<&Value> = lines.iter().map(|line| &line["balance"]["amount"]).collect();
    assert_eq!(balances, [12_000, 11_500, 11_530]);
    let first = &lines[0]["movement"];
    assert_eq!(first["hong_kong_time"], "2026-10-01 00:00:00");
    assert_eq!((&first["type"], &first["counterparty_name"]), (&json!("top-up"), &Value::Null));
    assert_eq!(lines[1]["movement"]["counterparty_name"], "Wong Siu Ming");
    assert_eq!(lines[2]["movement"]["counterparty_name"], "陳大文");
    let next = fixture.get(&person.token, "/api/v1/reports/statements/2026-11").await.expect(200);
    assert_eq!(next["opening_balance"], statement["closing_balance"]);
    assert_eq!(next["closing_balance"], hkd(11_523));
}

#[tokio::test]
async fn what_is_held_has_not_moved() {
    let fixture = Fixture::new().await;
    let (person, other) = (fixture.person().await, fixture.person().await);
    fixture.give(&other, &person, 500, "held", OCTOBER + Duration::days(1)).await;
    fixture.books.run("UPDATE transfers SET phase = 'pending'").await;
    fixture.books.run("UPDATE accounts SET debits_posted = 0, credits_posted = 0").await;
    let statement = fixture.get(&person.token, STATEMENT).await.expect(200);
    assert_eq!((&statement["closing_balance"], &statement["movements"]), (&hkd(0), &json!([])));
}

/// Books whose rows and sums contradict each other give no statement that looks right.
#[tokio::test]
async fn balances_that_do_not_add_up_are_no_statement() {
    let fixture = Fixture::new().await;
    let person = fixture.person().await;
    fixture.top_up(&person, 500, OCTOBER + Duration::days(1)).await;
    fixture.books.run("DELETE FROM operations").await;
    assert_eq!(fixture.get(&person.token, STATEMENT).await.status, 500);
}

#[tokio::test]
async fn random_months_add_up_with_what_the_wallet_held_then() {
    let fixture = Fixture::new().await;
    let (person, other) = (fixture.person().await, fixture.person().await);
    let mut held = [0_i64; 4];
    for number in 0..60_i64 {
        let day = fastrand::i64(0..61);
        let at = OCTOBER - Duration::days(30)
            + Duration::days(day)
            + Duration::seconds(fastrand::i64(0..86_400));
        let (is_incoming, amount) = (fastrand::bool(), 1 + number);
        let (from, to) = if is_incoming { (&other, &person) } else { (&person, &other) };
        fixture.give(from, to, amount, "x", at).await;
        // September has 30 days, October 31.
        let month = usize::from(day >= 30);
        held[month + 1] += if is_incoming { amount } else { -amount };
    }
    for (month, path) in [(1, "2026-09"), (2, "2026-10")] {
        held[month] += held[month - 1];
        let path = format!("/api/v1/reports/statements/{path}");
        let statement = fixture.get(&person.token, &path).await.expect(200);
        assert_eq!(statement["opening_balance"], hkd(held[month - 1]));
        assert_eq!(statement["closing_balance"], hkd(held[month]));
    }
}

#[tokio::test]
async fn a_statement_is_a_table_in_three_languages_that_computes_nothing() {
    let fixture = Fixture::new().await;
    let (person, other) = (fixture.person().await, fixture.person().await);
    let note = "=HYPERLINK(\"http://x\",\"y\")";
    fixture.give(&other, &person, 12_345, note, OCTOBER + Duration::hours(1)).await;
    for (language, head, title) in [
        ("en", "Time (Hong Kong),Type,", "Payment between people"),
        ("zh-HK", "時間（香港）,類別,", "個人轉賬"),
        ("zh-CN", "时间（香港）,类别,", "个人转账"),
    ] {
        let answer = fixture.csv(&person, language).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-type").starts_with("text/csv; charset=utf-8"));
        assert!(answer.header("content-disposition").contains("statement-2026-10.csv"));
        assert!(answer.header("as-of").ends_with('Z'));
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.starts_with(&format!("\u{feff}{head}")), "{text}");
        let line = format!("2026-10-01 01:00:00,{title},陳大文,\"'=HYPERLINK(\"\"http://x\"\",");
        assert!(text.contains(&line), "{text}");
        assert!(text.contains(",123.45,,123.45,trf_"), "{text}");
    }
}

#[tokio::test]
async fn a_month_that_is_none_or_has_not_begun_and_a_wallet_that_is_not_open_have_no_statement() {
    let fixture = Fixture::new().await;
    let person = fixture.person().await;
    for (month, status) in [("2026-13", 404), ("november", 404), ("9998-01", 422)] {
        let path = format!("/api/v1/reports/statements/{month}");
        assert_eq!(fixture.get(&person.token, &path).await.status, status, "{month}");
    }
    let nobody = fixture.issuer.token(UserId::new(), Product::Consumer, &Device::new());
    let refused = fixture.get(&nobody, STATEMENT).await.expect(404);
    assert_eq!(refused["code"], "statement-not-found");
}

#[tokio::test]
async fn history_is_searched_by_text_amount_type_other_side_and_time() {
    let fixture = Fixture::new().await;
    let person = fixture.person().await;
    let (friend, other) = (fixture.person().await, fixture.person().await);
    let day = |number| OCTOBER + Duration::days(number);
    fixture.top_up(&person, 90_000, day(0)).await;
    fixture.give(&person, &friend, 500, "Lunch 午餐", day(1)).await;
    fixture.give(&friend, &person, 700, "LUNCH again", day(2)).await;
    fixture.give(&person, &other, 900, "100% dinner", day(3)).await;
    fixture.give(&other, &friend, 900, "lunch of others", day(4)).await;
    for (query, notes) in [
        ("", &["100% dinner", "LUNCH again", "Lunch 午餐", "-"][..]),
        ("text=lunch", &["LUNCH again", "Lunch 午餐"]),
        ("text=午餐", &["Lunch 午餐"]),
        ("text=siu+ming", &["100% dinner", "Lunch 午餐"]),
        ("text=0%25", &["100% dinner"]),
        ("text=l_nch", &[]),
        ("text=%7C", &[]),
        ("amount_from=600&amount_to=900", &["100% dinner", "LUNCH again"]),
        ("type=top-up", &["-"]),
        ("created_from=2026-10-03T16:00:00Z&created_before=2026-10-04T16:00:00Z", &["100% dinner"]),
    ] {
        let query = query.replace("午餐", "%E5%8D%88%E9%A4%90");
        assert_eq!(fixture.found(&person, &query).await, notes, "{query}");
    }
    let friend_id = UserId::from_uuid(friend.id);
    let of_friend = fixture.found(&person, &format!("counterparty_id={friend_id}")).await;
    assert_eq!(of_friend, ["LUNCH again", "Lunch 午餐"]);
}
