//! Push tokens: of the caller's device, one each, known to nobody but the sender of pushes.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call, Device, InProcess};
use uuid::Uuid;
use values::{DeviceId, Product, SessionId, UserId};

use crate::{Fixture, LIST};

const PUSH_TOKEN: &str = "/api/v1/notifications/push-token";
/// As Apple writes it.
const APNS: &str = "740f4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad";

/// An app that is logged in on a device.
#[derive(Clone, Copy)]
pub(crate) struct Login {
    pub(crate) user_id: UserId,
    pub(crate) device_id: DeviceId,
    pub(crate) session_id: SessionId,
    pub(crate) product: Product,
}

impl Login {
    pub(crate) fn new(user_id: UserId) -> Self {
        let (device_id, session_id) = (DeviceId::new(), SessionId::new());
        Self { user_id, device_id, session_id, product: Product::Consumer }
    }

    /// The next login on the same device.
    pub(crate) fn again(self) -> Self {
        Self { session_id: SessionId::new(), ..self }
    }

    fn call(self, fixture: &Fixture, method: &str) -> Call {
        let issuer = &fixture.issuer;
        let device = Device::new();
        let mut claims = issuer.claims(self.user_id, self.product, &device, self.session_id);
        claims["did"] = json!(self.device_id);
        Call::new(method, PUSH_TOKEN).bearer(&issuer.sign(&claims))
    }

    async fn send(self, fixture: &Fixture, body: &Value) -> Answer {
        self.call(fixture, "PUT").json(body).send(&fixture.routes).await
    }

    pub(crate) async fn register(self, fixture: &Fixture, push_token: &str) -> Answer {
        self.send(fixture, &json!({"platform": "apns", "push_token": push_token})).await
    }

    async fn remove(self, fixture: &Fixture) -> Answer {
        self.call(fixture, "DELETE").send(&fixture.routes).await
    }
}

/// Who would be sent what: device, product and token, in the order of the tokens.
pub(crate) async fn kept(fixture: &Fixture) -> Vec<(DeviceId, String, String)> {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT device_id, product, push_token FROM push_tokens ORDER BY push_token";
    let rows: Vec<(Uuid, String, String)> = conn.query(sql).await.unwrap();
    rows.into_iter().map(|(id, product, token)| (DeviceId::from_uuid(id), product, token)).collect()
}

fn row(login: Login, push_token: &str) -> (DeviceId, String, String) {
    (login.device_id, login.product.code().to_owned(), push_token.to_owned())
}

#[tokio::test]
async fn a_device_has_the_token_that_its_app_registered_last() {
    let fixture = Fixture::new().await;
    let login = Login::new(fixture.consumer);
    let newer = "f".repeat(64);
    for (push_token, times) in [(APNS, 3), (&*newer, 1)] {
        for _ in 0..times {
            let answer = login.register(&fixture, push_token).await;
            assert_eq!((answer.status, answer.text().as_str()), (204, ""));
        }
        assert_eq!(kept(&fixture).await, [row(login, push_token)]);
    }
    let fcm = json!({"platform": "fcm", "push_token": APNS});
    assert_eq!(login.send(&fixture, &fcm).await.status, 204);
    assert_eq!(kept(&fixture).await, [row(login, APNS)]);
}

#[tokio::test]
async fn each_device_and_each_product_has_a_token_of_its_own() {
    let fixture = Fixture::new().await;
    let phone = Login::new(fixture.consumer);
    let shop = Login { product: Product::Business, ..phone.again() };
    let tablet = Login::new(fixture.consumer);
    let tokens = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];
    for (login, push_token) in [phone, shop, tablet].iter().zip(&tokens) {
        assert_eq!(login.register(&fixture, push_token).await.status, 204);
    }
    let all = [row(phone, &tokens[0]), row(shop, &tokens[1]), row(tablet, &tokens[2])];
    assert_eq!(kept(&fixture).await, all);

    for _ in 0..2 {
        assert_eq!(shop.remove(&fixture).await.status, 204);
        assert_eq!(kept(&fixture).await, [all[0].clone(), all[2].clone()]);
    }
}

#[tokio::test]
async fn a_phone_that_was_handed_on_brings_its_first_owner_nothing_any_more() {
    let fixture = Fixture::new().await;
    let (first, second) = (Login::new(fixture.consumer), Login::new(fixture.owner));
    assert_eq!(first.register(&fixture, APNS).await.status, 204);
    assert_eq!(second.register(&fixture, APNS).await.status, 204);
    assert_eq!(kept(&fixture).await, [row(second, APNS)]);

    // The first owner's app, which knows nothing of it, takes nothing from the second.
    assert_eq!(first.remove(&fixture).await.status, 204);
    assert_eq!(kept(&fixture).await, [row(second, APNS)]);
}

#[tokio::test]
async fn a_refused_token_changes_nothing_and_is_not_told_again() {
    let fixture = Fixture::new().await;
    let login = Login::new(fixture.consumer);
    assert_eq!(login.register(&fixture, APNS).await.status, 204);
    let strange = "mysterious-".repeat(3) + " ";
    for body in [
        json!({"platform": "apns", "push_token": strange}),
        json!({"platform": "apns", "push_token": "short"}),
        json!({"platform": "apns", "push_token": "a".repeat(1025)}),
        json!({"platform": "apns", "push_token": null}),
        json!({"platform": "APNS", "push_token": "a".repeat(64)}),
        json!({"platform": "mysterious-wns", "push_token": "a".repeat(64)}),
        json!({"push_token": "a".repeat(64)}),
        json!({"platform": "apns", "push_token": "a".repeat(64), "device_id": DeviceId::new()}),
    ] {
        let answer = login.send(&fixture, &body).await;
        assert!(!answer.text().contains("mysterious"), "{}", answer.text());
        answer.expect_refusal(400, "invalid-body");
    }
    let routes = fixture.routes.clone();
    for method in ["PUT", "DELETE"] {
        let answer = Call::new(method, PUSH_TOKEN).send(&routes).await;
        answer.expect_refusal(401, "invalid-token");
    }
    // It can be registered, but not read.
    login.call(&fixture, "GET").send(&routes).await.expect_refusal(405, "method-not-allowed");
    assert_eq!(kept(&fixture).await, [row(login, APNS)]);
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(page["items"], json!([]));
}
