//! What is sent: once for each event and endpoint, signed, in the words of our own API.

use events::payments::{
    MoneyMovedV1, PaymentAuthorisedV1, PaymentReleasedV1, PaymentRequestClosedV1,
};
use mysql_async::prelude::Queryable;
use notification::routes;
use serde_json::{Value, json};
use testkit::{Call, InProcess, event};
use values::{BusinessId, PaymentId, PaymentRequestId, RefundId};

use crate::webhook_endpoints::{Shop, is_delivered, path_of};
use crate::webhook_receiver::Received;

/// Whether one of the message's signatures is by this secret.
fn is_signed_by(received: &Received, secret: &Value) -> Vec<bool> {
    let key = base64_decoded(secret.as_str().unwrap().trim_start_matches("whsec_"));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &key);
    let signed =
        format!("{}.{}.{}", received.id(), received.headers["webhook-timestamp"], received.body);
    let signatures = received.headers["webhook-signature"].split(' ');
    let is_ours = |signature: &str| {
        let tag = base64_decoded(signature.strip_prefix("v1,").unwrap());
        aws_lc_rs::hmac::verify(&key, signed.as_bytes(), &tag).is_ok()
    };
    signatures.map(is_ours).collect()
}

fn base64_decoded(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[tokio::test]
async fn a_payment_is_told_once_signed_and_without_its_payer() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    let payment = shop.payment();
    let moved: MoneyMovedV1 = payment.decode().unwrap().unwrap();
    for _ in 0..2 {
        shop.fixture.deliver_payments(std::slice::from_ref(&payment)).await;
    }
    let delivery = shop.delivery(&endpoint, is_delivered).await;
    shop.fire().await;
    let received = shop.receiver.received("/ok");
    let [received] = &received[..] else { panic!("{received:?}") };

    assert_eq!(received.id(), delivery["webhook_delivery_id"].as_str().unwrap());
    assert_eq!(received.headers["content-type"], "application/json");
    let at: i64 = received.headers["webhook-timestamp"].parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert!(now.as_secs().abs_diff(at.unsigned_abs()) < 30);
    assert_eq!(is_signed_by(received, &endpoint["secret"]), [true]);
    let body = received.json();
    assert_eq!(
        body,
        json!({
            "type": "payment-completed",
            "timestamp": body["timestamp"],
            "data": {
                "business_id": shop.business_id,
                "payment_id": moved.operation_id,
                "payment_request_id": moved.payment_request_id,
                "amount": {"amount": 12_850, "currency": "HKD"},
                "tip": null,
                "fee": {"amount": 0, "currency": "HKD"},
                "reference": null,
                "completed_at": "2026-11-23T04:05:06.000Z",
            },
        })
    );
    assert_eq!(shop.fixture.database.count("webhook_deliveries").await, 1);
    assert_eq!(shop.attempts(&delivery).await.len(), 1);
}

/// The data of the only message that came, which is of this type and does not name the payer.
async fn data_of(shop: &Shop, webhook_type: &str) -> Value {
    let received = shop.receiver.await_received("/ok", 1).await;
    let [received] = &received[..] else { panic!("{received:?}") };
    assert!(!received.body.contains(&shop.fixture.consumer.to_string()));
    let body = received.json();
    assert_eq!(body["type"], webhook_type);
    body["data"].clone()
}

fn hkd(cents: i64) -> Value {
    json!({"amount": cents, "currency": "HKD"})
}

#[tokio::test]
async fn a_refund_is_told() {
    let shop = Shop::new().await;
    shop.register("/ok").await;
    let payment: MoneyMovedV1 = shop.payment().decode().unwrap().unwrap();
    let refund = MoneyMovedV1 {
        kind: "refund".to_owned(),
        operation_id: RefundId::new().to_string(),
        refunded_payment_id: Some(payment.operation_id.clone()),
        from: payment.to,
        to: payment.from,
        fee: 193,
        ..shop.fixture.payment(500).decode().unwrap().unwrap()
    };
    shop.told(&refund.operation_id, &refund).await;
    let expected = json!({
        "business_id": shop.business_id,
        "refund_id": refund.operation_id,
        "payment_id": payment.operation_id,
        "amount": hkd(500),
        "fee_returned": hkd(193),
        "completed_at": "2026-11-23T04:05:06.000Z",
    });
    assert_eq!(data_of(&shop, "refund-completed").await, expected);
}

