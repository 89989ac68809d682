//! What became of each message: retries, giving up, and the log that says why.

use mysql_async::prelude::Queryable;
use notification::routes;
use serde_json::{Value, json};
use testkit::{Call, InProcess};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use values::Product;

use crate::webhook_endpoints::{DELIVERIES, Shop, is_delivered, path_of, was_tried};
use crate::{Fixture, LIST, bodies};

/// The outcome of the only attempt at an endpoint at this path, and the status of the answer.
async fn outcome(shop: &Shop, path: &str) -> (Value, Value) {
    let endpoint = shop.register(path).await;
    shop.is_paid().await;
    let delivery = shop.delivery(&endpoint, was_tried).await;
    let attempts = shop.attempts(&delivery).await;
    let [attempt] = &attempts[..] else { panic!("{attempts:?}") };
    assert_eq!(attempt["number"], 1);
    let seconds = attempt["duration_seconds"].as_f64().unwrap();
    let takes = if path.starts_with("/slow") { 10.0..13.0 } else { 0.0..10.0 };
    assert!(takes.contains(&seconds), "{path}: {seconds} s");
    shop.send("DELETE", &path_of(&endpoint)).await.expect(204);
    (attempt["outcome"].clone(), attempt["status_code"].clone())
}

#[tokio::test]
async fn an_attempt_says_what_it_came_to() {
    let shop = Shop::new().await;
    for (path, expected) in [
        ("/ok", json!(["delivered", 200])),
        ("/status/204", json!(["delivered", 204])),
        ("/status/400", json!(["refused", 400])),
        ("/status/503", json!(["refused", 503])),
        ("/redirect", json!(["redirected", 302])),
        ("/broken", json!(["broken", 200])),
        ("/status/410", json!(["gone", 410])),
        // Read no further than to its limit.
        ("/endless", json!(["delivered", 200])),
        // For ever, as it seems.
        ("/slow/30000", json!(["timed-out", null])),
    ] {
        let (outcome, status_code) = outcome(&shop, path).await;
        assert_eq!(json!([outcome, status_code]), expected, "{path}");
    }
    assert_eq!(shop.receiver.received("/ok").len(), 1, "no redirect is followed");
}

#[tokio::test]
async fn what_failed_is_tried_again_later_each_time_and_then_no_more() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/status/500").await;
    shop.is_paid().await;
    let mut delivery = shop.delivery(&endpoint, was_tried).await;
    for wait in [30.0, 300.0, 1_800.0, 7_200.0, 28_800.0, 86_400.0, 86_400.0] {
        assert_eq!(
            (&delivery["state"], &delivery["finished_at"]),
            (&json!("pending"), &json!(null))
        );
        let attempts = shop.attempts(&delivery).await;
        let at = |text: &Value| OffsetDateTime::parse(text.as_str().unwrap(), &Rfc3339).unwrap();
        let waits = at(&delivery["next_attempt_at"]) - at(&attempts[0]["attempted_at"]);
        let waits = waits.as_seconds_f64();
        assert!((wait..wait * 1.1 + 5.0).contains(&waits), "{waits} s for {wait} s");
        let tried = attempts.len();
        shop.try_again().await;
        shop.receiver.await_received("/status/500", tried + 1).await;
        while shop.attempts(&delivery).await.len() == tried {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        delivery = shop.delivery(&endpoint, was_tried).await;
    }
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("failed"), &json!(8)));
    assert_eq!(delivery["next_attempt_at"], json!(null));
    shop.try_again().await;
    let ids = shop.receiver.received("/status/500");
    let id = delivery["webhook_delivery_id"].as_str().unwrap();
    assert!(ids.len() == 8 && ids.iter().all(|received| received.id() == id));

    // Its owner has the last word, and the ladder begins anew.
    shop.send("POST", &format!("{DELIVERIES}/{id}/redeliver")).await.expect(204);
    let received = shop.receiver.await_received("/status/500", 9).await;
    assert_eq!(received[8].id(), id);
    let again = shop.delivery(&endpoint, |delivery| delivery["attempts"] == 9).await;
    assert_eq!(again["state"], "pending");
}

