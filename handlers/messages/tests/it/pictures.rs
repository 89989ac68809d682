//! Pictures in conversations: uploaded by any HTTP client, seen by whoever reads the message.

use std::io::Cursor;

use futures_util::future::join_all;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::Client;
use serde_json::{Value, json};
use testkit::{Answer, BlobContainer, Call};
use uuid::Uuid;

use crate::fixture::{CONVERSATIONS, Fixture, Person};

const SIZES: [&str; 2] = ["small", "large"];

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_pixel(width, height, Rgb([20, 120, 40]));
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut file, ImageFormat::Jpeg).unwrap();
    file.into_inner()
}

pub(crate) async fn with_pictures() -> (Fixture, [Person; 2], String, BlobContainer) {
    let container = BlobContainer::create("message-pictures").await;
    let (fixture, people, id) = Fixture::with_friends().await;
    (fixture, people, id, container)
}

async fn announce(fixture: &Fixture, by: &Person, length: usize) -> Answer {
    let announced = json!({"content_type": "image/jpeg", "content_length": length});
    fixture.send(by, Call::post("/api/v1/messages/pictures").json(&announced)).await
}

/// The id of one that has come.
async fn uploaded(fixture: &Fixture, by: &Person, bytes: Vec<u8>) -> String {
    let answer = announce(fixture, by, bytes.len()).await.expect(201);
    let upload = &answer["upload"];
    let mut request = Client::new().put(upload["url"].as_str().unwrap()).body(bytes);
    for header in upload["headers"].as_array().unwrap() {
        let text = |name: &str| header[name].as_str().unwrap();
        request = request.header(text("name"), text("value"));
    }
    assert_eq!(request.send().await.unwrap().status(), 201);
    answer["picture_id"].as_str().unwrap().to_owned()
}

fn picture_call(conversation: &str, picture: &str) -> Call {
    Call::post(&format!("{CONVERSATIONS}/{conversation}/pictures"))
        .json(&json!({"picture_id": picture}))
}

pub(crate) async fn sent(fixture: &Fixture, by: &Person, conversation: &str) -> Value {
    let picture = uploaded(fixture, by, jpeg(200, 100)).await;
    fixture.send(by, picture_call(conversation, &picture)).await.expect(201)
}

pub(crate) async fn link(fixture: &Fixture, by: &Person, message: &Value, size: &str) -> Answer {
    let id = message["message_id"].as_str().unwrap();
    fixture.get(by, &format!("/api/v1/messages/{id}/picture/{size}")).await
}

pub(crate) async fn url(fixture: &Fixture, by: &Person, message: &Value, size: &str) -> String {
    let link = link(fixture, by, message, size).await.expect(200);
    link["url"].as_str().unwrap().to_owned()
}

pub(crate) async fn status(url: &str) -> u16 {
    Client::new().get(url).send().await.unwrap().status().as_u16()
}

pub(crate) async fn tick(fixture: &Fixture, by: &Person) {
    let call = Call::post("/messages_relay_outbox").json(&json!({"Data": {}, "Metadata": {}}));
    fixture.send(by, call).await.expect(200);
}

pub(crate) async fn kept(container: &BlobContainer, picture: &str) -> bool {
    let mut kept = Vec::new();
    for size in SIZES {
        kept.push(container.get(&format!("{size}/{picture}")).await.is_some());
    }
    assert_eq!(kept[0], kept[1]);
    kept[0]
}

#[tokio::test]
async fn a_picture_is_sent_whole_counts_as_a_message_and_has_nothing_of_what_was_uploaded() {
    let (fixture, [amy, ben], id, container) = with_pictures().await;
    let bytes = [jpeg(2_000, 1_000), b"22.2793N 114.1628E".to_vec()].concat();
    let picture = uploaded(&fixture, &amy, bytes).await;
    let key = Uuid::new_v4().to_string();
    let call = picture_call(&id, &picture).key(&key);
    let message = fixture.send(&amy, call.clone()).await.expect(201);
    assert_eq!(
        (&message["type"], &message["picture_id"], &message["text"]),
        (&json!("picture"), &json!(picture), &Value::Null)
    );
    assert_eq!(fixture.send(&amy, call).await.expect(201), message);
    // Under another key it is the same message: a picture is in one.
    let again = fixture.send(&amy, picture_call(&id, &picture)).await.expect(201);
    assert_eq!(again, message);
    assert_eq!(container.get(&format!("uploads/{picture}")).await, None);
    assert_eq!(fixture.unread(&ben).await, (1, 1));
    assert_eq!(fixture.conversation(&ben, &id).await["last_message"], message);
    for (size, sides) in [("small", (384, 192)), ("large", (1_600, 800))] {
        let url = url(&fixture, &ben, &message, size).await;
        let answer = Client::new().get(url).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "image/jpeg");
        let shown = answer.bytes().await.unwrap();
        assert!(!shown.windows(9).any(|part| part == b"114.1628E"));
        let shown = image::load_from_memory_with_format(&shown, ImageFormat::Jpeg).unwrap();
        assert_eq!((shown.width(), shown.height()), sides);
    }
    fixture.edit(&amy, &message, "words").await.expect_refusal(409, "picture-not-editable");
}

