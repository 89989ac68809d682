//! Telling people that somebody wrote to them.

use std::time::Instant;

use events::Envelope;
use events::messages::{ConversationReadV1, MessageSentV1, ToldV1, TypingBeganV1};
use serde_json::{Value, json};
use service::database::now;
use testkit::{deliver, event};
use tokio::time::timeout;
use values::{ConversationId, MessageId, Product, Timestamp, UserId};

use crate::consume_user_profile::choose_language;
use crate::event_source::{SOON, Stream, serve};
use crate::{Fixture, LIST, ON_MESSAGES, bodies};

const SHUFFLES: usize = 20;
const AT: &str = "2026-11-29T10:00:00.000Z";

fn sent(id: ConversationId, number: u32, group: Option<&str>, told: &[UserId]) -> Envelope {
    let sent = message(id, number, group, told);
    event(&sent.conversation_id.clone(), &sent)
}

fn message(id: ConversationId, number: u32, group: Option<&str>, told: &[UserId]) -> MessageSentV1 {
    let told = told
        .iter()
        .map(|user_id| ToldV1 { user_id: user_id.to_string(), sender_name: "Amy".to_owned() });
    MessageSentV1 {
        conversation_id: id.to_string(),
        message_id: MessageId::new().to_string(),
        number,
        sender_id: UserId::new().to_string(),
        is_support: false,
        group_name: group.map(str::to_owned),
        told: told.collect(),
        sent_at: AT.to_owned(),
    }
}

fn read(id: ConversationId, number: u32, by: UserId) -> Envelope {
    let read = ConversationReadV1 {
        conversation_id: id.to_string(),
        user_id: by.to_string(),
        number,
        read_at: AT.to_owned(),
    };
    event(&read.conversation_id.clone(), &read)
}

async fn tell(fixture: &Fixture, events: &[Envelope]) {
    deliver(&fixture.routes, ON_MESSAGES, events).await;
}

/// What the consumer has of conversations, and how much of it is unread, as is counted and listed.
async fn told(fixture: &Fixture) -> (usize, u64) {
    let (_, page) = fixture.consumer("GET", LIST).await;
    let items = page["items"].as_array().unwrap();
    let unread = items.iter().filter(|item| item["is_read"] == false).count();
    let (_, count) = fixture.consumer("GET", &format!("{LIST}/unread-count")).await;
    assert_eq!(count["unread"], unread);
    (items.len(), u64::try_from(unread).unwrap())
}

#[tokio::test]
async fn each_has_one_notification_of_a_conversation_until_they_read_and_then_one_again() {
    let fixture = Fixture::new().await;
    let (id, group) = (ConversationId::new(), ConversationId::new());
    let (me, other) = (fixture.consumer, fixture.owner);
    for number in 1..=3 {
        tell(&fixture, &[sent(id, number, None, &[me])]).await;
        assert_eq!(told(&fixture).await, (1, 1));
    }
    tell(&fixture, &[sent(group, 1, Some("Hiking"), &[other, me])]).await;
    let (_, page) = fixture.consumer("GET", LIST).await;
    assert_eq!(bodies(&page), ["Amy wrote in Hiking.", "Amy sent you a message."]);
    assert_eq!(page["items"][1]["conversation_id"], id.to_string());
    assert_eq!(page["items"][1]["type"], "message-received");
    tell(&fixture, &[read(id, 3, me)]).await;
    assert_eq!(told(&fixture).await, (2, 1));
    tell(&fixture, &[sent(id, 4, None, &[me])]).await;
    assert_eq!(told(&fixture).await, (2, 2));
    let (_, page) = fixture.call(other, Product::Consumer, "GET", LIST).await;
    assert_eq!(bodies(&page).len(), 1);
}

