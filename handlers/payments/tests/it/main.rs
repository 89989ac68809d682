//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod api_credentials;
mod audit;
mod authorisations;
mod automatic_top_ups;
mod bank_accounts;
mod bank_debit;
mod bank_let_go;
mod bank_races;
mod bank_rail;
mod bills;
mod close_wallet;
mod confirmations;
mod consume_events;
mod crash_rounds;
mod dispute_refusals;
mod disputes;
mod ended_login_races;
mod examples;
mod fps_payments;
mod freeze;
mod group_commit;
mod handovers;
mod held_payments;
mod history;
mod home;
mod limits;
mod lists;
mod merchant_api;
mod merchant_fees;
mod money_request_races;
mod money_request_refusals;
mod money_requests;
mod months;
mod movements;
mod new_devices;
mod notification_service;
mod overdue;
mod parcel_audit;
mod parcel_limits;
mod parcel_races;
mod parcel_refusals;
mod parcels;
mod pay;
mod payee_warnings;
mod payment_requests;
mod peer_payments;
mod receipts;
mod refunds;
mod refusals;
mod releases;
mod schedule_changes;
mod schedule_races;
mod schedule_refusals;
mod schedules;
mod settlements;
mod shop_approval;
mod shop_staff;
mod static_codes;
mod step_up;
mod step_up_races;
mod tiers;
mod tips;
mod upgrade;
mod visibility;
mod wallets;
mod withdrawal_refusals;
mod withdrawals;

use events::Envelope;
use events::auth::UserRegisteredV1;
use events::business_profile::BusinessChangedV1;
use payments::{App, Bank, Config, migrations, routes};
use serde_json::{Value, json};
use service::Routes;
use testkit::{
    Answer, Call, Device, FreshDatabase, InProcess, Race, TokenIssuer, after, event,
    unreachable_hub,
};
use time::OffsetDateTime;
use uuid::Uuid;
use values::{
    AccountId, BusinessId, ConfirmableKind, Fee, Money, OperationConfirmation, OperationTerms,
    Product, SessionId, UserId,
};

/// A notification service that is away.
const NO_NOTIFICATION_SERVICE: &str = "http://127.0.0.1:9/api/v1/notifications";

/// The service with a database of its own.
struct Fixture {
    database: FreshDatabase,
    issuer: TokenIssuer,
    app: App,
    bank: Bank,
    /// Made once: that takes longer than most calls.
    routes: Routes,
}

/// A person with a phone, signed in to one product.
struct Person {
    user_id: UserId,
    device: Device,
    /// The login that the token belongs to.
    session_id: SessionId,
    token: String,
}

