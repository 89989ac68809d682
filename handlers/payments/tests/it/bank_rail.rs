//! A bank that is told of top-ups and withdrawals and answers late, twice, out of order, or not.

mod deaths;

use std::time::{Duration, Instant};

use events::payments::{MoneyMovedV1, TopUpFailedV1, WithdrawalFailedV1};
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use payments::{App, Bank, Config, routes};
use serde_json::{Value, json};
use testkit::{Call, InProcess, logged};
use tokio::time::sleep;
use values::Product;

use crate::audit::let_two_days_pass;
use crate::limits::assert_limits_add_up;
use crate::withdrawals::{WITHDRAWALS, bank, code, money, signed};
use crate::{Fixture, Person, config, new_key};

pub(crate) const TOP_UPS: &str = "/api/v1/wallets/me/top-ups";
/// Amounts for which the sandbox behaves in each of its ways; the second never has an answer.
const CENTS: [i64; 9] = [5_000, 5_098, 5_091, 5_092, 5_093, 5_094, 5_095, 5_096, 5_097];
/// Those for which no money moves.
const REJECTED: [(i64, &str); 3] = [(5_092, "AM04"), (5_094, "AC04"), (5_097, "AC06")];
/// As many as a person may begin in a day.
pub(crate) const A_DAY: usize = 10;
const TIME_LIMIT: Duration = Duration::from_secs(60);

impl Fixture {
    /// What the timer does that follows the bank.
    pub(crate) async fn follow_bank(&self) {
        let timer = Call::post("/payments_do_what_is_due").json(&json!({}));
        assert_eq!(timer.send_until_served(&self.routes).await.status, 200);
    }

    /// As if the sandbox had had its time, and were to be asked now.
    pub(crate) async fn let_bank_go_on(&self) {
        self.execute(
            "UPDATE bank_instructions
             SET given_at = given_at - INTERVAL 3 SECOND, next_at = UTC_TIMESTAMP(6)
             WHERE next_at IS NOT NULL",
        )
        .await;
    }

    /// The bank says what became of all that it ever answers for.
    pub(crate) async fn hear_the_bank(&self) {
        let began = Instant::now();
        let waiting = "SELECT COUNT(*) FROM bank_instructions JOIN operations USING (operation_id)
            WHERE next_at IS NOT NULL AND amount % 100 <> 98";
        let mut conn = self.database.pool.get_conn().await.unwrap();
        while conn.query_first::<u64, _>(waiting).await.unwrap() != Some(0) {
            assert!(began.elapsed() < TIME_LIMIT, "the bank is not heard");
            self.let_bank_go_on().await;
            self.follow_bank().await;
        }
    }

    /// As if the handler had died between the hold and the word to the bank.
    pub(crate) async fn forget_telling(&self) {
        self.execute(
            "UPDATE bank_instructions SET sent_at = NULL, asked_count = 0, status = NULL,
                 next_at = UTC_TIMESTAMP(6) WHERE next_at IS NOT NULL",
        )
        .await;
    }

    /// As if the bank had had more time for an answer than it may take.
    pub(crate) async fn let_it_become_overdue(&self) {
        self.execute(
            "UPDATE operations SET expires_at = UTC_TIMESTAMP(6) WHERE expires_at IS NOT NULL",
        )
        .await;
    }

    /// The same database where operators answer for the bank, and nobody asks it.
    fn operators(&self) -> service::Routes {
        let config = config(&self.database, &self.issuer);
        routes(App::start(Config { bank: Bank::Operators, ..config }).unwrap())
    }

    pub(crate) async fn instructions(&self) -> Vec<(Option<String>, bool, bool)> {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        let sql = "SELECT status, sent_at IS NOT NULL, next_at IS NOT NULL FROM bank_instructions
            ORDER BY operation_id";
        conn.query(sql).await.unwrap()
    }

    pub(crate) async fn begin_withdrawal(&self, person: &Person, cents: i64) -> Value {
        let key = new_key();
        let (status, begun) =
            self.post(person, WITHDRAWALS, &key, &signed(person, cents, &key)).await;
        assert_eq!(status, 201, "{begun}");
        begun
    }

    pub(crate) async fn begin_top_up(&self, person: &Person, cents: i64, method: &str) -> Value {
        let body = json!({"amount": {"amount": cents, "currency": "HKD"}, "type": method});
        let (status, begun) = self.post(person, TOP_UPS, &new_key(), &body).await;
        assert_eq!(status, 201, "{begun}");
        begun
    }
}

