//! Saying something, once.

use serde_json::json;
use testkit::Call;
use uuid::Uuid;

use crate::fixture::{CONVERSATIONS, Fixture, say};

#[tokio::test]
async fn what_one_says_the_other_reads_and_has_unread() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let sent = fixture.say(&amy, &id, "Lunch?\nAt one.").await;
    assert_eq!(sent["number"], 1);
    assert_eq!(sent["sender_id"], amy.user_id.to_string());
    assert_eq!(fixture.texts(&ben, &id).await, ["Lunch?\nAt one."]);
    assert_eq!((fixture.unread(&ben).await, fixture.unread(&amy).await), ((1, 1), (0, 0)));
    let path = format!("/api/v1/messages/{}", sent["message_id"].as_str().unwrap());
    assert_eq!(fixture.get(&ben, &path).await.expect(200), sent);
}

#[tokio::test]
async fn a_repeat_under_the_same_key_is_the_same_message_and_another_text_is_refused() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let key = Uuid::new_v4().to_string();
    let first = fixture.send(&amy, say(&id, "Hello").key(&key)).await;
    let repeat = fixture.send(&amy, say(&id, "Hello").key(&key)).await;
    assert_eq!((first.status, repeat.status), (201, 201));
    assert_eq!(first.body, repeat.body);
    assert_eq!(
        (first.header("idempotent-replayed"), repeat.header("idempotent-replayed")),
        ("", "true")
    );
    let other = fixture.send(&amy, say(&id, "Goodbye").key(&key)).await;
    other.expect_refusal(422, "idempotency-key-reused");
    // The same key of another person is another one.
    fixture.send(&ben, say(&id, "Hello").key(&key)).await.expect(201);
    assert_eq!(fixture.texts(&ben, &id).await, ["Hello", "Hello"]);
    // Also once the two are no friends: the answer to the first may have been lost.
    fixture.unfriend(&amy, &ben).await;
    assert_eq!(fixture.send(&amy, say(&id, "Hello").key(&key)).await.body, first.body);
}

#[tokio::test]
async fn a_text_that_would_not_be_seen_as_it_is_or_is_too_long_is_refused() {
    let (fixture, [amy, _], id) = Fixture::with_friends().await;
    let long = "x".repeat(1001);
    for text in ["", " hi", "hi\u{202e}", "a\u{200b}b", long.as_str()] {
        assert_eq!(fixture.try_say(&amy, &id, text).await.status, 400, "{text:?}");
    }
    assert_eq!(fixture.database.count("messages").await, 0);
}

#[tokio::test]
async fn nobody_sends_more_than_sixty_messages_a_minute_in_a_conversation() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    for number in 0..60 {
        fixture.say(&amy, &id, &format!("{number}")).await;
    }
    fixture.try_say(&amy, &id, "60").await.expect_refusal(429, "messages-throttled");
    fixture.say(&ben, &id, "Stop").await;
    assert_eq!(fixture.unread(&ben).await, (60, 1));
}

#[tokio::test]
async fn pages_go_back_from_now_and_on_from_what_is_known_and_hold_each_message_once() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    for number in 1..=7 {
        fixture.say(if number % 2 == 0 { &amy } else { &ben }, &id, &number.to_string()).await;
    }
    let list = format!("{CONVERSATIONS}/{id}/messages");
    let mut back = Vec::new();
    let mut path = format!("{list}?limit=3");
    loop {
        let page = fixture.get(&amy, &path).await.expect(200);
        back.extend(page["items"].as_array().unwrap().iter().map(|item| item["number"].clone()));
        // What comes meanwhile shifts no page.
        fixture.say(&ben, &id, "meanwhile").await;
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("{list}?limit=3&cursor={next}");
    }
    assert_eq!(back, [7, 6, 5, 4, 3, 2, 1]);
    let mut on = Vec::new();
    let mut path = format!("{list}?newer_than=2&limit=3");
    loop {
        let page = fixture.get(&amy, &path).await.expect(200);
        on.extend(page["items"].as_array().unwrap().iter().map(|item| item["number"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("{list}?newer_than=2&limit=3&cursor={next}");
    }
    assert_eq!(on, [3, 4, 5, 6, 7, 8, 9, 10]);
}

#[tokio::test]
async fn what_was_read_is_not_unread_again_and_the_other_sees_how_far() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    for text in ["1", "2", "3"] {
        fixture.say(&amy, &id, text).await;
    }
    for (number, unread, read_up_to) in [(2, 1, 2), (1, 1, 2), (4_294_967_295, 0, 3), (3, 0, 3)] {
        fixture.mark_read(&ben, &id, number).await;
        assert_eq!(fixture.unread(&ben).await.0, unread, "{number}");
        let seen = fixture.conversation(&amy, &id).await;
        assert_eq!(seen["others"][0]["read_up_to"], read_up_to, "{number}");
    }
    fixture.say(&amy, &id, "4").await;
    assert_eq!(fixture.unread(&ben).await, (1, 1));
}

#[tokio::test]
async fn a_muted_conversation_counts_what_is_unread_for_itself_only() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let path = format!("{CONVERSATIONS}/{id}/mute");
    fixture.send(&ben, Call::new("PUT", &path)).await.expect(204);
    fixture.say(&amy, &id, "Hello").await;
    assert_eq!(fixture.unread(&ben).await, (0, 0));
    let seen = fixture.conversation(&ben, &id).await;
    assert_eq!((&seen["unread_count"], &seen["is_muted"]), (&json!(1), &json!(true)));
    fixture.send(&ben, Call::new("DELETE", &path)).await.expect(204);
    assert_eq!(fixture.unread(&ben).await, (1, 1));
}
