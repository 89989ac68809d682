//! Who works in a business: invited, accepted, changed, removed, and what each of them may do here.

mod races;

use events::business_profile::BusinessMemberChangedV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call, Device, InProcess};
use values::{BusinessId, Product, UserId};

use crate::businesses::{ALL, path, tea_house};
use crate::step_up::pin_token;
use crate::{Fixture, change};

/// Somebody who is signed in to PayMe for Business.
pub(crate) struct Person {
    pub(crate) user_id: UserId,
    pub(crate) token: String,
}

impl Person {
    pub(crate) fn new(fixture: &Fixture) -> Self {
        let user_id = UserId::new();
        let token = fixture.issuer.token(user_id, Product::Business, &Device::new());
        Self { user_id, token }
    }
}

/// They have just entered the PIN, as for making managers.
pub(crate) fn owner(fixture: &Fixture) -> Person {
    Person { user_id: fixture.user_id, token: pin_token(fixture, fixture.user_id, 0) }
}

pub(crate) async fn send(fixture: &Fixture, person: &Person, call: Call) -> Answer {
    call.bearer(&person.token).send(&fixture.routes).await
}

pub(crate) async fn open_shop(fixture: &Fixture) -> String {
    path(&fixture.call("POST", ALL, Some(&tea_house())).await.1)
}

pub(crate) fn invite(shop: &str, role: &str) -> Call {
    let body = json!({"role": role, "name": "阿芳"});
    Call::post(&format!("{shop}/invitations")).key(&UserId::new().to_string()).json(&body)
}

pub(crate) fn answer(shop: &str, invitation: &Value, verb: &str) -> Call {
    let id = invitation["invitation_id"].as_str().unwrap();
    let call = Call::post(&format!("{shop}/invitations/{id}/{verb}"));
    let call = call.json(&json!({"secret": invitation["secret"]}));
    if verb == "accept" { call.key(&UserId::new().to_string()) } else { call }
}

/// Somebody who has accepted to work there in this role.
pub(crate) async fn hire(fixture: &Fixture, shop: &str, role: &str) -> Person {
    let person = Person::new(fixture);
    hire_person(fixture, shop, role, &person).await;
    person
}

async fn hire_person(fixture: &Fixture, shop: &str, role: &str, person: &Person) -> Value {
    let invitation = send(fixture, &owner(fixture), invite(shop, role)).await.expect(201);
    send(fixture, person, answer(shop, &invitation, "accept")).await.expect(201)
}

fn member(shop: &str, person: &Person) -> String {
    format!("{shop}/members/{}", person.user_id)
}

fn promote(shop: &str, person: &Person, version: u32, role: &str) -> Call {
    change(&member(shop, person), version, &json!({"role": role}))
}

pub(crate) fn remove(shop: &str, person: &Person) -> Call {
    Call::new("DELETE", &member(shop, person))
}

async fn told(fixture: &Fixture) -> Vec<(String, Option<String>, u32)> {
    let told = fixture.database.told::<BusinessMemberChangedV1>().await;
    told.into_iter().map(|told| (told.user_id, told.role, told.version)).collect()
}

