//! What somebody who is blocked can still do to who blocks them, which is nothing, and what they
//! can learn of it, which is no more.

use events::Envelope;
use events::social::BlockChangedV1;
use serde_json::{Value, json};
use testkit::{Answer, Call, event};
use values::Product;

use super::{PEER_PAYMENTS, signed_amount};
use crate::money_requests::{MONEY_REQUESTS, PRICE, path_of, signed_payment, wish};
use crate::schedules::{SCHEDULES, requests};
use crate::{Fixture, Person, new_key};

fn block(by: &Person, other: &Person, version: u32, is_blocked: bool) -> Envelope {
    let (blocker_id, blocked_id) = (by.user_id.to_string(), other.user_id.to_string());
    let changed_at = "2026-11-29T08:00:00Z".to_owned();
    let subject = format!("{blocker_id}+{blocked_id}");
    event(&subject, &BlockChangedV1 { blocker_id, blocked_id, version, is_blocked, changed_at })
}

/// What a refusal says, without the id of its trace and of whom it is about.
fn said(answer: &Answer, about: &Person) -> (u16, String) {
    let mut body = answer.json();
    let body = body.as_object_mut().unwrap();
    body.remove("trace_id");
    body.remove("instance");
    (answer.status, json!(body).to_string().replace(&about.user_id.to_string(), "them"))
}

fn bill(other: &Person) -> Value {
    json!({
        "total": {"amount": 100, "currency": "HKD"},
        "split": {"type": "equal", "user_ids": [other.user_id]},
    })
}

/// All that one person can try on another, and what comes of it.
async fn tries(fixture: &Fixture, by: &Person, other: &Person) -> Vec<(u16, String)> {
    let key = new_key();
    let calls = [
        Call::get(&format!("/api/v1/payees/{}", other.user_id)),
        Call::post(MONEY_REQUESTS).json(&wish(other, PRICE)),
        Call::post("/api/v1/bills").json(&bill(other)),
        Call::post(SCHEDULES).json(&requests(other.user_id, 100, "monthly")),
        Call::post(PEER_PAYMENTS).key(&key).json(&signed_amount(by, other.user_id, 100, &key)),
    ];
    let mut seen = Vec::new();
    for call in calls {
        seen.push(said(&fixture.send(call.bearer(&by.token)).await, other));
    }
    seen
}

#[tokio::test]
async fn who_blocks_is_to_the_blocked_as_one_who_has_closed_their_wallet() {
    let fixture = Fixture::new().await;
    let bob = fixture.consumer_with(50_000).await;
    let (ann, cat) =
        (fixture.person(Product::Consumer).await, fixture.person(Product::Consumer).await);
    let events = [block(&ann, &bob, 1, true)];
    fixture.deliver("payments_on_social", &events).await;
    let close = Call::post("/api/v1/wallets/me/close").bearer(&cat.token);
    fixture.send(close).await.expect(200);
    let (of_ann, of_cat) = (tries(&fixture, &bob, &ann).await, tries(&fixture, &bob, &cat).await);
    assert_eq!(of_ann, of_cat);
    let codes: Vec<_> = of_ann.iter().map(|(status, _)| *status).collect();
    assert_eq!(codes, [404, 404, 404, 404, 409]);
    assert_eq!((fixture.balance(&bob).await, fixture.balance(&ann).await), (50_000, 0));
    for table in ["money_requests", "bills", "schedules"] {
        assert_eq!(fixture.database.count(table).await, 0, "{table}");
    }
    // Nobody else is kept from anything, and she from nothing.
    fixture.asked(&ann, &bob, PRICE).await;
    let dan = fixture.consumer_with(50_000).await;
    let statuses: Vec<_> = tries(&fixture, &dan, &ann).await.into_iter().map(|one| one.0).collect();
    assert_eq!(statuses, [200, 201, 201, 201, 201]);
}

