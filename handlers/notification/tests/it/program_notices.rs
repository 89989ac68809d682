//! Programs that ask for shops to be paid are told how that ends, in the form of the merchant API.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::payments::{
    ApiCredentialChangedV1, NotifiedProgramV1, PaymentRequestClosedV1, PaymentRequestCreatedV1,
};
use sealed::SealingKey;
use serde_json::{Value, json};
use values::{ApiClientId, PaymentId, PaymentRequestId, SigningKeyId};

use crate::webhook_endpoints::{ENDPOINTS, Shop, is_delivered, path_of, was_tried};
use crate::webhook_receiver::Received;

/// A credential as payments has made it.
struct Program<'a> {
    shop: &'a Shop,
    client_id: ApiClientId,
    key_id: SigningKeyId,
    key: [u8; 32],
}

impl<'a> Program<'a> {
    /// Of which nothing was told yet.
    fn unheard(shop: &'a Shop) -> Self {
        let (client_id, key_id) = (ApiClientId::new(), SigningKeyId::new());
        Self { shop, client_id, key_id, key: [7; 32] }
    }

    async fn of(shop: &'a Shop) -> Self {
        let program = Self::unheard(shop);
        program.is_active().await;
        program
    }

    async fn is_active(&self) {
        let (vault, url) = (testkit::vault_credential(), testkit::vault_url());
        let sealing = SealingKey::new(vault, &url, "webhook-secrets").unwrap();
        let context = format!("program_keys.sealed:{}", self.client_id);
        let sealed = sealing.seal(&context, &self.key).await.unwrap().to_bytes();
        self.changed("active", Some(STANDARD.encode(sealed))).await;
    }

    async fn is_ended(&self) {
        self.changed("deactivated", None).await;
    }

    async fn changed(&self, status: &str, sealed_signing_key: Option<String>) {
        let changed = ApiCredentialChangedV1 {
            client_id: self.client_id.to_string(),
            business_id: self.shop.business_id.to_string(),
            signing_key_id: self.key_id.to_string(),
            status: status.to_owned(),
            sealed_signing_key,
            expires_at: "2126-11-23T04:05:06Z".to_owned(),
        };
        self.shop.told(&changed.client_id, &changed).await;
    }

    /// It asks for HK$128.50, to be told at this address.
    async fn asks(&self, uri: &str) -> PaymentRequestId {
        let id = PaymentRequestId::new();
        let created = PaymentRequestCreatedV1 {
            payment_request_id: id.to_string(),
            business_id: self.shop.business_id.to_string(),
            shop_name: "永記茶餐廳".to_owned(),
            amount: 12_850,
            currency: "HKD".to_owned(),
            description: "Two teas".to_owned(),
            capture_method: Some("automatic".to_owned()),
            tip_allowed: false,
            return_url: None,
            notified_program: Some(NotifiedProgramV1 {
                client_id: self.client_id.to_string(),
                uri: uri.to_owned(),
                order_id: Some("10023".to_owned()),
                created_at: "2026-11-23T04:00:00Z".to_owned(),
            }),
            expires_at: "2026-11-23T04:10:00Z".to_owned(),
        };
        self.shop.told(&created.payment_request_id, &created).await;
        id
    }

    /// The id of the event that tells so, twice.
    async fn ends(
        &self,
        id: PaymentRequestId,
        status: &str,
        payment_id: Option<PaymentId>,
    ) -> String {
        let closed = PaymentRequestClosedV1 {
            payment_request_id: id.to_string(),
            business_id: Some(self.shop.business_id.to_string()),
            status: status.to_owned(),
            payment_id: payment_id.map(|id| id.to_string()),
        };
        let event = testkit::event(&closed.payment_request_id, &closed);
        for _ in 0..2 {
            self.shop.fixture.deliver_payments(std::slice::from_ref(&event)).await;
        }
        event.id
    }

    /// It asks, and nobody pays.
    async fn asks_in_vain(&self, uri: &str) {
        let id = self.asks(uri).await;
        self.ends(id, "expired", None).await;
    }

