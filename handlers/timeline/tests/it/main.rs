//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod contract;
mod feed;
mod growth;
mod order;
mod privacy;
mod who_sees_what;

use events::Envelope;
use events::payments::{MoneyMovedV1, PeerPaymentVisibilityChangedV1, SideV1};
use events::social::{BlockChangedV1, FriendV1, FriendshipChangedV1};
use events::user_profile::ProfileChangedV1;
use serde_json::Value;
use service::Routes;
use testkit::{Answer, Call, Device, FreshDatabase, InProcess, TokenIssuer, event};
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use timeline::{App, Config, migrations, routes};
use values::{PeerPaymentId, Product, UserId};

const ON_PAYMENTS: &str = "timeline_on_payments";
const ON_SOCIAL: &str = "timeline_on_social";
const ON_USER_PROFILE: &str = "timeline_on_user_profile";
const FEED: &str = "/api/v1/timeline";
const BEGINNING: OffsetDateTime = datetime!(2026-11-23 04:05:06 UTC);
/// Cents; what answers say of it is searched for where it must not be.
const AMOUNT: i64 = 98_765;

/// The service with a database of its own.
struct Fixture {
    database: FreshDatabase,
    issuer: TokenIssuer,
    routes: Routes,
}

/// Somebody who is signed in.
struct Person {
    id: UserId,
    token: String,
}

impl Fixture {
    async fn new() -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        let (mysql_url, auth_url) = (database.url.clone(), issuer.auth_url.clone());
        let app = App::start(Config { mysql_url, auth_url }).unwrap();
        Self { database, issuer, routes: routes(app) }
    }

    fn somebody(&self) -> Person {
        let id = UserId::new();
        Person { id, token: self.issuer.token(id, Product::Consumer, &Device::new()) }
    }

    /// Somebody of whose name the service knows.
    async fn named(&self, name: &str) -> Person {
        let person = self.somebody();
        self.deliver(ON_USER_PROFILE, &[profile(person.id, name, 1)]).await;
        person
    }

    async fn befriend(&self, one: &Person, other: &Person) {
        self.deliver(ON_SOCIAL, &[friendship(one.id, other.id, 1, "friends")]).await;
    }

    async fn deliver(&self, function: &str, events: &[Envelope]) {
        testkit::deliver(&self.routes, function, events).await;
    }

    async fn get(&self, reader: &Person, path: &str) -> Answer {
        Call::get(path).bearer(&reader.token).send(&self.routes).await
    }

    /// The first page of a list.
    async fn entries(&self, reader: &Person, path: &str) -> Vec<Value> {
        self.get(reader, path).await.expect(200)["items"].as_array().unwrap().clone()
    }

    /// All pages of a list, of so many entries each.
    async fn all_entries(&self, reader: &Person, path: &str, limit: usize) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut query = format!("{path}?limit={limit}");
        loop {
            let page = self.get(reader, &query).await.expect(200);
            entries.extend_from_slice(page["items"].as_array().unwrap());
            let Some(cursor) = page["next_cursor"].as_str() else { return entries };
            query = format!("{path}?limit={limit}&cursor={cursor}");
        }
    }
}

fn of_person(person: UserId) -> String {
    format!("{FEED}/people/{person}")
}

fn profile(user_id: UserId, name: &str, version: u32) -> Envelope {
    let profile = ProfileChangedV1 {
        user_id: user_id.to_string(),
        version,
        display_name: name.to_owned(),
        language: "en".to_owned(),
        picture_id: None,
    };
    event(&profile.user_id, &profile)
}

fn friendship(one: UserId, other: UserId, version: u32, status: &str) -> Envelope {
    let mut both = [one.to_string(), other.to_string()];
    both.sort();
    let subject = both.join("+");
    let [first, second] = both.map(|user_id| FriendV1 { user_id, name: String::new() });
    let changed = FriendshipChangedV1 {
        first,
        second,
        version,
        status: status.to_owned(),
        requested_by: (status != "none").then(|| one.to_string()),
        changed_at: "2026-11-23T04:05:06.789Z".to_owned(),
    };
    event(&subject, &changed)
}

fn block(blocker: UserId, blocked: UserId, version: u32, is_blocked: bool) -> Envelope {
    let changed = BlockChangedV1 {
        blocker_id: blocker.to_string(),
        blocked_id: blocked.to_string(),
        version,
        is_blocked,
        changed_at: "2026-11-23T04:05:06.789Z".to_owned(),
    };
    event(&changed.blocker_id.clone(), &changed)
}

/// A payment between people, so many seconds after the first, and its event.
fn payment(
    payer: UserId,
    payee: UserId,
    second: u32,
    visibility: &str,
) -> (PeerPaymentId, Envelope) {
    let id = PeerPaymentId::new();
    let moved = MoneyMovedV1 {
        kind: "peer-payment".to_owned(),
        operation_id: id.to_string(),
        from: person_side(payer),
        to: person_side(payee),
        note: Some(format!("dim sum {second}")),
        sticker: Some("milk-tea".to_owned()),
        visibility: Some(visibility.to_owned()).filter(|visibility| visibility != "private"),
        ..moved(second)
    };
    (id, event(&moved.operation_id, &moved))
}

fn hiding(id: PeerPaymentId) -> Envelope {
    let changed = PeerPaymentVisibilityChangedV1 {
        peer_payment_id: id.to_string(),
        visibility: "private".to_owned(),
    };
    event(&changed.peer_payment_id, &changed)
}

fn person_side(user_id: UserId) -> SideV1 {
    SideV1 {
        side_type: "user".to_owned(),
        id: Some(user_id.to_string()),
        name: "as it was".to_owned(),
        told_user_id: Some(user_id.to_string()),
    }
}

/// A movement from the bank to the bank, to change.
fn moved(second: u32) -> MoneyMovedV1 {
    let bank =
        SideV1 { side_type: "bank".to_owned(), id: None, name: String::new(), told_user_id: None };
    let moved_at = BEGINNING.saturating_add(Duration::seconds(second.into()));
    let id = values::TopUpId::new().to_string();
    MoneyMovedV1 {
        money_request_id: Some("mreq_01h455vb4pex5vsknk084sn02q".to_owned()),
        reference: Some("QUOTE-THIS".to_owned()),
        moved_at: moved_at.format(&Rfc3339).unwrap(),
        ..testkit::money_moved("top-up", &id, [bank.clone(), bank], AMOUNT)
    }
}
