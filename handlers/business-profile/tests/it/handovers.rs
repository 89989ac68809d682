//! A shop changes hands: offered by its owner, accepted by somebody who works there.

use events::business_profile::{
    BusinessChangedV1, BusinessHandoverChangedV1, BusinessMemberChangedV1,
};
use futures_util::future::join;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call};
use values::{ShopHandoverId, StepUpPolicy};

use crate::businesses::{ALL, tea_house};
use crate::staff::{Person, answer, hire, invite, open_shop, owner, remove, send};
use crate::step_up::pin_token;
use crate::{Fixture, change};

/// Many, because not all twins come into each other's way.
const ROUNDS: usize = 20;

/// Who works in the shop, and has just entered the PIN.
async fn heir(fixture: &Fixture, shop: &str) -> Person {
    let person = hire(fixture, shop, "manager").await;
    Person { token: pin_token(fixture, person.user_id, 0), ..person }
}

fn offer(shop: &str, to: &Person) -> Call {
    Call::post(&format!("{shop}/handovers")).json(&json!({"user_id": to.user_id}))
}

fn act(shop: &str, handover: &Value, verb: &str) -> Call {
    let id = handover["handover_id"].as_str().unwrap();
    match verb {
        "cancel" => Call::new("DELETE", &format!("{shop}/handovers/{id}")),
        verb => Call::post(&format!("{shop}/handovers/{id}/{verb}")),
    }
}

/// An offer that can be accepted.
async fn offered(fixture: &Fixture, shop: &str, to: &Person) -> Value {
    let offered = send(fixture, &owner(fixture), offer(shop, to)).await.expect(201);
    a_day_goes_by(fixture).await;
    offered
}

async fn a_day_goes_by(fixture: &Fixture) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("UPDATE handovers SET acceptable_at = offered_at").await.unwrap();
}

/// What was told of offers of the fixture's shops, in order.
async fn told(fixture: &Fixture) -> Vec<String> {
    let told = fixture.database.told::<BusinessHandoverChangedV1>().await;
    told.into_iter().map(|told| told.status).collect()
}

async fn statuses(fixture: &Fixture, by: &Person, shop: &str) -> Vec<Value> {
    let listed = send(fixture, by, Call::get(&format!("{shop}/handovers"))).await.expect(200);
    listed["items"].as_array().unwrap().iter().map(|item| item["status"].clone()).collect()
}

/// What this person is in the shop; nothing if they find none.
async fn role(fixture: &Fixture, person: &Person, shop: &str) -> Value {
    send(fixture, person, Call::get(shop)).await.json()["role"].clone()
}

#[tokio::test]
async fn who_accepts_a_shop_owns_it_and_who_owned_it_is_nothing_there() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let (heir, cashier) = (heir(&fixture, &shop).await, hire(&fixture, &shop, "cashier").await);
    let seen = send(&fixture, &owner(&fixture), invite(&shop, "cashier")).await.expect(201);
    let call = offer(&shop, &heir).key("an-offer-of-the-owner");
    let handover = send(&fixture, &owner(&fixture), call.clone()).await.expect(201);
    // A lost answer is asked for again.
    assert_eq!(send(&fixture, &owner(&fixture), call).await.expect(201), handover);
    let again = send(&fixture, &owner(&fixture), offer(&shop, &cashier)).await;
    again.expect_refusal(409, "handover-offered");
    assert_eq!(statuses(&fixture, &heir, &shop).await, ["offered"]);
    assert_eq!(statuses(&fixture, &cashier, &shop).await, [""; 0]);

    let early = send(&fixture, &heir, act(&shop, &handover, "accept")).await;
    early.expect_refusal(409, "handover-too-early");
    assert_eq!(role(&fixture, &owner(&fixture), &shop).await, "owner");
    a_day_goes_by(&fixture).await;
    let accepted = send(&fixture, &heir, act(&shop, &handover, "accept")).await.expect(200);
    assert_eq!(
        (&accepted["owner_user_id"], &accepted["role"], &accepted["version"]),
        (&json!(heir.user_id), &json!("owner"), &json!(2))
    );
    // What is sent to the old FPS id comes to the owner before.
    assert_eq!((&accepted["fps_id"], &accepted["shop_name"]), (&json!(null), &json!("永記茶餐廳")));
    let repeated = send(&fixture, &heir, act(&shop, &handover, "accept")).await.expect(200);
    assert_eq!(repeated, accepted);

    let before = owner(&fixture);
    for call in [
        Call::get(&shop),
        Call::get(&format!("{shop}/handovers")),
        invite(&shop, "cashier"),
        offer(&shop, &cashier),
        Call::new("DELETE", &shop),
    ] {
        send(&fixture, &before, call).await.expect_refusal(404, "business-not-found");
    }
    let back = send(&fixture, &before, answer(&shop, &seen, "accept")).await;
    back.expect_refusal(404, "invitation-not-found");
    assert_eq!(role(&fixture, &cashier, &shop).await, "cashier");
    let members = send(&fixture, &heir, Call::get(&format!("{shop}/members"))).await.expect(200);
    assert_eq!(members["items"].as_array().unwrap().len(), 1);
    assert_eq!(statuses(&fixture, &heir, &shop).await, ["accepted"]);

    let told_shop = fixture.database.told::<BusinessChangedV1>().await.pop().unwrap();
    assert_eq!((told_shop.owner_user_id, told_shop.version), (heir.user_id.to_string(), 2));
    let told_member = fixture.database.told::<BusinessMemberChangedV1>().await.pop().unwrap();
    assert_eq!((told_member.role, told_member.version), (None, 2));
    assert_eq!(told_member.owner_user_id, told_member.user_id);
    let handovers = fixture.database.told::<BusinessHandoverChangedV1>().await;
    assert_eq!(told(&fixture).await, ["offered", "accepted"]);
    assert_eq!(handovers[1].business_version, 2);
    assert_eq!(handovers[1].from_user_id, fixture.user_id.to_string());
    // Who owned it works there again once they are invited, with a newer version.
    let invited = send(&fixture, &heir, invite(&shop, "cashier")).await.expect(201);
    send(&fixture, &before, answer(&shop, &invited, "accept")).await.expect(201);
    assert_eq!(role(&fixture, &before, &shop).await, "cashier");
}