    /// As the owner of the shop reads it.
    async fn endpoint(&self) -> Value {
        let page = self.shop.get(ENDPOINTS).await;
        let of_program = |it: &&Value| it["is_of_program"] == true;
        page["items"].as_array().unwrap().iter().find(of_program).unwrap().clone()
    }

    /// Whether a client of the API would believe it, which looks at what `headers` names.
    fn has_signed(&self, received: &Received) -> bool {
        let header = |name: &str| received.headers[&name.to_lowercase()].clone();
        let signature = header("signature");
        let part = |name: &str| {
            let rest = signature.split_once(&format!("{name}=\"")).unwrap().1;
            rest.split_once('"').unwrap().0.to_owned()
        };
        assert_eq!(
            (part("keyId"), part("algorithm")),
            (self.key_id.to_string(), "hmac-sha256".into())
        );
        let lines: Vec<String> = part("headers")
            .split(' ')
            .map(|name| match name {
                "(request-target)" => format!("(request-target): post {}", received.path),
                name => format!("{}: {}", name.to_lowercase(), header(name)),
            })
            .collect();
        // A client that we did not write takes these names and no others, as they are spelled.
        assert_eq!(part("headers"), "(request-target) x-client-id x-event-type digest");
        assert_eq!(header("x-client-id"), self.client_id.to_string());
        let is_paid = received.json()["statusCode"] == "PR005";
        let event = if is_paid { "payment.success" } else { "payment.failure" };
        assert_eq!(header("x-event-type"), event);
        for name in ["request-date-time", "trace-id", "api-version"] {
            assert!(!header(name).is_empty(), "{name}");
        }
        let body = STANDARD.encode(digest(&SHA256, received.body.as_bytes()));
        let key = hmac::Key::new(HMAC_SHA256, &self.key);
        let mac = STANDARD.decode(part("signature")).unwrap();
        header("digest") == format!("SHA-256={body}")
            && hmac::verify(&key, lines.join("\n").as_bytes(), &mac).is_ok()
    }
}

#[tokio::test]
async fn a_paid_request_is_told_once_as_the_merchant_api_says_it_and_signed_by_the_programs_key() {
    let shop = Shop::new().await;
    let program = Program::of(&shop).await;
    let (id, payment) = (program.asks("https://localhost/ok?order=7").await, PaymentId::new());
    let notice_id = program.ends(id, "paid", Some(payment)).await;
    let received = shop.receiver.await_received("/ok?order=7", 1).await;
    assert!(program.has_signed(&received[0]), "{received:?}");
    let text = &received[0].body;
    assert!(text.contains("\"totalAmount\":128.50,"), "{text}");
    let expected = json!({
        "noticeId": notice_id,
        "endedTime": "2026-11-23T04:05:06Z",
        "paymentRequestId": id,
        "totalAmount": 128.5,
        "currencyCode": "HKD",
        "statusCode": "PR005",
        "statusDescription": "Payment Success",
        "createdTime": "2026-11-23T04:00:00Z",
        "effectiveDuration": 600,
        "orderId": "10023",
        "transactions": [{
            "transactionId": payment,
            "paymentRequestId": id,
            "orderId": "10023",
            "amount": 128.5,
            "currencyCode": "HKD",
            "refundedAmount": 0.0,
            "transactionTime": "2026-11-23T04:05:06Z",
        }],
    });
    assert_eq!(received[0].json(), expected);
    shop.delivery(&program.endpoint().await, is_delivered).await;
    shop.fire().await;
    assert_eq!(shop.receiver.received("/ok?order=7").len(), 1);
    assert_eq!(shop.fixture.database.count("webhook_deliveries").await, 1);
    assert_eq!(shop.fixture.database.count("program_requests").await, 0);
}