#[tokio::test]
async fn in_an_hour_an_owner_has_sixty_messages_of_an_endpoint_sent_again() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    shop.is_paid().await;
    let delivery = shop.delivery(&endpoint, is_delivered).await;
    let id = delivery["webhook_delivery_id"].as_str().unwrap();
    let again = format!("{DELIVERIES}/{id}/redeliver");
    shop.send("POST", &again).await.expect(204);
    shop.sql("UPDATE webhook_endpoints SET redeliveries = 59").await;
    shop.send("POST", &again).await.expect(204);
    let refused = shop.send("POST", &again).await;
    refused.expect_refusal(429, "webhook-redeliveries-throttled");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((3_500..=3_601).contains(&seconds), "{seconds}");
    // An hour later they count anew.
    shop.sql("UPDATE webhook_endpoints SET redelivered_since = NOW(6) - INTERVAL 1 HOUR").await;
    shop.send("POST", &again).await.expect(204);
}

#[tokio::test]
async fn an_endpoint_that_has_failed_rests_whatever_happens_meanwhile() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/status/500").await;
    shop.is_paid().await;
    shop.delivery(&endpoint, was_tried).await;
    for _ in 0..40 {
        shop.is_paid().await;
    }
    shop.fire().await;
    shop.turns_are_over().await;
    assert_eq!(shop.receiver.received("/status/500").len(), 1);
    // The next turn ends after twenty failures in a row, and what was under way with the last.
    shop.try_again().await;
    shop.receiver.await_received("/status/500", 21).await;
    shop.turns_are_over().await;
    let tried = shop.receiver.received("/status/500").len();
    assert!((21..=24).contains(&tried), "{tried}");
}

#[tokio::test]
async fn who_refuses_some_messages_has_all_others_in_the_same_turn() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/refuses/dispute-changed").await;
    let pause = format!("{}/pause", path_of(&endpoint));
    shop.send("POST", &pause).await.expect(204);
    for _ in 0..4 {
        shop.told("dispute", &shop.dispute()).await;
        for _ in 0..4 {
            shop.is_paid().await;
        }
    }
    shop.send("POST", &format!("{}/enable", path_of(&endpoint))).await.expect(204);
    shop.receiver.await_received("/refuses/dispute-changed", 20).await;
    shop.turns_are_over().await;
    // No rest either: what comes next is sent at once.
    shop.is_paid().await;
    shop.receiver.await_received("/refuses/dispute-changed", 21).await;
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_disabled_at_once_and_its_owner_told() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/status/410").await;
    shop.is_paid().await;
    shop.delivery(&endpoint, was_tried).await;
    let read = shop.get(&path_of(&endpoint)).await;
    assert_eq!((&read["status"], &read["disabled_reason"]), (&json!("disabled"), &json!("gone")));
    let (_, page) = shop.fixture.owner("GET", LIST).await;
    let told = "Your system says that it wants no more webhooks, so we have stopped sending them.";
    assert_eq!(bodies(&page)[0], told);
    assert_eq!(page["items"][0]["type"], "webhook-disabled");
    assert_eq!(page["items"][0]["webhook_endpoint_id"], endpoint["webhook_endpoint_id"]);

    // What happens from now on is not kept for it, and nothing more is sent.
    shop.is_paid().await;
    shop.try_again().await;
    assert_eq!(shop.fixture.database.count("webhook_deliveries").await, 1);
    assert_eq!(shop.receiver.received("/status/410").len(), 1);
    let (_, consumers) =
        shop.fixture.call(shop.fixture.owner, Product::Consumer, "GET", LIST).await;
    assert_eq!(consumers["items"], json!([]));
}