#[tokio::test]
async fn who_accepts_an_invitation_works_there_and_others_are_told() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let invitation = send(&fixture, &owner(&fixture), invite(&shop, "cashier")).await.expect(201);
    let waiting = format!("{shop}/invitations");
    let waits = fixture.call("GET", &waiting, None).await.1["items"][0].clone();
    assert_eq!(waits["invitation_id"], invitation["invitation_id"]);
    assert!(waits.get("secret").is_none());

    let person = Person::new(&fixture);
    let offered = send(&fixture, &person, answer(&shop, &invitation, "preview")).await.expect(200);
    assert_eq!(
        (&offered["shop_name"], &offered["role"]),
        (&json!("永記茶餐廳"), &json!("cashier"))
    );
    let accept = answer(&shop, &invitation, "accept");
    let joined = send(&fixture, &person, accept.clone()).await.expect(201);
    let expected = json!({
        "business_id": invitation["business_id"], "user_id": person.user_id, "role": "cashier",
        "name": "阿芳", "invited_by": fixture.user_id, "version": 1,
    });
    assert_eq!(joined, expected);
    // A lost answer is asked for again.
    assert_eq!(send(&fixture, &person, accept).await.expect(201), joined);

    assert_eq!(fixture.call("GET", &waiting, None).await.1["items"], json!([]));
    let members = fixture.call("GET", &format!("{shop}/members"), None).await.1;
    assert_eq!(members["items"], json!([joined]));
    let own = fixture.call_with(&person.token, "GET", ALL, None).await.1;
    assert_eq!(
        (&own["items"][0]["role"], own["items"].as_array().unwrap().len()),
        (&json!("cashier"), 1)
    );
    let events = fixture.database.told::<BusinessMemberChangedV1>().await;
    let [event] = &*events else { unreachable!("{events:?}") };
    assert_eq!((event.role.as_deref(), event.version), (Some("cashier"), 1));
    assert_eq!(event.user_id, person.user_id.to_string());
    assert_eq!((&event.changed_by, &*event.shop_name), (&event.user_id, "永記茶餐廳"));
    assert_eq!(event.owner_user_id, fixture.user_id.to_string());
    assert_eq!(event.invited_by, fixture.user_id.to_string());
}

#[tokio::test]
async fn each_role_does_here_what_is_its_own_and_a_stranger_finds_no_shop() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let target = hire(&fixture, &shop, "cashier").await;
    let people = [
        owner(&fixture),
        hire(&fixture, &shop, "manager").await,
        hire(&fixture, &shop, "cashier").await,
        Person::new(&fixture),
    ];
    let by_manager = send(&fixture, &people[1], invite(&shop, "cashier")).await.expect(201);
    let get = |path: &str| Call::get(&format!("{shop}{path}"));
    // Owner, manager, cashier, stranger.
    let table: [(&str, Call, [u16; 4]); 9] = [
        ("reads the shop", get(""), [200, 200, 200, 404]),
        ("changes it", change(&shop, 1, &json!({"shop_name": "永記茶餐廳"})), [200, 403, 403, 404]),
        ("reads members", get("/members"), [200, 200, 403, 404]),
        ("reads invitations", get("/invitations"), [200, 200, 403, 404]),
        ("invites a manager", invite(&shop, "manager"), [201, 403, 403, 404]),
        ("invites a cashier", invite(&shop, "cashier"), [201, 201, 403, 404]),
        ("invites an owner", invite(&shop, "owner"), [422, 422, 422, 404]),
        ("promotes", promote(&shop, &target, 1, "manager"), [200, 403, 403, 404]),
        ("removes a manager", remove(&shop, &people[1]), [0, 204, 403, 404]),
    ];
    for (what, call, expected) in table {
        // From the least, so that what is done last is what was refused to the others.
        for (person, status) in people.iter().zip(expected).rev().filter(|(_, is)| *is > 0) {
            let answer = send(&fixture, person, call.clone()).await;
            assert_eq!(answer.status, status, "{what}: {}", answer.json());
            match status {
                403 => answer.expect_refusal(403, "not-allowed-for-role"),
                404 => answer.expect_refusal(404, "business-not-found"),
                _ => {}
            }
        }
    }
    // What a manager offered ended with them.
    let late = send(&fixture, &people[3], answer(&shop, &by_manager, "accept")).await;
    late.expect_refusal(404, "invitation-not-found");
    for person in &people[2..] {
        let refused = send(&fixture, person, Call::new("DELETE", &shop)).await;
        assert!(matches!(refused.status, 403 | 404));
    }
}

#[tokio::test]
async fn nobody_makes_a_manager_by_a_login_alone_whatever_the_policy_allows() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let cashier = hire(&fixture, &shop, "cashier").await;
    let alone = Person { user_id: fixture.user_id, token: fixture.token.clone() };
    for call in [invite(&shop, "manager"), promote(&shop, &cashier, 1, "manager")] {
        let refused = send(&fixture, &alone, call.clone()).await;
        refused.expect_refusal(401, "step-up-required");
        assert!(send(&fixture, &owner(&fixture), call).await.status < 300);
    }
    send(&fixture, &alone, invite(&shop, "cashier")).await.expect(201);
    send(&fixture, &alone, promote(&shop, &cashier, 2, "cashier")).await.expect(200);
}

