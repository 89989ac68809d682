//! Endpoints: who may have them, with what secrets, and what they are told of.

use std::collections::HashMap;
use std::time::Duration;

use events::business_profile::BusinessChangedV1;
use events::payments::{DisputeChangedV1, MoneyMovedV1};
use events::{Envelope, Event};
use mysql_async::prelude::Queryable;
use notification::{App, Reach, routes};
use serde_json::{Value, json};
use testkit::{Answer, Call, InProcess, deliver, event};
use uuid::Uuid;
use values::{BusinessId, DisputeId, PaymentId, Product, UserId};

use crate::webhook_receiver::Receiver;
use crate::{Fixture, ON_BUSINESS_PROFILE};

pub(crate) const ENDPOINTS: &str = "/api/v1/webhook-endpoints";
pub(crate) const DELIVERIES: &str = "/api/v1/webhook-deliveries";
const ALL: [&str; 6] = [
    "payment-request-closed",
    "payment-completed",
    "payment-authorised",
    "payment-released",
    "refund-completed",
    "dispute-changed",
];

/// A shop whose own system is told of what happens.
pub(crate) struct Shop {
    pub(crate) fixture: Fixture,
    pub(crate) receiver: Receiver,
    pub(crate) business_id: BusinessId,
}

impl Shop {
    pub(crate) async fn new() -> Self {
        let receiver = Receiver::start().await;
        let fixture = Fixture::within(receiver.reach()).await;
        Self::of(fixture, receiver).await
    }

    pub(crate) async fn of(fixture: Fixture, receiver: Receiver) -> Self {
        let shop = Self { fixture, receiver, business_id: BusinessId::new() };
        shop.open(shop.business_id).await;
        shop
    }

    /// The owner opens a business.
    pub(crate) async fn open(&self, business_id: BusinessId) {
        self.tell_business(business_id, self.fixture.owner, 1, false).await;
    }

    pub(crate) async fn tell_business(
        &self,
        id: BusinessId,
        owner: UserId,
        version: u32,
        is_closed: bool,
    ) {
        let changed = BusinessChangedV1 {
            business_id: id.to_string(),
            version,
            owner_user_id: owner.to_string(),
            shop_name: "永記茶餐廳".to_owned(),
            shop_name_latin: None,
            category_code: "5812".to_owned(),
            fps_id: None,
            is_closed,
            logo_id: None,
        };
        let routes = self.fixture.routes.clone();
        deliver(&routes, ON_BUSINESS_PROFILE, &[event(&changed.business_id, &changed)]).await;
    }

    pub(crate) fn second_instance(&self) -> App {
        let url = self.fixture.database.url.clone();
        let config = self.fixture.config(url, testkit::redis_account());
        App::start_within(config, self.receiver.reach()).unwrap()
    }

    pub(crate) async fn send(&self, method: &str, path: &str) -> Answer {
        self.send_by(self.fixture.owner, Call::new(method, path)).await
    }

    /// By somebody who has just shown their PIN, which a new endpoint needs.
    pub(crate) async fn send_by(&self, user_id: UserId, call: Call) -> Answer {
        let token = self.fixture.pin_token(user_id);
        call.bearer(&token).send(&self.fixture.routes).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.send("GET", path).await.expect(200)
    }

    pub(crate) async fn post(&self, path: &str) -> Answer {
        let call = Call::post(path).key(&Uuid::new_v4().to_string());
        self.send_by(self.fixture.owner, call).await
    }

    pub(crate) async fn register_as(&self, body: &Value) -> Answer {
        let call = Call::post(ENDPOINTS).key(&Uuid::new_v4().to_string()).json(body);
        self.send_by(self.fixture.owner, call).await
    }

    /// An endpoint at a path of the receiver that wants everything.
    pub(crate) async fn register(&self, path: &str) -> Value {
        self.register_of(self.business_id, path).await
    }

    pub(crate) async fn register_of(&self, business_id: BusinessId, path: &str) -> Value {
        let url = format!("https://localhost{path}");
        let body = json!({"business_id": business_id, "url": url, "webhook_types": ALL});
        self.register_as(&body).await.expect(201)
    }

