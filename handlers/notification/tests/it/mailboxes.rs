//! Listing, counting and reading one's own notifications, and nobody else's.

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, InProcess};
use values::{NotificationId, Product, UserId};

use crate::{Fixture, LIST, bodies};

const UNREAD: &str = "/api/v1/notifications/unread-count";
const READ_ALL: &str = "/api/v1/notifications/read-all";

async fn newest_id(fixture: &Fixture) -> String {
    let (_, page) = fixture.consumer("GET", LIST).await;
    page["items"][0]["notification_id"].as_str().unwrap().to_owned()
}

fn unread(count: u64) -> (u16, Value) {
    (200, json!({"unread": count}))
}

#[tokio::test]
async fn a_long_inbox_is_read_in_pages_newest_first() {
    let fixture = Fixture::new().await;
    let top_ups: Vec<_> = (1..=100).map(|dollars| fixture.top_up(dollars * 100)).collect();
    fixture.deliver_payments(&top_ups).await;

    let (_, first) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&first).len(), 50);
    assert_eq!(bodies(&first)[0], "HK$100.00 was added to your wallet.");
    fixture.deliver_payments(&[fixture.top_up(99_900)]).await;
    let next = first["next_cursor"].as_str().unwrap();
    let (_, second) = fixture.consumer("GET", &format!("{LIST}?cursor={next}")).await;
    assert_eq!(bodies(&second).len(), 50);
    assert_eq!(bodies(&second)[0], "HK$50.00 was added to your wallet.");
    assert_eq!(bodies(&second)[49], "HK$1.00 was added to your wallet.");
    assert_eq!(second["next_cursor"], json!(null));
}

#[tokio::test]
async fn a_page_is_the_last_one_if_nothing_is_older_whatever_was_deleted() {
    let fixture = Fixture::new().await;
    let top_ups: Vec<_> = (1..=51).map(|dollars| fixture.top_up(dollars * 100)).collect();
    fixture.deliver_payments(&top_ups).await;
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert!(page["next_cursor"].is_string());

    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("DELETE FROM notifications WHERE number = 1").await.unwrap();
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!((bodies(&page).len(), &page["next_cursor"]), (50, &json!(null)));
}

#[tokio::test]
async fn a_notification_is_read_once_and_all_are_read_together() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.consumer("GET", UNREAD).await, unread(0));
    assert_eq!(fixture.consumer("POST", READ_ALL).await.0, 204);
    fixture
        .deliver_payments(&[fixture.top_up(100), fixture.top_up(200), fixture.top_up(300)])
        .await;

    let newest = newest_id(&fixture).await;
    let read_newest = format!("{LIST}/{newest}/read");
    let marks = (0..10).map(|_| fixture.consumer("POST", &read_newest));
    assert!(join_all(marks).await.iter().all(|(status, _)| *status == 204));
    assert_eq!(fixture.consumer("GET", UNREAD).await, unread(2));
    let (_, page) = fixture.consumer("GET", LIST).await;
    let read = |page: &Value, position: usize| page["items"][position]["is_read"].clone();
    assert_eq!((read(&page, 0), read(&page, 1)), (json!(true), json!(false)));

    assert_eq!(fixture.consumer("POST", READ_ALL).await.0, 204);
    assert_eq!(fixture.consumer("POST", &read_newest).await.0, 204);
    assert_eq!(fixture.consumer("GET", UNREAD).await, unread(0));
    fixture.deliver_payments(&[fixture.top_up(400)]).await;
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!((read(&page, 0), read(&page, 2)), (json!(false), json!(true)));
    assert_eq!(fixture.consumer("GET", UNREAD).await, unread(1));
}

#[tokio::test]
async fn other_people_and_the_other_product_see_and_change_nothing() {
    let fixture = Fixture::new().await;
    fixture.deliver_payments(&[fixture.payment(100), fixture.payment(200)]).await;
    let id = newest_id(&fixture).await;
    let (_, page) = fixture.consumer("GET", &format!("{LIST}?limit=1")).await;
    let cursor = page["next_cursor"].as_str().unwrap();

    for (user, product) in [
        (fixture.consumer, Product::Business),
        (fixture.owner, Product::Consumer),
        (UserId::new(), Product::Consumer),
    ] {
        let fixture = &fixture;
        let call = async |method, path: &str| fixture.call(user, product, method, path).await;
        let empty = json!({"items": [], "next_cursor": null});
        assert_eq!(call("GET", LIST).await, (200, empty));
        assert_eq!(call("GET", UNREAD).await, unread(0));
        let (status, problem) = call("POST", &format!("{LIST}/{id}/read")).await;
        assert_eq!((status, &problem["code"]), (404, &json!("notification-not-found")));
        let (status, problem) = call("GET", &format!("{LIST}?cursor={cursor}")).await;
        assert_eq!((status, &problem["code"]), (400, &json!("cursor-invalid")));
        assert_eq!(call("POST", READ_ALL).await.0, 204);
    }
    assert_eq!(fixture.consumer("GET", UNREAD).await, unread(2));
    assert_eq!(fixture.owner("GET", UNREAD).await, unread(2));
}

#[tokio::test]
async fn what_cannot_be_read_or_found_is_refused() {
    let fixture = Fixture::new().await;
    let nothing = NotificationId::new();
    for (method, path, status, code) in [
        ("POST", format!("{LIST}/{nothing}/read"), 404, "notification-not-found"),
        ("POST", format!("{LIST}/usr_1/read"), 404, "no-such-route"),
        ("GET", format!("{LIST}?cursor=1"), 400, "cursor-invalid"),
        ("GET", format!("{LIST}?after={nothing}"), 400, "invalid-query"),
        ("DELETE", LIST.to_owned(), 405, "method-not-allowed"),
    ] {
        let (answered, problem) = fixture.consumer(method, &path).await;
        assert_eq!((answered, &problem["code"]), (status, &json!(code)), "{method} {path}");
    }
    for path in [LIST, UNREAD, "/api/v1/notifications/stream"] {
        let answer = Call::get(path).send(&fixture.routes).await;
        answer.expect_refusal(401, "invalid-token");
    }
}
