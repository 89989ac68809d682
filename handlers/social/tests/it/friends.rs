//! Asking, answering, taking back and parting.

use serde_json::{Value, json};
use testkit::Call;

use crate::fixture::{FRIENDS, Fixture, Person, REQUESTS, SENT, picture, profile};

#[tokio::test]
async fn who_asks_and_is_answered_by_a_yes_is_a_friend_and_both_read_each_others_names() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Chan Tai Man").await, fixture.person("Bob Lee").await);
    let asked = fixture.ask(&ann, &bob).await.expect(200);
    assert_eq!((&asked["relation"], &asked["name"]), (&json!("sent"), &json!("B*** L***")));
    let received = fixture.get(&bob, REQUESTS).await["items"][0].clone();
    let (name, relation) = (&received["name"], &received["relation"]);
    assert_eq!((name, relation), (&json!("C*** T*** M***"), &json!("received")));
    assert_eq!(fixture.listed(&ann, SENT).await, [bob.user_id.to_string()]);

    let accepted = fixture.answer(&bob, &ann, "accept").await.expect(200);
    assert_eq!(
        (&accepted["relation"], &accepted["name"]),
        (&json!("friend"), &json!("Chan Tai Man"))
    );
    assert_eq!(fixture.get(&ann, FRIENDS).await["items"][0]["name"], "Bob Lee");
    for list in [REQUESTS, SENT] {
        assert!(fixture.listed(&ann, list).await.is_empty());
        assert!(fixture.listed(&bob, list).await.is_empty());
    }
    let told = fixture.friendships().await;
    let seen: Vec<_> = told.iter().map(|told| (told.version, &*told.status)).collect();
    assert_eq!(seen, [(1, "requested"), (2, "friends")]);
    assert_eq!((&*told[0].first.name, &*told[1].first.name), ("C*** T*** M***", "Chan Tai Man"));
    assert_eq!(told[1].requested_by, Some(ann.user_id.to_string()));
    let subject = &fixture.database.outbox().await[1].subject;
    assert_eq!(*subject, format!("{}+{}", ann.user_id, bob.user_id));
}

#[tokio::test]
async fn an_act_that_is_repeated_changes_nothing_and_is_told_once() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let first = fixture.ask(&ann, &bob).await.expect(200);
    assert_eq!(fixture.ask(&ann, &bob).await.expect(200), first);
    let accepted = fixture.answer(&bob, &ann, "accept").await.expect(200);
    assert_eq!(fixture.answer(&bob, &ann, "accept").await.expect(200), accepted);
    assert_eq!(fixture.ask(&ann, &bob).await.expect(200)["relation"], "friend");
    let cancelled = fixture.act(&ann, "DELETE", REQUESTS, &bob).await;
    cancelled.expect_refusal(409, "already-friends");
    for _ in 0..2 {
        fixture.act(&ann, "DELETE", FRIENDS, &bob).await.expect(204);
    }
    assert!(fixture.listed(&bob, FRIENDS).await.is_empty());
    let told: Vec<_> = fixture.friendships().await.iter().map(|told| told.version).collect();
    assert_eq!(told, [1, 2, 3]);
}