#[tokio::test]
async fn only_whoever_reads_the_message_gets_a_link_to_its_picture() {
    let (fixture, [amy, ben], id, _) = with_pictures().await;
    let (zoe, message) = (fixture.person("Zoe").await, sent(&fixture, &amy, &id).await);
    for size in SIZES {
        assert_eq!(status(&url(&fixture, &ben, &message, size).await).await, 200);
        link(&fixture, &zoe, &message, size).await.expect_refusal(404, "message-not-found");
    }
    link(&fixture, &ben, &message, "huge").await.expect_refusal(404, "no-such-route");
    // Good for the picture alone that it was given for.
    let url = url(&fixture, &ben, &message, "large").await;
    assert_eq!(status(&url.replace("/large/", "/small/")).await, 403);
    let text = fixture.say(&amy, &id, "Hello").await;
    link(&fixture, &ben, &text, "large").await.expect_refusal(404, "picture-not-found");
    // Who joins the group later reads nothing of before.
    let (group, hike) = fixture.with_group(&[&amy, &ben]).await;
    let before = sent(&fixture, &ben, &hike).await;
    let joined = fixture.group(group, "Hiking", &[&amy, &ben, &zoe]);
    fixture.deliver(crate::fixture::ON_SOCIAL, &[joined]).await;
    link(&fixture, &zoe, &before, "small").await.expect_refusal(404, "message-not-found");
    let after = sent(&fixture, &ben, &hike).await;
    link(&fixture, &zoe, &after, "small").await.expect(200);
}

#[tokio::test]
async fn of_a_picture_that_its_reader_blocks_the_sender_alone_has_a_link() {
    let (fixture, [amy, ben], id, _) = with_pictures().await;
    fixture
        .deliver(
            crate::fixture::ON_PAYMENTS,
            &[crate::fixture::paid(amy.user_id, ben.user_id, 100, None)],
        )
        .await;
    fixture.block(&amy, &ben).await;
    let message = sent(&fixture, &ben, &id).await;
    link(&fixture, &ben, &message, "large").await.expect(200);
    link(&fixture, &amy, &message, "large").await.expect_refusal(404, "message-not-found");
}

#[tokio::test]
async fn one_sends_only_pictures_of_ones_own_that_came_and_each_in_one_conversation() {
    let (fixture, [amy, ben], id, container) = with_pictures().await;
    let try_send = async |by: &Person, conversation: &str, picture: &str| {
        fixture.send(by, picture_call(conversation, picture)).await
    };
    let announced = announce(&fixture, &amy, 1_000).await.expect(201);
    let absent = announced["picture_id"].as_str().unwrap();
    try_send(&amy, &id, absent).await.expect_refusal(409, "picture-not-uploaded");
    let text = uploaded(&fixture, &amy, b"GIF89a, not what was announced".to_vec()).await;
    try_send(&amy, &id, &text).await.expect_refusal(422, "picture-differs");
    let picture = uploaded(&fixture, &amy, jpeg(200, 200)).await;
    try_send(&ben, &id, &picture).await.expect_refusal(404, "picture-not-found");
    let zoe = fixture.person("Zoe").await;
    let of_zoe = uploaded(&fixture, &zoe, jpeg(200, 200)).await;
    try_send(&zoe, &id, &of_zoe).await.expect_refusal(404, "conversation-not-found");
    assert!(!kept(&container, &of_zoe).await, "nothing is made for who may not send it");
    let message = try_send(&amy, &id, &picture).await.expect(201);
    let (_, hike) = fixture.with_group(&[&amy, &ben]).await;
    try_send(&amy, &hike, &picture).await.expect_refusal(404, "picture-not-found");
    assert_eq!(fixture.listed(&amy).await.len(), 2);
    assert_eq!(fixture.texts(&ben, &id).await.len(), 1);
    fixture.withdraw(&amy, &message).await.expect(200);
    // Nor is it sent again once it was taken back.
    let again = try_send(&amy, &id, &picture).await.expect(201);
    assert_eq!((&again["number"], &again["picture_id"]), (&message["number"], &Value::Null));
    try_send(&amy, &hike, &picture).await.expect_refusal(404, "picture-not-found");
}

