//! What people switch off, and what they are told of all the same.

use notification::routes;
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

async fn choose(fixture: &Fixture, body: &Value) -> testkit::Answer {
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let call = Call::new("PUT", PREFERENCES).bearer(&token).json(body);
    call.send(&routes(fixture.app.clone())).await
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
    assert_eq!(read(&fixture, Product::Consumer).await, json!({"switched_off": []}));
    let off = json!({"switched_off": ["friends", "messages"]});
    for _ in 0..2 {
        choose(&fixture, &off).await.expect(204);
        assert_eq!(read(&fixture, Product::Consumer).await, off);
    }
    assert_eq!(read(&fixture, Product::Business).await, json!({"switched_off": []}));

    let (id, asker) = (PeerPaymentId::new(), UserId::new());
    let (me, other) = (fixture.consumer, fixture.owner);
    let asked = changed([asker, me], 1, "requested");
    let tell = async |events: &[_]| deliver(&routes(fixture.app.clone()), ON_SOCIAL, events).await;
    tell(&[asked, remarked(id, 1, "reaction", &[me, other])]).await;
    assert_eq!(count(&fixture).await, 0);
    let (_, page) = fixture.call(other, Product::Consumer, "GET", LIST).await;
    assert_eq!(bodies(&page).len(), 1);
    // Money has to be told.
    fixture.deliver_payments(&[fixture.payment(12_850)]).await;
    assert_eq!(count(&fixture).await, 1);

    choose(&fixture, &json!({"switched_off": []})).await.expect(204);
    tell(&[remarked(id, 2, "reaction", &[me])]).await;
    assert_eq!(count(&fixture).await, 2);
    // What was told stands, unread, until something newer that is wanted takes its place.
    choose(&fixture, &off).await.expect(204);
    tell(&[remarked(id, 3, "reaction", &[me])]).await;
    assert_eq!(count(&fixture).await, 2);
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page)[0], "A*** 2 and 1 other reacted to your payment.");
    choose(&fixture, &json!({"switched_off": []})).await.expect(204);
    // Known already, if not told.
    tell(&[remarked(id, 3, "reaction", &[me])]).await;
    assert_eq!(bodies(&fixture.consumer("GET", LIST).await.1), bodies(&page));
    tell(&[remarked(id, 4, "reaction", &[me])]).await;
    assert_eq!(count(&fixture).await, 2);
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page)[0], "A*** 4 and 3 others reacted to your payment.");
}

#[tokio::test]
async fn nobody_switches_security_money_account_or_shop_off() {
    let fixture = Fixture::new().await;
    let off = json!({"switched_off": ["requests"]});
    choose(&fixture, &off).await.expect(204);
    for class in ["security", "money", "account", "shop"] {
        let body = json!({"switched_off": ["friends", class]});
        choose(&fixture, &body).await.expect_refusal(422, "notification-not-optional");
    }
    for body in [json!({}), json!({"switched_off": ["poems"]}), json!({"switched_off": "friends"})]
    {
        choose(&fixture, &body).await.expect_refusal(400, "invalid-body");
    }
    assert_eq!(read(&fixture, Product::Consumer).await, off);
    for method in ["GET", "PUT"] {
        let answer = Call::new(method, PREFERENCES).send(&routes(fixture.app.clone())).await;
        answer.expect_refusal(401, "invalid-token");
    }
}