#[tokio::test]
async fn an_invitation_is_answered_once_with_its_own_secret_in_time_and_else_is_none() {
    let fixture = Fixture::new().await;
    let (shop, person) = (open_shop(&fixture).await, Person::new(&fixture));
    let owner = owner(&fixture);
    let invitation = send(&fixture, &owner, invite(&shop, "cashier")).await.expect(201);
    let other = send(&fixture, &owner, invite(&shop, "cashier")).await.expect(201);
    let mut forged = invitation.clone();
    forged["secret"] = other["secret"].clone();
    let elsewhere = format!("{ALL}/{}", BusinessId::new());
    let second = open_shop(&fixture).await;
    for (shop, invitation) in [(&shop, &forged), (&elsewhere, &invitation), (&second, &invitation)]
    {
        for verb in ["preview", "accept", "decline"] {
            let refused = send(&fixture, &person, answer(shop, invitation, verb)).await;
            refused.expect_refusal(404, "invitation-not-found");
        }
    }
    let own = send(&fixture, &owner, answer(&shop, &invitation, "accept")).await;
    own.expect_refusal(409, "already-member");

    let declined = send(&fixture, &person, answer(&shop, &invitation, "decline")).await;
    assert_eq!(declined.status, 204);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("UPDATE invitations SET expires_at = NOW(6)").await.unwrap();
    for invitation in [&invitation, &other] {
        let late = send(&fixture, &person, answer(&shop, invitation, "accept")).await;
        late.expect_refusal(404, "invitation-not-found");
    }
    // The next invitation sweeps the expired.
    let cancelled = send(&fixture, &owner, invite(&shop, "cashier")).await.expect(201);
    assert_eq!(fixture.database.count("invitations").await, 1);
    let id = cancelled["invitation_id"].as_str().unwrap();
    let cancel = Call::new("DELETE", &format!("{shop}/invitations/{id}"));
    assert_eq!(send(&fixture, &owner, cancel).await.status, 204);
    let late = send(&fixture, &person, answer(&shop, &cancelled, "accept")).await;
    late.expect_refusal(404, "invitation-not-found");
    assert!(told(&fixture).await.is_empty());
}

#[tokio::test]
async fn who_leaves_or_is_removed_finds_no_shop_and_comes_back_with_a_newer_version() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let (leaver, removed) = (hire(&fixture, &shop, "manager").await, Person::new(&fixture));
    hire_person(&fixture, &shop, "cashier", &removed).await;
    let promoted = promote(&shop, &removed, 1, "manager");
    send(&fixture, &owner(&fixture), promoted.clone()).await.expect(200);
    send(&fixture, &owner(&fixture), promoted).await.expect_refusal(412, "version-stale");
    assert_eq!(send(&fixture, &leaver, remove(&shop, &leaver)).await.status, 204);
    assert_eq!(send(&fixture, &owner(&fixture), remove(&shop, &removed)).await.status, 204);
    for person in [&leaver, &removed] {
        for call in [
            Call::get(&shop),
            Call::get(&format!("{shop}/members")),
            invite(&shop, "cashier"),
            remove(&shop, person),
            change(&shop, 1, &json!({"shop_name": "Mine"})),
        ] {
            send(&fixture, person, call).await.expect_refusal(404, "business-not-found");
        }
        let own = fixture.call_with(&person.token, "GET", ALL, None).await.1;
        assert_eq!(own["items"], json!([]));
    }
    let again = send(&fixture, &owner(&fixture), remove(&shop, &removed)).await;
    again.expect_refusal(404, "member-not-found");
    assert_eq!(hire_person(&fixture, &shop, "cashier", &removed).await["version"], 4);
    let of_removed = told(&fixture).await;
    let of_removed = of_removed.iter().filter(|(user, ..)| *user == removed.user_id.to_string());
    let roles: Vec<_> = of_removed.map(|(_, role, version)| (role.as_deref(), *version)).collect();
    let expected = [(Some("cashier"), 1), (Some("manager"), 2), (None, 3), (Some("cashier"), 4)];
    assert_eq!(roles, expected);
}

