//! The service with a database of its own, and people who use it.

use events::Envelope;
use events::social::{BlockChangedV1, FriendshipChangedV1};
use events::user_profile::ProfileChangedV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use service::Routes;
use social::{App, Config, migrations, routes};
use testkit::{
    Answer, Call, Device, FreshDatabase, InProcess, TokenIssuer, event, unreachable_hub,
};
use values::{Operator, Product, StaffRole, UserId};

pub(crate) const FRIENDS: &str = "/api/v1/social/friends";
pub(crate) const REQUESTS: &str = "/api/v1/social/friend-requests";
pub(crate) const SENT: &str = "/api/v1/social/friend-requests?direction=sent";
pub(crate) const GROUPS: &str = "/api/v1/social/groups";
pub(crate) const BLOCKS: &str = "/api/v1/social/blocks";

pub(crate) struct Fixture {
    pub(crate) database: FreshDatabase,
    pub(crate) issuer: TokenIssuer,
    pub(crate) routes: Routes,
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
        let app = App::start(Config {
            mysql_url: database.url.clone(),
            auth_url: issuer.auth_url.clone(),
            hub: unreachable_hub("social"),
        })
        .unwrap();
        Self { database, issuer, routes: routes(app) }
    }

    /// Somebody who has not chosen a name.
    pub(crate) fn nameless(&self) -> Person {
        let user_id = UserId::new();
        let token = self.issuer.token(user_id, Product::Consumer, &Device::new());
        Person { user_id, token }
    }

    pub(crate) async fn person(&self, name: &str) -> Person {
        let person = self.nameless();
        self.deliver("social_on_user_profile", &[profile(&person, name, 2)]).await;
        person
    }

    pub(crate) async fn deliver(&self, function: &str, events: &[Envelope]) {
        testkit::deliver(&self.routes, function, events).await;
    }

    pub(crate) async fn send(&self, by: &Person, call: Call) -> Answer {
        call.bearer(&by.token).send(&self.routes).await
    }

    pub(crate) async fn get(&self, by: &Person, path: &str) -> Value {
        self.send(by, Call::get(path)).await.expect(200)
    }

    /// A method of `list`'s item that is about this person.
    pub(crate) async fn act(
        &self,
        by: &Person,
        method: &str,
        list: &str,
        other: &Person,
    ) -> Answer {
        self.send(by, Call::new(method, &format!("{list}/{}", other.user_id))).await
    }

    pub(crate) async fn ask(&self, by: &Person, other: &Person) -> Answer {
        self.act(by, "PUT", REQUESTS, other).await
    }

    /// `accept` or `decline`.
    pub(crate) async fn answer(&self, by: &Person, other: &Person, how: &str) -> Answer {
        let path = format!("{REQUESTS}/{}/{how}", other.user_id);
        self.send(by, Call::new("POST", &path)).await
    }

    pub(crate) async fn befriend(&self, one: &Person, other: &Person) {
        self.ask(one, other).await.expect(200);
        self.answer(other, one, "accept").await.expect(200);
    }

    pub(crate) async fn block(&self, by: &Person, other: &Person) {
        self.act(by, "PUT", BLOCKS, other).await.expect(204);
    }

    /// The token of a member of staff with these roles.
    pub(crate) fn staff(&self, roles: &[StaffRole]) -> Person {
        let name: Operator = "wong@example.com".to_owned().try_into().unwrap();
        Person { user_id: UserId::new(), token: self.issuer.staff_token(name, roles) }
    }

    /// A group of these people, which the first makes; its path.
    pub(crate) async fn group(&self, owner: &Person, others: &[&Person]) -> String {
        let ids: Vec<String> = others.iter().map(|other| other.user_id.to_string()).collect();
        let call = Call::post(GROUPS).json(&json!({"name": "Hiking", "member_ids": ids}));
        let made = self.send(owner, call).await.expect(201);
        format!("{GROUPS}/{}", made["group_id"].as_str().unwrap())
    }

    /// Whom a list shows to this person.
    pub(crate) async fn listed(&self, by: &Person, list: &str) -> Vec<String> {
        let page = self.get(by, list).await;
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["user_id"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn friendships(&self) -> Vec<FriendshipChangedV1> {
        self.database.told().await
    }

    pub(crate) async fn blocks(&self) -> Vec<BlockChangedV1> {
        self.database.told().await
    }

    /// So many hours pass for all that is stored of requests, days, groups and what was told.
    pub(crate) async fn pass_hours(&self, hours: u32) {
        let mut conn = self.database.pool.get_conn().await.unwrap();
        let earlier = |column: &str| format!("{column} = {column} - INTERVAL {hours} HOUR");
        let set = ["first_told_at", "second_told_at", "first_declined_at", "second_declined_at"];
        let set = set.map(earlier).join(", ");
        conn.query_drop(format!("UPDATE friendships SET {set}")).await.unwrap();
        let set = earlier("day_began_at");
        conn.query_drop(format!("UPDATE turns SET {set}")).await.unwrap();
        let set = earlier("told_at");
        conn.query_drop(format!("UPDATE told_remarks SET {set}")).await.unwrap();
        let set = earlier("left_at");
        conn.query_drop(format!("UPDATE group_leavers SET {set}")).await.unwrap();
    }
}

pub(crate) fn profile(person: &Person, name: &str, version: u32) -> Envelope {
    changed(person, name, version, None)
}

/// What the person shows from this version on.
pub(crate) fn picture(person: &Person, version: u32, picture_id: Option<&str>) -> Envelope {
    changed(person, "Somebody", version, Some(picture_id))
}

fn changed(
    person: &Person,
    name: &str,
    version: u32,
    picture_id: Option<Option<&str>>,
) -> Envelope {
    let user_id = person.user_id.to_string();
    let profile = ProfileChangedV1 {
        user_id: user_id.clone(),
        version,
        display_name: name.to_owned(),
        language: "en".to_owned(),
        picture_id: picture_id.map(|id| id.map(str::to_owned)),
    };
    event(&user_id, &profile)
}
