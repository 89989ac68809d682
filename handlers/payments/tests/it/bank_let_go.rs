//! What the bank was not told in time, or before a wallet was stopped: it never is, and the money
//! is where it was.

use events::payments::{FpsPaymentFailedV1, MoneyMovedV1, TopUpFailedV1, WithdrawalFailedV1};
use serde_json::Value;

use crate::bank_rail::TOP_UPS;
use crate::fps_payments::pay as pay_by_fps;
use crate::limits::assert_limits_add_up;
use crate::withdrawals::{WITHDRAWALS, money};
use crate::{Fixture, Person};

/// The bank accepts it at once, and settles it a little later.
const CENTS: i64 = 5_091;
/// The bank never says a word.
const SILENT_CENTS: i64 = 5_098;

/// One of each kind of which the bank would be told; where to read it.
async fn begin_each(fixture: &Fixture, person: &Person, cents: i64) -> [String; 3] {
    let top_up = fixture.begin_top_up(person, cents, "instant").await;
    let withdrawal = fixture.begin_withdrawal(person, cents).await;
    let payment = pay_by_fps(fixture, person, cents).await;
    [
        format!("{TOP_UPS}/{}", top_up["top_up_id"].as_str().unwrap()),
        format!("{WITHDRAWALS}/{}", withdrawal["withdrawal_id"].as_str().unwrap()),
        format!("/api/v1/fps-payments/{}", payment["fps_payment_id"].as_str().unwrap()),
    ]
}

/// Each has ended without money, whoever is asked, and everybody was told of it once.
async fn assert_let_go(fixture: &Fixture, person: &Person, begun: &[String; 3]) {
    for path in begun {
        let (_, ended) = fixture.get(person, path).await;
        assert_eq!((&ended["status"], &ended["bank_status"]), (&"failed".into(), &Value::Null));
    }
    assert_eq!(money(fixture, person).await, [50_000, 50_000, 0]);
    assert!(fixture.instructions().await[1..].iter().all(|told| *told == (None, false, false)));
    let moved: Vec<MoneyMovedV1> = fixture.database.told().await;
    let failed: (Vec<TopUpFailedV1>, Vec<WithdrawalFailedV1>, Vec<FpsPaymentFailedV1>) = (
        fixture.database.told().await,
        fixture.database.told().await,
        fixture.database.told().await,
    );
    let told = (moved.len(), failed.0.len(), failed.1.len(), failed.2.len());
    assert_eq!(told, (1, 1, 1, 1));
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn what_was_held_when_the_wallet_was_stopped_is_let_go_and_not_sent_at_its_release() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let begun = begin_each(&fixture, &person, SILENT_CENTS).await;
    fixture.let_bank_go_on().await;
    fixture.forget_telling().await;
    fixture.freeze(&person.user_id.to_string()).await;
    fixture.follow_bank().await;
    assert_let_go(&fixture, &person, &begun).await;
    assert_limits_add_up(&fixture).await;
    fixture.execute("UPDATE accounts SET status = 'active'").await;
    fixture.let_bank_go_on().await;
    fixture.follow_bank().await;
    assert_let_go(&fixture, &person, &begun).await;
}

#[tokio::test]
async fn where_only_what_leaves_is_stopped_what_comes_in_is_sent() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let begun = begin_each(&fixture, &person, CENTS).await;
    fixture.let_bank_go_on().await;
    fixture.forget_telling().await;
    assert_eq!(fixture.freeze_outgoing(&person.user_id.to_string()).await.0, 200);
    fixture.follow_bank().await;
    for (path, status) in begun.iter().zip(["completed", "failed", "failed"]) {
        assert_eq!(fixture.get(&person, path).await.1["status"], status, "{path}");
    }
    assert_eq!(money(&fixture, &person).await, [55_091, 55_091, 0]);
}

#[tokio::test]
async fn what_nobody_told_the_bank_for_a_quarter_of_an_hour_is_let_go() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let begun = begin_each(&fixture, &person, SILENT_CENTS).await;
    fixture.forget_telling().await;
    fixture.execute("UPDATE bank_instructions SET given_at = given_at - INTERVAL 15 MINUTE").await;
    fixture.follow_bank().await;
    assert_let_go(&fixture, &person, &begun).await;
}

#[tokio::test]
async fn what_the_bank_was_told_ends_as_it_says_however_old_it_is_and_whoever_is_stopped() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(50_000).await;
    let begun = begin_each(&fixture, &person, CENTS).await;
    fixture.freeze(&person.user_id.to_string()).await;
    fixture.execute("UPDATE bank_instructions SET given_at = given_at - INTERVAL 1 HOUR").await;
    fixture.hear_the_bank().await;
    for path in &begun {
        assert_eq!(fixture.get(&person, path).await.1["status"], "completed");
    }
    assert_eq!(money(&fixture, &person).await, [44_909, 44_909, 0]);
}