#[tokio::test]
async fn a_login_alone_gives_no_shop_away_and_takes_on_none() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let heir = heir(&fixture, &shop).await;
    let alone = Person { user_id: fixture.user_id, token: fixture.token.clone() };
    let refused = send(&fixture, &alone, offer(&shop, &heir)).await;
    refused.expect_refusal(401, "step-up-required");
    let handover = offered(&fixture, &shop, &heir).await;
    let device = testkit::Device::new();
    let token = fixture.issuer.token(heir.user_id, values::Product::Business, &device);
    let alone = Person { user_id: heir.user_id, token };
    let refused = send(&fixture, &alone, act(&shop, &handover, "accept")).await;
    refused.expect_refusal(401, "step-up-required");
    assert_eq!(statuses(&fixture, &alone, &shop).await, ["offered"]);
    send(&fixture, &heir, act(&shop, &handover, "accept")).await.expect(200);
}

#[tokio::test]
async fn an_offer_is_for_who_works_there_and_to_everybody_else_there_is_none() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let heir = heir(&fixture, &shop).await;
    let manager = hire(&fixture, &shop, "manager").await;
    let stranger = Person::new(&fixture);
    let myself = owner(&fixture);
    for nobody in [&stranger, &myself] {
        let refused = send(&fixture, &myself, offer(&shop, nobody)).await;
        refused.expect_refusal(404, "member-not-found");
    }
    let refused = send(&fixture, &manager, offer(&shop, &heir)).await;
    refused.expect_refusal(403, "not-allowed-for-role");
    let refused = send(&fixture, &stranger, offer(&shop, &heir)).await;
    refused.expect_refusal(404, "business-not-found");
    let handover = offered(&fixture, &shop, &heir).await;
    let none = json!({"handover_id": ShopHandoverId::new()});
    let second = open_shop(&fixture).await;
    for verb in ["accept", "decline"] {
        for (person, shop, handover) in [
            (&stranger, &shop, &handover),
            (&manager, &shop, &handover),
            (&myself, &shop, &handover),
            (&heir, &second, &handover),
            (&heir, &shop, &none),
        ] {
            let refused = send(&fixture, person, act(shop, handover, verb)).await;
            refused.expect_refusal(404, "handover-not-found");
        }
    }
    for (person, status, code) in [
        (&stranger, 404, "business-not-found"),
        (&heir, 403, "not-allowed-for-role"),
        (&manager, 403, "not-allowed-for-role"),
    ] {
        let refused = send(&fixture, person, act(&shop, &handover, "cancel")).await;
        refused.expect_refusal(status, code);
    }
    send(&fixture, &heir, act(&shop, &handover, "accept")).await.expect(200);
}

