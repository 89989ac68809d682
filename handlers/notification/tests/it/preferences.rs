//! What people switch off, and what they are told of all the same.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, InProcess, deliver};
use values::{PeerPaymentId, Product, UserId};

use crate::friends::changed;
use crate::remarks::remarked;
use crate::{Fixture, LIST, ON_SOCIAL, bodies};

const PREFERENCES: &str = "/api/v1/notification-preferences";

async fn read(fixture: &Fixture, product: Product) -> Value {
    fixture.call(fixture.consumer, product, "GET", PREFERENCES).await.1
}

/// Changes this version of what the consumer has chosen.
async fn change(fixture: &Fixture, version: u64, body: &Value) -> testkit::Answer {
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let call = Call::new("PATCH", PREFERENCES).bearer(&token);
    let call = call.header("if-match", &format!("\"{version}\""));
    let call = call.body("application/merge-patch+json", &body.to_string());
    call.send(&fixture.routes).await
}

/// Changes the newest.
async fn choose(fixture: &Fixture, body: &Value) -> testkit::Answer {
    let version = read(fixture, Product::Consumer).await["version"].as_u64().unwrap();
    change(fixture, version, body).await
}

async fn count(fixture: &Fixture) -> usize {
    let (_, page) = fixture.consumer("GET", LIST).await;
    let (_, unread) = fixture.consumer("GET", &format!("{LIST}/unread-count")).await;
    let count = bodies(&page).len();
    assert_eq!(unread["unread"], count);
    count
}

#[tokio::test]
async fn what_a_person_switches_off_is_not_told_in_that_product_until_they_switch_it_on_again() {
    let fixture = Fixture::new().await;
    let all = |switched_off: &[&str], version: u32| {
        json!({"switched_off": switched_off, "not_pushed": [], "quiet_hours": null,
            "version": version})
    };
    let none = all(&[], 1);
    assert_eq!(read(&fixture, Product::Consumer).await, none);
    let off = json!({"switched_off": ["friends", "messages"]});
    for _ in 0..2 {
        let chosen = all(&["friends", "messages"], 2);
        assert_eq!(choose(&fixture, &off).await.expect(200), chosen);
        assert_eq!(read(&fixture, Product::Consumer).await, chosen);
    }
    assert_eq!(read(&fixture, Product::Business).await, none);

    let (id, asker) = (PeerPaymentId::new(), UserId::new());
    let (me, other) = (fixture.consumer, fixture.owner);
    let asked = changed([asker, me], 1, "requested");
    let tell = async |events: &[_]| deliver(&fixture.routes, ON_SOCIAL, events).await;
    tell(&[asked, remarked(id, 1, "reaction", &[me, other])]).await;
    assert_eq!(count(&fixture).await, 0);
    let (_, page) = fixture.call(other, Product::Consumer, "GET", LIST).await;
    assert_eq!(bodies(&page).len(), 1);
    // Money has to be told.
    fixture.deliver_payments(&[fixture.payment(12_850)]).await;
    assert_eq!(count(&fixture).await, 1);

    choose(&fixture, &json!({"switched_off": []})).await.expect(200);
    tell(&[remarked(id, 2, "reaction", &[me])]).await;
    assert_eq!(count(&fixture).await, 2);
    // What was told stands, unread, until something newer that is wanted takes its place.
    choose(&fixture, &off).await.expect(200);
    tell(&[remarked(id, 3, "reaction", &[me])]).await;
    assert_eq!(count(&fixture).await, 2);
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page)[0], "A*** 2 and 1 other reacted to your payment.");
    choose(&fixture, &json!({"switched_off": []})).await.expect(200);
    // Known already, if not told.
    tell(&[remarked(id, 3, "reaction", &[me])]).await;
    assert_eq!(bodies(&fixture.consumer("GET", LIST).await.1), bodies(&page));
    tell(&[remarked(id, 4, "reaction", &[me])]).await;
    assert_eq!(count(&fixture).await, 2);
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page)[0], "A*** 4 and 3 others reacted to your payment.");
}

#[tokio::test]
async fn what_an_app_does_not_name_and_what_another_changed_since_stays_as_it_is() {
    let fixture = Fixture::new().await;
    let friends = json!({"switched_off": ["friends"]});
    change(&fixture, 1, &friends).await.expect(200);
    let messages = json!({"switched_off": ["messages"]});
    change(&fixture, 1, &messages).await.expect_refusal(412, "version-stale");
    change(&fixture, 2, &json!({})).await.expect(200);
    let chosen = read(&fixture, Product::Consumer).await;
    assert_eq!(chosen["switched_off"], json!(["friends"]));
    assert_eq!(chosen["version"], 2);
    // Of a later version of this service.
    let sql = "UPDATE notification_preferences SET switched_off = 'friends,poems'";
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    conn.query_drop(sql).await.unwrap();
    change(&fixture, 2, &messages).await.expect(200);
    let sql = "SELECT switched_off FROM notification_preferences";
    let stored: Option<String> = conn.query_first(sql).await.unwrap();
    assert_eq!(stored.unwrap(), "messages,poems");
}

#[tokio::test]
async fn nobody_switches_security_money_account_or_shop_off() {
    let fixture = Fixture::new().await;
    let off = json!({"switched_off": ["requests"]});
    choose(&fixture, &off).await.expect(200);
    for class in ["security", "money", "account", "shop"] {
        let body = json!({"switched_off": ["friends", class]});
        choose(&fixture, &body).await.expect_refusal(422, "notification-not-optional");
    }
    let too_many = json!(vec!["friends"; 8]);
    for off in [json!(null), json!(["poems"]), json!("friends"), too_many] {
        let body = json!({"switched_off": off});
        choose(&fixture, &body).await.expect_refusal(400, "invalid-body");
    }
    assert_eq!(read(&fixture, Product::Consumer).await["switched_off"], off["switched_off"]);
    for method in ["GET", "PATCH"] {
        let answer = Call::new(method, PREFERENCES).send(&fixture.routes).await;
        answer.expect_refusal(401, "invalid-token");
    }
}
