//! Whose turn it is: no two instances send one message at once, a killed one's is sent again, and
//! a slow receiver holds up nobody else.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use events::Envelope;
use mysql_async::prelude::Queryable;
use notification::routes;
use serde_json::json;
use testkit::{Call, InProcess, deliver};
use values::BusinessId;

use crate::ON_PAYMENTS;
use crate::webhook_endpoints::{DELIVERIES, Shop, is_delivered, path_of, was_tried};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_send_each_message_once() {
    let shop = Shop::new().await;
    let second = routes(shop.second_instance());
    for path in ["/slow/20", "/slow/21", "/slow/22"] {
        shop.register(path).await;
    }
    for _ in 0..10 {
        let events: Vec<Envelope> = (0..4).map(|_| shop.payment()).collect();
        deliver(&second, ON_PAYMENTS, &events[..2]).await;
        shop.fixture.deliver_payments(&events[2..]).await;
    }
    for path in ["/slow/20", "/slow/21", "/slow/22"] {
        shop.receiver.await_received(path, 40).await;
    }
    let fire = Call::post("/notification_send_webhooks").body("application/json", "{}");
    fire.send(&second).await.expect(200);
    shop.fire().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    for path in ["/slow/20", "/slow/21", "/slow/22"] {
        let received = shop.receiver.received(path);
        let ids: BTreeSet<&str> = received.iter().map(|received| received.id()).collect();
        assert_eq!((received.len(), ids.len()), (40, 40), "{path}");
    }
    assert_eq!(shop.fixture.database.count("webhook_attempts").await, 120);
}

#[tokio::test]
async fn what_a_killed_instance_may_have_sent_is_sent_again_under_its_id() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/slow/3000").await;
    // Another instance takes the payment, sends, and ends before it has an answer.
    let url = shop.fixture.database.url.clone();
    let config = shop.fixture.config(url, testkit::redis_account());
    let reach = shop.receiver.reach();
    let payment = shop.payment();
    let killed = std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let app = notification::App::start_within(config, reach).unwrap();
            deliver(&routes(app), ON_PAYMENTS, &[payment]).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        });
        runtime.shutdown_background();
    });
    shop.receiver.await_received("/slow/3000", 1).await;
    tokio::task::spawn_blocking(|| killed.join().unwrap()).await.unwrap();
    // Its lease holds: nobody else sends meanwhile.
    shop.fire().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(shop.receiver.received("/slow/3000").len(), 1);
    assert_eq!(shop.fixture.database.count("webhook_attempts").await, 0);

    shop.sql("UPDATE webhook_endpoints SET leased_until = leased_until - INTERVAL 1 MINUTE").await;
    shop.fire().await;
    let received = shop.receiver.await_received("/slow/3000", 2).await;
    assert_eq!(received[0].id(), received[1].id());
    assert_eq!(received[0].body, received[1].body);
    let delivery = shop.delivery(&endpoint, is_delivered).await;
    assert_eq!(shop.attempts(&delivery).await.len(), 1);
}

#[tokio::test]
async fn what_is_sent_after_the_lease_has_ended_is_noted_by_nobody() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/slow/500").await;
    shop.is_paid().await;
    shop.receiver.await_received("/slow/500", 1).await;
    // As another instance would, after a minute of which this one knows nothing.
    shop.sql("UPDATE webhook_endpoints SET lease_id = UNHEX(REPLACE(UUID(), '-', ''))").await;
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    let delivery = shop.delivery(&endpoint, |delivery| delivery["state"] == "pending").await;
    assert_eq!(shop.attempts(&delivery).await, [json!(null); 0]);
}

#[tokio::test]
async fn who_has_had_a_turn_waits_behind_who_waits_already_however_old_its_messages_are() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/broken").await;
    shop.send("POST", &format!("{}/pause", path_of(&endpoint))).await.expect(204);
    for _ in 0..20 {
        shop.is_paid().await;
    }
    shop.sql("UPDATE webhook_deliveries SET due_at = due_at - INTERVAL 1 DAY").await;
    shop.send("POST", &format!("{}/enable", path_of(&endpoint))).await.expect(204);
    shop.receiver.await_received("/broken", 1).await;
    shop.turns_are_over().await;
    let mut conn = shop.fixture.database.pool.get_conn().await.unwrap();
    let left = "SELECT COUNT(*) FROM webhook_deliveries WHERE due_at < NOW(6) - INTERVAL 1 HOUR";
    assert_ne!(conn.query_first::<u64, _>(left).await.unwrap(), Some(0));
    let first = "SELECT MIN(due_at) >= MIN(leased_until) FROM webhook_endpoints";
    assert_eq!(conn.query_first::<u8, _>(first).await.unwrap(), Some(1));
}

