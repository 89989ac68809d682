//! The limits of lists.

use events::payments::WalletClosedV1;
use mysql_async::prelude::Queryable;
use serde_json::Value;
use testkit::event;

use crate::fixture::{BLOCKS, FRIENDS, Fixture, Person, SENT};
use crate::talk::ON_PAYMENTS;

/// Friends of Ann, half of them on each side of her.
async fn crowd(fixture: &Fixture, ann: &Person) {
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    // Ids of version 7, above all that are made in this age, and below.
    let other = |first: &str| {
        format!("CONCAT(UNHEX('{first}'), RANDOM_BYTES(5), UNHEX('70'), RANDOM_BYTES(9))")
    };
    let ann_id = || "?".to_owned();
    for [first, second] in [[ann_id(), other("7F")], [other("00"), ann_id()]] {
        let sql = format!(
            "INSERT INTO friendships (first_id, second_id, first_sees, second_sees, is_told,
                 version, place, since_at)
             WITH RECURSIVE numbers AS
                 (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000)
             SELECT {first}, {second}, 'friend', 'friend', FALSE, 1, RANDOM_BYTES(16), NOW(6)
             FROM numbers"
        );
        conn.exec_drop(sql, (ann.user_id.uuid(),)).await.unwrap();
    }
}

#[tokio::test]
async fn two_thousand_friends_are_all_that_somebody_has() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    crowd(&fixture, &ann).await;
    fixture.ask(&ann, &bob).await.expect(200);
    fixture.answer(&bob, &ann, "accept").await.expect_refusal(409, "friends-used-up");
    fixture.ask(&bob, &ann).await.expect_refusal(409, "friends-used-up");
    let one = fixture.listed(&ann, FRIENDS).await.remove(0);
    let path = format!("{FRIENDS}/{one}");
    fixture.send(&ann, testkit::Call::new("DELETE", &path)).await.expect(204);
    fixture.answer(&bob, &ann, "accept").await.expect(200);
}

#[tokio::test]
async fn a_friend_who_has_closed_their_wallet_is_shown_as_such_and_nobody_else_is() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let (asked, blocked) = (fixture.person("Cat").await, fixture.person("Dan").await);
    fixture.befriend(&ann, &bob).await;
    fixture.ask(&ann, &asked).await.expect(200);
    fixture.block(&ann, &blocked).await;
    let group = fixture.group(&ann, &[&bob]).await;
    let closed = |person: &Person| {
        let closed = WalletClosedV1 {
            user_id: person.user_id.to_string(),
            closed_at: "2026-11-29T04:05:06.789Z".to_owned(),
        };
        event(&closed.user_id.clone(), &closed)
    };
    let shown = async |list: &str| fixture.get(&ann, list).await["items"][0]["has_closed"].clone();
    assert_eq!(shown(FRIENDS).await, false);
    for _ in 0..2 {
        let events = [&bob, &asked, &blocked].map(closed);
        fixture.deliver(ON_PAYMENTS, &events).await;
    }
    assert_eq!(shown(FRIENDS).await, true);
    let members = fixture.get(&ann, &group).await["members"].clone();
    let has_closed: Vec<&Value> =
        members.as_array().unwrap().iter().map(|member| &member["has_closed"]).collect();
    assert_eq!(has_closed, [false, true]);
    // Of who is no friend it would tell whoever tries ids that there is such a person.
    assert_eq!(shown(SENT).await, false);
    assert_eq!(fixture.ask(&ann, &asked).await.expect(200)["has_closed"], false);
    assert!(shown(BLOCKS).await.is_null());
}
