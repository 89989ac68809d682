//! The bank's word, an operator's and the sending of an instruction at the same moment: whichever
//! comes first, what was held is paid out or given back, and never both.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use payments::routes;
use serde_json::{Value, json};
use testkit::{Call, InProcess, rounds};
use uuid::Uuid;
use values::{FpsPaymentId, WithdrawalId};

use crate::bank_rail::A_DAY;
use crate::fps_payments::{PAYMENTS as FPS_PAYMENTS, bank as bank_of_fps, pay as pay_by_fps};
use crate::limits::assert_limits_add_up;
use crate::withdrawals::{WITHDRAWALS, bank, code};
use crate::{Fixture, Person, Race, after};

/// What the bank settles, and says nothing of in the first two seconds.
const LATE: i64 = 193;
/// The bank is asked of all that is due in this time.
const BANK_LIMIT: Duration = Duration::from_secs(120);
/// Of what the bank settles at last, rejects at last, has not decided yet, and was not told of.
const WAYS: [(i64, &str); 4] =
    [(191, "settles"), (197, "rejects"), (291, "decides"), (391, "untold")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_banks_word_an_operators_and_the_sending_at_the_same_moment_one_ends_each() {
    let fixture = Fixture::new().await;
    let instances = [fixture.routes.clone(), routes(fixture.another_instance())];
    let rounds = WAYS.len() * rounds(200, 20);
    let mut withdrawals = Vec::new();
    for _ in 0..rounds / A_DAY {
        let person = fixture.consumer_with(50_000).await;
        let cents = WAYS.iter().map(|(cents, _)| *cents).cycle().take(A_DAY);
        let begun = cents.map(|cents| fixture.begin_withdrawal(&person, cents));
        withdrawals.extend(join_all(begun).await);
    }
    let before = fixture.database.count("transfers").await;
    fixture.let_bank_go_on().await;
    let of = |cents: i64| {
        format!(
            "operations JOIN bank_instructions USING (operation_id) SET {} WHERE amount = {cents}",
            "{}"
        )
    };
    let untold = of(391).replace("{}", "sent_at = NULL, asked_count = 0, status = NULL");
    let early = of(291).replace("{}", "given_at = given_at + INTERVAL 1 HOUR");
    for sql in [untold, early] {
        fixture.execute(&format!("UPDATE {sql}")).await;
    }
    let says = |number: usize| if number.is_multiple_of(3) { "settle" } else { "refuse" };
    let operators = withdrawals.iter().enumerate().map(|(number, begun)| {
        let id = begun["withdrawal_id"].as_str().unwrap();
        let path = format!("/api/v1/ledger/withdrawals/{id}/{}", says(number));
        let word = json!({"reason": "bank file 8", "operator": "ops@example.com"});
        Call::post(&path).json(&word).send(&instances[number % 2])
    });
    let timers = (0..8).map(|number| {
        let timer = Call::post("/payments_do_what_is_due").json(&json!({}));
        timer.send(&instances[number % 2])
    });
    let (said, _) = tokio::join!(join_all(operators), join_all(timers));
    fixture
        .execute(&format!(
            "UPDATE {}",
            of(291).replace("{}", "given_at = given_at - INTERVAL 1 HOUR")
        ))
        .await;
    // Of whatever was too busy just now, and what the bank decides now.
    the_bank_is_asked_of_all(&fixture).await;
    let mut ends: BTreeMap<(&str, u16), usize> = BTreeMap::new();
    for (number, (said, begun)) in said.iter().zip(&withdrawals).enumerate() {
        let cents = begun["amount"]["amount"].as_i64().unwrap();
        let (_, way) = WAYS.iter().find(|(of, _)| *of == cents).unwrap();
        let (state, is_sent) = stands(&fixture, begun).await;
        let word = if says(number) == "settle" { "completed" } else { "failed" };
        let expected = match *way {
            "rejects" => "failed",
            // An operator was first, and the bank never hears of it.
            "untold" if !is_sent => word,
            _ => "completed",
        };
        assert_eq!(state, expected, "{way} {} {}", said.status, said.text());
        assert!(is_sent || *way == "untold", "{way}");
        assert!(*way != "decides" || matches!(said.status, 409 | 503), "{}", said.text());
        *ends.entry((*way, said.status)).or_default() += 1;
    }
    for end in
        [("settles", 200), ("settles", 409), ("rejects", 200), ("decides", 409), ("untold", 200)]
    {
        assert!(ends.contains_key(&end), "{end:?} {ends:?}");
    }
    let ended = u64::try_from(rounds).unwrap();
    assert_eq!(fixture.database.count("transfers").await, before + ended);
    assert_eq!(fixture.audit().await["balanced"], true);
    assert_limits_add_up(&fixture).await;
}

async fn the_bank_is_asked_of_all(fixture: &Fixture) {
    let began = Instant::now();
    while fixture.instructions().await.iter().any(|(.., is_due)| *is_due) {
        assert!(began.elapsed() < BANK_LIMIT, "the bank is not asked of all");
        fixture.let_bank_go_on().await;
        fixture.follow_bank().await;
    }
}

/// How it ended, and whether the bank was told of it.
async fn stands(fixture: &Fixture, begun: &Value) -> (String, bool) {
    let id: values::WithdrawalId = begun["withdrawal_id"].as_str().unwrap().parse().unwrap();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT state, sent_at IS NOT NULL FROM operations
        JOIN bank_instructions USING (operation_id) WHERE operation_id = ?";
    conn.exec_first(sql, (id.uuid(),)).await.unwrap().unwrap()
}

/// A payment to a bank that does not answer in the first two seconds.
struct Late {
    id: String,
    operation_id: Uuid,
    is_by_fps: bool,
}

impl Late {
    async fn begin(fixture: &Fixture, person: &Person, is_by_fps: bool) -> Self {
        let begun = if is_by_fps {
            pay_by_fps(fixture, person, LATE).await["fps_payment_id"].clone()
        } else {
            fixture.begin_withdrawal(person, LATE).await["withdrawal_id"].clone()
        };
        let id = begun.as_str().unwrap().to_owned();
        let operation_id = if is_by_fps {
            id.parse::<FpsPaymentId>().unwrap().uuid()
        } else {
            id.parse::<WithdrawalId>().unwrap().uuid()
        };
        Self { id, operation_id, is_by_fps }
    }

    /// As many as a person may begin in a day, of both kinds.
    async fn all(fixture: &Fixture, person: &Person) -> Vec<Self> {
        join_all((0..A_DAY).map(|number| Self::begin(fixture, person, number % 2 == 0))).await
    }

    /// An operator says that nothing was paid.
    async fn give_back(&self, fixture: &Fixture) -> (u16, Value) {
        if self.is_by_fps {
            bank_of_fps(fixture, &self.id, "refuse").await
        } else {
            bank(fixture, &self.id, "refuse").await
        }
    }

    async fn status(&self, fixture: &Fixture, person: &Person) -> Value {
        let list = if self.is_by_fps { FPS_PAYMENTS } else { WITHDRAWALS };
        fixture.get(person, &format!("{list}/{}", self.id)).await.1["status"].clone()
    }
}

/// Whether it was given back; else it was paid out, and the operator was told.
async fn is_returned(fixture: &Fixture, person: &Person, late: &Late, said: (u16, Value)) -> bool {
    let is_returned = said.0 == 200;
    if !is_returned {
        let (status, code) = code(said);
        let is_known = ["hold-ended", "bank-is-deciding"].contains(&&*code);
        assert!(status == 409 && is_known, "{code}");
    }
    let status = if is_returned { "failed" } else { "completed" };
    assert_eq!(late.status(fixture, person).await, status);
    is_returned
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_first_word_to_the_bank_which_pays_and_a_return_at_once_one_stands() {
    let fixture = Fixture::new().await;
    let mut races: [Race; 2] = Default::default();
    let (mut person, mut left) = (fixture.consumer_with(50_000).await, 50_000);
    let mut all = Vec::new();
    for round in 0..2 * rounds(200, 20) {
        if all.is_empty() {
            (person, left) = (fixture.consumer_with(50_000).await, 50_000);
            all = Late::all(&fixture, &person).await;
            left -= LATE * i64::try_from(all.len()).unwrap();
            // As if the handler had died before it told the bank of any of them.
            fixture.forget_telling().await;
            let later = "UPDATE bank_instructions SET next_at = next_at + INTERVAL 1 DAY,
                given_at = given_at - INTERVAL 3 SECOND WHERE next_at IS NOT NULL";
            fixture.execute(later).await;
        }
        let (late, race) = (all.pop().unwrap(), &mut races[round % 2]);
        let now = "UPDATE bank_instructions SET next_at = UTC_TIMESTAMP(6)";
        let id = late.operation_id.simple();
        fixture.execute(&format!("{now} WHERE operation_id = 0x{id}")).await;
        let [tells, returns] = race.waits(u64::try_from(round / 2).unwrap());
        let ((), said) = tokio::join!(
            after(tells, fixture.follow_bank()),
            after(returns, late.give_back(&fixture)),
        );
        // Whoever was in the other's way comes again.
        fixture.follow_bank().await;
        let is_returned = is_returned(&fixture, &person, &late, said).await;
        race.won(!is_returned);
        left += if is_returned { LATE } else { 0 };
        assert_eq!(fixture.balance(&person).await, left);
    }
    races.iter().for_each(Race::assert_each_won);
    assert_eq!(fixture.audit().await["balanced"], true);
    assert_limits_add_up(&fixture).await;
}

/// The bank was told, and its answer did not come in time. It begins to speak while operators, to
/// whom it did not, give back what they think was not paid: each has one end, and where the bank
/// pays what was given back before it spoke, that is found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_late_success_and_a_return_at_once_one_stands() {
    let fixture = Fixture::new().await;
    let people = join_all((0..rounds(200, 20) / A_DAY).map(|_| fixture.consumer_with(50_000)));
    let people = people.await;
    let late = join_all(people.iter().map(|person| Late::all(&fixture, person))).await;
    let late: Vec<(&Person, &Late)> = people
        .iter()
        .zip(&late)
        .flat_map(|(person, late)| late.iter().map(move |late| (person, late)))
        .collect();
    let before = fixture.database.count("transfers").await;
    fixture.let_it_become_overdue().await;
    for (number, (_, late)) in late.iter().enumerate() {
        let speaks_after_ms = match number % A_DAY {
            0 => -3_600_000,
            1 => 3_600_000,
            others => i64::try_from(others).unwrap() * 150,
        };
        let sql = "UPDATE bank_instructions SET next_at = UTC_TIMESTAMP(6), given_at =
            UTC_TIMESTAMP(6) - INTERVAL 2 SECOND + INTERVAL ? MICROSECOND WHERE operation_id = ?";
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        conn.exec_drop(sql, (speaks_after_ms * 1_000, late.operation_id)).await.unwrap();
    }
    let operators = join_all(late.iter().map(|(_, late)| late.give_back(&fixture)));
    let timers =
        (0..20).map(|number| after(Duration::from_millis(number * 100), fixture.follow_bank()));
    let (said, _) = tokio::join!(operators, join_all(timers));
    fixture.execute("UPDATE bank_instructions SET given_at = given_at - INTERVAL 2 HOUR").await;
    fixture.hear_the_bank().await;
    let (mut returned, count) = (0, late.len());
    for ((person, late), said) in late.into_iter().zip(said) {
        returned += usize::from(is_returned(&fixture, person, late, said).await);
    }
    assert!((1..count).contains(&returned), "{returned} of {count} were returned");
    let ended = u64::try_from(count).unwrap();
    assert_eq!(fixture.database.count("transfers").await, before + ended);
    let audit = fixture.audit().await;
    let found = [&audit["balanced"], &audit["holds_not_matching"]];
    assert_eq!(found, [&json!(false), &json!(returned)], "{audit}");
    assert_limits_add_up(&fixture).await;
}