    /// The event that the shop was paid.
    pub(crate) fn payment(&self) -> Envelope {
        self.payment_of(self.business_id)
    }

    pub(crate) fn payment_of(&self, business_id: BusinessId) -> Envelope {
        let mut moved: MoneyMovedV1 = self.fixture.payment(12_850).decode().unwrap().unwrap();
        moved.to.id = Some(business_id.to_string());
        event(&moved.operation_id, &moved)
    }

    pub(crate) async fn is_paid(&self) {
        self.fixture.deliver_payments(&[self.payment()]).await;
    }

    /// The event that a payer disputes a payment to the shop.
    pub(crate) fn dispute(&self) -> DisputeChangedV1 {
        DisputeChangedV1 {
            dispute_id: DisputeId::new().to_string(),
            version: 1,
            payment_id: PaymentId::new().to_string(),
            payer_user_id: self.fixture.consumer.to_string(),
            business_id: self.business_id.to_string(),
            owner_user_id: self.fixture.owner.to_string(),
            shop_name: "永記茶餐廳".to_owned(),
            amount: 12_850,
            currency: "HKD".to_owned(),
            reason: "not-received".to_owned(),
            status: "open".to_owned(),
            is_answered: false,
            answer_before: Some("2026-12-07T04:05:06Z".to_owned()),
        }
    }

    pub(crate) async fn told(&self, subject: &str, data: &impl Event) {
        self.fixture.deliver_payments(&[event(subject, data)]).await;
    }

