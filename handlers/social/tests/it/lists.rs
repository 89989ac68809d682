//! The limits of lists.

use mysql_async::prelude::Queryable;

use crate::fixture::{FRIENDS, Fixture, Person};

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