#[tokio::test]
async fn money_that_is_held_is_told() {
    let shop = Shop::new().await;
    shop.register("/ok").await;
    let payment: MoneyMovedV1 = shop.payment().decode().unwrap().unwrap();
    let authorised = PaymentAuthorisedV1 {
        payment_id: PaymentId::new().to_string(),
        from: payment.from,
        to: payment.to,
        amount: 500,
        currency: "HKD".to_owned(),
        payment_request_id: payment.payment_request_id,
        capture_before: "2026-11-30T04:05:06Z".to_owned(),
        authorised_at: "2026-11-23T04:05:06Z".to_owned(),
    };
    shop.told(&authorised.payment_id, &authorised).await;
    let expected = json!({
        "business_id": shop.business_id,
        "payment_id": authorised.payment_id,
        "payment_request_id": authorised.payment_request_id,
        "amount": hkd(500),
        "capture_before": "2026-11-30T04:05:06.000Z",
        "authorised_at": "2026-11-23T04:05:06.000Z",
    });
    assert_eq!(data_of(&shop, "payment-authorised").await, expected);
}

#[tokio::test]
async fn money_that_is_held_no_longer_is_told() {
    let shop = Shop::new().await;
    shop.register("/ok").await;
    let payment: MoneyMovedV1 = shop.payment().decode().unwrap().unwrap();
    let released = PaymentReleasedV1 {
        payment_id: PaymentId::new().to_string(),
        from: payment.from,
        to: payment.to,
        amount: 500,
        currency: "HKD".to_owned(),
        state: "expired".to_owned(),
        released_at: "2026-11-30T04:05:07Z".to_owned(),
    };
    shop.told(&released.payment_id, &released).await;
    let expected = json!({
        "business_id": shop.business_id,
        "payment_id": released.payment_id,
        "amount": hkd(500),
        "status": "expired",
        "released_at": "2026-11-30T04:05:07.000Z",
    });
    assert_eq!(data_of(&shop, "payment-released").await, expected);
}

#[tokio::test]
async fn a_request_that_nobody_paid_is_told_and_one_that_was_paid_is_not() {
    let shop = Shop::new().await;
    shop.register("/ok").await;
    for status in ["paid", "expired"] {
        let closed = PaymentRequestClosedV1 {
            payment_request_id: PaymentRequestId::new().to_string(),
            business_id: Some(shop.business_id.to_string()),
            status: status.to_owned(),
            payment_id: None,
        };
        shop.told(&closed.payment_request_id, &closed).await;
    }
    let data = data_of(&shop, "payment-request-closed").await;
    assert_eq!(
        (&data["business_id"], &data["status"]),
        (&json!(shop.business_id), &json!("expired"))
    );
}

#[tokio::test]
async fn a_dispute_is_told_with_its_version() {
    let shop = Shop::new().await;
    shop.register("/ok").await;
    let dispute = shop.dispute();
    shop.told(&dispute.payment_id, &dispute).await;
    let expected = json!({
        "business_id": shop.business_id,
        "dispute_id": dispute.dispute_id,
        "version": 1,
        "payment_id": dispute.payment_id,
        "amount": hkd(12_850),
        "reason": "not-received",
        "status": "open",
        "is_answered": false,
        "answer_before": "2026-12-07T04:05:06.000Z",
    });
    assert_eq!(data_of(&shop, "dispute-changed").await, expected);
}

#[tokio::test]
async fn an_endpoint_is_told_only_what_it_wants_of_its_own_business() {
    let shop = Shop::new().await;
    let body = json!({
        "business_id": shop.business_id,
        "url": "https://localhost/status/204",
        "webhook_types": ["refund-completed"],
    });
    shop.register_as(&body).await.expect(201);
    let others = BusinessId::new();
    shop.open(others).await;
    shop.register_of(others, "/slow/0").await;
    shop.register("/ok").await;
    let top_up = shop.fixture.top_up(100);
    shop.fixture.deliver_payments(&[top_up, shop.payment()]).await;
    shop.receiver.await_received("/ok", 1).await;
    shop.fire().await;
    assert_eq!(shop.fixture.database.count("webhook_deliveries").await, 1);
    let refund: MoneyMovedV1 = shop.fixture.refund(100).decode().unwrap().unwrap();
    let mut refund = refund;
    refund.from.id = Some(shop.business_id.to_string());
    shop.fixture.deliver_payments(&[event(&refund.operation_id, &refund)]).await;
    let received = shop.receiver.await_received("/status/204", 1).await;
    assert_eq!(received[0].json()["type"], "refund-completed");
    assert_eq!(shop.receiver.await_received("/ok", 2).await.len(), 2);
    assert_eq!(shop.receiver.received("/slow/0").len(), 0);
}

