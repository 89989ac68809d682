//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod businesses;
mod handovers;
mod hours;
mod logos;
mod staff;
mod step_up;
mod who_sees_what;

use blobs::BlobAddress;
use business_profile::{App, Config, migrations, routes};
use serde_json::Value;
use service::Routes;
use testkit::{Answer, Call, Device, FreshDatabase, InProcess, TokenIssuer, unreachable_hub};
use values::{Product, StepUpPolicy, UserId};

/// The service with a database of its own, and one person signed in to PayMe for Business.
struct Fixture {
    database: FreshDatabase,
    issuer: TokenIssuer,
    routes: Routes,
    user_id: UserId,
    token: String,
}

impl Fixture {
    async fn new() -> Self {
        Self::under(StepUpPolicy::allow_all()).await
    }

    /// The service under this policy of step-up.
    async fn under(policy: StepUpPolicy) -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        issuer.publish_policy(policy);
        let user_id = UserId::new();
        let token = issuer.token(user_id, Product::Business, &Device::new());
        let blob_url = testkit::blob_endpoint();
        let app = App::start(Config {
            mysql_url: database.url.clone(),
            auth_url: issuer.auth_url.clone(),
            hub: unreachable_hub("business-profile"),
            blob_address: BlobAddress::at(&blob_url, &blob_url).unwrap(),
            blob_credential: testkit::storage_credential(),
        })
        .unwrap();
        Self { database, issuer, routes: routes(app), user_id, token }
    }

    /// Calls as the signed-in person; the answer's status and JSON.
    async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.call_with(&self.token, method, path, body).await
    }

    /// Changes the business of this version.
    async fn change(&self, path: &str, version: u32, patch: &Value) -> Answer {
        change(path, version, patch).bearer(&self.token).send(&self.routes).await
    }

    /// Calls with another token.
    async fn call_with(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        testkit::call(&self.routes, method, path, Some(token), body).await
    }
}

fn change(path: &str, version: u32, patch: &Value) -> Call {
    let call = Call::new("PATCH", path).header("if-match", &format!("\"{version}\""));
    call.body("application/merge-patch+json", &patch.to_string())
}
