//! The events of other services, as their producers promise them, and some that break the promise.

use events::Envelope;
use serde_json::json;
use testkit::{Call, Device, InProcess, event};
use uuid::Uuid;
use values::{Product, UserId};

use crate::{
    FEED, Fixture, ON_PAYMENTS, ON_SOCIAL, ON_USER_PROFILE, Person, hiding, moved, payment,
};

macro_rules! golden {
    ($kind:literal) => {
        include_str!(concat!("../../../../crates/events/golden/", $kind, ".json"))
    };
}

#[tokio::test]
async fn the_golden_sample_of_every_consumed_event_takes_effect() {
    let fixture = Fixture::new().await;
    for (function, golden, table) in [
        (ON_USER_PROFILE, golden!("payme.user-profile.profile-changed.v1"), "people"),
        (ON_PAYMENTS, golden!("payme.payments.money-moved.v1"), "entries"),
        (ON_PAYMENTS, golden!("payme.payments.peer-payment-visibility-changed.v1"), "visibilities"),
        (ON_SOCIAL, golden!("payme.social.friendship-changed.v1"), "friendships"),
        (ON_SOCIAL, golden!("payme.social.block-changed.v1"), "blocks"),
    ] {
        let mut event: Envelope = serde_json::from_str(golden).unwrap();
        // All samples have the same id.
        event.id = Uuid::now_v7().to_string();
        fixture.deliver(function, &[event]).await;
        assert!(fixture.database.count(table).await > 0, "{table}");
    }
    let id: UserId = "usr_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    let payer = Person { id, token: fixture.issuer.token(id, Product::Consumer, &Device::new()) };
    let entry = &fixture.entries(&payer, FEED).await[0];
    assert_eq!(entry["counterparty"]["name"], "永記茶餐廳");
    assert_eq!(entry["moved_at"], "2026-11-23T04:05:06.789Z");
    assert_eq!(fixture.database.count("parked_events").await, 0);
}

#[tokio::test]
async fn a_broken_event_is_parked_and_those_beside_it_take_effect() {
    let fixture = Fixture::new().await;
    let (payer, payee) = (fixture.somebody(), fixture.somebody());
    let mut broken = Vec::new();
    for (field, value) in [
        ("operation_id", json!("pay_01h455vb4pex5vsknk084sn02q")),
        ("currency", json!("USD")),
        ("amount", json!(-1)),
        ("moved_at", json!("yesterday")),
        ("from", json!(moved(0).from)),
        ("sticker", json!("x".repeat(33))),
    ] {
        let mut event = payment(payer.id, payee.id, 1, "friends").1;
        event.data[field] = value;
        broken.push(event);
    }
    let (id, good) = payment(payer.id, payee.id, 2, "friends");
    let mut shown_again = hiding(id);
    shown_again.data["visibility"] = json!("friends");
    let parked = broken.len() + 1;
    broken.insert(2, good);
    broken.push(shown_again);
    broken.push(event("nothing", &moved(3)));
    fixture.deliver(ON_PAYMENTS, &broken).await;
    assert_eq!(fixture.database.count("parked_events").await, u64::try_from(parked).unwrap());
    assert_eq!(fixture.entries(&payer, FEED).await.len(), 1);
}

#[tokio::test]
async fn the_document_tells_clients_that_kinds_of_movements_are_added() {
    let fixture = Fixture::new().await;
    let document = Call::get("/api/v1/timeline/openapi.json").send(&fixture.routes).await;
    let schemas = &document.expect(200)["components"]["schemas"];
    let kind = &schemas["TimelineSubject"]["properties"]["type"]["$ref"];
    assert_eq!(kind, "#/components/schemas/EntryKind");
    let codes = schemas["EntryKind"]["x-extensible-enum"].as_array().unwrap();
    assert!(codes.contains(&json!("peer-payment")) && !codes.contains(&json!("settlement")));
}
