//! A shop cannot have us call what is ours: whatever its name leads to, we call the internet only.

use std::collections::HashMap;
use std::net::SocketAddr;

use notification::Reach;
use serde_json::{Value, json};

use crate::Fixture;
use crate::webhook_endpoints::{Shop, was_tried};
use crate::webhook_receiver::Receiver;

/// What an attempt to call a name comes to.
async fn outcome(shop: &Shop, name: &str) -> Value {
    let body = json!({
        "business_id": shop.business_id,
        "url": format!("https://{name}/ok"),
        "webhook_types": ["payment-completed"],
    });
    let endpoint = shop.register_as(&body).await.expect(201);
    shop.is_paid().await;
    let delivery = shop.delivery(&endpoint, was_tried).await;
    let attempts = shop.attempts(&delivery).await;
    shop.sql("DELETE FROM webhook_endpoints").await;
    attempts[0]["outcome"].clone()
}

#[tokio::test]
async fn a_name_that_leads_to_no_public_address_is_not_called() {
    let receiver = Receiver::start().await;
    let port = receiver.port();
    let names = [
        ("loopback.example", vec![format!("127.0.0.1:{port}")]),
        ("metadata.example", vec!["169.254.169.254:80".to_owned()]),
        ("wire-server.example", vec!["168.63.129.16:80".to_owned()]),
        ("private.example", vec!["10.0.0.4:443".to_owned(), "192.168.1.1:443".to_owned()]),
        ("mapped.example", vec![format!("[::ffff:127.0.0.1]:{port}")]),
        ("nat64.example", vec![format!("[64:ff9b::7f00:1]:{port}")]),
        ("loopback6.example", vec![format!("[::1]:{port}")]),
        ("local6.example", vec![format!("[fd00::1]:{port}")]),
        ("unspecified.example", vec![format!("0.0.0.0:{port}")]),
    ];
    let known: HashMap<String, Vec<SocketAddr>> = names
        .iter()
        .map(|(name, addresses)| {
            let addresses = addresses.iter().map(|address| address.parse().unwrap());
            ((*name).to_owned(), addresses.collect())
        })
        .collect();
    let fixture = Fixture::within(Reach::of_tests(known, true)).await;
    let shop = Shop::of(fixture, receiver).await;
    for (name, _) in names {
        assert_eq!(outcome(&shop, name).await, "not-public", "{name}");
    }
    assert_eq!(shop.receiver.received("/ok").len(), 0);
}

#[tokio::test]
async fn a_service_as_it_is_started_calls_nothing_on_its_own_machine() {
    let shop = Shop::of(Fixture::new().await, Receiver::start().await).await;
    assert_eq!(outcome(&shop, "localhost").await, "not-public");
}

#[tokio::test]
async fn a_name_that_was_taken_before_it_was_known_as_ours_is_not_called_and_holds_up_nobody() {
    let shop = Shop::of(Fixture::new().await, Receiver::start().await).await;
    let endpoint = shop.register("/ok").await;
    shop.sql("UPDATE webhook_endpoints SET url = 'https://payme.azurewebsites.net/ok'").await;
    shop.is_paid().await;
    let delivery = shop.delivery(&endpoint, was_tried).await;
    assert_eq!(shop.attempts(&delivery).await[0]["outcome"], "not-public");
}

#[tokio::test]
async fn a_receiver_whose_certificate_is_not_of_its_name_is_sent_nothing() {
    let receiver = Receiver::start().await;
    let fixture = Fixture::within(receiver.reach_as(&["localhost", "shop.example"])).await;
    let shop = Shop::of(fixture, receiver).await;
    assert_eq!(outcome(&shop, "shop.example").await, "unreachable");
    assert_eq!(shop.receiver.received("/ok").len(), 0);
    assert_eq!(outcome(&shop, "localhost").await, "delivered");
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_unreachable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let known = HashMap::from([("localhost".to_owned(), vec![free])]);
    let fixture = Fixture::within(Reach::of_tests(known, false)).await;
    let shop = Shop::of(fixture, Receiver::start().await).await;
    assert_eq!(outcome(&shop, "localhost").await, "unreachable");
}
