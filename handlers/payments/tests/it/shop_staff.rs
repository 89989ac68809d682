//! What who works in a shop may do with its money, and that they may no more once they left.

mod races;
mod roles;

use events::Envelope;
use events::business_profile::BusinessMemberChangedV1;
use events::payments::MoneyMovedV1;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call, event};
use values::{BusinessId, Product};

use crate::group_commit::static_payment;
use crate::{Fixture, Person, new_key};

const FUNCTION: &str = "payments_on_business_profile";
const REQUESTS: &str = "/api/v1/payment-requests";
const PAYMENTS: &str = "/api/v1/payments";

/// Business-profile says what somebody is in a shop.
pub(crate) fn member(
    person: &Person,
    business_id: BusinessId,
    version: u32,
    role: Option<&str>,
) -> Envelope {
    let business_id = business_id.to_string();
    let changed = BusinessMemberChangedV1 {
        business_id: business_id.clone(),
        shop_name: "永記茶餐廳".to_owned(),
        owner_user_id: person.user_id.to_string(),
        user_id: person.user_id.to_string(),
        role: role.map(str::to_owned),
        invited_by: person.user_id.to_string(),
        version,
        changed_by: person.user_id.to_string(),
        changed_at: "2026-12-01T04:00:00.000Z".to_owned(),
    };
    event(&business_id, &changed)
}

/// A shop with its people, and what they can act on.
struct Scene {
    fixture: Fixture,
    payer: Person,
    shop: BusinessId,
    /// Owner, manager, cashier; the owner of another shop, who is also a manager there.
    people: [Person; 4],
}

impl Scene {
    async fn set() -> Self {
        let fixture = Fixture::new().await;
        let payer = fixture.consumer_with(50_000).await;
        let (owner, shop) = fixture.shop().await;
        let (other, elsewhere) = fixture.shop().await;
        let manager = fixture.stranger(Product::Business);
        let cashier = fixture.stranger(Product::Business);
        let events = [
            member(&manager, shop, 1, Some("manager")),
            member(&cashier, shop, 1, Some("cashier")),
            // What somebody is elsewhere is nothing here.
            member(&manager, elsewhere, 1, Some("cashier")),
            member(&cashier, elsewhere, 1, Some("manager")),
        ];
        fixture.deliver(FUNCTION, &events).await;
        // All have just entered the PIN: it is by their roles that they may not.
        let people = [owner, manager, cashier, other].map(|person| {
            let token = fixture.stepped_up(&person, Product::Business, "pin", 0);
            Person { token, ..person }
        });
        Self { fixture, payer, shop, people }
    }

    async fn send(&self, person: &Person, call: Call) -> Answer {
        self.fixture.send(call.bearer(&person.token)).await
    }

    async fn pay(&self, cents: i64) -> String {
        let key = new_key();
        let body = static_payment(&self.payer, self.shop, cents, &key);
        let (status, payment) = self.fixture.post(&self.payer, PAYMENTS, &key, &body).await;
        assert_eq!(status, 201, "{payment}");
        payment["payment_id"].as_str().unwrap().to_owned()
    }

    fn ask(&self) -> Call {
        let body = json!({"business_id": self.shop, "amount": hkd(12_850)});
        Call::post(REQUESTS).key(&new_key()).json(&body)
    }

    async fn sql(&self, statement: &str) {
        let mut conn = self.fixture.database.pool.get_conn().await.unwrap();
        conn.query_drop(statement).await.unwrap();
    }
}

fn hkd(cents: i64) -> Value {
    json!({"amount": cents, "currency": "HKD"})
}

pub(crate) fn refund(payment: &str, cents: i64) -> Call {
    let call = Call::post(&format!("{PAYMENTS}/{payment}/refunds"));
    call.key(&new_key()).json(&json!({"amount": hkd(cents)}))
}