    /// The newest delivery of an endpoint, once `is_so`.
    pub(crate) async fn delivery(&self, endpoint: &Value, is_so: fn(&Value) -> bool) -> Value {
        let path = format!("{}/deliveries", path_of(endpoint));
        for _ in 0..3_000 {
            let delivery = self.get(&path).await["items"][0].clone();
            if is_so(&delivery) {
                return delivery;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the delivery never is so: {}", self.get(&path).await);
    }

    pub(crate) async fn attempts(&self, delivery: &Value) -> Vec<Value> {
        let id = delivery["webhook_delivery_id"].as_str().unwrap();
        let page = self.get(&format!("{DELIVERIES}/{id}/attempts")).await;
        page["items"].as_array().unwrap().clone()
    }

    pub(crate) async fn sql(&self, sql: &str) {
        let mut conn = self.fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop(sql).await.unwrap();
    }

    /// Time passes until all that waits is due, and the timer fires.
    pub(crate) async fn try_again(&self) {
        self.turns_are_over().await;
        self.sql("UPDATE webhook_deliveries SET due_at = NOW(6) WHERE state = 'pending'").await;
        self.sql("UPDATE webhook_endpoints SET due_at = NOW(6), leased_until = NOW(6)").await;
        self.fire().await;
    }

    /// What was tried is noted first, and then the turn ends.
    pub(crate) async fn turns_are_over(&self) {
        let sql = "SELECT COUNT(*) FROM webhook_endpoints WHERE lease_id IS NOT NULL";
        let mut conn = self.fixture.database.pool.get_conn().await.unwrap();
        while conn.query_first::<u64, _>(sql).await.unwrap() != Some(0) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn fire(&self) {
        let call = Call::post("/notification_send_webhooks").body("application/json", "{}");
        call.send(&self.fixture.routes).await.expect(200);
    }
}

pub(crate) fn path_of(endpoint: &Value) -> String {
    format!("{ENDPOINTS}/{}", endpoint["webhook_endpoint_id"].as_str().unwrap())
}

pub(crate) fn is_delivered(delivery: &Value) -> bool {
    delivery["state"] == "delivered"
}

pub(crate) fn was_tried(delivery: &Value) -> bool {
    delivery["attempts"].as_u64().unwrap_or_default() > 0
}

#[tokio::test]
async fn an_owner_registers_reads_lists_and_deletes_endpoints() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    assert!(endpoint["secret"].as_str().unwrap().starts_with("whsec_"));
    let expected = json!({
        "webhook_endpoint_id": endpoint["webhook_endpoint_id"],
        "business_id": shop.business_id,
        "url": "https://localhost/ok",
        "is_of_program": false,
        "webhook_types": ALL,
        "status": "enabled",
        "disabled_reason": null,
        "first_failed_at": null,
        "created_at": endpoint["created_at"],
    });
    assert_eq!(shop.get(&path_of(&endpoint)).await, expected, "without its secret");
    let other = shop.register("/status/500").await;
    let page = shop.get(ENDPOINTS).await;
    assert_eq!(page["items"][0]["webhook_endpoint_id"], other["webhook_endpoint_id"]);
    assert_eq!(page["items"][1], expected);

    shop.send("DELETE", &path_of(&endpoint)).await.expect(204);
    let again = shop.send("DELETE", &path_of(&endpoint)).await;
    again.expect_refusal(404, "webhook-endpoint-not-found");
    assert_eq!(shop.get(ENDPOINTS).await["items"].as_array().unwrap().len(), 1);
    assert_eq!(shop.fixture.database.count("webhook_secrets").await, 1);
}

#[tokio::test]
async fn a_repeated_registration_makes_one_endpoint_and_shows_its_secret_again() {
    let shop = Shop::new().await;
    let body = json!({
        "business_id": shop.business_id,
        "url": "https://localhost/ok",
        "webhook_types": ["payment-completed"],
    });
    let key = Uuid::new_v4().to_string();
    let owner = shop.fixture.owner;
    let first = shop.send_by(owner, Call::post(ENDPOINTS).key(&key).json(&body)).await;
    let again = shop.send_by(owner, Call::post(ENDPOINTS).key(&key).json(&body)).await;
    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!(shop.fixture.database.count("webhook_endpoints").await, 1);
    let mut conn = shop.fixture.database.pool.get_conn().await.unwrap();
    let sealed: Option<Vec<u8>> =
        conn.query_first("SELECT sealed FROM webhook_secrets").await.unwrap();
    let secret = first.json()["secret"].as_str().unwrap().to_owned();
    assert!(!String::from_utf8_lossy(&sealed.unwrap()).contains(&secret[6..20]));
}

#[tokio::test]
async fn a_registration_that_is_refused_leaves_nothing() {
    let shop = Shop::new().await;
    let fair = json!({
        "business_id": shop.business_id,
        "url": "https://shop.example/hooks",
        "webhook_types": ["payment-completed"],
    });
    for (field, value) in [
        ("url", json!("http://shop.example/hooks")),
        ("url", json!("https://127.0.0.1/hooks")),
        ("url", json!("https://169.254.169.254/")),
        ("url", json!("https://[::ffff:7f00:1]/")),
        ("url", json!("https://shop.example:6379/")),
        ("url", json!("https://me:secret@shop.example/")),
        ("webhook_types", json!([])),
        ("webhook_types", json!(["payment-completed", "payment-completed"])),
        ("webhook_types", json!(["test"])),
    ] {
        let mut body = fair.clone();
        body[field] = value;
        shop.register_as(&body).await.expect_refusal(400, "invalid-body");
    }
    let mut body = fair.clone();
    body["business_id"] = json!(BusinessId::new());
    shop.register_as(&body).await.expect_refusal(404, "not-yet-known");
    let others = BusinessId::new();
    shop.tell_business(others, UserId::new(), 1, false).await;
    body["business_id"] = json!(others);
    shop.register_as(&body).await.expect_refusal(404, "business-not-found");
    assert_eq!(shop.fixture.database.count("webhook_endpoints").await, 0);

    for _ in 0..5 {
        shop.register_as(&fair).await.expect(201);
    }
    shop.register_as(&fair).await.expect_refusal(409, "too-many-webhook-endpoints");
    assert_eq!(shop.fixture.database.count("webhook_endpoints").await, 5);
}

#[tokio::test]
async fn nobody_else_sees_or_changes_an_endpoint_or_its_log() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    shop.is_paid().await;
    let delivery = shop.delivery(&endpoint, is_delivered).await;
    let id = delivery["webhook_delivery_id"].as_str().unwrap();
    let (path, of_delivery) = (path_of(&endpoint), format!("{DELIVERIES}/{id}"));
    let (none, nothing) = ("webhook-endpoint-not-found", "webhook-delivery-not-found");
    let stranger = UserId::new();
    for (method, path, code) in [
        ("GET", path.clone(), none),
        ("DELETE", path.clone(), none),
        ("POST", format!("{path}/pause"), none),
        ("POST", format!("{path}/enable"), none),
        ("POST", format!("{path}/secrets"), none),
        ("POST", format!("{path}/tests"), none),
        ("GET", format!("{path}/deliveries"), none),
        ("GET", of_delivery.clone(), nothing),
        ("GET", format!("{of_delivery}/attempts"), nothing),
        ("POST", format!("{of_delivery}/redeliver"), nothing),
    ] {
        let call = Call::new(method, &path).key(&Uuid::new_v4().to_string());
        shop.send_by(stranger, call).await.expect_refusal(404, code);
    }
    let list = shop.send_by(stranger, Call::get(ENDPOINTS)).await.expect(200);
    assert_eq!(list["items"], json!([]));
    let (status, _) =
        shop.fixture.call(shop.fixture.owner, Product::Consumer, "GET", ENDPOINTS).await;
    assert_eq!(status, 403);
    assert_eq!(shop.get(&path).await["status"], "enabled");
    assert_eq!(shop.receiver.received("/ok").len(), 1);
}

#[tokio::test]
async fn a_business_that_has_another_owner_or_is_closed_is_no_more_the_first_ones() {
    let shop = Shop::new().await;
    let endpoint = shop.register("/ok").await;
    let buyer = UserId::new();
    shop.tell_business(shop.business_id, buyer, 3, false).await;
    // Told late, and of no effect.
    shop.tell_business(shop.business_id, shop.fixture.owner, 2, false).await;
    let read = shop.send("GET", &path_of(&endpoint)).await;
    read.expect_refusal(404, "webhook-endpoint-not-found");
    shop.send_by(buyer, Call::get(&path_of(&endpoint))).await.expect(200);

    shop.tell_business(shop.business_id, buyer, 4, true).await;
    let body = json!({
        "business_id": shop.business_id,
        "url": "https://localhost/ok",
        "webhook_types": ["payment-completed"],
    });
    let call = Call::post(ENDPOINTS).key(&Uuid::new_v4().to_string()).json(&body);
    shop.send_by(buyer, call).await.expect_refusal(404, "not-yet-known");
    // A refund may still come.
    shop.send_by(buyer, Call::get(&path_of(&endpoint))).await.expect(200);
}

#[tokio::test]
async fn while_key_vault_is_away_nothing_is_registered_and_it_is_not_asked_for_what_is_refused() {
    let shop = Shop::new().await;
    let full = BusinessId::new();
    shop.open(full).await;
    for _ in 0..5 {
        shop.register_of(full, "/ok").await;
    }
    let url = shop.fixture.database.url.clone();
    let mut config = shop.fixture.config(url, testkit::redis_account());
    config.vault_url = "https://127.0.0.1:9".to_owned();
    let app = App::start_within(config, Reach::of_tests(HashMap::new(), false)).unwrap();
    let (token, routes) = (shop.fixture.pin_token(shop.fixture.owner), routes(app));
    let others = BusinessId::new();
    shop.tell_business(others, UserId::new(), 1, false).await;
    for (business_id, status, code) in [
        (shop.business_id, 503, "try-again"),
        (others, 404, "business-not-found"),
        (full, 409, "too-many-webhook-endpoints"),
    ] {
        let body = json!({
            "business_id": business_id,
            "url": "https://localhost/ok",
            "webhook_types": ["payment-completed"],
        });
        let call = Call::post(ENDPOINTS).key(&Uuid::new_v4().to_string()).json(&body);
        call.bearer(&token).send(&routes).await.expect_refusal(status, code);
    }
    assert_eq!(shop.fixture.database.count("webhook_endpoints").await, 5);
}
