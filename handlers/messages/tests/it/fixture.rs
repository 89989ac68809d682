//! The service with a database of its own, and people who know each other as a test says.

use std::sync::atomic::{AtomicU32, Ordering};

use blobs::BlobAddress;
use events::Envelope;
use events::payments::{MoneyMovedV1, MoneyRequestChangedV1, PersonV1, SideV1};
use events::social::{BlockChangedV1, FriendV1, FriendshipChangedV1, GroupChangedV1};
use events::user_profile::ProfileChangedV1;
use messages::{App, Config, migrations, routes};
use mysql_async::prelude::{FromRow, Queryable};
use serde_json::{Value, json};
use service::Routes;
use testkit::{
    Answer, Call, Device, FreshDatabase, InProcess, TokenIssuer, event, unreachable_hub,
};
use values::{
    ClaimId, GroupId, MoneyRequestId, PayLinkId, PeerPaymentId, Product, ReturnId, UserId,
};

pub(crate) const ON_PAYMENTS: &str = "messages_on_payments";
pub(crate) const ON_SOCIAL: &str = "messages_on_social";
pub(crate) const ON_USER_PROFILE: &str = "messages_on_user_profile";
pub(crate) const CONVERSATIONS: &str = "/api/v1/messages/conversations";

pub(crate) struct Fixture {
    pub(crate) database: FreshDatabase,
    pub(crate) issuer: TokenIssuer,
    routes: Routes,
    /// Of what is told next: each is newer than all before.
    version: AtomicU32,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) user_id: UserId,
    pub(crate) token: String,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let database = FreshDatabase::new(migrations()).await;
        let issuer = TokenIssuer::start().await;
        let routes = instance(&database, &issuer, &testkit::blob_endpoint());
        Self { database, issuer, routes, version: AtomicU32::new(1) }
    }

    pub(crate) fn routes(&self) -> &Routes {
        &self.routes
    }

    /// What the same people get of an instance that does not reach the storage account.
    pub(crate) async fn send_without_storage(&self, by: &Person, call: Call) -> Answer {
        let routes = instance(&self.database, &self.issuer, "https://127.0.0.1:1/account");
        call.bearer(&by.token).send(&routes).await
    }

    /// Two friends and their conversation.
    pub(crate) async fn with_friends() -> (Self, [Person; 2], String) {
        let fixture = Self::new().await;
        let people = [fixture.person("Chan Tai Man").await, fixture.person("陳大文").await];
        fixture.befriend(&people[0], &people[1]).await;
        let id = fixture.open(&people[0], &people[1]).await;
        (fixture, people, id)
    }

    pub(crate) async fn person(&self, name: &str) -> Person {
        let user_id = UserId::new();
        let profile = ProfileChangedV1 {
            user_id: user_id.to_string(),
            version: 2,
            display_name: name.to_owned(),
            language: "en".to_owned(),
            picture_id: None,
        };
        self.deliver(ON_USER_PROFILE, &[event(&profile.user_id, &profile)]).await;
        self.sign_in(user_id)
    }

    pub(crate) fn sign_in(&self, user_id: UserId) -> Person {
        let token = self.issuer.token(user_id, Product::Consumer, &Device::new());
        Person { user_id, token }
    }

    pub(crate) async fn befriend(&self, one: &Person, other: &Person) {
        self.deliver(ON_SOCIAL, &[self.friendship(one, other, "friends")]).await;
    }

    pub(crate) async fn unfriend(&self, one: &Person, other: &Person) {
        self.deliver(ON_SOCIAL, &[self.friendship(one, other, "none")]).await;
    }

    pub(crate) fn friendship(&self, one: &Person, other: &Person, status: &str) -> Envelope {
        let version = self.version.fetch_add(1, Ordering::Relaxed);
        friendship([one.user_id, other.user_id], status, version)
    }

    /// As social tells it: friends they are no longer.
    pub(crate) async fn block(&self, blocker: &Person, blocked: &Person) {
        let version = self.version.fetch_add(1, Ordering::Relaxed);
        let events = [
            block(blocker.user_id, blocked.user_id, true, version),
            self.friendship(blocker, blocked, "none"),
        ];
        self.deliver(ON_SOCIAL, &events).await;
    }

    pub(crate) async fn unblock(&self, blocker: &Person, blocked: &Person) {
        let version = self.version.fetch_add(1, Ordering::Relaxed);
        let event = block(blocker.user_id, blocked.user_id, false, version);
        self.deliver(ON_SOCIAL, &[event]).await;
    }

    /// The newest version of a group with these members.
    pub(crate) fn group(&self, id: GroupId, name: &str, members: &[&Person]) -> Envelope {
        let version = self.version.fetch_add(1, Ordering::Relaxed);
        group(id, version, name, members)
    }

    /// A group with these members, and the id of its conversation as the first of them sees it.
    pub(crate) async fn with_group(&self, members: &[&Person]) -> (GroupId, String) {
        let id = GroupId::new();
        self.deliver(ON_SOCIAL, &[self.group(id, "Hiking", members)]).await;
        (id, self.listed(members[0]).await.remove(0))
    }

    pub(crate) async fn deliver(&self, function: &str, events: &[Envelope]) {
        testkit::deliver(&self.routes, function, events).await;
    }

    pub(crate) async fn send(&self, by: &Person, call: Call) -> Answer {
        call.bearer(&by.token).send(&self.routes).await
    }

    pub(crate) async fn get(&self, by: &Person, path: &str) -> Answer {
        self.send(by, Call::get(path)).await
    }

    pub(crate) async fn try_open(&self, by: &Person, other: UserId) -> Answer {
        let path = format!("/api/v1/messages/people/{other}/conversation");
        self.send(by, Call::new("PUT", &path)).await
    }

    /// The id of the conversation of the two.
    pub(crate) async fn open(&self, by: &Person, other: &Person) -> String {
        let opened = self.try_open(by, other.user_id).await.expect(200);
        opened["conversation_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn try_say(&self, by: &Person, id: &str, text: &str) -> Answer {
        self.send(by, say(id, text)).await
    }

    pub(crate) async fn say(&self, by: &Person, id: &str, text: &str) -> Value {
        self.try_say(by, id, text).await.expect(201)
    }

    pub(crate) async fn edit(&self, by: &Person, message: &Value, text: &str) -> Answer {
        let path = format!("/api/v1/messages/{}", message["message_id"].as_str().unwrap());
        let call = Call::new("PATCH", &path).header("if-match", &etag(message));
        let patch = json!({"text": text}).to_string();
        self.send(by, call.body("application/merge-patch+json", &patch)).await
    }

    pub(crate) async fn withdraw(&self, by: &Person, message: &Value) -> Answer {
        let id = message["message_id"].as_str().unwrap();
        self.send(by, Call::post(&format!("/api/v1/messages/{id}/withdraw"))).await
    }

    pub(crate) async fn mark_read(&self, by: &Person, id: &str, number: u32) {
        let call = Call::new("PUT", &format!("{CONVERSATIONS}/{id}/read-up-to"));
        self.send(by, call.json(&json!({"number": number}))).await.expect(204);
    }

    pub(crate) async fn conversation(&self, by: &Person, id: &str) -> Value {
        self.get(by, &format!("{CONVERSATIONS}/{id}")).await.expect(200)
    }

    /// The texts that somebody sees in a conversation, the oldest first; null if withdrawn.
    pub(crate) async fn texts(&self, by: &Person, id: &str) -> Vec<Value> {
        let mut texts =
            self.texts_of(by, &format!("{CONVERSATIONS}/{id}/messages?limit=100")).await;
        texts.reverse();
        texts
    }

    pub(crate) async fn texts_of(&self, by: &Person, path: &str) -> Vec<Value> {
        let page = self.get(by, path).await.expect(200);
        page["items"].as_array().unwrap().iter().map(|item| item["text"].clone()).collect()
    }

    /// The ids of the conversations that somebody's list shows.
    pub(crate) async fn listed(&self, by: &Person) -> Vec<String> {
        let page = self.get(by, CONVERSATIONS).await.expect(200);
        let id = |item: &Value| item["conversation_id"].as_str().unwrap().to_owned();
        page["items"].as_array().unwrap().iter().map(id).collect()
    }

    pub(crate) async fn unread(&self, by: &Person) -> (u64, u64) {
        let counted = self.get(by, "/api/v1/messages/unread-count").await.expect(200);
        let number = |name: &str| counted[name].as_u64().unwrap();
        (number("unread_count"), number("conversation_count"))
    }

    pub(crate) async fn query<T: FromRow + Send + 'static>(&self, sql: &str) -> Vec<T> {
        self.database.pool.get_conn().await.unwrap().query(sql).await.unwrap()
    }

    /// All that was sent is so much older.
    pub(crate) async fn age(&self, minutes: u32) {
        let _: Vec<u8> = self
            .query(&format!("UPDATE messages SET sent_at = sent_at - INTERVAL {minutes} MINUTE"))
            .await;
    }
}

