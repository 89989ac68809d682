//! Who sees and may do what, by how they stand to each other.

use serde_json::{Value, json};
use testkit::Call;

use crate::fixture::{CONVERSATIONS, Fixture, Person};

/// How Ben stands to Amy, who has written to him as a friend.
#[derive(Debug, Clone, Copy)]
enum Relation {
    Friend,
    FormerFriend,
    /// Amy blocks Ben.
    Blocked,
    /// Ben blocks Amy.
    Blocks,
    /// Amy blocked Ben, and does so no longer.
    Unblocked,
}

/// What Ben gets.
struct Seen {
    name: Value,
    can_write: bool,
    /// The code of the refusal, if his message is refused, and whether Amy sees it if not.
    sent: Result<bool, &'static str>,
}

impl Relation {
    const fn all() -> [Self; 5] {
        [Self::Friend, Self::FormerFriend, Self::Blocked, Self::Blocks, Self::Unblocked]
    }

    async fn come_about(self, fixture: &Fixture, amy: &Person, ben: &Person) {
        match self {
            Self::Friend => {}
            Self::FormerFriend => fixture.unfriend(amy, ben).await,
            Self::Blocked => fixture.block(amy, ben).await,
            Self::Blocks => fixture.block(ben, amy).await,
            Self::Unblocked => {
                fixture.block(amy, ben).await;
                fixture.unblock(amy, ben).await;
            }
        }
    }

    fn seen(self) -> Seen {
        let (name, masked) = (json!("Amy Au"), json!("A*** A***"));
        match self {
            Self::Friend => Seen { name, can_write: true, sent: Ok(true) },
            // As those that Amy has blocked, to whom nothing must look otherwise.
            Self::FormerFriend | Self::Blocked | Self::Unblocked => {
                Seen { name: masked, can_write: false, sent: Err("writing-not-allowed") }
            }
            Self::Blocks => {
                Seen { name: masked, can_write: false, sent: Err("correspondent-blocked") }
            }
        }
    }
}

#[tokio::test]
async fn each_relation_sees_what_is_said_to_it_and_no_more() {
    for relation in Relation::all() {
        let fixture = Fixture::new().await;
        let (amy, ben) = (fixture.person("Amy Au").await, fixture.person("Ben").await);
        fixture.befriend(&amy, &ben).await;
        let id = fixture.open(&amy, &ben).await;
        fixture.say(&amy, &id, "Hello").await;
        relation.come_about(&fixture, &amy, &ben).await;
        let Seen { name, can_write, sent } = relation.seen();
        // What was said stays.
        assert_eq!(fixture.texts(&ben, &id).await, ["Hello"], "{relation:?}");
        let seen = fixture.conversation(&ben, &id).await;
        assert_eq!(seen["others"][0]["name"], name, "{relation:?}");
        assert_eq!(seen["can_write"], can_write, "{relation:?}");
        assert_eq!(fixture.open(&ben, &amy).await, id, "{relation:?}");
        let answer = fixture.try_say(&ben, &id, "Hi").await;
        match sent {
            Err(code) => answer.expect_refusal(409, code),
            Ok(is_seen) => {
                answer.expect(201);
                assert_eq!(fixture.texts(&amy, &id).await.len() == 2, is_seen, "{relation:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_stranger_gets_for_each_route_what_they_get_for_what_does_not_exist() {
    let (fixture, [amy, _], id) = Fixture::with_friends().await;
    let message = fixture.say(&amy, &id, "Hello").await;
    let stranger = fixture.person("Zoe").await;
    let (no_id, no_message) = (values::ConversationId::new(), values::MessageId::new());
    let message_id = message["message_id"].as_str().unwrap();
    let conversation = |rest: &str| {
        [id.clone(), no_id.to_string()].map(|id| format!("{CONVERSATIONS}/{id}{rest}"))
    };
    let message = |rest: &str| {
        [message_id.to_owned(), no_message.to_string()]
            .map(|id| format!("/api/v1/messages/{id}{rest}"))
    };
    let text = json!({"text": "Hi"});
    for (method, paths, body) in [
        ("GET", conversation(""), None),
        ("GET", conversation("/messages"), None),
        ("GET", conversation("/messages?newer_than=0"), None),
        ("POST", conversation("/messages"), Some(&text)),
        ("PUT", conversation("/read-up-to"), Some(&json!({"number": 1}))),
        ("POST", conversation("/typing"), None),
        ("PUT", conversation("/mute"), None),
        ("DELETE", conversation("/mute"), None),
        ("GET", message(""), None),
        ("PATCH", message(""), Some(&text)),
        ("POST", message("/withdraw"), None),
    ] {
        let mut answers = Vec::new();
        for path in paths {
            let call = Call::new(method, &path).header("if-match", "\"1\"");
            let call = body.into_iter().fold(call, |call, body| call.json(body));
            let answer = fixture.send(&stranger, call).await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
            let mut problem = answer.json();
            problem["trace_id"].take();
            problem["instance"].take();
            answers.push(problem);
        }
        assert_eq!(answers[0], answers[1], "{method}");
    }
    assert_eq!(fixture.listed(&stranger).await, [""; 0]);
    assert_eq!(fixture.unread(&stranger).await, (0, 0));
}

/// Where money has moved between them, who is blocked may go on writing, to nobody.
#[tokio::test]
async fn who_is_blocked_sees_what_they_say_as_sent_and_who_blocks_never_sees_it() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let before = fixture.say(&ben, &id, "before").await;
    let _: Vec<u8> = fixture.query("UPDATE pairs SET first_paid = TRUE, second_paid = TRUE").await;
    fixture.block(&amy, &ben).await;
    let sent = fixture.try_say(&ben, &id, "hidden").await;
    assert_eq!(sent.expect(201)["number"], 2);
    fixture.edit(&ben, &before, "before, changed").await.expect(200);
    assert_eq!(fixture.texts(&ben, &id).await, ["before, changed", "hidden"]);
    assert_eq!(fixture.texts(&amy, &id).await, ["before"]);
    let path = format!("/api/v1/messages/{}", sent.json()["message_id"].as_str().unwrap());
    fixture.get(&amy, &path).await.expect_refusal(404, "message-not-found");
    assert_eq!(fixture.unread(&amy).await, (1, 1));
    let last = |seen: &Value| seen["last_message"]["text"].clone();
    assert_eq!(last(&fixture.conversation(&amy, &id).await), "before");
    assert_eq!(last(&fixture.conversation(&ben, &id).await), "hidden");
    fixture.mark_read(&amy, &id, 9).await;
    assert_eq!(fixture.conversation(&ben, &id).await["others"][0]["read_up_to"], 1);
    // Not afterwards either; and what comes then is seen.
    fixture.unblock(&amy, &ben).await;
    fixture.say(&ben, &id, "after").await;
    assert_eq!(fixture.texts(&amy, &id).await, ["before", "after"]);
    assert_eq!(fixture.unread(&amy).await, (1, 1));
}

#[tokio::test]
async fn who_blocks_writes_again_once_they_block_no_longer() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let _: Vec<u8> = fixture.query("UPDATE pairs SET first_paid = TRUE, second_paid = TRUE").await;
    fixture.block(&amy, &ben).await;
    fixture.try_say(&amy, &id, "Hi").await.expect_refusal(409, "correspondent-blocked");
    fixture.unblock(&amy, &ben).await;
    fixture.say(&amy, &id, "Hi").await;
    assert_eq!(fixture.texts(&ben, &id).await, ["Hi"]);
}
