//! An inbox goes back a year.

use mysql_async::prelude::Queryable;
use testkit::{Call, InProcess};
use time::{Duration, OffsetDateTime};
use uuid::{NoContext, Timestamp, Uuid};

use crate::{Fixture, LIST, bodies};

/// More than twice what one transaction deletes.
const OLD: u64 = 1_200;

/// Of a notification that is so many days old.
fn id_of(days: i64) -> Uuid {
    let then = OffsetDateTime::now_utc().saturating_sub(Duration::days(days));
    let seconds = u64::try_from(then.unix_timestamp()).unwrap();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, 0))
}

/// Makes the consumer's notification with this number so many days old.
async fn age(fixture: &Fixture, number: u64, days: i64) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "UPDATE notifications SET notification_id = ? WHERE user_id = ? AND number = ?";
    conn.exec_drop(sql, (id_of(days), fixture.consumer.uuid(), number)).await.unwrap();
}

async fn fire(fixture: &Fixture) {
    let call = Call::post("/notification_send_webhooks").body("application/json", "{}");
    assert_eq!(call.send(&fixture.routes).await.status, 200);
}

#[tokio::test]
async fn after_a_year_a_notification_is_gone_and_no_longer_counted_as_unread() {
    let fixture = Fixture::new().await;
    for minor_units in 1..=4 {
        fixture.deliver_payments(&[fixture.top_up(minor_units * 100)]).await;
    }
    let (_, page) = fixture.consumer("GET", LIST).await;
    let read = page["items"][3]["notification_id"].as_str().unwrap();
    let read = format!("{LIST}/{read}/read");
    assert_eq!(fixture.consumer("POST", &read).await.0, 204);
    for (number, days) in [(1, 400), (2, 366), (3, 364)] {
        age(&fixture, number, days).await;
    }
    for _ in 0..2 {
        fire(&fixture).await;
        let (_, page) = fixture.consumer("GET", LIST).await;
        assert_eq!(bodies(&page).len(), 2);
        let (_, count) = fixture.consumer("GET", &format!("{LIST}/unread-count")).await;
        assert_eq!(count["unread"], 2);
    }
    // What comes next has the next number: a place is taken once.
    fixture.deliver_payments(&[fixture.top_up(500)]).await;
    let (_, count) = fixture.consumer("GET", &format!("{LIST}/unread-count")).await;
    assert_eq!(count["unread"], 3);
}

#[tokio::test]
async fn notifications_are_forgotten_even_if_webhooks_cannot_be() {
    let fixture = Fixture::new().await;
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    age(&fixture, 1, 400).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("RENAME TABLE webhook_attempts TO elsewhere").await.unwrap();
    let call = Call::post("/notification_send_webhooks").body("application/json", "{}");
    assert_eq!(call.send(&fixture.routes).await.status, 500);
    assert_eq!(fixture.database.count("notifications").await, 0);
}

#[tokio::test]
async fn what_is_more_than_one_transaction_forgets_goes_in_one_call_all_the_same() {
    let fixture = Fixture::new().await;
    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    let copy = "INSERT INTO notifications (user_id, product, number, notification_id, event_id,
             kind, language, title, body)
         SELECT user_id, product, ?, ?, ?, kind, language, title, body FROM notifications
         WHERE number = 1";
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for old in 1..=OLD {
        let copied = (old.saturating_add(1), id_of(400), old.to_string());
        conn.exec_drop(copy, copied).await.unwrap();
    }
    conn.exec_drop("UPDATE mailboxes SET unread = unread + ?", (OLD,)).await.unwrap();
    fire(&fixture).await;
    assert_eq!(fixture.database.count("notifications").await, 1);
    let (_, count) = fixture.consumer("GET", &format!("{LIST}/unread-count")).await;
    assert_eq!(count["unread"], 1);
}