#[tokio::test]
async fn an_endpoint_is_disabled_after_three_days_of_nothing_but_failures() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/status/500").await;
    shop.is_paid().await;
    shop.delivery(&endpoint, was_tried).await;
    let read = shop.get(&path_of(&endpoint)).await;
    assert_eq!(read["status"], "enabled");
    assert_ne!(read["first_failed_at"], json!(null));

    let failing = "UPDATE webhook_endpoints SET first_failed_at = NOW(6) - INTERVAL";
    shop.sql(&format!("{failing} 71 HOUR")).await;
    shop.try_again().await;
    shop.delivery(&endpoint, |delivery| delivery["attempts"] == 2).await;
    assert_eq!(shop.get(&path_of(&endpoint)).await["status"], "enabled");

    // One try proves nothing of the days before it; a message that has failed for hours does.
    shop.sql(&format!("{failing} 72 HOUR")).await;
    shop.try_again().await;
    shop.delivery(&endpoint, |delivery| delivery["attempts"] == 3).await;
    assert_eq!(shop.get(&path_of(&endpoint)).await["status"], "enabled");
    shop.try_again().await;
    shop.delivery(&endpoint, |delivery| delivery["attempts"] == 4).await;
    shop.try_again().await;
    shop.delivery(&endpoint, |delivery| delivery["attempts"] == 5).await;
    let read = shop.get(&path_of(&endpoint)).await;
    assert_eq!(
        (&read["status"], &read["disabled_reason"]),
        (&json!("disabled"), &json!("failing"))
    );
    let (_, page) = shop.fixture.owner("GET", LIST).await;
    let told = "Your system has taken no webhook for three days, so we have stopped sending them.";
    assert_eq!(bodies(&page)[0], told);

    // Enabled again, it begins anew with what waits.
    shop.send("POST", &format!("{}/enable", path_of(&endpoint))).await.expect(204);
    shop.try_again().await;
    shop.delivery(&endpoint, |delivery| delivery["attempts"] == 6).await;
    assert_eq!(shop.get(&path_of(&endpoint)).await["status"], "enabled");
}

#[tokio::test]
async fn one_success_ends_the_count_of_failing_days() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    shop.sql("UPDATE webhook_endpoints SET first_failed_at = NOW(6) - INTERVAL 90 HOUR").await;
    shop.is_paid().await;
    shop.delivery(&endpoint, is_delivered).await;
    let read = shop.get(&path_of(&endpoint)).await;
    assert_eq!((&read["status"], &read["first_failed_at"]), (&json!("enabled"), &json!(null)));
}

#[tokio::test]
async fn deliveries_are_listed_by_state_page_by_page_newest_first() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    let path = format!("{}/deliveries", path_of(&endpoint));
    for count in 1..=3 {
        shop.is_paid().await;
        shop.receiver.await_received("/ok", count).await;
        shop.delivery(&endpoint, is_delivered).await;
    }
    shop.send("POST", &format!("{}/pause", path_of(&endpoint))).await.expect(204);
    shop.is_paid().await;

    let ids = |page: &Value| -> Vec<Value> {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["webhook_delivery_id"].clone()).collect()
    };
    let all = ids(&shop.get(&path).await);
    assert_eq!(all.len(), 4);
    assert_eq!(ids(&shop.get(&format!("{path}?state=pending")).await), all[..1]);
    assert_eq!(ids(&shop.get(&format!("{path}?state=failed")).await), [Value::Null; 0]);
    let first = shop.get(&format!("{path}?state=delivered&limit=2")).await;
    assert_eq!(ids(&first), all[1..3]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = shop.get(&format!("{path}?state=delivered&limit=2&cursor={cursor}")).await;
    assert_eq!((ids(&second), &second["next_cursor"]), (all[3..].to_vec(), &Value::Null));

    // The second of them, by when it was made.
    let page = shop.get(&path).await;
    let made = |number: usize| page["items"][number]["created_at"].as_str().unwrap();
    let between = format!("{path}?created_from={}&created_before={}", made(2), made(1));
    assert_eq!(ids(&shop.get(&between).await), all[2..3]);
}