fn instance(database: &FreshDatabase, issuer: &TokenIssuer, blob_url: &str) -> Routes {
    let config = Config {
        mysql_url: database.url.clone(),
        auth_url: issuer.auth_url.clone(),
        hub: unreachable_hub("messages"),
        blob_address: BlobAddress::at(blob_url, blob_url).unwrap(),
        blob_credential: testkit::storage_credential(),
    };
    routes(App::start(config).unwrap())
}

pub(crate) fn say(id: &str, text: &str) -> Call {
    Call::post(&format!("{CONVERSATIONS}/{id}/messages")).json(&json!({"text": text}))
}

fn etag(message: &Value) -> String {
    format!("\"{}\"", message["version"])
}

pub(crate) fn friendship(people: [UserId; 2], status: &str, version: u32) -> Envelope {
    let friend = |user_id: UserId| FriendV1 { user_id: user_id.to_string(), name: String::new() };
    let [one, other] = people;
    let changed = FriendshipChangedV1 {
        first: friend(one.min(other)),
        second: friend(one.max(other)),
        version,
        status: status.to_owned(),
        requested_by: (status != "none").then(|| one.to_string()),
        changed_at: "2026-11-29T10:00:00Z".to_owned(),
    };
    event(&format!("{}+{}", changed.first.user_id, changed.second.user_id), &changed)
}

