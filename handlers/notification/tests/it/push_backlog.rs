//! Pushes of which many wait: the hub is not asked by all of them, and nobody else waits.

use std::collections::BTreeSet;
use std::time::Instant;

use mysql_async::prelude::Queryable;
use push_inbox::Faults;

use crate::pushes::token;
use crate::{Fixture, LIST, bodies};

/// Owes a push to each of so many people, in the inbox of each since now.
async fn owe(fixture: &Fixture, people: u32, expires: &str) {
    let numbers = format!(
        "WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers
             WHERE n < {people})"
    );
    // Of the far future, or the timer would take them for notifications of a year ago.
    let id = "UNHEX(CONCAT('FF', LPAD(HEX(n), 30, '0')))";
    for sql in [
        format!(
            "INSERT INTO mailboxes (user_id, product, last_number, unread)
             {numbers} SELECT {id}, 'consumer', 1, 1 FROM numbers"
        ),
        format!(
            "INSERT INTO notifications (user_id, product, number, notification_id, event_id, kind,
                 language, title, body)
             {numbers} SELECT {id}, 'consumer', 1, {id}, n, 'top-up-completed', 'en', 'Money', 'x'
             FROM numbers"
        ),
        format!(
            "INSERT INTO push_tokens (device_id, product, user_id, session_id, platform, push_token)
             {numbers} SELECT {id}, 'consumer', {id}, {id}, 'apns', LPAD(n, 64, '0') FROM numbers"
        ),
        format!(
            "INSERT INTO pushes (user_id, product, kind, waiting, notification_id, title, language,
                 due_at, expires_at, burst_since, leased_until)
             {numbers} SELECT {id}, 'consumer', 'top-up-completed', 1, {id}, 'Money', 'en',
                 NOW(6) - INTERVAL 2 HOUR, NOW(6) + INTERVAL {expires}, NOW(6), NOW(6)
             FROM numbers"
        ),
    ] {
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop("SET max_recursive_iterations = 20000").await.unwrap();
        conn.query_drop(sql).await.unwrap();
    }
}

#[tokio::test]
async fn ten_thousand_pushes_that_waited_too_long_go_unsent_and_hold_up_nobody() {
    let fixture = Fixture::new().await;
    fixture.registers('a').await;
    owe(&fixture, 10_000, "-1 HOUR").await;
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    let pushed = fixture.await_pushed(1).await;
    assert_eq!(pushed[0].device_handle, token('a'));
    fixture.await_rest().await;
    assert_eq!(fixture.pushes_count("SELECT COUNT(*) FROM pushes WHERE waiting > 0").await, 0);
}

#[tokio::test]
async fn a_hub_that_takes_nothing_is_not_asked_by_all_that_waits_and_gets_all_of_it_later() {
    let fixture = Fixture::new().await;
    let faults = Faults { status: Some(429), retry_after_seconds: Some(1), ..Faults::default() };
    fixture.pushes.misbehave(faults);
    owe(&fixture, 300, "1 HOUR").await;
    // Nobody but pushes waits for it.
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    assert_eq!(bodies(&fixture.consumer("GET", LIST).await.1).len(), 1);
    // A batch, and from then on one a second, however long that takes here.
    fixture.until(async || fixture.pushes.refused() >= 65).await;
    let (since, asked) = (Instant::now(), fixture.pushes.refused());
    fixture.until(async || fixture.pushes.refused() >= asked + 3).await;
    let probes = fixture.pushes.refused() - asked;
    let seconds = since.elapsed().as_secs();
    assert!(probes <= seconds + 1, "{probes} in {seconds} s");
    fixture.pushes.misbehave(Faults::default());
    // What is under way is noted first: it would be due in half a minute.
    fixture.await_rest().await;
    fixture.all_is_due().await;
    let pushed = fixture.await_pushed(300).await;
    let devices: BTreeSet<&str> = pushed.iter().map(|push| &*push.device_handle).collect();
    assert_eq!(devices.len(), 300);
}

#[tokio::test]
async fn what_only_a_later_version_can_push_holds_up_nothing_beside_it() {
    let fixture = Fixture::new().await;
    for letter in ['a', 'b'] {
        fixture.registers(letter).await;
    }
    owe(&fixture, 4, "1 HOUR").await;
    let first = format!("{}1", "0".repeat(63));
    let second = format!("{}2", "0".repeat(63));
    for sql in [
        "UPDATE pushes SET product = 'kiosk' ORDER BY user_id LIMIT 1".to_owned(),
        format!(
            "UPDATE push_tokens SET product = 'kiosk' WHERE push_token IN ('{first}', '{}')",
            token('b')
        ),
        format!("UPDATE push_tokens SET platform = 'flag' WHERE push_token = '{second}'"),
    ] {
        fixture.pushes_sql(&sql).await;
    }
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    let pushed = fixture.await_pushed(3).await;
    assert!(pushed.iter().any(|push| push.device_handle == token('a')));
    let left = "SELECT COUNT(*) FROM pushes WHERE waiting > 0";
    fixture.until(async || fixture.pushes_count(left).await == 1).await;
    // The hub has forgotten all of their messages.
    fixture.pushes_sql("UPDATE push_tokens SET hub_message_id = 'x', check_at = NOW(6)").await;
    fixture.timer().await;
    let unchecked = "SELECT COUNT(*) FROM push_tokens WHERE check_at IS NOT NULL";
    assert_eq!(fixture.pushes_count(unchecked).await, 2);
    assert_eq!(fixture.pushes_count(&format!("{unchecked} AND product = 'kiosk'")).await, 2);
}
