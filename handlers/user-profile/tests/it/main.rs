//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod consume_auth;
mod handle_lookups;
mod handles;
mod pictures;
mod profiles;
mod who_sees_what;

use blobs::BlobAddress;
use events::Envelope;
use events::auth::UserRegisteredV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use service::Routes;
use testkit::{
    Answer, Call, Device, FreshDatabase, InProcess, TokenIssuer, event, unreachable_hub,
};
use user_profile::{App, Config, migrations, routes};
use values::{Product, UserId};

const ON_AUTH: &str = "user_profile_on_auth";
const OWN: &str = "/api/v1/users/me";
const LOOKUPS: &str = "/api/v1/users/handle-lookups";

/// The service with a database of its own, and one person who has a token.
struct Fixture {
    database: FreshDatabase,
    issuer: TokenIssuer,
    routes: Routes,
    user_id: UserId,
    token: String,
}

impl Fixture {
    async fn new() -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        let user_id = UserId::new();
        let token = issuer.token(user_id, Product::Consumer, &Device::new());
        let blob_url = testkit::blob_endpoint();
        let app = App::start(Config {
            mysql_url: database.url.clone(),
            auth_url: issuer.auth_url.clone(),
            hub: unreachable_hub("user-profile"),
            blob_address: BlobAddress::at(&blob_url, &blob_url).unwrap(),
            blob_credential: testkit::storage_credential(),
        })
        .unwrap();
        Self { database, issuer, routes: routes(app), user_id, token }
    }

    /// The same, of whose sign-up the service has learned.
    async fn with_profile() -> Self {
        let fixture = Self::new().await;
        fixture.deliver(&[fixture.sign_up()]).await;
        fixture
    }

    fn sign_up(&self) -> Envelope {
        sign_up(self.user_id)
    }

    /// Another person with a profile.
    async fn join(&self) -> Person {
        let user_id = UserId::new();
        self.deliver(&[sign_up(user_id)]).await;
        Person { user_id, token: self.issuer.token(user_id, Product::Consumer, &Device::new()) }
    }

    async fn send_as(&self, person: &Person, call: Call) -> Answer {
        call.bearer(&person.token).send(&self.routes).await
    }

    /// Changes the person's profile, whatever its version.
    async fn change_as(&self, person: &Person, patch: &Value) -> Answer {
        let read = self.send_as(person, Call::get(OWN)).await.expect(200);
        let version = read["version"].as_u64().unwrap().try_into().unwrap();
        self.send_as(person, change(version, patch)).await
    }

    /// The answer to whether the person finds somebody by this handle.
    async fn look_up(&self, person: &Person, handle: &str) -> Answer {
        let call = Call::new("POST", LOOKUPS).json(&json!({"handle": handle}));
        self.send_as(person, call).await
    }

    /// So many days pass for all that is stored of handles.
    async fn pass_days(&self, days: u32) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        let earlier = |column: &str| format!("{column} = {column} - INTERVAL {days} DAY");
        let set = ["handle_set_at", "handle_changed_at", "handle_changed_before_at"].map(earlier);
        conn.query_drop(format!("UPDATE profiles SET {}", set.join(", "))).await.unwrap();
        let set = earlier("given_up_at");
        conn.query_drop(format!("UPDATE handles SET {set}")).await.unwrap();
        let set = ["window_began_at", "day_began_at"].map(earlier).join(", ");
        conn.query_drop(format!("UPDATE handle_lookups SET {set}")).await.unwrap();
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
        call.bearer(&self.token).send(&self.routes).await
    }

    async fn deliver(&self, events: &[Envelope]) {
        testkit::deliver(&self.routes, ON_AUTH, events).await;
    }
}

/// Somebody who is signed in.
struct Person {
    user_id: UserId,
    token: String,
}

fn sign_up(user_id: UserId) -> Envelope {
    let user_id = user_id.to_string();
    event(&user_id.clone(), &UserRegisteredV1 { user_id })
}

fn change(version: u32, patch: &Value) -> Call {
    let call = Call::new("PATCH", OWN).header("if-match", &format!("\"{version}\""));
    call.body("application/merge-patch+json", &patch.to_string())
}