#[tokio::test]
async fn a_replaced_secret_signs_for_a_day_beside_the_new_one() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    let secrets = format!("{}/secrets", path_of(&endpoint));
    let second = shop.post(&secrets).await.expect(201);
    assert_eq!(second["webhook_endpoint_id"], endpoint["webhook_endpoint_id"]);
    shop.is_paid().await;
    let received = shop.receiver.await_received("/ok", 1).await;
    assert_eq!(is_signed_by(&received[0], &second["secret"]), [true, false]);
    assert_eq!(is_signed_by(&received[0], &endpoint["secret"]), [false, true]);

    // A third one ends the first at once, and the second soon.
    let third = shop.post(&secrets).await.expect(201);
    shop.is_paid().await;
    let received = shop.receiver.await_received("/ok", 2).await;
    assert_eq!(is_signed_by(&received[1], &third["secret"]), [true, false]);
    assert_eq!(is_signed_by(&received[1], &second["secret"]), [false, true]);

    shop.sql("UPDATE webhook_secrets SET ends_at = ends_at - INTERVAL 24 HOUR").await;
    shop.is_paid().await;
    let received = shop.receiver.await_received("/ok", 3).await;
    assert_eq!(is_signed_by(&received[2], &third["secret"]), [true]);
}

#[tokio::test]
async fn after_a_rotation_secrets_are_wrapped_by_the_newest_key_and_sign_as_before() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    let second = shop.post(&format!("{}/secrets", path_of(&endpoint))).await.expect(201);
    let find = "SELECT SUBSTRING(sealed, 3, 32) FROM webhook_secrets ORDER BY number";
    let mut conn = shop.fixture.database.pool.get_conn().await.unwrap();
    let before: Vec<Vec<u8>> = conn.query(find).await.unwrap();
    testkit::rotate_key("webhook-secrets").await;
    let timer = Call::post("/notification_send_webhooks").body("application/json", "{}");
    timer.send(&routes(shop.second_instance())).await.expect(200);
    let after: Vec<Vec<u8>> = conn.query(find).await.unwrap();
    assert!(after.len() == 2 && after.iter().all(|version| !before.contains(version)));
    shop.is_paid().await;
    let received = shop.receiver.await_received("/ok", 1).await;
    assert_eq!(is_signed_by(&received[0], &second["secret"]), [true, false]);
    assert_eq!(is_signed_by(&received[0], &endpoint["secret"]), [false, true]);
}

#[tokio::test]
async fn a_paused_endpoint_has_what_happened_once_it_is_enabled() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    for _ in 0..2 {
        shop.send("POST", &format!("{}/pause", path_of(&endpoint))).await.expect(204);
    }
    shop.is_paid().await;
    shop.fire().await;
    let test = shop.post(&format!("{}/tests", path_of(&endpoint))).await;
    test.expect_refusal(409, "webhook-endpoint-not-enabled");
    let delivery = shop.delivery(&endpoint, |delivery| delivery["state"] == "pending").await;
    assert_eq!(shop.receiver.received("/ok").len(), 0);

    shop.send("POST", &format!("{}/enable", path_of(&endpoint))).await.expect(204);
    let received = shop.receiver.await_received("/ok", 1).await;
    assert_eq!(received[0].id(), delivery["webhook_delivery_id"].as_str().unwrap());
}

#[tokio::test]
async fn a_test_message_goes_the_way_of_all_others() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    let tests = format!("{}/tests", path_of(&endpoint));
    let sent = shop.post(&tests).await.expect(201);
    let received = shop.receiver.await_received("/ok", 1).await;
    assert_eq!(is_signed_by(&received[0], &endpoint["secret"]), [true]);
    assert_eq!(received[0].id(), sent["webhook_delivery_id"].as_str().unwrap());
    assert_eq!(received[0].body, sent["payload"].as_str().unwrap());
    assert_eq!(received[0].json()["type"], "test");
    assert_eq!(received[0].json()["data"]["webhook_endpoint_id"], endpoint["webhook_endpoint_id"]);

    let failing = shop.register("/status/500").await;
    let tests = format!("{}/tests", path_of(&failing));
    for _ in 0..10 {
        shop.post(&tests).await.expect(201);
    }
    shop.post(&tests).await.expect_refusal(409, "too-many-webhook-tests");
}