#[tokio::test]
async fn the_log_is_searched_by_what_messages_tell_of() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    shop.is_paid().await;
    shop.told("dispute", &shop.dispute()).await;
    shop.is_paid().await;
    shop.post(&format!("{}/tests", path_of(&endpoint))).await.expect(201);
    shop.receiver.await_received("/ok", 4).await;
    let path = format!("{}/deliveries", path_of(&endpoint));
    for (message_type, count) in
        [("payment-completed", 2), ("dispute-changed", 1), ("test", 1), ("refund-completed", 0)]
    {
        let page = shop.get(&format!("{path}?type={message_type}")).await;
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), count, "{message_type}");
        assert!(items.iter().all(|item| item["type"] == message_type), "{items:?}");
    }
    let first = shop.get(&format!("{path}?type=payment-completed&limit=1")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let next = format!("{path}?type=payment-completed&limit=1&cursor={cursor}");
    let next = shop.get(&next).await;
    let both = shop.get(&format!("{path}?type=payment-completed")).await;
    assert_eq!(json!([first["items"][0], next["items"][0]]), both["items"]);
    assert_eq!(next["next_cursor"], Value::Null);
    // Of one state, those of the type and no others.
    shop.turns_are_over().await;
    shop.sql("UPDATE webhook_deliveries SET state = 'failed' WHERE webhook_type <> 'test'").await;
    for (state, message_type, count) in
        [("failed", "payment-completed", 2), ("failed", "test", 0), ("delivered", "test", 1)]
    {
        let page = shop.get(&format!("{path}?state={state}&type={message_type}")).await;
        assert_eq!(page["items"].as_array().unwrap().len(), count, "{state} {message_type}");
    }
    let other = shop.send("GET", &format!("{path}?type=test&cursor={cursor}")).await;
    other.expect_refusal(400, "cursor-invalid");
    assert_eq!(shop.send("GET", &format!("{path}?type=payment")).await.status, 400);
}

#[tokio::test]
async fn the_document_lists_what_the_log_is_searched_by_and_leaves_open_what_it_answers() {
    let fixture = Fixture::new().await;
    let document = Call::get("/api/v1/notification/openapi.json").send(&routes(fixture.app)).await;
    let document = document.expect(200);
    let path = "/api/v1/webhook-endpoints/{webhook_endpoint_id}/deliveries";
    let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
    let wanted = parameters.iter().find(|parameter| parameter["name"] == "type").unwrap();
    let wanted = wanted["schema"].to_string();
    let schemas = &document["components"]["schemas"];
    let answered = schemas["WebhookDelivery"]["properties"]["type"].to_string();
    assert!(answered.contains("\"#/components/schemas/WebhookMessageType\""), "{answered}");
    let codes = &schemas["WebhookMessageType"]["x-extensible-enum"];
    assert_eq!(codes.as_array().unwrap().len(), 7);
    assert!(wanted.contains(&format!("\"enum\":{codes}")), "{wanted}");
}

#[tokio::test]
async fn the_log_is_kept_for_thirty_days() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    shop.is_paid().await;
    shop.delivery(&endpoint, is_delivered).await;
    let mut conn = shop.fixture.database.pool.get_conn().await.unwrap();
    // The same again, of 31 days and of 29 days ago, by their ids.
    for days in [31_i128, 29] {
        let at = OffsetDateTime::now_utc() - time::Duration::days(days.try_into().unwrap());
        let milliseconds = at.unix_timestamp_nanos() / 1_000_000;
        let id = u128::try_from(milliseconds << 80).unwrap().to_be_bytes();
        conn.exec_drop(
            "INSERT INTO webhook_deliveries SELECT ?, webhook_endpoint_id, ?, webhook_type,
                 payload, state, attempts, failures, due_at, created_at, finished_at, url
             FROM webhook_deliveries LIMIT 1",
            (id.to_vec(), days.to_string()),
        )
        .await
        .unwrap();
        conn.exec_drop(
            "INSERT INTO webhook_attempts SELECT ?, number, outcome, status_code, duration_ms,
                 attempted_at FROM webhook_attempts LIMIT 1",
            (id.to_vec(),),
        )
        .await
        .unwrap();
    }
    shop.fire().await;
    assert_eq!(shop.fixture.database.count("webhook_deliveries").await, 2);
    assert_eq!(shop.fixture.database.count("webhook_attempts").await, 2);
    let kept: Vec<String> = conn
        .query("SELECT event_id FROM webhook_deliveries WHERE event_id IN ('31', '29')")
        .await
        .unwrap();
    assert_eq!(kept, ["29"]);
}