#[tokio::test]
async fn a_picture_goes_with_its_message() {
    let (fixture, [amy, ben], id, container) = with_pictures().await;
    let message = sent(&fixture, &amy, &id).await;
    let picture = message["picture_id"].as_str().unwrap();
    let url = url(&fixture, &ben, &message, "large").await;
    fixture.withdraw(&ben, &message).await.expect_refusal(404, "message-not-found");
    assert_eq!(status(&url).await, 200);
    let withdrawn = fixture.withdraw(&amy, &message).await.expect(200);
    assert_eq!(
        (&withdrawn["type"], &withdrawn["picture_id"]),
        (&json!("picture"), &Value::Null),
        "what it was, and nothing of it"
    );
    assert_eq!(fixture.unread(&ben).await, (0, 0));
    assert_eq!((status(&url).await, kept(&container, picture).await), (404, false));
    for by in [&amy, &ben] {
        link(&fixture, by, &message, "large").await.expect_refusal(404, "picture-not-found");
    }
    tick(&fixture, &amy).await;
    assert_eq!(fixture.database.count("pictures").await, 1, "it counts in its hour");
    let age = "UPDATE pictures
        SET due_at = due_at - INTERVAL 2 HOUR, asked_at = asked_at - INTERVAL 2 HOUR";
    let _: Vec<u8> = fixture.query(age).await;
    tick(&fixture, &amy).await;
    assert_eq!(fixture.database.count("pictures").await, 0);
}

#[tokio::test]
async fn nothing_is_made_of_what_is_not_sent() {
    let (fixture, [amy, ben], id, container) = with_pictures().await;
    let picture = uploaded(&fixture, &ben, jpeg(200, 200)).await;
    let refused = async |status: u16, code: &str| {
        let answer = fixture.send(&ben, picture_call(&id, &picture)).await;
        answer.expect_refusal(status, code);
        assert!(container.get(&format!("uploads/{picture}")).await.is_some(), "{code}");
        assert!(!kept(&container, &picture).await, "{code}");
    };
    fixture.unfriend(&amy, &ben).await;
    refused(409, "writing-not-allowed").await;
    fixture.block(&ben, &amy).await;
    refused(409, "correspondent-blocked").await;
    fixture.unblock(&ben, &amy).await;
    fixture.befriend(&amy, &ben).await;
    let _: Vec<u8> =
        fixture.query("UPDATE members SET pace_began_at = UTC_TIMESTAMP(6), pace_sent = 60").await;
    refused(429, "messages-throttled").await;
    let _: Vec<u8> = fixture.query("UPDATE members SET pace_sent = 0").await;
    fixture.send(&ben, picture_call(&id, &picture)).await.expect(201);
}

#[tokio::test]
async fn sixty_pictures_are_announced_in_an_hour() {
    let (fixture, [amy, ben], _, _) = with_pictures().await;
    for _ in 0..60 {
        announce(&fixture, &amy, 1_000).await.expect(201);
    }
    announce(&fixture, &amy, 1_000).await.expect_refusal(429, "pictures-throttled");
    announce(&fixture, &ben, 1_000).await.expect(201);
    announce(&fixture, &ben, 5 * 1024 * 1024 + 1).await.expect_refusal(400, "invalid-body");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_announcements_at_once_no_more_pass_than_the_limit() {
    let (fixture, [amy, _], _, _) = with_pictures().await;
    for _ in 0..50 {
        announce(&fixture, &amy, 1_000).await.expect(201);
    }
    let announcements = (0..20).map(|_| announce(&fixture, &amy, 1_000));
    let answers = join_all(announcements).await;
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((refused, fixture.database.count("pictures").await), (10, 60));
}
