//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod audit;
mod consume_events;
mod freeze;
mod pay;
mod payment_requests;
mod wallets;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use events::Envelope;
use events::auth::UserRegisteredV1;
use events::business_profile::BusinessChangedV1;
use payments::{App, Config, migrations, routes};
use serde_json::{Value, json};
use service::Scope;
use testkit::{Device, FreshDatabase, TokenIssuer, event, invocation, unreachable_hub};
use uuid::Uuid;
use values::{BusinessId, Money, PaymentConfirmation, SessionId, UserId};

/// The service with a database of its own.
struct Fixture {
    database: FreshDatabase,
    issuer: TokenIssuer,
    app: App,
}

/// A person with a phone, signed in to one product.
struct Person {
    user_id: UserId,
    device: Device,
    token: String,
}

impl Person {
    /// The login that the token belongs to.
    fn session_id(&self) -> SessionId {
        let claims = self.token.split('.').nth(1).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(claims).unwrap();
        serde_json::from_slice::<service::AccessClaims>(&claims).unwrap().sid
    }
}

impl Fixture {
    async fn new() -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        let app = start(&database, &issuer);
        Self { database, issuer, app }
    }

    /// A second instance of the service on the same database.
    fn another_instance(&self) -> App {
        start(&self.database, &self.issuer)
    }

    /// A person who has signed up; the wallet is open.
    async fn person(&self, scope: Scope) -> Person {
        let (user_id, device) = (UserId::new(), Device::new());
        let token = self.issuer.token(user_id, scope, &device);
        let registered =
            UserRegisteredV1 { user_id: user_id.to_string(), phone: "+85261234567".to_owned() };
        self.deliver("payments_on_auth", &[event(&user_id.to_string(), &registered)]).await;
        Person { user_id, device, token }
    }

    /// A consumer with money.
    async fn consumer_with(&self, minor_units: i64) -> Person {
        let person = self.person(Scope::Consumer).await;
        let body = json!({"amount": {"amount": minor_units, "currency": "HKD"}});
        let (status, _) = self.post(&person, "/api/v1/wallets/me/top-ups", &new_key(), &body).await;
        assert_eq!(status, 201);
        person
    }

    /// A shop and the shop that they own.
    async fn shop(&self) -> (Person, BusinessId) {
        let (owner, business_id) = (self.person(Scope::Business).await, BusinessId::new());
        self.deliver(
            "payments_on_business_profile",
            &[changed(&owner, business_id, 1, "永記茶餐廳")],
        )
        .await;
        (owner, business_id)
    }

    /// An open request of HK$128.50; its id.
    async fn request(&self, owner: &Person, business_id: BusinessId) -> String {
        let body = json!({
            "business_id": business_id, "amount": {"amount": 12_850, "currency": "HKD"},
        });
        let (status, request) =
            self.post(owner, "/api/v1/payment-requests", &new_key(), &body).await;
        assert_eq!(status, 201);
        request["payment_request_id"].as_str().unwrap().to_owned()
    }

    async fn deliver(&self, function: &str, events: &[Envelope]) {
        let path = format!("/{function}");
        let request = warp::test::request().method("POST").path(&path).body(invocation(events));
        assert_eq!(request.reply(&routes(self.app.clone())).await.status(), 200);
    }

    async fn get(&self, person: &Person, path: &str) -> (u16, Value) {
        let request = warp::test::request().path(path).header("authorization", bearer(person));
        let response = request.reply(&routes(self.app.clone())).await;
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
    }

    async fn post(&self, person: &Person, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let (status, text) = self.post_text(person, path, key, body).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    /// The answer's bytes as they were sent.
    async fn post_text(
        &self,
        person: &Person,
        path: &str,
        key: &str,
        body: &Value,
    ) -> (u16, String) {
        let request = warp::test::request()
            .method("POST")
            .path(path)
            .header("authorization", bearer(person))
            .header("idempotency-key", key)
            .json(body);
        let response = request.reply(&routes(self.app.clone())).await;
        (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
    }

    /// Minor units in a consumer's wallet.
    async fn balance(&self, person: &Person) -> i64 {
        let (status, wallet) = self.get(person, "/api/v1/wallets/me").await;
        assert_eq!(status, 200, "{wallet}");
        wallet["available"].as_i64().unwrap()
    }

    /// Minor units of a shop's takings.
    async fn takings(&self, owner: &Person, business_id: BusinessId) -> i64 {
        let path = format!("/api/v1/wallets/businesses/{business_id}");
        let (status, wallet) = self.get(owner, &path).await;
        assert_eq!(status, 200, "{wallet}");
        wallet["balance"].as_i64().unwrap()
    }

    async fn audit(&self) -> Value {
        let request = warp::test::request().path("/api/v1/ledger/audit");
        let response = request.reply(&routes(self.app.clone())).await;
        serde_json::from_slice(response.body()).unwrap()
    }
}

fn start(database: &FreshDatabase, issuer: &TokenIssuer) -> App {
    App::start(Config {
        mysql_url: database.url.clone(),
        jwks_url: issuer.jwks_url.clone(),
        hub: unreachable_hub("payments"),
    })
    .unwrap()
}

fn bearer(person: &Person) -> String {
    format!("Bearer {}", person.token)
}

fn new_key() -> String {
    Uuid::new_v4().to_string()
}

fn changed(owner: &Person, business_id: BusinessId, version: u32, shop_name: &str) -> Envelope {
    let business = BusinessChangedV1 {
        business_id: business_id.to_string(),
        version,
        owner_user_id: owner.user_id.to_string(),
        shop_name: shop_name.to_owned(),
        category_code: "5812".to_owned(),
        fps_id: None,
    };
    event(&business_id.to_string(), &business)
}

/// A payment of HK$128.50 that the payer's phone has signed.
fn signed(payer: &Person, payee: BusinessId, request_id: &str, key: &str) -> Value {
    signed_amount(payer, payee, request_id, key, 12_850)
}

fn signed_amount(
    payer: &Person,
    payee: BusinessId,
    request_id: &str,
    key: &str,
    minor_units: i64,
) -> Value {
    let confirmation = PaymentConfirmation {
        payer: payer.user_id,
        payee,
        amount: Money::hkd(minor_units).unwrap(),
        payment_request_id: request_id.parse().unwrap(),
        nonce: key.parse().unwrap(),
    };
    json!({
        "payment_request_id": request_id,
        "payee": payee,
        "amount": confirmation.amount,
        "confirmation": {
            "method": "device",
            "signature": payer.device.sign(&confirmation.signing_text()),
        },
    })
}
