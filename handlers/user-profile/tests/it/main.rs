//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod consume_auth;
mod profiles;

use events::Envelope;
use events::auth::UserRegisteredV1;
use serde_json::Value;
use testkit::{
    Answer, Call, Device, FreshDatabase, InProcess, TokenIssuer, event, unreachable_hub,
};
use user_profile::{App, Config, migrations, routes};
use values::{Product, UserId};

const ON_AUTH: &str = "user_profile_on_auth";
const OWN: &str = "/api/v1/users/me";

/// The service with a database of its own, and one person who has a token.
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

    /// The same, of whose sign-up the service has learned.
    async fn with_profile() -> Self {
        let fixture = Self::new().await;
        fixture.deliver(&[fixture.sign_up()]).await;
        fixture
    }

    fn sign_up(&self) -> Envelope {
        let user_id = self.user_id.to_string();
        event(&user_id.clone(), &UserRegisteredV1 { user_id })
    }

    async fn read(&self) -> Answer {
        self.send(Call::get(OWN)).await
    }

    /// Changes the profile of this version.
    async fn change(&self, version: u32, patch: &Value) -> Answer {
        self.send(change(version, patch)).await
    }

    /// Calls as the person.
    async fn send(&self, call: Call) -> Answer {
        call.bearer(&self.token).send(&routes(self.app.clone())).await
    }

    async fn deliver(&self, events: &[Envelope]) {
        testkit::deliver(&routes(self.app.clone()), ON_AUTH, events).await;
    }
}

fn change(version: u32, patch: &Value) -> Call {
    let call = Call::new("PATCH", OWN).header("if-match", &format!("\"{version}\""));
    call.body("application/merge-patch+json", &patch.to_string())
}