fn own(begun: &Value) -> String {
    let withdrawal = begun["withdrawal_id"].as_str().map(|id| format!("{WITHDRAWALS}/{id}"));
    withdrawal.unwrap_or_else(|| format!("{TOP_UPS}/{}", begun["top_up_id"].as_str().unwrap()))
}

/// What an answer says of itself and of the bank.
fn words(body: &Value) -> [&str; 3] {
    ["status", "bank_status", "bank_reason"].map(|field| body[field].as_str().unwrap_or("-"))
}

fn expected_at_once(cents: i64) -> [&'static str; 3] {
    match cents % 100 {
        91 | 97 => ["pending", "ACSP", "-"],
        92 => ["failed", "RJCT", "AM04"],
        93 | 94 | 98 => ["pending", "-", "-"],
        _ => ["completed", "ACSC", "-"],
    }
}

fn expected_at_last(cents: i64) -> [&'static str; 3] {
    if cents == 5_098 {
        return ["pending", "-", "-"];
    }
    let rejected = REJECTED.iter().find(|(rejected, _)| *rejected == cents);
    rejected.map_or(["completed", "ACSC", "-"], |(_, reason)| ["failed", "RJCT", reason])
}

#[tokio::test]
async fn whatever_the_bank_does_with_an_amount_the_operation_ends_as_it_says_and_never_before() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(100_000).await;
    let began = Instant::now();
    let top_ups = CENTS.map(|cents| fixture.begin_top_up(&person, cents, "instant"));
    let withdrawals = CENTS.map(|cents| fixture.begin_withdrawal(&person, cents));
    let (top_ups, withdrawals) = tokio::join!(join_all(top_ups), join_all(withdrawals));
    // Whoever asks waits a second at most for a bank that does not answer.
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let begun: Vec<(i64, &Value)> =
        CENTS.iter().copied().cycle().zip(top_ups.iter().chain(&withdrawals)).collect();
    for (cents, begun) in &begun {
        assert_eq!(words(begun), expected_at_once(*cents), "{cents} {begun}");
        assert_eq!(fixture.get(&person, &own(begun)).await.1, **begun);
    }
    let began = Instant::now();
    while fixture.instructions().await.iter().filter(|(.., is_due)| *is_due).count() > 2 {
        assert!(began.elapsed() < TIME_LIMIT, "{:?}", fixture.instructions().await);
        fixture.follow_bank().await;
        sleep(Duration::from_millis(200)).await;
    }
    for (cents, begun) in &begun {
        let (_, ended) = fixture.get(&person, &own(begun)).await;
        assert_eq!(words(&ended), expected_at_last(*cents), "{cents} {ended}");
    }
    // As much came as went, and what nobody knows is held on both sides.
    assert_eq!(money(&fixture, &person).await, [100_000, 100_000 - 5_098, 2 * 5_098]);
    let (_, wallet) = fixture.get(&person, "/api/v1/wallets/me").await;
    assert_eq!(wallet["incoming"]["amount"], 5_098);
    assert_limits_add_up(&fixture).await;
    // Each end is told of once.
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let failed: (Vec<TopUpFailedV1>, Vec<WithdrawalFailedV1>) =
        (fixture.database.told().await, fixture.database.told().await);
    assert_eq!((moved.len(), failed.0.len(), failed.1.len()), (1 + 2 * 5, 3, 3));
    assert_eq!(fixture.database.count("operation_words").await, 0);
}

#[tokio::test]
async fn a_bank_debit_is_on_its_way_until_the_bank_has_settled_it() {
    let fixture = Fixture::new().await;
    let person = fixture.person(Product::Consumer).await;
    let begun = fixture.begin_top_up(&person, 50_000, "bank-debit").await;
    assert_eq!(words(&begun), ["pending", "PDNG", "-"]);
    let (_, wallet) = fixture.get(&person, "/api/v1/wallets/me").await;
    let amounts = ["balance", "available", "incoming"].map(|field| wallet[field]["amount"].clone());
    assert_eq!(amounts, [json!(0), json!(0), json!(50_000)]);
    fixture.let_bank_go_on().await;
    fixture.follow_bank().await;
    assert_eq!(words(&fixture.get(&person, &own(&begun)).await.1), ["completed", "ACSC", "-"]);
    assert_eq!(money(&fixture, &person).await, [50_000, 50_000, 0]);
    // Nobody asks any more.
    assert_eq!(fixture.instructions().await, [(Some("ACSC".to_owned()), true, false)]);
}

