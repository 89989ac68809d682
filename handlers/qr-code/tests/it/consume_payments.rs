//! Learning of payment requests from the payments service's events.

use serde_json::json;
use time::Duration;

use crate::{Fixture, ON_PAYMENTS};

#[tokio::test]
async fn a_request_stays_closed_however_often_its_events_are_delivered() {
    let fixture = Fixture::informed().await;
    let payload = fixture.payload(&fixture.request_code("txt")).await;
    let created = fixture.request_created(Duration::minutes(15));
    let closed = fixture.request_closed("cancelled");
    fixture.deliver(ON_PAYMENTS, &[created.clone(), closed.clone()]).await;
    fixture.deliver(ON_PAYMENTS, &[created, closed]).await;
    fixture.deliver(ON_PAYMENTS, &[fixture.request_created(Duration::minutes(15))]).await;

    assert_eq!(fixture.scan(&payload).await.1["status"], "cancelled");
    assert_eq!(fixture.database.count("payment_requests").await, 1);
    assert_eq!(fixture.database.count("parked_events").await, 0);
}

#[tokio::test]
async fn what_cannot_be_processed_is_parked_and_blocks_nothing() {
    let fixture = Fixture::new().await;
    let broken = |field: &str, value| {
        let mut event = fixture.request_created(Duration::minutes(15));
        event.data[field] = value;
        event
    };
    let mut unknown = fixture.request_closed("paid");
    unknown.kind = "payme.payments.something-new.v1".to_owned();
    let batch = [
        fixture.request_closed("paid"),
        broken("payment_request_id", json!("preq_1")),
        broken("amount", json!(0)),
        broken("currency", json!("CNY")),
        broken("expires_at", json!("soon")),
        unknown,
        fixture.request_created(Duration::minutes(15)),
        fixture.request_closed("open"),
    ];
    fixture.deliver(ON_PAYMENTS, &batch).await;
    fixture.deliver(ON_PAYMENTS, &batch).await;
    assert_eq!(fixture.database.count("parked_events").await, 6);
    assert_eq!(fixture.database.count("payment_requests").await, 1);
}
