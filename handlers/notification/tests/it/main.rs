//! The service on a real database and a real Redis, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod applications;
mod banks;
mod consume_auth;
mod consume_payments;
mod consume_user_profile;
mod contract;
mod disputes;
mod event_source;
mod feeds;
mod forgetting;
mod friends;
mod handovers;
mod idle_streams;
mod mailboxes;
mod messages;
mod money_requests;
mod preferences;
mod program_notices;
mod push_backlog;
mod push_tokens;
mod pushes;
mod rate;
mod reconnect;
mod remarks;
mod schedules;
mod shop_staff;
mod stream;
mod webhook_endpoints;
mod webhook_guard;
mod webhook_log;
mod webhook_rate;
mod webhook_receiver;
mod webhook_sending;
mod webhook_step_up;
mod webhook_turns;
mod webhook_watch;

use events::Envelope;
use events::payments::{MoneyMovedV1, SideV1};
use std::sync::Arc;

use notification::{App, Config, PushHubAccount, Reach, migrations, routes};
use push_inbox::Inbox;
use serde_json::Value;
use service::Routes;
use service::redis::RedisAccount;
use testkit::{
    Device, FreshDatabase, TokenIssuer, deliver, event, redis_account, vault_credential, vault_url,
};
use values::{
    BusinessId, PaymentId, PaymentRequestId, Product, RefundId, SessionId, TopUpId, UserId,
};

const ON_AUTH: &str = "notification_on_auth";
const ON_BUSINESS_PROFILE: &str = "notification_on_business_profile";
const ON_MESSAGES: &str = "notification_on_messages";
const ON_ONBOARDING: &str = "notification_on_onboarding";
const ON_PAYMENTS: &str = "notification_on_payments";
const ON_SOCIAL: &str = "notification_on_social";
const ON_USER_PROFILE: &str = "notification_on_user_profile";
const LIST: &str = "/api/v1/notifications";

/// The service with a database of its own, a consumer and the owner of a shop.
struct Fixture {
    database: FreshDatabase,
    issuer: TokenIssuer,
    app: App,
    routes: Routes,
    consumer: UserId,
    owner: UserId,
    pushes: Arc<Inbox>,
    push_hub_url: String,
}

impl Fixture {
    async fn new() -> Self {
        Self::with_redis(redis_account()).await
    }

    async fn with_redis(redis: RedisAccount) -> Self {
        Self::started(|config| App::start(config).unwrap(), redis).await
    }

    /// Whose webhooks go where `reach` lets them.
    async fn within(reach: Reach) -> Self {
        let start = |config| App::start_within(config, reach).unwrap();
        Self::started(start, redis_account()).await
    }

