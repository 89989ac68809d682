//! What two people do at once.

use futures_util::future::{join, join_all};

use crate::fixture::{FRIENDS, Fixture, REQUESTS};

const ROUNDS: usize = 200;

#[tokio::test]
async fn of_a_yes_and_taking_back_at_once_one_wins_and_both_see_the_same() {
    let fixture = Fixture::new().await;
    let mut wins = [0_usize; 2];
    for _ in 0..ROUNDS {
        let (ann, bob) = (fixture.nameless(), fixture.nameless());
        fixture.ask(&ann, &bob).await.expect(200);
        let (accepted, cancelled) =
            join(fixture.answer(&bob, &ann, "accept"), fixture.act(&ann, "DELETE", REQUESTS, &bob))
                .await;
        let are_friends = match accepted.status {
            200 => {
                cancelled.expect_refusal(409, "already-friends");
                true
            }
            _ => {
                accepted.expect_refusal(404, "friend-request-not-found");
                cancelled.expect(204);
                false
            }
        };
        wins[usize::from(are_friends)] += 1;
        for person in [&ann, &bob] {
            let friends = fixture.listed(person, FRIENDS).await;
            assert_eq!(friends.len(), usize::from(are_friends));
            assert!(fixture.listed(person, REQUESTS).await.is_empty());
        }
    }
    assert!(wins.iter().all(|count| *count > 0), "only one of the two ever wins: {wins:?}");
}

#[tokio::test]
async fn two_who_ask_each_other_at_once_are_friends_and_it_is_told_once() {
    let fixture = Fixture::new().await;
    for _ in 0..ROUNDS {
        let (ann, bob) = (fixture.nameless(), fixture.nameless());
        let (one, other) = join(fixture.ask(&ann, &bob), fixture.ask(&bob, &ann)).await;
        let mut seen =
            [one, other].map(|answer| answer.expect(200)["relation"].as_str().unwrap().to_owned());
        seen.sort();
        assert_eq!(seen, ["friend", "sent"]);
        assert_eq!(fixture.listed(&ann, FRIENDS).await, [bob.user_id.to_string()]);
        assert_eq!(fixture.listed(&bob, FRIENDS).await, [ann.user_id.to_string()]);
    }
    assert_eq!(fixture.friendships().await.len(), 2 * ROUNDS);
}

#[tokio::test]
async fn a_block_and_a_request_at_once_leave_the_blocker_nothing_to_see() {
    let fixture = Fixture::new().await;
    for _ in 0..ROUNDS {
        let (ann, bob) = (fixture.nameless(), fixture.nameless());
        let (asked, ()) = join(fixture.ask(&ann, &bob), fixture.block(&bob, &ann)).await;
        assert_eq!(asked.expect(200)["relation"], "sent");
        assert!(fixture.listed(&bob, REQUESTS).await.is_empty());
        assert!(fixture.listed(&bob, FRIENDS).await.is_empty());
    }
}

#[tokio::test]
async fn of_many_requests_at_once_no_more_pass_than_the_limit() {
    let fixture = Fixture::new().await;
    let ann = fixture.nameless();
    let others: Vec<_> = (0..60).map(|_| fixture.nameless()).collect();
    let answers = join_all(others.iter().map(|other| fixture.ask(&ann, other))).await;
    let passed = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(passed, 50);
    assert_eq!(fixture.database.count("friendships").await, 50);
}