#[tokio::test]
async fn who_is_removed_comes_back_by_no_link_whoever_made_it() {
    let fixture = Fixture::new().await;
    let (shop, owner) = (open_shop(&fixture).await, owner(&fixture));
    let (cashier, other) = (hire(&fixture, &shop, "cashier").await, Person::new(&fixture));
    let seen = send(&fixture, &owner, invite(&shop, "cashier")).await.expect(201);
    assert_eq!(send(&fixture, &owner, remove(&shop, &cashier)).await.status, 204);
    let back = send(&fixture, &cashier, answer(&shop, &seen, "accept")).await;
    back.expect_refusal(404, "invitation-not-found");
    let anew = send(&fixture, &owner, invite(&shop, "cashier")).await.expect(201);
    send(&fixture, &other, answer(&shop, &anew, "accept")).await.expect(201);
}

#[tokio::test]
async fn with_a_shop_ends_the_work_of_all_and_what_was_offered() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let people = [hire(&fixture, &shop, "manager").await, hire(&fixture, &shop, "cashier").await];
    send(&fixture, &owner(&fixture), invite(&shop, "cashier")).await.expect(201);
    assert_eq!(fixture.call("DELETE", &shop, None).await.0, 204);
    assert_eq!(fixture.database.count("invitations").await, 0);
    let mut ended: Vec<_> = told(&fixture).await.into_iter().skip(2).collect();
    ended.sort();
    let mut expected = people.map(|person| (person.user_id.to_string(), None, 2));
    expected.sort();
    assert_eq!(ended, expected);
}

/// Fills the table with others who work there, or with invitations, as many as may be.
async fn fill(fixture: &Fixture, sql: &str, rows: u32) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for _ in 0..rows {
        conn.query_drop(sql.replace("NEW", "UNHEX(REPLACE(UUID(), '-', ''))")).await.unwrap();
    }
}

#[tokio::test]
async fn fifty_work_in_a_shop_a_person_in_twenty_and_twenty_invitations_wait() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let (person, owner) = (Person::new(&fixture), owner(&fixture));
    let invitation = send(&fixture, &owner, invite(&shop, "cashier")).await.expect(201);
    let shop_id: BusinessId = invitation["business_id"].as_str().unwrap().parse().unwrap();
    let shop_id = format!("X'{}'", shop_id.uuid().simple());
    let hired = format!("INSERT INTO members VALUES ({shop_id}, NEW, 'cashier', 'a', 1, NEW)");
    fill(&fixture, &hired, 50).await;
    let full = send(&fixture, &person, answer(&shop, &invitation, "accept")).await;
    full.expect_refusal(409, "too-many-members");
    fill(&fixture, "DELETE FROM members LIMIT 1", 1).await;
    let id = person.user_id.uuid().simple();
    let copied = "owner_user_id, shop_name, name_skeleton, category_code, version";
    let opened = format!(
        "INSERT INTO businesses (business_id, {copied})
         SELECT NEW, {copied} FROM businesses LIMIT 1"
    );
    fill(&fixture, &opened, 20).await;
    let busy = format!(
        "INSERT INTO members SELECT business_id, X'{id}', 'cashier', 'a', 1, X'{id}'
         FROM businesses WHERE business_id != {shop_id}"
    );
    fill(&fixture, &busy, 1).await;
    let busy = send(&fixture, &person, answer(&shop, &invitation, "accept")).await;
    busy.expect_refusal(409, "too-many-memberships");
    // Work that a closed shop left behind is none.
    let closed = format!("UPDATE businesses SET closed_at = NOW(6) WHERE business_id != {shop_id}");
    fill(&fixture, &format!("{closed} LIMIT 1"), 1).await;
    send(&fixture, &person, answer(&shop, &invitation, "accept")).await.expect(201);

    for _ in 0..20 {
        send(&fixture, &owner, invite(&shop, "cashier")).await.expect(201);
    }
    let full = send(&fixture, &owner, invite(&shop, "cashier")).await;
    full.expect_refusal(409, "too-many-invitations");
}