#[tokio::test]
async fn a_cashier_reads_what_is_of_today_and_a_manager_all() {
    let scene = Scene::set().await;
    let [_, manager, cashier, _] = &scene.people;
    let lists = Call::get(&format!("{PAYMENTS}?business_id={}", scene.shop));
    let today = scene.pay(10_000).await;
    let listed = scene.send(cashier, lists.clone()).await.expect(200);
    assert_eq!(listed["items"][0]["payment_id"], json!(today));
    // As if it had been made at the end of November: an id tells when it was made.
    let made = "X'019AC0000000'";
    for (table, id) in [("transfers", "transfer_id"), ("operations", "operation_id")] {
        let older = format!("CONCAT({made}, SUBSTRING({id}, 7))");
        scene.sql(&format!("UPDATE {table} SET {id} = {older}")).await;
    }
    scene.sql("UPDATE operations SET created_at = created_at - INTERVAL 2 DAY").await;
    assert_eq!(scene.send(cashier, lists.clone()).await.expect(200)["items"], json!([]));
    let listed = scene.send(manager, lists).await.expect(200);
    let id = listed["items"][0]["payment_id"].as_str().unwrap();
    assert_ne!(id, today);
    let read = Call::get(&format!("{PAYMENTS}/{id}"));
    scene.send(manager, read.clone()).await.expect(200);
    scene.send(cashier, read).await.expect_refusal(403, "not-allowed-for-role");
}

#[tokio::test]
async fn who_acted_in_the_shops_name_is_written_down_and_the_owner_is_told() {
    let scene = Scene::set().await;
    let [owner, manager, cashier, _] = &scene.people;
    let asked = scene.send(cashier, scene.ask()).await.expect(201);
    assert_eq!(asked["created_by"], json!(cashier.user_id));
    let paid = scene.pay(10_000).await;
    let given = scene.send(manager, refund(&paid, 100)).await.expect(201);
    assert_eq!(given["created_by"], json!(manager.user_id));
    let path = format!("/api/v1/refunds/{}", given["refund_id"].as_str().unwrap());
    let as_owner = scene.send(owner, Call::get(&path)).await.expect(200);
    assert_eq!(as_owner, given);
    let as_payer = scene.send(&scene.payer, Call::get(&path)).await.expect(200);
    assert_eq!(as_payer["created_by"], json!(null));
    let told: Vec<MoneyMovedV1> = scene.fixture.database.told().await;
    let refunded = told.iter().find(|moved| moved.kind == "refund").unwrap();
    assert_eq!(refunded.from.told_user_id, Some(owner.user_id.to_string()));
}

#[tokio::test]
async fn a_cashier_sees_a_home_without_the_shops_money() {
    let scene = Scene::set().await;
    let [_, manager, cashier, _] = &scene.people;
    scene.send(cashier, scene.ask()).await.expect(201);
    let home = Call::get(&format!("/api/v1/home?business_id={}", scene.shop));
    let of_manager = scene.send(manager, home.clone()).await.expect(200);
    assert!(of_manager["wallet"].is_object() && of_manager["movements"].is_array());
    let of_cashier = scene.send(cashier, home).await.expect(200);
    assert!(of_cashier["wallet"].is_null() && of_cashier["movements"].is_null());
    assert_eq!(of_cashier["payment_requests"], of_manager["payment_requests"]);
}

#[tokio::test]
async fn the_newest_word_on_a_member_counts_in_whatever_order_and_however_often_it_comes() {
    let fixture = Fixture::new().await;
    let (_, shop) = fixture.shop().await;
    let words = [Some("cashier"), Some("manager"), None];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let person = fixture.stranger(Product::Business);
        let events =
            order.map(|at: usize| member(&person, shop, u32::try_from(at).unwrap() + 1, words[at]));
        for event in events.iter().chain(&events) {
            fixture.deliver(FUNCTION, std::slice::from_ref(event)).await;
        }
        let wallet = format!("/api/v1/wallets/businesses/{shop}");
        let (status, problem) = fixture.get(&person, &wallet).await;
        assert_eq!((status, &problem["code"]), (404, &json!("business-not-found")), "{order:?}");
        let back = member(&person, shop, 4, Some("manager"));
        fixture.deliver(FUNCTION, &[back]).await;
        assert_eq!(fixture.get(&person, &wallet).await.0, 200, "{order:?}");
    }
}

#[tokio::test]
async fn nobody_becomes_an_owner_by_an_event_of_members() {
    let fixture = Fixture::new().await;
    let (_, shop) = fixture.shop().await;
    let person = fixture.stranger(Product::Business);
    fixture.deliver(FUNCTION, &[member(&person, shop, 1, Some("owner"))]).await;
    assert_eq!(fixture.database.count("parked_events").await, 1);
    assert_eq!(fixture.database.count("shop_members").await, 0);
}
