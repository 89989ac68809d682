//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod checkouts;
mod codes;
mod consume_business_profile;
mod consume_payments;
mod scans;

use events::Envelope;
use events::business_profile::BusinessChangedV1;
use events::payments::{PaymentRequestClosedV1, PaymentRequestCreatedV1};
use qr_code::{App, Config, migrations, routes};
use serde_json::{Value, json};
use testkit::{Answer, Call, Device, FreshDatabase, InProcess, TokenIssuer, event};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use values::{BusinessId, PaymentRequestId, Product, UserId};

const ON_PAYMENTS: &str = "qr_code_on_payments";
const ON_BUSINESS_PROFILE: &str = "qr_code_on_business_profile";

/// The service with a database of its own, a shop and its payment request (of which it has not
/// heard yet), and a person who is signed in to both products.
struct Fixture {
    database: FreshDatabase,
    issuer: TokenIssuer,
    app: App,
    consumer_token: String,
    business_token: String,
    business_id: BusinessId,
    payment_request_id: PaymentRequestId,
}

impl Fixture {
    async fn new() -> Self {
        Self::with_signing_key("iZ34Insr5EEymr4+OgUETej6H6UzD0tBgFnnD4M+CR4=").await
    }

    async fn with_signing_key(signing_key: &str) -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        let app = App::start(Config {
            mysql_url: database.url.clone(),
            auth_url: issuer.auth_url.clone(),
            signing_key: signing_key.to_owned(),
        })
        .unwrap();
        let token = |product| issuer.token(UserId::new(), product, &Device::new());
        let (consumer_token, business_token) = (token(Product::Consumer), token(Product::Business));
        Self {
            database,
            issuer,
            app,
            consumer_token,
            business_token,
            business_id: BusinessId::new(),
            payment_request_id: PaymentRequestId::new(),
        }
    }

    /// Somebody else, and their token.
    fn another_consumer(&self) -> (UserId, String) {
        let user_id = UserId::new();
        (user_id, self.issuer.token(user_id, Product::Consumer, &Device::new()))
    }

    /// One that has heard of the shop and its request.
    async fn informed() -> Self {
        let fixture = Self::new().await;
        fixture.inform().await;
        fixture
    }

    async fn inform(&self) {
        self.deliver(ON_BUSINESS_PROFILE, &[self.shop(1, "永記茶餐廳")]).await;
        self.deliver(ON_PAYMENTS, &[self.request_created(Duration::minutes(15))]).await;
    }

    fn shop(&self, version: u32, shop_name: &str) -> Envelope {
        self.shop_with_logo(version, shop_name, None)
    }

    /// The outer none says nothing of a logo, the inner one that there is none.
    fn shop_with_logo(
        &self,
        version: u32,
        shop_name: &str,
        logo_id: Option<Option<&str>>,
    ) -> Envelope {
        let business_id = self.business_id.to_string();
        let business = BusinessChangedV1 {
            business_id: business_id.clone(),
            version,
            owner_user_id: UserId::new().to_string(),
            shop_name: shop_name.to_owned(),
            shop_name_latin: None,
            category_code: "5812".to_owned(),
            fps_id: Some("1234567".to_owned()),
            is_closed: false,
            logo_id: logo_id.map(|id| id.map(str::to_owned)),
        };
        event(&business_id, &business)
    }

    /// HK$128.50 for table 7, to be paid within `lifetime`.
    fn request_created(&self, lifetime: Duration) -> Envelope {
        let payment_request_id = self.payment_request_id.to_string();
        let expires_at = OffsetDateTime::now_utc().saturating_add(lifetime);
        let created = PaymentRequestCreatedV1 {
            capture_method: None,
            tip_allowed: false,
            return_url: Some("https://shop.example/orders?id=7&paid=1".to_owned()),
            notified_program: None,
            payment_request_id: payment_request_id.clone(),
            business_id: self.business_id.to_string(),
            shop_name: "永記茶餐廳".to_owned(),
            amount: 12_850,
            currency: "HKD".to_owned(),
            description: "Table 7".to_owned(),
            expires_at: expires_at.format(&Rfc3339).unwrap(),
        };
        event(&payment_request_id, &created)
    }

    fn request_closed(&self, status: &str) -> Envelope {
        let payment_request_id = self.payment_request_id.to_string();
        let closed = PaymentRequestClosedV1 {
            payment_request_id: payment_request_id.clone(),
            business_id: Some(self.business_id.to_string()),
            status: status.to_owned(),
            payment_id: None,
        };
        event(&payment_request_id, &closed)
    }

    async fn deliver(&self, function: &str, events: &[Envelope]) {
        testkit::deliver(&routes(self.app.clone()), function, events).await;
    }

    async fn get(&self, token: &str, path: &str) -> Answer {
        Call::get(path).bearer(token).send(&routes(self.app.clone())).await
    }

    fn request_code(&self, extension: &str) -> String {
        format!("/api/v1/qr/payment-requests/{}.{extension}", self.payment_request_id)
    }

    fn shop_code(&self, extension: &str) -> String {
        format!("/api/v1/qr/businesses/{}.{extension}", self.business_id)
    }

    /// The text of a code.
    async fn payload(&self, path: &str) -> String {
        let answer = self.get(&self.business_token, path).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text()
    }

    /// Scans a code's text; the answer's status and JSON.
    async fn scan(&self, payload: &str) -> (u16, Value) {
        self.post_scan(&self.consumer_token, &json!({"payload": payload})).await
    }

    async fn post_scan(&self, token: &str, body: &Value) -> (u16, Value) {
        let routes = routes(self.app.clone());
        testkit::call(&routes, "POST", "/api/v1/qr/scans", Some(token), Some(body)).await
    }
}