#[tokio::test]
async fn a_hold_of_which_the_bank_was_not_told_is_told_later_and_once() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let begun = fixture.begin_withdrawal(&person, 5_091).await;
    fixture.let_bank_go_on().await;
    fixture.forget_telling().await;
    for _ in 0..3 {
        fixture.follow_bank().await;
    }
    assert_eq!(words(&fixture.get(&person, &own(&begun)).await.1), ["completed", "ACSC", "-"]);
    assert_eq!(money(&fixture, &person).await, [44_909, 44_909, 0]);
}

#[tokio::test]
async fn what_an_operator_has_ended_before_the_bank_was_told_is_never_sent() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let begun = fixture.begin_withdrawal(&person, 5_091).await;
    fixture.let_bank_go_on().await;
    fixture.forget_telling().await;
    let id = begun["withdrawal_id"].as_str().unwrap();
    assert_eq!(words(&bank(&fixture, id, "refuse").await.1), ["failed", "-", "-"]);
    assert_eq!(fixture.instructions().await[1], (None, false, false));
    fixture.let_bank_go_on().await;
    fixture.follow_bank().await;
    assert_eq!(fixture.instructions().await[1], (None, false, false));
    assert_eq!(money(&fixture, &person).await, [50_000, 50_000, 0]);
}

#[tokio::test]
async fn an_operators_word_counts_only_where_the_bank_has_none() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let silent = fixture.begin_withdrawal(&person, 5_098).await;
    let slow = fixture.begin_withdrawal(&person, 5_091).await;
    let [silent, slow] =
        [silent, slow].map(|begun| begun["withdrawal_id"].as_str().unwrap().to_owned());
    fixture.execute("UPDATE bank_instructions SET given_at = given_at + INTERVAL 1 HOUR").await;
    // What the bank has taken on is its own to end, and so is what it may still answer for.
    let deciding = (409, "bank-is-deciding".to_owned());
    for says in ["settle", "refuse"] {
        for id in [&silent, &slow] {
            assert_eq!(code(bank(&fixture, id, says).await), deciding, "{says} {id}");
        }
    }
    assert_eq!(money(&fixture, &person).await, [50_000, 39_811, 10_189]);
    fixture.let_it_become_overdue().await;
    assert_eq!(code(bank(&fixture, &slow, "refuse").await), deciding);
    fixture.execute("UPDATE bank_instructions SET given_at = given_at - INTERVAL 1 HOUR").await;
    fixture.let_bank_go_on().await;
    let hold_ended = (409, "hold-ended".to_owned());
    assert_eq!(code(bank(&fixture, &slow, "refuse").await), hold_ended);
    assert_eq!(money(&fixture, &person).await, [44_909, 39_811, 5_098]);
    assert_eq!(bank(&fixture, &slow, "settle").await.1["bank_status"], "ACSC");
    assert_eq!(words(&bank(&fixture, &silent, "refuse").await.1), ["failed", "-", "-"]);
    assert_eq!(money(&fixture, &person).await, [44_909, 44_909, 0]);
}

#[tokio::test]
async fn a_bank_that_contradicts_an_operator_moves_nothing_twice_and_is_found() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let begun = fixture.begin_withdrawal(&person, 5_093).await;
    let id = begun["withdrawal_id"].as_str().unwrap();
    let path = format!("/api/v1/ledger/withdrawals/{id}/refuse");
    fixture.let_it_become_overdue().await;
    let word = json!({"reason": "a guess", "operator": "ops@example.com"});
    let refused = Call::post(&path).json(&word).send(&fixture.operators()).await;
    assert_eq!(refused.status, 200);
    assert_eq!(fixture.audit().await["balanced"], true);
    fixture.let_bank_go_on().await;
    let ((), log) = logged(fixture.follow_bank()).await;
    let contradicts = "the ledger does not balance: the bank contradicts what an operator has said";
    assert!(log.contains(contradicts), "{log}");
    assert_eq!(words(&fixture.get(&person, &own(&begun)).await.1), ["failed", "ACSC", "-"]);
    assert_eq!(fixture.balance(&person).await, 50_000);
    let audit = fixture.audit().await;
    let found = [&audit["balanced"], &audit["holds_not_matching"]];
    assert_eq!(found, [&json!(false), &json!(1)], "{audit}");
}