#[tokio::test]
async fn an_offer_ends_by_a_no_the_owner_the_end_of_their_work_the_shops_or_a_week() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let person = heir(&fixture, &shop).await;
    let first = offered(&fixture, &shop, &person).await;
    send(&fixture, &person, act(&shop, &first, "decline")).await.expect(204);
    let second = offered(&fixture, &shop, &person).await;
    send(&fixture, &owner(&fixture), act(&shop, &second, "cancel")).await.expect(204);
    let third = offered(&fixture, &shop, &person).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("UPDATE handovers SET expires_at = NOW(6)").await.unwrap();
    for handover in [&first, &second, &third] {
        for verb in ["accept", "decline"] {
            let refused = send(&fixture, &person, act(&shop, handover, verb)).await;
            refused.expect_refusal(404, "handover-not-found");
        }
        let refused = send(&fixture, &owner(&fixture), act(&shop, handover, "cancel")).await;
        refused.expect_refusal(404, "handover-not-found");
    }
    let newest_first = ["ended", "cancelled", "declined"];
    assert_eq!(statuses(&fixture, &owner(&fixture), &shop).await, newest_first);
    // With another role they keep it, with none they do not, also when they come back.
    let fourth = offered(&fixture, &shop, &person).await;
    let path = format!("{shop}/members/{}", person.user_id);
    let demoted = change(&path, 1, &json!({"role": "cashier"}));
    send(&fixture, &owner(&fixture), demoted).await.expect(200);
    assert_eq!(statuses(&fixture, &person, &shop).await[0], "offered");
    send(&fixture, &owner(&fixture), remove(&shop, &person)).await.expect(204);
    let invited = send(&fixture, &owner(&fixture), invite(&shop, "manager")).await.expect(201);
    send(&fixture, &person, answer(&shop, &invited, "accept")).await.expect(201);
    let refused = send(&fixture, &person, act(&shop, &fourth, "accept")).await;
    refused.expect_refusal(404, "handover-not-found");
    let fifth = offered(&fixture, &shop, &person).await;
    send(&fixture, &owner(&fixture), Call::new("DELETE", &shop)).await.expect(204);
    let refused = send(&fixture, &person, act(&shop, &fifth, "accept")).await;
    refused.expect_refusal(404, "handover-not-found");
    let expected = [
        "offered",
        "declined",
        "offered",
        "cancelled",
        "offered",
        "offered",
        "ended",
        "offered",
        "ended",
    ];
    assert_eq!(told(&fixture).await, expected);
}

#[tokio::test]
async fn who_works_there_no_more_owns_nothing_by_an_offer_that_was_left() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let heir = heir(&fixture, &shop).await;
    let handover = offered(&fixture, &shop, &heir).await;
    // As a version that knows of no offers removes them.
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop("UPDATE members SET role = NULL, version = version + 1").await.unwrap();
    let refused = send(&fixture, &heir, act(&shop, &handover, "accept")).await;
    refused.expect_refusal(404, "handover-not-found");
    assert_eq!(role(&fixture, &owner(&fixture), &shop).await, "owner");
    assert_eq!(told(&fixture).await, ["offered"]);
}

#[tokio::test]
async fn the_policy_can_ask_for_more_than_the_pin_of_who_offers_a_shop() {
    let rules = json!([{"acts": ["shop-handover"], "answer": "passkey"}]);
    let policy = StepUpPolicy { version: 1, rules: serde_json::from_value(rules).unwrap() };
    let fixture = Fixture::under(policy).await;
    let shop = open_shop(&fixture).await;
    let heir = heir(&fixture, &shop).await;
    let refused = send(&fixture, &owner(&fixture), offer(&shop, &heir)).await;
    assert!(refused.header("www-authenticate").contains("acr_values=\"passkey\""));
    refused.expect_refusal(401, "step-up-required");
    assert_eq!(statuses(&fixture, &owner(&fixture), &shop).await, [""; 0]);
}

#[tokio::test]
async fn nobody_comes_to_own_a_sixth_shop() {
    let fixture = Fixture::new().await;
    let shop = open_shop(&fixture).await;
    let heir = heir(&fixture, &shop).await;
    for _ in 0..5 {
        send(&fixture, &heir, Call::post(ALL).json(&tea_house())).await.expect(201);
    }
    let handover = offered(&fixture, &shop, &heir).await;
    let refused = send(&fixture, &heir, act(&shop, &handover, "accept")).await;
    refused.expect_refusal(409, "too-many-businesses");
    assert_eq!(role(&fixture, &owner(&fixture), &shop).await, "owner");
    let own = send(&fixture, &heir, Call::get(ALL)).await.expect(200);
    let closed = own["items"].as_array().unwrap().iter().find(|item| item["role"] == "owner");
    let closed = format!("{ALL}/{}", closed.unwrap()["business_id"].as_str().unwrap());
    // At once with a shop of their own, which would be the fifth as well.
    send(&fixture, &heir, Call::new("DELETE", &closed)).await.expect(204);
    let (accepted, opened) = join(
        send(&fixture, &heir, act(&shop, &handover, "accept")),
        send(&fixture, &heir, Call::post(ALL).json(&tea_house())),
    )
    .await;
    let refused = match (accepted.status, opened.status) {
        (200, 409) => opened,
        (409, 201) => accepted,
        other => panic!("{other:?}"),
    };
    refused.expect_refusal(409, "too-many-businesses");
}

