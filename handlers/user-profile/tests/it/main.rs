//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod consume_auth;
mod profiles;

use events::Envelope;
use serde_json::Value;
use testkit::{Device, FreshDatabase, TokenIssuer, unreachable_hub};
use user_profile::{App, Config, migrations, routes};
use values::{Product, UserId};

const ON_AUTH: &str = "user_profile_on_auth";

/// The service with a database of its own, and one signed-in person.
struct Fixture {
    database: FreshDatabase,
    app: App,
    user_id: UserId,
    token: String,
}

impl Fixture {
    async fn new() -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        let user_id = UserId::new();
        let token = issuer.token(user_id, Product::Consumer, &Device::new());
        let app = App::start(Config {
            mysql_url: database.url.clone(),
            auth_url: issuer.auth_url.clone(),
            hub: unreachable_hub("user-profile"),
        })
        .unwrap();
        Self { database, app, user_id, token }
    }

    /// Calls as the signed-in person; the answer's status and JSON.
    async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        testkit::call(&routes(self.app.clone()), method, path, Some(&self.token), body).await
    }

    async fn deliver(&self, events: &[Envelope]) {
        testkit::deliver(&routes(self.app.clone()), ON_AUTH, events).await;
    }
}