#[tokio::test]
async fn what_a_person_asked_for_they_are_paid_after_they_blocked_and_a_repeat_is_answered() {
    let fixture = Fixture::new().await;
    let bob = fixture.consumer_with(50_000).await;
    let ann = fixture.person(Product::Consumer).await;
    let key = new_key();
    let body = signed_amount(&bob, ann.user_id, 100, &key);
    let first = fixture.post_text(&bob, PEER_PAYMENTS, &key, &body).await;
    assert_eq!(first.0, 201);
    let request = fixture.asked(&ann, &bob, PRICE).await;
    fixture.deliver("payments_on_social", &[block(&ann, &bob, 1, true)]).await;
    // He is not told that he was not charged of what he has paid.
    assert_eq!(fixture.post_text(&bob, PEER_PAYMENTS, &key, &body).await, first);
    let key = new_key();
    let (status, _) =
        fixture.post(&bob, PEER_PAYMENTS, &key, &signed_payment(&bob, &request, &key)).await;
    assert_eq!((status, fixture.balance(&ann).await), (201, PRICE + 100));
}

#[tokio::test]
async fn what_a_person_began_before_they_were_blocked_is_answered_the_same_again() {
    let fixture = Fixture::new().await;
    let bob = fixture.person(Product::Consumer).await;
    let ann = fixture.person(Product::Consumer).await;
    let begun = [
        (MONEY_REQUESTS, wish(&ann, PRICE)),
        ("/api/v1/bills", bill(&ann)),
        (SCHEDULES, requests(ann.user_id, 100, "monthly")),
    ];
    let mut answers = Vec::new();
    for (path, body) in &begun {
        let key = new_key();
        let answer = fixture.post_text(&bob, path, &key, body).await;
        assert_eq!(answer.0, 201, "{path}");
        answers.push((key, answer));
    }
    fixture.deliver("payments_on_social", &[block(&ann, &bob, 1, true)]).await;
    for ((path, body), (key, first)) in begun.iter().zip(answers) {
        assert_eq!(fixture.post_text(&bob, path, &key, body).await, first, "{path}");
    }
}

#[tokio::test]
async fn of_a_reminder_by_who_is_blocked_nobody_is_told() {
    let fixture = Fixture::new().await;
    let bob = fixture.person(Product::Consumer).await;
    let ann = fixture.person(Product::Consumer).await;
    let request = fixture.asked(&bob, &ann, PRICE).await;
    fixture.deliver("payments_on_social", &[block(&ann, &bob, 1, true)]).await;
    for (count, events) in [(1, 1), (2, 2)] {
        let earlier = "UPDATE money_requests SET created_at = created_at - INTERVAL 25 HOUR,
            reminded_at = reminded_at - INTERVAL 25 HOUR";
        fixture.execute(earlier).await;
        let remind = Call::post(&format!("{}/reminders", path_of(&request))).bearer(&bob.token);
        let reminded = fixture.send(remind).await.expect(200);
        assert_eq!(reminded["reminders"], count);
        assert_eq!(fixture.told_of_requests().await.len(), events);
        // The second comes when the block is over.
        fixture.deliver("payments_on_social", &[block(&ann, &bob, 2, false)]).await;
    }
}

#[tokio::test]
async fn a_block_that_comes_late_or_twice_is_what_the_newest_says() {
    let fixture = Fixture::new().await;
    let bob = fixture.person(Product::Consumer).await;
    let ann = fixture.person(Product::Consumer).await;
    let events = [block(&ann, &bob, 1, true), block(&ann, &bob, 2, false)];
    let path = format!("/api/v1/payees/{}", ann.user_id);
    for (event, status) in [(&events[0], 404), (&events[1], 200), (&events[0], 200)] {
        for _ in 0..2 {
            fixture.deliver("payments_on_social", std::slice::from_ref(event)).await;
            assert_eq!(fixture.get(&bob, &path).await.0, status);
        }
    }
}
