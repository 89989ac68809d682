//! Beginning to talk, and seeing with whom one does.

use events::payments::WalletClosedV1;
use serde_json::{Value, json};
use testkit::event;
use values::UserId;

use crate::fixture::{CONVERSATIONS, Fixture, ON_PAYMENTS};

#[tokio::test]
async fn two_friends_have_one_conversation_whoever_opens_it() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    assert_eq!(fixture.open(&ben, &amy).await, id);
    let seen = fixture.conversation(&amy, &id).await;
    assert_eq!(seen["type"], "one-to-one");
    assert_eq!(seen["others"][0]["name"], "陳大文");
    assert_eq!((&seen["can_write"], &seen["last_message"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn strangers_nobody_and_oneself_are_refused_alike() {
    let fixture = Fixture::new().await;
    let (amy, ben) = (fixture.person("Amy").await, fixture.person("Ben").await);
    let mut refusals = Vec::new();
    for other in [ben.user_id, UserId::new(), amy.user_id] {
        let answer = fixture.try_open(&amy, other).await;
        answer.expect_refusal(404, "correspondent-not-found");
        let mut problem = answer.json();
        problem["trace_id"].take();
        problem["instance"].take();
        refusals.push(problem);
    }
    assert!(refusals.windows(2).all(|two| two[0] == two[1]), "{refusals:?}");
    assert_eq!(fixture.database.count("conversations").await, 0);
}

#[tokio::test]
async fn conversations_are_listed_by_what_was_said_last_and_not_before_anything_was() {
    let fixture = Fixture::new().await;
    let amy = fixture.person("Amy").await;
    let mut ids = Vec::new();
    for name in ["Ben", "Cat", "Dan"] {
        let friend = fixture.person(name).await;
        fixture.befriend(&amy, &friend).await;
        ids.push((fixture.open(&amy, &friend).await, friend));
    }
    assert!(fixture.listed(&amy).await.is_empty());
    for (at, text) in [(0, "1"), (1, "2"), (2, "3"), (0, "4")] {
        let (id, friend) = &ids[at];
        fixture.say(friend, id, text).await;
    }
    let id = |at: usize| ids[at].0.clone();
    assert_eq!(fixture.listed(&amy).await, [id(0), id(2), id(1)]);
    let page = fixture.get(&amy, &format!("{CONVERSATIONS}?limit=1")).await.expect(200);
    let first = &page["items"][0];
    assert_eq!((&first["last_message"]["text"], &first["unread_count"]), (&json!("4"), &json!(2)));
    let next = page["next_cursor"].as_str().unwrap();
    let page = fixture.get(&amy, &format!("{CONVERSATIONS}?limit=1&cursor={next}")).await;
    assert_eq!(page.expect(200)["items"][0]["conversation_id"], id(2));
    assert_eq!(fixture.unread(&amy).await, (4, 3));
}

#[tokio::test]
async fn whoever_has_closed_their_wallet_is_shown_as_such_in_each_conversation() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let zoe = fixture.person("Zoe").await;
    let (_, group) = fixture.with_group(&[&amy, &ben, &zoe]).await;
    fixture.say(&ben, &id, "Goodbye").await;
    let closed = WalletClosedV1 {
        user_id: ben.user_id.to_string(),
        closed_at: "2026-11-29T10:00:00Z".to_owned(),
    };
    for _ in 0..2 {
        fixture.deliver(ON_PAYMENTS, &[event(&closed.user_id, &closed)]).await;
    }
    for (id, expected) in [(&id, 1), (&group, 1)] {
        let shown = fixture.conversation(&amy, id).await;
        let others = shown["others"].as_array().unwrap();
        let gone: Vec<&Value> = others.iter().filter(|other| other["has_closed"] == true).collect();
        assert_eq!(gone.len(), expected);
        assert_eq!(gone[0]["user_id"], ben.user_id.to_string());
    }
    assert_eq!(fixture.texts(&amy, &id).await, ["Goodbye"]);
    let own = fixture.conversation(&ben, &id).await;
    assert_eq!(own["others"][0]["has_closed"], false);
}
