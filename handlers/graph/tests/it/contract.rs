//! Events that break their promise, and what may stand in a document.

use serde_json::json;
use values::{BusinessId, UserId};

use crate::fixture::{Fixture, ON_PAYMENTS, Side, documents_of};

#[tokio::test]
async fn a_broken_event_is_parked_and_those_beside_it_take_effect() {
    let fixture = Fixture::new().await;
    let sides = [Side::Person(UserId::new()), Side::Person(UserId::new())];
    let good = fixture.money("peer-payment", sides, 100, 1);
    fixture.book(std::slice::from_ref(&good)).await;
    let mut events = vec![good.event];
    for (field, value) in [
        ("currency", json!("USD")),
        ("amount", json!("100")),
        ("moved_at", json!("yesterday")),
        ("from", json!({"type": "moon", "id": null, "name": "", "told_user_id": null})),
    ] {
        let mut broken = fixture.money("peer-payment", sides, 100, 2).event;
        broken.data[field] = value;
        events.insert(0, broken);
    }
    fixture.deliver(ON_PAYMENTS, &events).await;
    testkit::deliver_text(&fixture.routes, ON_PAYMENTS, "no event").await;
    assert_eq!(fixture.database.count("parked_events").await, 5);
    assert_eq!(fixture.verify().await["is_equal"], true);
}

#[tokio::test]
async fn no_document_says_a_name_a_note_or_an_id_that_others_know() {
    let fixture = Fixture::new().await;
    let (person, shop) = (UserId::new(), BusinessId::new());
    let money = fixture.money("payment", [Side::Person(person), Side::Shop(shop)], 100, 1);
    fixture.deliver(ON_PAYMENTS, std::slice::from_ref(&money.event)).await;
    let accounts = [fixture.account_of(person).await, fixture.account_of(shop).await];
    let documents = documents_of(&accounts).await;
    // Both accounts, a month of each, the edge to it, and the payment, twice.
    assert_eq!(documents.len(), 8);
    let text = serde_json::to_string(&documents).unwrap();
    let (_, operation) = money.operation.split_once('_').unwrap();
    let ids = [person.to_string(), shop.to_string()];
    let ids = ids.iter().map(|id| id.split_once('_').unwrap().1);
    for secret in ids.chain(["CHAN", "dim sum", "TABLE", operation]) {
        assert!(!text.contains(secret), "{secret}");
    }
}
