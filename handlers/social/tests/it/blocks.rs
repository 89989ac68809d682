//! Wanting nothing to do with somebody.

use crate::fixture::{BLOCKS, FRIENDS, Fixture, REQUESTS, SENT};

#[tokio::test]
async fn a_block_ends_friendship_and_requests_and_is_told_to_other_services_alone() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob Lee").await);
    fixture.befriend(&ann, &bob).await;
    for _ in 0..2 {
        fixture.block(&ann, &bob).await;
    }
    for person in [&ann, &bob] {
        assert!(fixture.listed(person, FRIENDS).await.is_empty());
    }
    let blocked = fixture.get(&ann, BLOCKS).await["items"][0].clone();
    assert_eq!(blocked["name"], "B*** L***");
    assert!(fixture.listed(&bob, BLOCKS).await.is_empty());
    let told = fixture.blocks().await;
    assert_eq!((told.len(), told[0].version, told[0].is_blocked), (1, 1, true));
    assert_eq!(fixture.friendships().await.last().unwrap().status, "none");
    // It is Ann who must lift it before she asks.
    fixture.ask(&ann, &bob).await.expect_refusal(409, "person-blocked");
    for _ in 0..2 {
        fixture.act(&ann, "DELETE", BLOCKS, &bob).await.expect(204);
    }
    assert_eq!(fixture.blocks().await.len(), 2);
    assert!(fixture.listed(&ann, BLOCKS).await.is_empty());
    fixture.ask(&ann, &bob).await.expect(200);
}

#[tokio::test]
async fn who_is_blocked_is_shown_what_who_is_not_answered_is_shown() {
    let fixture = Fixture::new().await;
    let ann = fixture.person("Ann").await;
    let (bob, cat) = (fixture.person("Bob").await, fixture.person("Cat").await);
    // Bob blocks her while she asks; Cat did so before; Bob is asked again.
    fixture.block(&cat, &ann).await;
    for other in [&bob, &cat] {
        assert_eq!(fixture.ask(&ann, other).await.expect(200)["relation"], "sent");
    }
    let before = fixture.get(&ann, SENT).await;
    let told = fixture.friendships().await.len();
    fixture.block(&bob, &ann).await;
    assert_eq!(fixture.get(&ann, SENT).await, before);
    fixture.act(&ann, "DELETE", REQUESTS, &bob).await.expect(204);
    assert_eq!(fixture.ask(&ann, &bob).await.expect(200)["relation"], "sent");
    for other in [&bob, &cat] {
        assert!(fixture.listed(other, REQUESTS).await.is_empty());
    }
    // Nobody was told of what they do not see: only that the one that Bob had seen is over.
    assert_eq!(fixture.friendships().await.len(), told + 1);
    // Once it is lifted, what she asked meanwhile stays hers until they ask her.
    fixture.act(&cat, "DELETE", BLOCKS, &ann).await.expect(204);
    assert!(fixture.listed(&cat, REQUESTS).await.is_empty());
    assert_eq!(fixture.ask(&cat, &ann).await.expect(200)["relation"], "friend");
}