impl Fixture {
    async fn new() -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        let app = start(&database, &issuer, NO_NOTIFICATION_SERVICE);
        Self::with(database, issuer, app)
    }

    fn with(database: FreshDatabase, issuer: TokenIssuer, app: App) -> Self {
        Self { routes: routes(app.clone()), database, issuer, app, bank: Bank::Sandbox }
    }

    /// The same with another instance, which has other settings.
    fn served_by(self, app: App) -> Self {
        Self::with(self.database, self.issuer, app)
    }

    /// Where operators answer for the bank.
    async fn of_operators() -> Self {
        let made = Self::new().await;
        let config = Config { bank: Bank::Operators, ..config(&made.database, &made.issuer) };
        Self { bank: Bank::Operators, ..made.served_by(App::start(config).unwrap()) }
    }

    /// A second instance of the service on the same database.
    fn another_instance(&self) -> App {
        App::start(Config { bank: self.bank, ..config(&self.database, &self.issuer) }).unwrap()
    }

    /// A person who is signed in, and of whom this service knows nothing.
    fn stranger(&self, product: Product) -> Person {
        self.signed_in(UserId::new(), product)
    }

    fn signed_in(&self, user_id: UserId, product: Product) -> Person {
        let (device, session_id) = (Device::new(), SessionId::new());
        let token = self.issuer.token_of(user_id, product, &device, session_id);
        Person { user_id, device, session_id, token }
    }

    /// A person who has signed up, and whose identity is known; the wallet is open.
    async fn person(&self, product: Product) -> Person {
        let person = self.stranger(product);
        self.open_wallet(&person).await;
        self.set_tier(&person, "verified").await;
        person
    }

    /// What follows from a sign-up.
    async fn open_wallet(&self, person: &Person) {
        let user_id = person.user_id.to_string();
        let registered = UserRegisteredV1 { user_id: user_id.clone() };
        self.deliver("payments_on_auth", &[event(&user_id, &registered)]).await;
    }

    /// A consumer with money, at most HK$5,000.00.
    async fn consumer_with(&self, minor_units: i64) -> Person {
        let person = self.person(Product::Consumer).await;
        self.top_up(&person, minor_units).await;
        person
    }

    async fn top_up(&self, person: &Person, minor_units: i64) {
        let method = if self.bank == Bank::Sandbox { "instant" } else { "bank-debit" };
        let amount = json!({"amount": minor_units, "currency": "HKD"});
        let body = json!({"amount": amount, "type": method});
        let (status, top_up) =
            self.post(person, "/api/v1/wallets/me/top-ups", &new_key(), &body).await;
        assert_eq!(status, 201, "{top_up}");
        if self.bank == Bank::Operators {
            let id = top_up["top_up_id"].as_str().unwrap();
            assert_eq!(bank_debit::bank(self, id, Some(minor_units)).await.0, 200);
        }
    }

    /// A merchant and the shop that they own, which can be paid.
    async fn shop(&self) -> (Person, BusinessId) {
        let owner = self.person(Product::Business).await;
        let business_id = self.shop_of(&owner).await;
        (owner, business_id)
    }

    /// One more shop of this merchant.
    async fn shop_of(&self, owner: &Person) -> BusinessId {
        let business_id = BusinessId::new();
        let changed = changed(owner, business_id, 1, "永記茶餐廳");
        self.deliver("payments_on_business_profile", &[changed]).await;
        self.set_approval(business_id, true).await;
        business_id
    }

    /// An open request of HK$128.50; its id.
    async fn request(&self, owner: &Person, business_id: BusinessId) -> String {
        let body = json!({
            "business_id": business_id,
            "amount": {"amount": 12_850, "currency": "HKD"},
            "description": "Table 7",
        });
        let (status, request) =
            self.post(owner, "/api/v1/payment-requests", &new_key(), &body).await;
        assert_eq!(status, 201);
        request["payment_request_id"].as_str().unwrap().to_owned()
    }

    async fn deliver(&self, function: &str, events: &[Envelope]) {
        testkit::deliver(&self.routes, function, events).await;
    }

    async fn send(&self, call: Call) -> Answer {
        call.send(&self.routes).await
    }

    async fn get(&self, person: &Person, path: &str) -> (u16, Value) {
        let answer = self.send(Call::get(path).bearer(&person.token)).await;
        (answer.status, answer.json())
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
        let call = Call::post(path).bearer(&person.token).key(key).json(body);
        let answer = self.send(call).await;
        (answer.status, answer.text())
    }

    /// Minor units in a consumer's wallet.
    async fn balance(&self, person: &Person) -> i64 {
        let (status, wallet) = self.get(person, "/api/v1/wallets/me").await;
        assert_eq!(status, 200, "{wallet}");
        wallet["available"]["amount"].as_i64().unwrap()
    }

    /// Minor units of a shop's takings.
    async fn takings(&self, owner: &Person, business_id: BusinessId) -> i64 {
        let path = format!("/api/v1/wallets/businesses/{business_id}");
        let (status, wallet) = self.get(owner, &path).await;
        assert_eq!(status, 200, "{wallet}");
        wallet["balance"]["amount"].as_i64().unwrap()
    }

    async fn audit(&self) -> Value {
        self.send(Call::post("/api/v1/ledger/audit")).await.expect(200)
    }
}

fn start(database: &FreshDatabase, issuer: &TokenIssuer, notification_url: &str) -> App {
    start_with_replica(database, &database.url, issuer, notification_url)
}