pub(crate) fn block(blocker: UserId, blocked: UserId, is_blocked: bool, version: u32) -> Envelope {
    let changed = BlockChangedV1 {
        blocker_id: blocker.to_string(),
        blocked_id: blocked.to_string(),
        version,
        is_blocked,
        changed_at: "2026-11-29T10:00:00Z".to_owned(),
    };
    event(&changed.blocker_id.clone(), &changed)
}

pub(crate) fn group(id: GroupId, version: u32, name: &str, members: &[&Person]) -> Envelope {
    let changed = GroupChangedV1 {
        group_id: id.to_string(),
        version,
        name: name.to_owned(),
        owner_id: members.first().map(|owner| owner.user_id.to_string()).unwrap_or_default(),
        member_ids: members.iter().map(|member| member.user_id.to_string()).collect(),
        changed_at: "2026-11-29T10:00:00Z".to_owned(),
    };
    event(&changed.group_id.clone(), &changed)
}

fn side(kind: &str, user_id: UserId) -> SideV1 {
    SideV1 {
        side_type: kind.to_owned(),
        id: Some(user_id.to_string()),
        name: String::new(),
        told_user_id: None,
    }
}

fn moved(kind: &str, id: &str, sides: [SideV1; 2], amount: i64) -> MoneyMovedV1 {
    let note = Some("for lunch".to_owned());
    MoneyMovedV1 { note, ..testkit::money_moved(kind, id, sides, amount) }
}

pub(crate) fn paid(by: UserId, to: UserId, amount: i64, of: Option<MoneyRequestId>) -> Envelope {
    let id = PeerPaymentId::new().to_string();
    let sides = [side("user", by), side("user", to)];
    let moved = MoneyMovedV1 {
        money_request_id: of.map(|id| id.to_string()),
        ..moved("peer-payment", &id, sides, amount)
    };
    event(&moved.operation_id, &moved)
}

pub(crate) fn asked(
    id: MoneyRequestId,
    [by, of]: [UserId; 2],
    version: u32,
    status: &str,
) -> Envelope {
    let person = |user_id: UserId| PersonV1 { user_id: user_id.to_string(), name: String::new() };
    let changed = MoneyRequestChangedV1 {
        money_request_id: id.to_string(),
        version,
        requester: person(by),
        payer: person(of),
        amount: 12_850,
        currency: "HKD".to_owned(),
        note: None,
        bill_id: None,
        status: status.to_owned(),
        reminders: 0,
        expires_at: "2026-12-29T10:00:00Z".to_owned(),
        peer_payment_id: None,
    };
    event(&changed.money_request_id.clone(), &changed)
}

/// What a pay link of somebody holds, and what somebody claims of it or what comes back.
pub(crate) fn filled(link: PayLinkId, sender: UserId, amount: i64) -> Envelope {
    let sides = [side("user", sender), side("escrow", sender)];
    of_link(link, moved("pay-link", &link.to_string(), sides, amount))
}

pub(crate) fn claimed(link: PayLinkId, [sender, by]: [UserId; 2], amount: i64) -> Envelope {
    let sides = [side("escrow", sender), side("user", by)];
    of_link(link, moved("claim", &ClaimId::new().to_string(), sides, amount))
}

pub(crate) fn returned(link: PayLinkId, sender: UserId, amount: i64) -> Envelope {
    let sides = [side("escrow", sender), side("user", sender)];
    of_link(link, moved("return", &ReturnId::new().to_string(), sides, amount))
}

fn of_link(link: PayLinkId, moved: MoneyMovedV1) -> Envelope {
    let moved = MoneyMovedV1 { pay_link_id: Some(link.to_string()), ..moved };
    event(&moved.operation_id, &moved)
}
