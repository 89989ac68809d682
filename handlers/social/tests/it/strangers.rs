//! What people can do to those who have nothing to do with them.

use mysql_async::prelude::Queryable;
use mysql_async::{Opts, TxOpts};
use serde_json::json;
use testkit::Call;

use crate::fixture::{BLOCKS, FRIENDS, Fixture, GROUPS, REQUESTS};

#[tokio::test]
async fn no_act_of_a_stranger_waits_for_whom_it_is_about_or_leaves_them_a_turn() {
    let fixture = Fixture::new().await;
    let (ann, bob, nobody) = (fixture.nameless(), fixture.nameless(), fixture.nameless());
    // Bob's turn is taken all the while, as a stranger's act would take it.
    let cat = fixture.nameless();
    fixture.ask(&bob, &cat).await.expect(200);
    let url = Opts::from_url(&fixture.database.url).unwrap();
    let mut held = mysql_async::Conn::new(url).await.unwrap();
    let mut held = held.start_transaction(TxOpts::default()).await.unwrap();
    let sql = "SELECT asked FROM turns WHERE user_id = ? FOR UPDATE";
    let asked: Option<u32> = held.exec_first(sql, (bob.user_id.uuid(),)).await.unwrap();
    assert_eq!(asked, Some(1));
    for other in [&bob, &nobody] {
        fixture.ask(&ann, other).await.expect(200);
        for (method, list) in
            [("DELETE", REQUESTS), ("DELETE", FRIENDS), ("PUT", BLOCKS), ("DELETE", BLOCKS)]
        {
            fixture.act(&ann, method, list, other).await.expect(204);
        }
        for how in ["accept", "decline"] {
            let answer = fixture.answer(&ann, other, how).await;
            answer.expect_refusal(404, "friend-request-not-found");
        }
        let path = format!("/api/v1/social/people/{}/report", other.user_id);
        let words = json!({"reason": "scam", "words": "They lied."});
        fixture.send(&ann, Call::new("PUT", &path).json(&words)).await.expect(204);
        let group = json!({"name": "Mine", "member_ids": [other.user_id.to_string()]});
        let made = fixture.send(&ann, Call::post(GROUPS).json(&group)).await;
        made.expect_refusal(422, "friends-only");
    }
    held.rollback().await.unwrap();
    // Those of Ann and Bob.
    assert_eq!(fixture.database.count("turns").await, 2);
}

#[tokio::test]
async fn a_hundred_people_are_blocked_in_a_day() {
    let fixture = Fixture::new().await;
    let ann = fixture.nameless();
    for _ in 0..50 {
        let other = fixture.nameless();
        fixture.block(&ann, &other).await;
        fixture.block(&ann, &other).await;
        fixture.act(&ann, "DELETE", BLOCKS, &other).await.expect(204);
        fixture.block(&ann, &other).await;
    }
    let other = fixture.nameless();
    let refused = fixture.act(&ann, "PUT", BLOCKS, &other).await;
    refused.expect_refusal(429, "blocks-throttled");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 23 * 3600);
    // Those who are refused leave no row of two who never had to do with each other.
    assert_eq!(fixture.database.count("friendships").await, 50);
    fixture.pass_hours(24).await;
    fixture.block(&ann, &other).await;
}