#[tokio::test]
async fn support_is_called_so_in_the_language_of_its_customer() {
    let fixture = Fixture::new().await;
    let me = fixture.consumer;
    for (number, language, says) in [
        (1, "en", "PayMe support sent you a message."),
        (2, "zh-Hant", "PayMe 客戶服務傳送了訊息給你。"),
        (3, "zh-Hans", "PayMe 客户服务给您发了消息。"),
    ] {
        choose_language(&fixture, me, number, language).await;
        let answer =
            MessageSentV1 { is_support: true, ..message(ConversationId::new(), 1, None, &[me]) };
        tell(&fixture, &[event(&answer.conversation_id.clone(), &answer)]).await;
        let (_, page) = fixture.consumer("GET", LIST).await;
        assert_eq!(bodies(&page)[0], says);
    }
}

#[tokio::test]
async fn late_and_repeated_events_in_any_order_end_as_the_newest_says() {
    let mut seed = fastrand::u64(..);
    let fixture = Fixture::new().await;
    let me = fixture.consumer;
    for round in 1..=SHUFFLES {
        let mut random = fastrand::Rng::with_seed(seed);
        let id = ConversationId::new();
        let mut events = vec![
            sent(id, 1, None, &[me]),
            sent(id, 2, None, &[me]),
            read(id, 2, me),
            sent(id, 3, None, &[me]),
        ];
        events.extend(events.clone());
        random.shuffle(&mut events);
        for part in events.chunks(random.usize(1..=events.len())) {
            tell(&fixture, part).await;
        }
        assert_eq!(told(&fixture).await, (round, 1), "seed {seed}");
        tell(&fixture, &[read(id, 3, me)]).await;
        assert_eq!(told(&fixture).await, (round, 0), "seed {seed}");
        seed = random.u64(..);
    }
}

#[tokio::test]
async fn a_stream_shows_each_message_at_once_and_goes_on_after_one_that_was_replaced() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let mut stream = Stream::open(&url, &token, None).await;
    let id = ConversationId::new();
    let mut last = String::new();
    for number in 1..=3 {
        let start = Instant::now();
        tell(&fixture, &[sent(id, number, None, &[fixture.consumer])]).await;
        last = stream.line(SOON).await.id;
        assert!(start.elapsed() < SOON);
    }
    let (_, page) = fixture.consumer("GET", LIST).await;
    let listed: Vec<&Value> =
        page["items"].as_array().unwrap().iter().map(|item| &item["notification_id"]).collect();
    assert_eq!(listed, [&Value::from(last.clone())]);
    // What a client saw last may be gone when it comes back: it reads the list again.
    drop(stream);
    tell(&fixture, &[sent(id, 4, None, &[fixture.consumer])]).await;
    let resumed = Stream::open(&url, &token, Some(&last)).await;
    assert!(resumed.opening.is("reset"));
}

#[tokio::test]
async fn a_stream_shows_who_types_now_and_no_inbox_keeps_it() {
    let fixture = Fixture::new().await;
    let url = serve(&fixture.app).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let other_token = fixture.token(fixture.owner, Product::Consumer);
    let mut stream = Stream::open(&url, &token, None).await;
    let mut others = Stream::open(&url, &other_token, None).await;
    let (id, writer, late) = (ConversationId::new(), UserId::new(), UserId::new());
    let typing = |by: UserId, began_at: String| {
        let began = TypingBeganV1 {
            conversation_id: id.to_string(),
            user_id: by.to_string(),
            told: vec![fixture.consumer.to_string()],
            began_at,
        };
        event(&began.conversation_id.clone(), &began)
    };
    let shown = loop {
        // Again and again, since a stream that is not subscribed yet is shown nothing.
        let now = Timestamp::from(now()).to_string();
        tell(&fixture, &[typing(late, AT.to_owned()), typing(writer, now)]).await;
        if let Ok(frame) = timeout(SOON, stream.frame()).await {
            break frame.unwrap();
        }
    };
    assert!(shown.is("typing") && shown.id.is_none(), "{shown:?}");
    let data: Value = serde_json::from_str(&shown.data.unwrap()).unwrap();
    assert_eq!(data, json!({"conversation_id": id.to_string(), "user_id": writer.to_string()}));
    assert_eq!(told(&fixture).await, (0, 0));
    // Another one is shown what is for them, and nothing before it.
    tell(&fixture, &[sent(id, 1, None, &[fixture.owner])]).await;
    assert!(others.frame().await.unwrap().is("notification"));
}
