//! Telling people of what they ask of each other.

use events::Envelope;
use events::payments::{MoneyRequestChangedV1, PersonV1};
use serde_json::json;
use testkit::event;
use values::{MoneyRequestId, Product, UserId};

use crate::{Fixture, LIST, bodies};

/// A request between these two, as it stands with this version.
fn changed(
    [requester, payer]: [UserId; 2],
    id: MoneyRequestId,
    version: u32,
    status: &str,
    reminders: u32,
) -> Envelope {
    let person =
        |id: UserId, name: &str| PersonV1 { user_id: id.to_string(), name: name.to_owned() };
    let changed = MoneyRequestChangedV1 {
        money_request_id: id.to_string(),
        version,
        requester: person(requester, "陳***文"),
        payer: person(payer, "小***"),
        amount: 5_000,
        currency: "HKD".to_owned(),
        note: Some("午飯".to_owned()),
        bill_id: None,
        status: status.to_owned(),
        reminders,
        expires_at: "2026-12-23T04:05:06Z".to_owned(),
        peer_payment_id: None,
    };
    event(&id.to_string(), &changed)
}

#[tokio::test]
async fn each_change_is_told_once_to_whom_it_is_news_and_a_payment_to_nobody() {
    let fixture = Fixture::new().await;
    let both @ [requester, payer] = [UserId::new(), UserId::new()];
    let id = MoneyRequestId::new();
    let events = [
        changed(both, id, 1, "open", 0),
        changed(both, id, 2, "open", 1),
        changed(both, id, 3, "paid", 1),
        changed(both, MoneyRequestId::new(), 2, "cancelled", 0),
        changed(both, MoneyRequestId::new(), 2, "declined", 0),
        changed(both, MoneyRequestId::new(), 2, "expired", 0),
        // Of a later program.
        changed(both, MoneyRequestId::new(), 2, "disputed", 0),
    ];
    for _ in 0..2 {
        fixture.deliver_payments(&events).await;
    }
    let (_, page) = fixture.call(payer, Product::Consumer, "GET", LIST).await;
    let told = [
        "陳***文 took back their request for HK$50.00. You need not pay it.",
        "陳***文 reminds you of their request for HK$50.00.",
        "陳***文 asks you for HK$50.00.",
    ];
    assert_eq!(bodies(&page), told);
    let asked = &page["items"][2];
    assert_eq!(
        (&asked["type"], &asked["money_request_id"]),
        (&json!("money-requested"), &json!(id))
    );
    let other = json!({"type": "user", "id": requester, "name": "陳***文"});
    assert_eq!((&asked["counterparty"], &asked["note"]), (&other, &json!("午飯")));
    let (_, page) = fixture.call(requester, Product::Consumer, "GET", LIST).await;
    let told = [
        "小*** did not pay your request for HK$50.00 in time.",
        "小*** declined your request for HK$50.00.",
    ];
    assert_eq!(bodies(&page), told);
    assert_eq!(fixture.database.count("parked_events").await, 0);
}