fn start_with_replica(
    database: &FreshDatabase,
    replica_url: &str,
    issuer: &TokenIssuer,
    notification_url: &str,
) -> App {
    let replica_mysql_url = replica_url.to_owned();
    let notification_url = notification_url.to_owned();
    App::start(Config { replica_mysql_url, notification_url, ..config(database, issuer) }).unwrap()
}

fn config(database: &FreshDatabase, issuer: &TokenIssuer) -> Config {
    Config {
        mysql_url: database.url.clone(),
        replica_mysql_url: database.url.clone(),
        auth_url: issuer.auth_url.clone(),
        notification_url: NO_NOTIFICATION_SERVICE.to_owned(),
        bank: Bank::Sandbox,
        vault_url: testkit::vault_url(),
        sealing_vault_url: testkit::vault_url(),
        vault_credential: testkit::vault_credential(),
        hub: unreachable_hub("payments"),
    }
}

/// What a shop has of a payment: the fee is 1.5 percent, rounded half up.
fn net(paid: i64) -> i64 {
    paid.saturating_sub(paid.saturating_mul(150).saturating_add(5_000) / 10_000)
}

/// The same payment or refund as its payer reads it: what the shop pays is not for them to see.
fn for_payer(mut of_shop: Value) -> Value {
    for hidden in ["fee", "net", "fee_returned", "created_by"] {
        if let Some(value) = of_shop.get_mut(hidden) {
            *value = Value::Null;
        }
    }
    of_shop
}

fn new_key() -> String {
    Uuid::new_v4().to_string()
}

fn changed(owner: &Person, business_id: BusinessId, version: u32, shop_name: &str) -> Envelope {
    event(&business_id.to_string(), &business(owner, business_id, version, shop_name))
}

fn closed(owner: &Person, business_id: BusinessId, version: u32) -> Envelope {
    let business = business(owner, business_id, version, "永記茶餐廳");
    event(&business_id.to_string(), &BusinessChangedV1 { is_closed: true, ..business })
}

fn business(
    owner: &Person,
    business_id: BusinessId,
    version: u32,
    shop_name: &str,
) -> BusinessChangedV1 {
    BusinessChangedV1 {
        business_id: business_id.to_string(),
        version,
        owner_user_id: owner.user_id.to_string(),
        shop_name: shop_name.to_owned(),
        category_code: "5812".to_owned(),
        shop_name_latin: None,
        fps_id: None,
        is_closed: false,
        logo_id: None,
    }
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
    let terms = OperationTerms {
        amount: Money::hkd(minor_units).unwrap(),
        ..terms(payer, payee, request_id, key)
    };
    signed_at(payer, terms, OffsetDateTime::now_utc())
}

/// The terms of a payment of HK$128.50.
fn terms(payer: &Person, payee: BusinessId, request_id: &str, key: &str) -> OperationTerms {
    OperationTerms {
        kind: ConfirmableKind::Payment,
        payer: payer.user_id,
        payee: AccountId::Business(payee),
        amount: Money::hkd(12_850).unwrap(),
        fee: Fee::NONE,
        payment_request_id: Some(request_id.parse().unwrap()),
        reference: None,
        idempotency_key: key.parse().unwrap(),
    }
}

/// A payment that the payer's phone signed, or will sign, at some other time.
fn signed_at(payer: &Person, terms: OperationTerms, at: OffsetDateTime) -> Value {
    let confirmation = OperationConfirmation { terms, confirmed_at: at.into() };
    let proof = json!({
        "type": "device",
        "signed_at": confirmation.confirmed_at,
        "signature": payer.device.sign(&confirmation.signing_text()),
    });
    payment(&confirmation.terms, proof)
}

/// The body of a payment.
fn payment(terms: &OperationTerms, proof: Value) -> Value {
    json!({
        "payment_request_id": terms.payment_request_id,
        "business_id": terms.payee,
        "amount": terms.amount,
        "reference": terms.reference,
        "confirmation": proof,
    })
}