#[tokio::test]
async fn who_is_paused_in_a_turn_is_sent_no_more_of_it_and_stays_paused() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/late/410").await;
    let path = path_of(&endpoint);
    shop.send("POST", &format!("{path}/pause")).await.expect(204);
    for _ in 0..12 {
        shop.is_paid().await;
    }
    shop.send("POST", &format!("{path}/enable")).await.expect(204);
    shop.receiver.await_received("/late/410", 4).await;
    shop.send("POST", &format!("{path}/pause")).await.expect(204);
    shop.turns_are_over().await;
    assert_eq!(shop.receiver.received("/late/410").len(), 4, "what was under way");
    let read = shop.get(&path).await;
    assert_eq!((&read["status"], &read["disabled_reason"]), (&json!("paused"), &json!(null)));

    let slow = path_of(&shop.register("/slow/2000").await);
    shop.send("POST", &format!("{slow}/pause")).await.expect(204);
    for _ in 0..12 {
        shop.is_paid().await;
    }
    shop.send("POST", &format!("{slow}/enable")).await.expect(204);
    shop.receiver.await_received("/slow/2000", 4).await;
    shop.send("POST", &format!("{slow}/pause")).await.expect(204);
    shop.turns_are_over().await;
    assert_eq!(shop.receiver.received("/slow/2000").len(), 4, "what was under way");
}

#[tokio::test]
async fn what_is_sent_again_while_its_last_try_is_under_way_begins_anew() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/late/500").await;
    let pause = format!("{}/pause", path_of(&endpoint));
    shop.send("POST", &pause).await.expect(204);
    shop.is_paid().await;
    shop.sql("UPDATE webhook_deliveries SET failures = 7").await;
    shop.send("POST", &format!("{}/enable", path_of(&endpoint))).await.expect(204);
    let received = shop.receiver.await_received("/late/500", 1).await;
    let again = format!("{DELIVERIES}/{}/redeliver", received[0].id());
    shop.send("POST", &again).await.expect(204);
    let delivery = shop.delivery(&endpoint, was_tried).await;
    assert_eq!(delivery["state"], "pending");
}

#[tokio::test]
async fn what_was_delivered_is_noted_however_long_somebody_holds_the_endpoint() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/slow/2000").await;
    shop.is_paid().await;
    shop.receiver.await_received("/slow/2000", 1).await;
    let mut conn = shop.fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("START TRANSACTION").await.unwrap();
    conn.query_drop("SELECT 1 FROM webhook_endpoints FOR UPDATE").await.unwrap();
    // Who waits for a lock gives up after five seconds.
    tokio::time::sleep(Duration::from_secs(9)).await;
    conn.query_drop("COMMIT").await.unwrap();
    let delivery = shop.delivery(&endpoint, is_delivered).await;
    assert_eq!(shop.attempts(&delivery).await.len(), 1);
    assert_eq!(shop.receiver.received("/slow/2000").len(), 1);
}

#[tokio::test]
async fn nothing_goes_out_unsigned() {
    let shop = Shop::new().await;
    shop.register("/ok").await;
    // As for who has just leased an endpoint that its owner deletes.
    shop.sql("DELETE FROM webhook_secrets").await;
    shop.is_paid().await;
    shop.fire().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    shop.turns_are_over().await;
    assert_eq!(shop.receiver.received("/ok").len(), 0);
}

/// Times from the commit of a payment until its receiver has it, sorted.
pub(crate) async fn waits(shop: &Shop, business_id: BusinessId, count: usize) -> Vec<Duration> {
    let before = shop.receiver.received("/ok").len();
    let mut sent = BTreeMap::new();
    for _ in 0..count {
        let payment = shop.payment_of(business_id);
        let data = payment.data["operation_id"].as_str().unwrap().to_owned();
        shop.fixture.deliver_payments(&[payment]).await;
        sent.insert(data, Instant::now());
    }
    let received = shop.receiver.await_received("/ok", before.saturating_add(count)).await;
    let wait = |received: &crate::webhook_receiver::Received| {
        let body = received.json();
        let since = sent.get(body["data"]["payment_id"].as_str()?)?;
        Some(received.at.saturating_duration_since(*since))
    };
    let mut waits: Vec<Duration> = received.iter().filter_map(wait).collect();
    waits.sort_unstable();
    waits
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_receivers_do_not_hold_up_another() {
    let shop = Shop::new().await;
    let quick = BusinessId::new();
    shop.open(quick).await;
    shop.register_of(quick, "/ok").await;
    // It has shown that it is quick.
    shop.fixture.deliver_payments(&[shop.payment_of(quick)]).await;
    shop.receiver.await_received("/ok", 1).await;
    // Twice as many as there are turns for the slow.
    let slow: Vec<BusinessId> = (0..16).map(|_| BusinessId::new()).collect();
    for business_id in &slow {
        shop.open(*business_id).await;
        shop.register_of(*business_id, "/slow/9000").await;
    }
    let events: Vec<Envelope> =
        slow.iter().map(|business_id| shop.payment_of(*business_id)).collect();
    shop.fixture.deliver_payments(&events).await;
    shop.receiver.await_received("/slow/9000", 8).await;
    let waits = waits(&shop, quick, 30).await;
    assert_eq!(waits.len(), 30);
    let longest = waits.last().unwrap();
    assert!(*longest < Duration::from_secs(3), "{longest:?}");
    assert_eq!(shop.receiver.received("/slow/9000").len(), 8, "no more than their turns");
}