/// Two acts at once on an offer that was just made, again and again: their answers, and what the
/// shop's owner and its heir are there afterwards.
async fn race(
    first: impl Fn(&Fixture, &str, &Person, &Value) -> (Person, Call),
    second: impl Fn(&Fixture, &str, &Person, &Value) -> (Person, Call),
    mut seen: impl FnMut([Answer; 2], [Value; 2]),
) {
    let fixture = Fixture::new().await;
    for _ in 0..ROUNDS {
        let shop = open_shop(&fixture).await;
        let heir = heir(&fixture, &shop).await;
        let handover = offered(&fixture, &shop, &heir).await;
        let [one, other] =
            [first(&fixture, &shop, &heir, &handover), second(&fixture, &shop, &heir, &handover)];
        let answers = join(send(&fixture, &one.0, one.1), send(&fixture, &other.0, other.1)).await;
        let roles =
            [role(&fixture, &owner(&fixture), &shop).await, role(&fixture, &heir, &shop).await];
        seen(answers.into(), roles);
        // Nobody owns more than five.
        let mut conn = fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop("UPDATE businesses SET closed_at = NOW(6)").await.unwrap();
    }
}

fn accepting(fixture: &Fixture, shop: &str, heir: &Person, handover: &Value) -> (Person, Call) {
    let token = pin_token(fixture, heir.user_id, 0);
    (Person { user_id: heir.user_id, token }, act(shop, handover, "accept"))
}

#[tokio::test]
async fn who_accepts_twice_at_once_is_answered_twice_and_owns_it_once() {
    race(accepting, accepting, |answers, roles| {
        assert_eq!(answers[0].expect(200), answers[1].expect(200));
        assert_eq!(answers[0].json()["version"], 2);
        assert_eq!(roles, [Value::Null, json!("owner")]);
    })
    .await;
}

#[tokio::test]
async fn of_an_acceptance_and_a_removal_or_a_taking_back_at_once_one_counts() {
    let removing = |fixture: &Fixture, shop: &str, heir: &Person, _: &Value| {
        (owner(fixture), remove(shop, heir))
    };
    race(accepting, removing, |[accepted, removed], roles| match accepted.status {
        200 => {
            // The owner before finds no shop, or no member, as they come before or after.
            removed.expect_refusal(404, "business-not-found");
            assert_eq!(roles, [Value::Null, json!("owner")]);
        }
        _ => {
            accepted.expect_refusal(404, "handover-not-found");
            assert_eq!((removed.status, roles), (204, [json!("owner"), Value::Null]));
        }
    })
    .await;
    let cancelling = |fixture: &Fixture, shop: &str, _: &Person, handover: &Value| {
        (owner(fixture), act(shop, handover, "cancel"))
    };
    race(accepting, cancelling, |[accepted, cancelled], roles| match accepted.status {
        200 => {
            cancelled.expect_refusal(404, "business-not-found");
            assert_eq!(roles, [Value::Null, json!("owner")]);
        }
        _ => {
            accepted.expect_refusal(404, "handover-not-found");
            assert_eq!((cancelled.status, roles), (204, [json!("owner"), json!("manager")]));
        }
    })
    .await;
}

#[tokio::test]
async fn of_an_acceptance_and_the_end_of_the_shop_at_once_one_counts() {
    let closing = |fixture: &Fixture, shop: &str, _: &Person, _: &Value| {
        (owner(fixture), Call::new("DELETE", shop))
    };
    race(accepting, closing, |[accepted, closed], roles| match accepted.status {
        200 => {
            closed.expect_refusal(404, "business-not-found");
            assert_eq!(roles, [Value::Null, json!("owner")]);
        }
        _ => {
            accepted.expect_refusal(404, "handover-not-found");
            assert_eq!((closed.status, roles), (204, [Value::Null, Value::Null]));
        }
    })
    .await;
}