    async fn started(start: impl FnOnce(Config) -> App, redis: RedisAccount) -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        let pushes = Arc::new(Inbox::default());
        let hub = push_inbox::serve(Arc::clone(&pushes), "127.0.0.1:0").await.unwrap();
        let push_hub_url = format!("http://{hub}/phones");
        let app = start(config(database.url.clone(), &issuer, redis, &push_hub_url));
        let (consumer, owner) = (UserId::new(), UserId::new());
        let routes = routes(app.clone());
        Self { database, issuer, app, routes, consumer, owner, pushes, push_hub_url }
    }

    /// Another instance of the same service.
    fn second_instance(&self) -> App {
        App::start(self.config(self.database.url.clone(), redis_account())).unwrap()
    }

    /// The settings of an instance that is led to its database in its own way.
    fn config(&self, mysql_url: String, redis: RedisAccount) -> Config {
        config(mysql_url, &self.issuer, redis, &self.push_hub_url)
    }

    fn token(&self, user_id: UserId, product: Product) -> String {
        self.issuer.token(user_id, product, &Device::new())
    }

    /// The token of a merchant who has just shown their PIN.
    fn pin_token(&self, user_id: UserId) -> String {
        let (device, login) = (Device::new(), SessionId::new());
        let mut claims = self.issuer.claims(user_id, Product::Business, &device, login);
        claims["auth_time"] = claims["iat"].clone();
        claims["acr"] = "pin".into();
        self.issuer.sign(&claims)
    }

    /// Calls as the consumer; the answer's status and JSON.
    async fn consumer(&self, method: &str, path: &str) -> (u16, Value) {
        self.call(self.consumer, Product::Consumer, method, path).await
    }

    /// Calls as the shop's owner; the answer's status and JSON.
    async fn owner(&self, method: &str, path: &str) -> (u16, Value) {
        self.call(self.owner, Product::Business, method, path).await
    }

    async fn call(&self, user: UserId, product: Product, method: &str, path: &str) -> (u16, Value) {
        let token = self.token(user, product);
        testkit::call(&self.routes, method, path, Some(&token), None).await
    }

    /// The ids of all notifications of a mailbox, the oldest first.
    async fn listed(&self, user: UserId, product: Product) -> Vec<String> {
        let (mut ids, mut path) = (Vec::new(), LIST.to_owned());
        loop {
            let (_, page) = self.call(user, product, "GET", &path).await;
            let lines = page["items"].as_array().unwrap();
            let id = |line: &Value| line["notification_id"].as_str().unwrap().to_owned();
            ids.extend(lines.iter().map(id));
            let Some(next) = page["next_cursor"].as_str() else { break };
            path = format!("{LIST}?cursor={next}");
        }
        ids.reverse();
        ids
    }

    /// The event that the consumer paid `minor_units` to the owner's shop.
    fn payment(&self, minor_units: i64) -> Envelope {
        let shop = SideV1 {
            side_type: "business".to_owned(),
            id: Some(BusinessId::new().to_string()),
            name: "永記茶餐廳".to_owned(),
            told_user_id: Some(self.owner.to_string()),
        };
        let payment = MoneyMovedV1 {
            kind: "payment".to_owned(),
            operation_id: PaymentId::new().to_string(),
            from: self.consumers_side(),
            to: shop,
            payment_request_id: Some(PaymentRequestId::new().to_string()),
            ..moved(minor_units)
        };
        event(&payment.operation_id, &payment)
    }

    /// The event that the owner's shop refunded `minor_units` of such a payment.
    fn refund(&self, minor_units: i64) -> Envelope {
        let payment: MoneyMovedV1 = self.payment(minor_units).decode().unwrap().unwrap();
        let refund = MoneyMovedV1 {
            kind: "refund".to_owned(),
            operation_id: RefundId::new().to_string(),
            refunded_payment_id: Some(payment.operation_id),
            from: payment.to,
            to: payment.from,
            ..moved(minor_units)
        };
        event(&refund.operation_id, &refund)
    }

    fn top_up(&self, minor_units: i64) -> Envelope {
        top_up_of(self.consumer, minor_units)
    }

    fn consumers_side(&self) -> SideV1 {
        side_of(self.consumer)
    }

    async fn deliver_payments(&self, events: &[Envelope]) {
        deliver(&self.routes, ON_PAYMENTS, events).await;
    }
}

/// The event that a person topped `minor_units` up.
fn top_up_of(user_id: UserId, minor_units: i64) -> Envelope {
    let top_up = MoneyMovedV1 { to: side_of(user_id), ..moved(minor_units) };
    event(&top_up.operation_id, &top_up)
}

fn side_of(user_id: UserId) -> SideV1 {
    SideV1 {
        side_type: "user".to_owned(),
        id: Some(user_id.to_string()),
        name: "Tai Man".to_owned(),
        told_user_id: Some(user_id.to_string()),
    }
}

/// A top-up from the bank to nobody.
fn moved(minor_units: i64) -> MoneyMovedV1 {
    let bank =
        SideV1 { side_type: "bank".to_owned(), id: None, name: String::new(), told_user_id: None };
    let id = TopUpId::new().to_string();
    testkit::money_moved("top-up", &id, [bank.clone(), bank], minor_units)
}

fn config(
    mysql_url: String,
    issuer: &TokenIssuer,
    redis: RedisAccount,
    push_hub_url: &str,
) -> Config {
    let auth_url = issuer.auth_url.clone();
    let (vault_url, vault_credential) = (vault_url(), vault_credential());
    let push_hub = PushHubAccount { url: push_hub_url.to_owned(), key: "of-the-tests".to_owned() };
    Config { mysql_url, auth_url, redis, vault_url, vault_credential, push_hub }
}

/// The bodies of a page's notifications, newest first.
fn bodies(page: &Value) -> Vec<&str> {
    let lines = page["items"].as_array().unwrap();
    lines.iter().map(|line| line["body"].as_str().unwrap()).collect()
}
