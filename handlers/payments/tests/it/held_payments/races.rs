//! A release, a return and the end of its time, of the same payment at the same moment.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use payments::routes;
use serde_json::json;
use service::Routes;
use testkit::{Call, InProcess};
use values::{Product, StaffRole};

use crate::held_payments::{HELD_PAYMENTS, holding};
use crate::limits::assert_limits_add_up;
use crate::{Fixture, Person, after, fps_payments};

const ROUNDS: usize = 200;
/// What one wallet can have held of HK$50.00 with HK$5,000.00.
const OF_ONE: usize = 100;
/// And by FPS: ten payments a day go to banks.
const BY_FPS_OF_ONE: usize = 10;

/// For each payment what was done of a release and a return at two instances at once. Some returns
/// come later by as much, or a few times that: a release may have to ask the bank first.
async fn decide_at_once(
    instances: &[Routes; 2],
    token: &str,
    held: &[String],
    later: Duration,
) -> BTreeMap<String, Vec<&'static str>> {
    let word = &json!({"reason": "case 7"});
    let words = held.iter().enumerate().flat_map(|(number, id)| {
        let first = number % 2;
        ["release", "return"].into_iter().enumerate().map(move |(place, decision)| async move {
            let path = format!("{HELD_PAYMENTS}/{id}/{decision}");
            let at = &instances[first.abs_diff(place)];
            let times = u32::try_from((number % 5).saturating_mul(place)).unwrap();
            tokio::time::sleep(later.saturating_mul(times)).await;
            let call = Call::post(&path).bearer(token).json(word);
            (id, decision, call.send_until_served(at).await)
        })
    });
    let mut done: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (id, decision, answer) in join_all(words).await {
        match answer.status {
            200 => done.entry(id.clone()).or_default().push(decision),
            _ => answer.expect_refusal(409, "held-payment-ended"),
        }
    }
    done
}

/// Payments that wait, and who made them.
struct Waiting {
    held: Vec<String>,
    payers: Vec<Person>,
}

/// All of a release, a return and the end of its time, of each payment; how many ended in each way.
async fn end_at_once(
    fixture: &Fixture,
    waiting: &Waiting,
    later: Duration,
) -> BTreeMap<String, i64> {
    let instances = [fixture.routes.clone(), routes(fixture.another_instance())];
    // The time of a quarter is over before the words come, and of a quarter long after them.
    fixture
        .execute(
            "UPDATE operations SET expires_at = UTC_TIMESTAMP(6) + INTERVAL
                 CASE CRC32(operation_id) % 4 WHEN 0 THEN 0 WHEN 1 THEN 3600000000
                     ELSE CRC32(operation_id) % 6000000 END MICROSECOND
             WHERE state = 'pending'",
        )
        .await;
    let token = fixture.reviewer_of_held();
    let timers = (0..60_u64).zip(instances.iter().cycle()).map(|(number, instance)| async move {
        tokio::time::sleep(Duration::from_millis(number.saturating_mul(100))).await;
        Call::post("/payments_look_after_pending").json(&json!({})).send(instance).await
    });
    // The words come a little later, so that the timer is first of some.
    let words =
        after(Duration::from_millis(200), decide_at_once(&instances, &token, &waiting.held, later));
    let (done, _) = tokio::join!(words, join_all(timers));
    fixture.let_held_expire().await;
    assert_eq!(fixture.look_after_pending().await, 200);
    let staff = fixture.staff("ho@example.com", &[StaffRole::Auditor]);
    let mut ends: BTreeMap<String, i64> = BTreeMap::new();
    for id in &waiting.held {
        let path = format!("{HELD_PAYMENTS}/{id}");
        let read = fixture.send(Call::get(&path).bearer(&staff)).await.json();
        let end = read["returned_because"].as_str().or(read["status"].as_str()).unwrap();
        let words = done.get(id).map_or(&[][..], Vec::as_slice);
        let expected: &[&str] = match end {
            "released" => &["release"],
            "reviewer" => &["return"],
            _ => &[],
        };
        assert_eq!(words, expected, "{read}");
        let count = ends.entry(end.to_owned()).or_default();
        *count = count.saturating_add(1);
    }
    assert_eq!(ends.keys().collect::<Vec<_>>(), ["overdue", "released", "reviewer"], "{ends:?}");
    ends
}

async fn assert_left(fixture: &Fixture, waiting: &Waiting, expected: i64) {
    let mut left = 0_i64;
    for payer in &waiting.payers {
        left = left.saturating_add(fixture.balance(payer).await);
    }
    assert_eq!(left, expected);
    let audit = fixture.audit().await;
    assert_eq!(audit["balanced"], true, "{audit}");
    assert_limits_add_up(fixture).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_release_a_return_and_time_exactly_one_ends_each_payment() {
    let fixture = Fixture::under(holding()).await;
    let payee = fixture.person(Product::Consumer).await;
    let mut waiting = Waiting { held: Vec::new(), payers: Vec::new() };
    for _ in 0..ROUNDS / OF_ONE {
        let payer = fixture.consumer_with(500_000).await;
        for _ in 0..OF_ONE {
            waiting.held.push(fixture.held(&payer, &payee, 5_000).await);
        }
        waiting.payers.push(payer);
    }
    let ends = end_at_once(&fixture, &waiting, Duration::ZERO).await;
    let moved = ends["released"].saturating_mul(5_000);
    assert_eq!(fixture.balance(&payee).await, moved);
    assert_left(&fixture, &waiting, 1_000_000_i64.saturating_sub(moved)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_it_is_of_payments_by_fps_and_the_bank_is_told_of_those_alone_that_were_released() {
    let fixture = Fixture::under(holding()).await;
    let mut waiting = Waiting { held: Vec::new(), payers: Vec::new() };
    for _ in 0..ROUNDS / BY_FPS_OF_ONE {
        let payer = fixture.consumer_with(500_000).await;
        let payee = fps_payments::payee(&fixture, &payer).await;
        for _ in 0..BY_FPS_OF_ONE {
            waiting.held.push(fixture.held_by_fps(&payer, &payee, 5_000).await);
        }
        waiting.payers.push(payer);
    }
    let ends = end_at_once(&fixture, &waiting, Duration::from_millis(150)).await;
    let told = "bank_instructions WHERE kind = 'fps-transfer'";
    assert_eq!(fixture.database.count(told).await, ends["released"].unsigned_abs());
    fixture.hear_the_bank().await;
    let had = i64::try_from(waiting.payers.len()).unwrap().saturating_mul(500_000);
    let moved = ends["released"].saturating_mul(5_000);
    assert_left(&fixture, &waiting, had.saturating_sub(moved)).await;
}
