//! Who sees what of whom: every relation between two people, and every list.

use serde_json::Value;

use crate::fixture::{BLOCKS, FRIENDS, Fixture, Person, REQUESTS, SENT};

/// How Bob stands to Ann.
#[derive(Debug, Clone, Copy)]
enum Stands {
    Stranger,
    Friend,
    FormerFriend,
    Asks,
    IsAsked,
    TookBack,
    WasDeclined,
    Declined,
    IsBlocked,
    AsksBlocked,
    WasFriendIsBlocked,
    Blocks,
}

async fn arrange(fixture: &Fixture, stands: Stands, bob: &Person, ann: &Person) {
    match stands {
        Stands::Stranger => {}
        Stands::Friend => fixture.befriend(bob, ann).await,
        Stands::FormerFriend => {
            fixture.befriend(bob, ann).await;
            fixture.act(ann, "DELETE", FRIENDS, bob).await.expect(204);
        }
        Stands::Asks => drop(fixture.ask(bob, ann).await.expect(200)),
        Stands::IsAsked => drop(fixture.ask(ann, bob).await.expect(200)),
        Stands::TookBack => {
            fixture.ask(bob, ann).await.expect(200);
            fixture.act(bob, "DELETE", REQUESTS, ann).await.expect(204);
        }
        Stands::WasDeclined => {
            fixture.ask(bob, ann).await.expect(200);
            fixture.answer(ann, bob, "decline").await.expect(204);
        }
        Stands::Declined => {
            fixture.ask(ann, bob).await.expect(200);
            fixture.answer(bob, ann, "decline").await.expect(204);
        }
        Stands::IsBlocked => fixture.block(ann, bob).await,
        Stands::AsksBlocked => {
            fixture.block(ann, bob).await;
            fixture.ask(bob, ann).await.expect(200);
        }
        Stands::WasFriendIsBlocked => {
            fixture.befriend(bob, ann).await;
            fixture.block(ann, bob).await;
        }
        Stands::Blocks => fixture.block(bob, ann).await,
    }
}

/// The name under which Ann is on this list of Bob's; `None` if she is not.
async fn name_of_ann(fixture: &Fixture, bob: &Person, ann: &Person, list: &str) -> Option<String> {
    let page = fixture.get(bob, list).await;
    let id = Value::from(ann.user_id.to_string());
    let ann = page["items"].as_array()?.iter().find(|item| item["user_id"] == id)?;
    Some(ann["name"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn each_relation_shows_what_it_should_and_no_more() {
    const FULL: Option<&str> = Some("Chan Tai Man");
    const MASKED: Option<&str> = Some("C*** T*** M***");
    let fixture = Fixture::new().await;
    // Friends, requests that came, requests that went, blocks.
    for (stands, seen) in [
        (Stands::Stranger, [None, None, None, None]),
        (Stands::Friend, [FULL, None, None, None]),
        (Stands::FormerFriend, [None, None, None, None]),
        (Stands::Asks, [None, None, MASKED, None]),
        (Stands::IsAsked, [None, MASKED, None, None]),
        (Stands::TookBack, [None, None, None, None]),
        (Stands::WasDeclined, [None, None, MASKED, None]),
        (Stands::Declined, [None, None, None, None]),
        (Stands::IsBlocked, [None, None, None, None]),
        (Stands::AsksBlocked, [None, None, MASKED, None]),
        (Stands::WasFriendIsBlocked, [None, None, None, None]),
        (Stands::Blocks, [None, None, None, MASKED]),
    ] {
        let (ann, bob) = (fixture.person("Chan Tai Man").await, fixture.person("Bob").await);
        arrange(&fixture, stands, &bob, &ann).await;
        for (list, seen) in [FRIENDS, REQUESTS, SENT, BLOCKS].into_iter().zip(seen) {
            let name = name_of_ann(&fixture, &bob, &ann, list).await;
            assert_eq!(name.as_deref(), seen, "{stands:?} {list}");
        }
    }
}

#[tokio::test]
async fn whatever_somebody_tries_a_decliner_and_a_blocker_look_like_a_stranger() {
    let fixture = Fixture::new().await;
    let bob = fixture.person("Bob").await;
    let mut seen: Vec<Vec<(u16, Value)>> = Vec::new();
    for stands in [Stands::Stranger, Stands::WasDeclined, Stands::IsBlocked, Stands::AsksBlocked] {
        let ann = fixture.person("Ann").await;
        arrange(&fixture, stands, &bob, &ann).await;
        fixture.act(&bob, "DELETE", REQUESTS, &ann).await.expect(204);
        let mut answers = vec![
            fixture.answer(&bob, &ann, "accept").await,
            fixture.answer(&bob, &ann, "decline").await,
            fixture.act(&bob, "DELETE", FRIENDS, &ann).await,
            fixture.ask(&bob, &ann).await,
            fixture.ask(&bob, &ann).await,
            fixture.act(&bob, "DELETE", REQUESTS, &ann).await,
            fixture.act(&bob, "PUT", BLOCKS, &ann).await,
            fixture.act(&bob, "DELETE", BLOCKS, &ann).await,
        ];
        let shown = answers.drain(..).map(|answer| {
            let mut body = answer.json();
            if let Some(fields) = body.as_object_mut() {
                for own in ["user_id", "since_at", "trace_id"] {
                    fields.remove(own);
                }
            }
            (answer.status, body)
        });
        seen.push(shown.collect());
    }
    for other in &seen[1..] {
        assert_eq!(*other, seen[0]);
    }
}