#[tokio::test]
async fn a_request_that_nobody_paid_is_told_by_its_code_and_one_try_is_known_from_the_next() {
    let shop = Shop::new().await;
    let program = Program::of(&shop).await;
    for (path, status, code) in
        [("/status/500", "cancelled", "PR004"), ("/status/503", "expired", "PR007")]
    {
        let id = program.asks(&format!("https://localhost{path}")).await;
        let notice_id = program.ends(id, status, None).await;
        // It rests since the one before failed.
        shop.try_again().await;
        shop.receiver.await_received(path, 1).await;
        shop.try_again().await;
        let received = shop.receiver.await_received(path, 2).await;
        let [first, second] = &received[..2] else { panic!("{received:?}") };
        assert_eq!(
            (&first.json()["statusCode"], &first.json()["transactions"]),
            (&json!(code), &json!([]))
        );
        assert_eq!(first.headers["trace-id"], second.headers["trace-id"]);
        assert_eq!(
            (first.json()["noticeId"].as_str(), &first.body),
            (Some(&*notice_id), &second.body)
        );
        assert!(program.has_signed(first) && program.has_signed(second));
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_called_is_not_and_keeps_no_other_from_being_called() {
    let shop = Shop::new().await;
    let program = Program::of(&shop).await;
    for uri in [
        "http://localhost/ok",
        "https://127.0.0.1/ok",
        "https://localhost:8443/ok",
        "shop",
        "x://y",
    ] {
        program.asks_in_vain(uri).await;
    }
    assert_eq!(shop.fixture.database.count("webhook_endpoints").await, 0);
    program.asks_in_vain("https://localhost/ok").await;
    shop.receiver.await_received("/ok", 1).await;
    assert_eq!(shop.fixture.database.count("webhook_deliveries").await, 1);
}

#[tokio::test]
async fn an_address_that_is_gone_loses_its_own_message_and_no_other() {
    let shop = Shop::new().await;
    let program = Program::of(&shop).await;
    program.asks_in_vain("https://localhost/status/410").await;
    shop.receiver.await_received("/status/410", 1).await;
    let failed = shop.delivery(&program.endpoint().await, |it| it["state"] != "pending").await;
    assert_eq!((&failed["state"], &failed["attempts"]), (&json!("failed"), &json!(1)));
    assert_eq!(program.endpoint().await["status"], "enabled");
    program.asks_in_vain("https://localhost/ok").await;
    shop.try_again().await;
    shop.receiver.await_received("/ok", 1).await;
    assert_eq!(shop.receiver.received("/status/410").len(), 1);
}

#[tokio::test]
async fn an_end_that_only_a_later_version_knows_is_told_to_the_shop_and_parks_nothing() {
    let shop = Shop::new().await;
    shop.register("/status/204").await;
    let program = Program::of(&shop).await;
    let id = program.asks("https://localhost/ok").await;
    program.ends(id, "archived", None).await;
    let own = shop.receiver.await_received("/status/204", 1).await;
    assert_eq!(own[0].json()["data"]["status"], "archived");
    program.asks_in_vain("https://localhost/ok").await;
    let received = shop.receiver.await_received("/ok", 1).await;
    assert_eq!(received[0].json()["statusCode"], "PR007");
    assert_eq!(shop.fixture.database.count("parked_events").await, 0);
}

#[tokio::test]
async fn what_an_older_instance_queues_for_a_programs_endpoint_is_signed_by_no_key() {
    let shop = Shop::new().await;
    let program = Program::of(&shop).await;
    program.asks_in_vain("https://localhost/ok").await;
    shop.receiver.await_received("/ok", 1).await;
    shop.turns_are_over().await;
    // It knows no addresses of deliveries.
    shop.sql(
        "INSERT INTO webhook_deliveries (webhook_delivery_id, webhook_endpoint_id, event_id,
             webhook_type, payload, state, due_at, created_at)
         SELECT UNHEX(REPEAT('FE', 16)), webhook_endpoint_id, 'older', webhook_type, payload,
             'pending', NOW(6), NOW(6)
         FROM webhook_deliveries",
    )
    .await;
    // What has an address does not wait for it.
    program.asks_in_vain("https://localhost/status/204").await;
    shop.try_again().await;
    shop.receiver.await_received("/status/204", 1).await;
    let failed = shop.delivery(&program.endpoint().await, |it| it["state"] == "failed").await;
    assert_eq!(failed["attempts"], 0);
    assert_eq!(shop.receiver.received("/ok").len(), 1);
}

#[tokio::test]
async fn with_a_key_that_has_ended_nothing_is_signed() {
    let shop = Shop::new().await;
    let program = Program::of(&shop).await;
    program.asks_in_vain("https://localhost/status/500").await;
    let endpoint = program.endpoint().await;
    shop.delivery(&endpoint, was_tried).await;
    program.is_ended().await;
    // What comes late brings it back to nobody.
    program.is_active().await;
    shop.try_again().await;
    let failed = shop.delivery(&endpoint, |it| it["state"] == "failed").await;
    assert_eq!(failed["attempts"], 1);
    program.asks_in_vain("https://localhost/ok").await;
    shop.delivery(&endpoint, |it| it["attempts"] == 0 && it["state"] == "failed").await;
    let bodies = [shop.receiver.received("/status/500"), shop.receiver.received("/ok")];
    assert_eq!(bodies.map(|received| received.len()), [1, 0]);
}

#[tokio::test]
async fn what_comes_before_its_key_waits_for_it() {
    let shop = Shop::new().await;
    let program = Program::unheard(&shop);
    program.asks_in_vain("https://localhost/ok").await;
    assert_eq!(shop.receiver.received("/ok").len(), 0);
    program.is_active().await;
    shop.try_again().await;
    let received = shop.receiver.await_received("/ok", 1).await;
    assert!(program.has_signed(&received[0]));
}

#[tokio::test]
async fn an_owner_reads_and_pauses_the_endpoint_of_a_program_and_does_not_change_it() {
    let shop = Shop::new().await;
    let registered = shop.register("/ok").await;
    let program = Program::of(&shop).await;
    program.asks_in_vain("https://localhost/status/204").await;
    shop.receiver.await_received("/status/204", 1).await;
    let own = shop.receiver.await_received("/ok", 1).await;
    assert_eq!(own[0].json()["type"], "payment-request-closed");
    let endpoint = program.endpoint().await;
    assert_eq!(endpoint["url"], "https://localhost/status/204");
    let path = path_of(&endpoint);
    for refused in [
        shop.post(&format!("{path}/tests")).await,
        shop.post(&format!("{path}/secrets")).await,
        shop.send("DELETE", &path).await,
    ] {
        refused.expect_refusal(409, "webhook-endpoint-of-program");
    }
    shop.send("POST", &format!("{path}/pause")).await.expect(204);
    program.asks_in_vain("https://localhost/status/204").await;
    shop.is_paid().await;
    shop.receiver.await_received("/ok", 3).await;
    assert_eq!(shop.receiver.received("/status/204").len(), 1, "neither of payments nor paused");
    shop.send("POST", &format!("{path}/enable")).await.expect(204);
    shop.receiver.await_received("/status/204", 2).await;
    assert_eq!(shop.get(&path_of(&registered)).await["is_of_program"], false);
}

#[tokio::test]
async fn what_cannot_be_read_waits_unsigned_and_what_is_due_beside_it_is_sent() {
    let shop = Shop::new().await;
    let program = Program::of(&shop).await;
    program.asks_in_vain("https://localhost/status/500").await;
    let endpoint = program.endpoint().await;
    shop.delivery(&endpoint, was_tried).await;
    shop.turns_are_over().await;
    shop.sql("UPDATE webhook_deliveries SET payload = REPLACE(payload, 'PR007', 'PR009')").await;
    program.asks_in_vain("https://localhost/ok").await;
    shop.try_again().await;
    shop.receiver.await_received("/ok", 1).await;
    shop.turns_are_over().await;
    assert_eq!(shop.receiver.received("/status/500").len(), 1);
    // An instance that can read it sends it.
    shop.sql("UPDATE webhook_deliveries SET payload = REPLACE(payload, 'PR009', 'PR007')").await;
    shop.try_again().await;
    shop.receiver.await_received("/status/500", 2).await;
}