#[tokio::test]
async fn who_was_declined_is_shown_what_who_is_not_answered_is_shown() {
    let fixture = Fixture::new().await;
    let ann = fixture.person("Ann").await;
    let (bob, cat, nobody) =
        (fixture.person("Bob").await, fixture.person("Bob").await, fixture.nameless());
    for other in [&bob, &cat, &nobody] {
        fixture.ask(&ann, other).await.expect(200);
    }
    let before = fixture.get(&ann, SENT).await;
    for _ in 0..2 {
        fixture.answer(&bob, &ann, "decline").await.expect(204);
    }
    assert_eq!(fixture.get(&ann, SENT).await, before);
    assert!(fixture.listed(&bob, REQUESTS).await.is_empty());
    // What she does next is answered alike for all three, and Bob sees none of it for thirty days.
    for (hours, is_seen) in [(1, false), (30 * 24 - 2, false), (1, true)] {
        fixture.pass_hours(hours).await;
        let mut answers = Vec::new();
        for other in [&bob, &cat] {
            fixture.act(&ann, "DELETE", REQUESTS, other).await.expect(204);
            let mut asked = fixture.ask(&ann, other).await.expect(200);
            let fields = asked.as_object_mut().unwrap();
            fields.remove("user_id");
            fields.remove("since_at");
            answers.push(asked);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(fixture.listed(&bob, REQUESTS).await.len(), usize::from(is_seen));
        assert_eq!(fixture.listed(&cat, REQUESTS).await.len(), 1);
    }
}

#[tokio::test]
async fn of_asking_and_taking_back_the_other_is_told_once() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    for _ in 0..5 {
        fixture.ask(&ann, &bob).await.expect(200);
        fixture.act(&ann, "DELETE", REQUESTS, &bob).await.expect(204);
    }
    let told = fixture.friendships().await;
    let seen: Vec<_> = told.iter().map(|told| &*told.status).collect();
    assert_eq!(seen, ["requested", "none"]);
    assert!(fixture.listed(&bob, REQUESTS).await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    for how in ["accept", "decline"] {
        let answer = fixture.answer(&ann, &bob, how).await;
        answer.expect_refusal(404, "friend-request-not-found");
    }
    fixture.ask(&ann, &ann).await.expect_refusal(422, "own-person");
    // Nor does the asker answer in the other's place.
    fixture.ask(&ann, &bob).await.expect(200);
    for how in ["accept", "decline"] {
        let answer = fixture.answer(&ann, &bob, how).await;
        answer.expect_refusal(404, "friend-request-not-found");
    }
    let stranger = fixture.send(&ann, Call::new("PUT", &format!("{REQUESTS}/biz_1"))).await;
    stranger.expect_refusal(404, "no-such-route");
    assert_eq!(fixture.friendships().await.len(), 1);
}

#[tokio::test]
async fn fifty_are_asked_in_a_day_and_a_hundred_wait_at_once() {
    let fixture = Fixture::new().await;
    let ann = fixture.person("Ann").await;
    let others: Vec<_> = (0..101).map(|_| fixture.nameless()).collect();
    for other in &others[..50] {
        fixture.ask(&ann, other).await.expect(200);
    }
    let refused = fixture.ask(&ann, &others[50]).await;
    refused.expect_refusal(429, "friend-requests-throttled");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 23 * 3600);
    fixture.pass_hours(24).await;
    for other in &others[50..100] {
        fixture.ask(&ann, other).await.expect(200);
    }
    fixture.pass_hours(24).await;
    let refused = fixture.ask(&ann, &others[100]).await;
    refused.expect_refusal(409, "friend-requests-used-up");
    fixture.act(&ann, "DELETE", REQUESTS, &others[0]).await.expect(204);
    fixture.ask(&ann, &others[100]).await.expect(200);
}

#[tokio::test]
async fn a_name_that_comes_late_or_twice_is_the_newest_one() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.nameless(), fixture.person("Bob").await);
    fixture.befriend(&ann, &bob).await;
    assert_eq!(fixture.get(&bob, FRIENDS).await["items"][0]["name"], Value::Null);
    let events = [profile(&ann, "Ann", 3), profile(&ann, "Anna", 4)];
    for event in [&events[1], &events[0], &events[1]] {
        fixture.deliver("social_on_user_profile", std::slice::from_ref(event)).await;
    }
    assert_eq!(fixture.get(&bob, FRIENDS).await["items"][0]["name"], "Anna");
}

#[tokio::test]
async fn friends_see_each_others_newest_picture_and_nobody_else_does() {
    const PICTURES: [&str; 2] =
        ["pic_01h455vb4pex5vsknk084sn02q", "pic_01h455vb4pex5vsknk084sn02r"];
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let learn = async |person: &Person, version, picture_id| {
        let event = picture(person, version, picture_id);
        fixture.deliver("social_on_user_profile", &[event]).await;
    };
    learn(&bob, 5, Some(PICTURES[0])).await;
    let asked = fixture.ask(&ann, &bob).await.expect(200);
    assert_eq!(asked["picture_id"], Value::Null);
    learn(&ann, 5, Some(PICTURES[1])).await;
    for (person, list) in [(&ann, SENT), (&bob, REQUESTS)] {
        assert_eq!(fixture.get(person, list).await["items"][0]["picture_id"], Value::Null);
    }
    let accepted = fixture.answer(&bob, &ann, "accept").await.expect(200);
    assert_eq!(accepted["picture_id"], PICTURES[1]);
    let seen = async || fixture.get(&ann, FRIENDS).await["items"][0]["picture_id"].clone();
    assert_eq!(seen().await, PICTURES[0]);
    for (version, picture_id, expected) in [
        (7, Some(PICTURES[1]), json!(PICTURES[1])),
        (6, Some(PICTURES[0]), json!(PICTURES[1])),
        (7, Some(PICTURES[1]), json!(PICTURES[1])),
    ] {
        learn(&bob, version, picture_id).await;
        assert_eq!(seen().await, expected, "{version}");
    }
    let silent = profile(&bob, "Bobby", 8);
    fixture.deliver("social_on_user_profile", &[silent]).await;
    assert_eq!(seen().await, PICTURES[1], "of which nothing was said");
    learn(&bob, 9, None).await;
    assert_eq!(seen().await, Value::Null);
}
