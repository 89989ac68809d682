//! Saying it otherwise, and taking it back.

use serde_json::{Value, json};
use testkit::Call;
use uuid::Uuid;

use crate::fixture::{CONVERSATIONS, Fixture, say};

#[tokio::test]
async fn its_sender_changes_a_message_for_a_quarter_of_an_hour_one_version_at_a_time() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let sent = fixture.say(&amy, &id, "Helo").await;
    let edited = fixture.edit(&amy, &sent, "Hello").await.expect(200);
    assert_eq!((&edited["text"], &edited["version"]), (&json!("Hello"), &json!(2)));
    fixture.edit(&amy, &sent, "Hallo").await.expect_refusal(412, "version-stale");
    fixture.edit(&ben, &edited, "Bye").await.expect_refusal(404, "message-not-found");
    assert_eq!(fixture.texts(&ben, &id).await, ["Hello"]);
    fixture.age(16).await;
    fixture.edit(&amy, &edited, "Hallo").await.expect_refusal(409, "message-too-old");
}

#[tokio::test]
async fn nothing_is_left_of_a_text_that_was_withdrawn() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let (secret, edited) = ("the number is 4711", "the number is 4712");
    let key = Uuid::new_v4().to_string();
    let sent = fixture.send(&amy, say(&id, secret).key(&key)).await.expect(201);
    let changed = fixture.edit(&amy, &sent, edited).await.expect(200);
    fixture.withdraw(&ben, &changed).await.expect_refusal(404, "message-not-found");
    let withdrawn = fixture.withdraw(&amy, &changed).await.expect(200);
    assert_eq!((&withdrawn["text"], &withdrawn["version"]), (&Value::Null, &json!(3)));
    assert_eq!(fixture.withdraw(&amy, &changed).await.expect(200), withdrawn);
    // A repeat of the sending, whatever it brings, shows what there is.
    for text in [secret, edited] {
        let repeat = fixture.send(&amy, say(&id, text).key(&key)).await.expect(201);
        assert_eq!(repeat, withdrawn);
    }
    assert_eq!(fixture.texts(&ben, &id).await, [Value::Null]);
    assert_eq!(fixture.unread(&ben).await, (0, 0));
    let last = fixture.conversation(&ben, &id).await["last_message"].clone();
    assert_eq!(last["text"], Value::Null);
    let tables: Vec<String> = fixture.query("SHOW TABLES").await;
    for table in tables {
        let columns: Vec<String> = fixture
            .query(&format!(
                "SELECT column_name FROM information_schema.columns
                 WHERE table_schema = DATABASE() AND table_name = '{table}'"
            ))
            .await;
        for column in columns {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE '%the number is%'");
            assert_eq!(fixture.query::<u64>(&sql).await, [0], "{table}.{column}");
        }
    }
    let digests = "SELECT COUNT(*) FROM messages WHERE fingerprint IS NOT NULL";
    assert_eq!(fixture.query::<u64>(digests).await, [0]);
}

#[tokio::test]
async fn a_message_is_withdrawn_for_an_hour() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let sent = fixture.say(&amy, &id, "Hello").await;
    fixture.age(61).await;
    fixture.withdraw(&amy, &sent).await.expect_refusal(409, "message-too-old");
    assert_eq!(fixture.texts(&ben, &id).await, ["Hello"]);
}

#[tokio::test]
async fn withdrawing_makes_less_unread_only_where_it_was() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let first = fixture.say(&amy, &id, "1").await;
    fixture.mark_read(&ben, &id, 1).await;
    let second = fixture.say(&amy, &id, "2").await;
    fixture.say(&amy, &id, "3").await;
    fixture.withdraw(&amy, &first).await.expect(200);
    assert_eq!(fixture.unread(&ben).await.0, 2);
    fixture.withdraw(&amy, &second).await.expect(200);
    assert_eq!(fixture.unread(&ben).await.0, 1);
    fixture.edit(&amy, &second, "two").await.expect_refusal(412, "version-stale");
    let path = format!("/api/v1/messages/{}", second["message_id"].as_str().unwrap());
    let read = fixture.get(&amy, &path).await.expect(200);
    fixture.edit(&amy, &read, "two").await.expect_refusal(409, "message-withdrawn");
}

#[tokio::test]
async fn what_is_not_there_is_read_marked_and_muted_by_nobody() {
    let (fixture, [amy, _], _) = Fixture::with_friends().await;
    let id = values::ConversationId::new();
    for (method, rest) in [("GET", ""), ("GET", "/messages"), ("PUT", "/mute"), ("DELETE", "/mute")]
    {
        let call = Call::new(method, &format!("{CONVERSATIONS}/{id}{rest}"));
        fixture.send(&amy, call).await.expect_refusal(404, "conversation-not-found");
    }
}
