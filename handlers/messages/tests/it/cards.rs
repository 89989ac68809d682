//! Money in conversations, as those in them see it.

use serde_json::{Value, json};
use testkit::{Answer, Call};
use values::{MoneyRequestId, PayLinkId};

use crate::fixture::{
    CONVERSATIONS, Fixture, ON_PAYMENTS, Person, asked, claimed, filled, paid, returned,
};

async fn share(fixture: &Fixture, by: &Person, id: &str, body: &Value) -> Answer {
    let call = Call::post(&format!("{CONVERSATIONS}/{id}/cards"));
    fixture.send(by, call.json(body)).await
}

/// The cards that somebody sees, the oldest first.
async fn cards(fixture: &Fixture, by: &Person, id: &str) -> Vec<Value> {
    let page = fixture.get(by, &format!("{CONVERSATIONS}/{id}/messages?newer_than=0")).await;
    let items = page.expect(200)["items"].as_array().unwrap().clone();
    items.into_iter().map(|item| item["card"].clone()).filter(|card| !card.is_null()).collect()
}

#[tokio::test]
async fn a_payment_is_seen_by_both_and_lets_only_who_was_paid_write() {
    let fixture = Fixture::new().await;
    let (amy, ben) = (fixture.person("Amy").await, fixture.person("Ben").await);
    fixture.deliver(ON_PAYMENTS, &[paid(amy.user_id, ben.user_id, 500, None)]).await;
    let id = fixture.listed(&ben).await.remove(0);
    assert_eq!(fixture.open(&amy, &ben).await, id);
    for person in [&amy, &ben] {
        let seen = cards(&fixture, person, &id).await.remove(0);
        assert_eq!((&seen["type"], &seen["status"]), (&json!("payment"), &json!("paid")));
        assert_eq!(seen["amount"], json!({"amount": 500, "currency": "HKD"}));
        assert_eq!(seen["payer_id"], amy.user_id.to_string());
    }
    // Payments tells of it, and not this service too.
    assert_eq!(fixture.unread(&ben).await, (0, 0));
    // A stranger would pay a cent to be heard.
    fixture.try_say(&amy, &id, "Hi").await.expect_refusal(409, "writing-not-allowed");
    assert_eq!(fixture.conversation(&amy, &id).await["can_write"], false);
    fixture.say(&ben, &id, "Thanks").await;
    fixture.say(&amy, &id, "You are welcome").await;
}

#[tokio::test]
async fn a_request_is_one_card_that_stands_as_it_does_and_lets_only_who_is_asked_write() {
    let fixture = Fixture::new().await;
    let (amy, ben) = (fixture.person("Amy").await, fixture.person("Ben").await);
    let (request, pair) = (MoneyRequestId::new(), [amy.user_id, ben.user_id]);
    fixture.deliver(ON_PAYMENTS, &[asked(request, pair, 1, "open")]).await;
    let id = fixture.listed(&ben).await.remove(0);
    fixture.try_say(&amy, &id, "Hi").await.expect_refusal(409, "writing-not-allowed");
    fixture.say(&ben, &id, "Who are you?").await;
    fixture.say(&amy, &id, "Your neighbour").await;
    let payment = paid(ben.user_id, amy.user_id, 12_850, Some(request));
    fixture.deliver(ON_PAYMENTS, &[payment, asked(request, pair, 2, "paid")]).await;
    let seen = cards(&fixture, &ben, &id).await;
    assert_eq!(seen.len(), 1);
    assert_eq!((&seen[0]["status"], &seen[0]["type"]), (&json!("paid"), &json!("request")));
    assert_eq!(seen[0]["money_request_id"], request.to_string());
}

#[tokio::test]
async fn a_card_is_changed_by_nobody_in_the_conversation() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    fixture.deliver(ON_PAYMENTS, &[paid(amy.user_id, ben.user_id, 500, None)]).await;
    let card = fixture.conversation(&amy, &id).await["last_message"].clone();
    fixture.edit(&amy, &card, "1").await.expect_refusal(409, "card-not-changeable");
    fixture.withdraw(&amy, &card).await.expect_refusal(409, "card-not-changeable");
    fixture.withdraw(&ben, &card).await.expect_refusal(404, "message-not-found");
}

#[tokio::test]
async fn a_pay_link_is_shown_by_its_sender_once_and_its_amount_is_for_them() {
    let fixture = Fixture::new().await;
    let [amy, ben, cat] =
        [fixture.person("Amy").await, fixture.person("Ben").await, fixture.person("Cat").await];
    let (_, id) = fixture.with_group(&[&amy, &ben, &cat]).await;
    let link = PayLinkId::new();
    let body = json!({"pay_link_id": link});
    share(&fixture, &amy, &id, &body).await.expect_refusal(404, "not-yet-known");
    fixture.deliver(ON_PAYMENTS, &[filled(link, amy.user_id, 500)]).await;
    // Somebody else's is as one that there is not.
    share(&fixture, &ben, &id, &body).await.expect_refusal(404, "not-yet-known");
    let first = share(&fixture, &amy, &id, &body).await;
    let again = share(&fixture, &amy, &id, &body).await;
    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(fixture.unread(&ben).await, (1, 1));
    let seen = cards(&fixture, &ben, &id).await.remove(0);
    assert_eq!((&seen["amount"], &seen["status"]), (&Value::Null, &json!("open")));
    assert_eq!(cards(&fixture, &amy, &id).await[0]["amount"]["amount"], 500);
    fixture.deliver(ON_PAYMENTS, &[claimed(link, [amy.user_id, ben.user_id], 500)]).await;
    assert_eq!(cards(&fixture, &cat, &id).await[0]["status"], "claimed");
    // Money has moved between the two.
    fixture.open(&amy, &ben).await;
    fixture.try_open(&amy, cat.user_id).await.expect_refusal(404, "correspondent-not-found");
}

#[tokio::test]
async fn what_nobody_claimed_is_shown_as_gone_back_and_nothing_but_one_id_is_taken() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let link = PayLinkId::new();
    let events = [returned(link, amy.user_id, 500), filled(link, amy.user_id, 500)];
    fixture.deliver(ON_PAYMENTS, &events).await;
    share(&fixture, &amy, &id, &json!({"pay_link_id": link})).await.expect(201);
    assert_eq!(cards(&fixture, &ben, &id).await[0]["status"], "returned");
    for body in
        [json!({}), json!({"pay_link_id": link, "red_packet_id": values::RedPacketId::new()})]
    {
        share(&fixture, &amy, &id, &body).await.expect_refusal(400, "invalid-body");
    }
}