#[tokio::test]
async fn a_contradiction_is_found_however_late_the_bank_speaks() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let begun = fixture.begin_withdrawal(&person, 5_093).await;
    let id = begun["withdrawal_id"].as_str().unwrap();
    // It was sent before operators answered, and nobody heard.
    fixture
        .execute(
            "INSERT INTO bank_instructions (operation_id, kind, given_at, sent_at, next_at)
             SELECT operation_id, 'credit-transfer', created_at, created_at, created_at
             FROM operations WHERE kind = 'withdrawal'",
        )
        .await;
    fixture.let_it_become_overdue().await;
    assert_eq!(bank(&fixture, id, "refuse").await.0, 200);
    let_two_days_pass(&fixture).await;
    let older = "UPDATE bank_instructions SET operation_id =
        (SELECT operation_id FROM operations WHERE kind = 'withdrawal')";
    fixture.execute(older).await;
    fixture
        .execute(
            "UPDATE withdrawals SET operation_id = (SELECT operation_id FROM bank_instructions)",
        )
        .await;
    assert_eq!(fixture.audit().await["balanced"], true);

    let instructed = config(&fixture.database, &fixture.issuer);
    let fixture = fixture.served_by(App::start(instructed).unwrap());
    fixture.let_bank_go_on().await;
    fixture.follow_bank().await;
    for _ in 0..2 {
        let audit = fixture.audit().await;
        let fields = ["balanced", "holds_not_matching", "bank_words_contradicted"];
        let found = fields.map(|field| audit[field].clone());
        assert_eq!(found, [json!(false), json!(0), json!(1)], "{audit}");
    }
    fixture.execute("UPDATE bank_instructions SET contradicted_at = NULL").await;
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn one_run_follows_all_that_is_due_but_what_somebody_is_changing() {
    let fixture = Fixture::new().await;
    for _ in 0..7 {
        let person = fixture.consumer_with(5_000).await;
        let cents = [191; A_DAY];
        join_all(cents.map(|cents| fixture.begin_withdrawal(&person, cents))).await;
    }
    fixture.let_bank_go_on().await;
    fixture.forget_telling().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("START TRANSACTION").await.unwrap();
    let sql = "SELECT operation_id FROM operations WHERE kind = 'withdrawal'
        ORDER BY operation_id LIMIT 1 FOR UPDATE";
    conn.query_drop(sql).await.unwrap();
    fixture.follow_bank().await;
    let left = async || fixture.instructions().await.iter().filter(|(.., due)| *due).count();
    assert_eq!(left().await, 1);
    conn.query_drop("ROLLBACK").await.unwrap();
    fixture.let_bank_go_on().await;
    fixture.follow_bank().await;
    assert_eq!(left().await, 0);
}

#[tokio::test]
async fn what_was_begun_while_operators_answered_stays_theirs() {
    let fixture = Fixture::of_operators().await;
    let person = fixture.consumer_with(50_000).await;
    let begun = fixture.begin_withdrawal(&person, 700).await;
    let instructed = config(&fixture.database, &fixture.issuer);
    let fixture = fixture.served_by(App::start(instructed).unwrap());
    fixture.follow_bank().await;
    assert_eq!(words(&fixture.get(&person, &own(&begun)).await.1), ["pending", "-", "-"]);
    let id = begun["withdrawal_id"].as_str().unwrap();
    assert_eq!(bank(&fixture, id, "settle").await.1["status"], "completed");
    assert_eq!(fixture.database.count("bank_instructions").await, 0);
    assert_eq!(money(&fixture, &person).await, [49_300, 49_300, 0]);
}

#[tokio::test]
async fn an_instruction_that_cannot_be_read_keeps_no_other_from_its_end() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    for _ in 0..2 {
        fixture.begin_withdrawal(&person, 5_091).await;
    }
    fixture.let_bank_go_on().await;
    fixture.execute("UPDATE bank_instructions SET kind = 'x' WHERE status = 'ACSP' LIMIT 1").await;
    let ((), log) = logged(fixture.follow_bank()).await;
    assert!(log.contains("cannot be read"), "{log}");
    assert_eq!(money(&fixture, &person).await, [44_909, 39_818, 5_091]);
}
