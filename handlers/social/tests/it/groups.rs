//! Groups of friends.

use events::social::GroupChangedV1;
use futures_util::future::join;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::Call;

use crate::fixture::{FRIENDS, Fixture, GROUPS, Person};

const ROUNDS: usize = 200;

async fn put(fixture: &Fixture, by: &Person, path: &str, member: &Person) -> testkit::Answer {
    fixture.send(by, Call::new("PUT", &format!("{path}/members/{}", member.user_id))).await
}

async fn delete(fixture: &Fixture, by: &Person, path: &str, member: &Person) -> testkit::Answer {
    fixture.send(by, Call::new("DELETE", &format!("{path}/members/{}", member.user_id))).await
}

#[tokio::test]
async fn a_group_is_made_renamed_joined_left_and_ended_and_each_change_is_told() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann Wong").await, fixture.person("Bob Lee").await);
    let cat = fixture.person("Cat Ho").await;
    fixture.befriend(&ann, &bob).await;
    fixture.befriend(&bob, &cat).await;
    let path = fixture.group(&ann, &[&bob]).await;
    // Each adds their own friends.
    put(&fixture, &ann, &path, &cat).await.expect_refusal(422, "friends-only");
    for _ in 0..2 {
        put(&fixture, &bob, &path, &cat).await.expect(204);
    }
    let seen = fixture.send(&cat, Call::get(&path)).await;
    let names: Vec<Value> =
        seen.expect(200)["members"].as_array().unwrap().iter().map(|m| m["name"].clone()).collect();
    assert_eq!(names, [json!("A*** W***"), json!("Bob Lee"), json!("Cat Ho")]);

    let rename = |etag: &str| {
        let call = Call::new("PATCH", &path).header("if-match", etag);
        call.body("application/merge-patch+json", r#"{"name":"Dinner"}"#)
    };
    let refused = fixture.send(&cat, rename(seen.header("etag"))).await;
    refused.expect_refusal(403, "group-owner-only");
    fixture.send(&ann, rename("\"1\"")).await.expect_refusal(412, "version-stale");
    let renamed = fixture.send(&ann, rename(seen.header("etag"))).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["version"]), (&json!("Dinner"), &json!(3)));
    let listed = fixture.get(&cat, GROUPS).await["items"][0].clone();
    assert_eq!(
        (&listed["name"], listed["members"].as_array().unwrap().len()),
        (&json!("Dinner"), 3)
    );

    delete(&fixture, &cat, &path, &bob).await.expect_refusal(403, "group-owner-only");
    delete(&fixture, &cat, &path, &cat).await.expect(204);
    delete(&fixture, &ann, &path, &cat).await.expect_refusal(404, "group-member-not-found");
    delete(&fixture, &ann, &path, &ann).await.expect(204);
    let end = Call::new("DELETE", &path);
    fixture.send(&ann, end.clone()).await.expect_refusal(404, "group-not-found");
    fixture.send(&bob, end).await.expect(204);
    assert!(fixture.get(&bob, GROUPS).await["items"].as_array().unwrap().is_empty());
    let told: Vec<GroupChangedV1> = fixture.database.told().await;
    let seen: Vec<_> = told.iter().map(|told| (told.version, told.member_ids.len())).collect();
    assert_eq!(seen, [(1, 2), (2, 3), (3, 3), (4, 2), (5, 1), (6, 0)]);
    assert_eq!(told[4].owner_id, bob.user_id.to_string());
}

#[tokio::test]
async fn a_group_is_made_once_for_each_key_and_of_friends_alone() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let cat = fixture.person("Cat").await;
    fixture.befriend(&ann, &bob).await;
    fixture.ask(&ann, &cat).await.expect(200);
    let make = |members: &[&Person]| {
        let ids: Vec<String> = members.iter().map(|other| other.user_id.to_string()).collect();
        Call::post(GROUPS)
            .key("one-key-of-ann-123")
            .json(&json!({"name": "Hiking", "member_ids": ids}))
    };
    fixture.send(&ann, make(&[&bob, &cat])).await.expect_refusal(422, "friends-only");
    let first = fixture.send(&ann, make(&[&bob])).await;
    let again = fixture.send(&ann, make(&[&bob])).await;
    assert_eq!(
        (first.expect(201), again.header("idempotent-replayed")),
        (again.expect(201), "true")
    );
    let others: Vec<Person> = (0..30).map(|_| fixture.nameless()).collect();
    let many: Vec<&Person> = others.iter().collect();
    let full = fixture.send(&ann, make(&many).key("another-key-of-ann")).await;
    assert_ne!(full.status, 201);
    assert_eq!(fixture.database.count("social_groups").await, 1);
}

#[tokio::test]
async fn to_whoever_is_not_in_it_a_group_is_one_that_does_not_exist() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let cat = fixture.person("Cat").await;
    fixture.befriend(&ann, &bob).await;
    fixture.befriend(&ann, &cat).await;
    let path = fixture.group(&ann, &[&bob]).await;
    delete(&fixture, &bob, &path, &bob).await.expect(204);
    let absent = format!("{GROUPS}/grp_01h455vb4pex5vsknk084sn02q");
    // A friend of a member, and who was a member, against no group at all.
    for outsider in [&bob, &cat] {
        let mut seen = Vec::new();
        for path in [&path, &absent] {
            let rename = Call::new("PATCH", path).header("if-match", "\"1\"");
            let rename = rename.body("application/merge-patch+json", r#"{"name":"Mine"}"#);
            let calls = [
                Call::get(path),
                rename,
                Call::new("DELETE", path),
                Call::new("PUT", &format!("{path}/members/{}", ann.user_id)),
                Call::new("DELETE", &format!("{path}/members/{}", ann.user_id)),
            ];
            let mut answers = Vec::new();
            for call in calls {
                let answer = fixture.send(outsider, call).await;
                answer.expect_refusal(404, "group-not-found");
                let mut body = answer.json();
                body.as_object_mut().unwrap().remove("trace_id");
                answers.push(body);
            }
            seen.push(answers);
        }
        assert_eq!(seen[0], seen[1]);
    }
}

#[tokio::test]
async fn a_hundred_groups_are_all_that_somebody_is_in() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    fixture.befriend(&ann, &bob).await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "INSERT INTO group_members (group_id, user_id, number)
        WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 100)
        SELECT RANDOM_BYTES(16), ?, 1 FROM numbers";
    conn.exec_drop(sql, (bob.user_id.uuid(),)).await.unwrap();
    let path = fixture.group(&ann, &[]).await;
    put(&fixture, &ann, &path, &bob).await.expect_refusal(409, "groups-used-up");
    let call = Call::post(GROUPS).json(&json!({"name": "Mine", "member_ids": []}));
    fixture.send(&bob, call).await.expect_refusal(409, "groups-used-up");
}

#[tokio::test]
async fn of_two_who_join_the_last_place_at_once_one_does() {
    let fixture = Fixture::new().await;
    let ann = fixture.person("Ann").await;
    let others: Vec<Person> = (0..30).map(|_| fixture.nameless()).collect();
    for other in &others {
        fixture.befriend(other, &ann).await;
    }
    let path = fixture.group(&ann, &others[..28].iter().collect::<Vec<_>>()).await;
    let [one, other] = [&others[28], &others[29]];
    for _ in 0..ROUNDS {
        let answers =
            join(put(&fixture, &ann, &path, one), put(&fixture, &ann, &path, other)).await;
        let (joined, refused, member) = match answers.0.status {
            204 => (answers.0, answers.1, one),
            _ => (answers.1, answers.0, other),
        };
        joined.expect(204);
        refused.expect_refusal(409, "group-full");
        delete(&fixture, &ann, &path, member).await.expect(204);
        fixture.pass_hours(24).await;
    }
    assert_eq!(fixture.listed(&ann, FRIENDS).await.len(), 30);
}

async fn end(fixture: &Fixture, by: &Person, path: &str) {
    fixture.send(by, Call::new("DELETE", path)).await.expect(204);
}

#[tokio::test]
async fn who_left_is_not_added_again_for_thirty_days_and_who_was_taken_off_is() {
    let fixture = Fixture::new().await;
    let (ann, bob) = (fixture.person("Ann").await, fixture.person("Bob").await);
    let cat = fixture.person("Cat").await;
    for (one, other) in [(&ann, &bob), (&ann, &cat), (&cat, &bob)] {
        fixture.befriend(one, other).await;
    }
    let path = fixture.group(&ann, &[&bob, &cat]).await;
    delete(&fixture, &ann, &path, &bob).await.expect(204);
    put(&fixture, &ann, &path, &bob).await.expect(204);
    delete(&fixture, &bob, &path, &bob).await.expect(204);
    for hours in [0, 24 * 30 - 1] {
        fixture.pass_hours(hours).await;
        for member in [&ann, &cat] {
            put(&fixture, member, &path, &bob).await.expect_refusal(409, "group-member-left");
        }
    }
    // Nobody else is kept out of it, nor he out of other groups.
    let other = fixture.group(&ann, &[&bob]).await;
    assert_eq!(fixture.get(&bob, &other).await["version"], 1);
    fixture.pass_hours(1).await;
    put(&fixture, &cat, &path, &bob).await.expect(204);
    // What is over is forgotten as somebody else leaves, and the rest with the group.
    delete(&fixture, &cat, &path, &cat).await.expect(204);
    assert_eq!(fixture.database.count("group_leavers").await, 1);
    end(&fixture, &ann, &path).await;
    assert_eq!(fixture.database.count("group_leavers").await, 0);
}

#[tokio::test]
async fn ten_groups_are_made_in_a_day_also_if_each_is_ended_at_once() {
    let fixture = Fixture::new().await;
    let ann = fixture.nameless();
    for _ in 0..10 {
        let path = fixture.group(&ann, &[]).await;
        end(&fixture, &ann, &path).await;
    }
    let call = Call::post(GROUPS).json(&json!({"name": "Mine", "member_ids": []}));
    let refused = fixture.send(&ann, call).await;
    refused.expect_refusal(429, "groups-throttled");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 23 * 3600);
    fixture.pass_hours(24).await;
    fixture.group(&ann, &[]).await;
}

#[tokio::test]
async fn a_hundred_people_are_added_to_groups_in_a_day_by_making_them_or_later() {
    let fixture = Fixture::new().await;
    let ann = fixture.nameless();
    let others: Vec<Person> = (0..29).map(|_| fixture.nameless()).collect();
    for other in &others {
        fixture.befriend(other, &ann).await;
    }
    let all: Vec<&Person> = others.iter().collect();
    for _ in 0..3 {
        let path = fixture.group(&ann, &all).await;
        end(&fixture, &ann, &path).await;
    }
    let path = fixture.group(&ann, &[]).await;
    for _ in 0..12 {
        delete(&fixture, &ann, &path, all[0]).await;
        put(&fixture, &ann, &path, all[0]).await.expect(204);
    }
    put(&fixture, &ann, &path, all[0]).await.expect(204);
    put(&fixture, &ann, &path, all[1]).await.expect(204);
    put(&fixture, &ann, &path, all[2]).await.expect_refusal(429, "group-members-throttled");
    let ids: Vec<String> = all[..2].iter().map(|other| other.user_id.to_string()).collect();
    let call = Call::post(GROUPS).json(&json!({"name": "Mine", "member_ids": ids}));
    fixture.send(&ann, call).await.expect_refusal(429, "group-members-throttled");
    // A refusal makes no group, and counts for none.
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT groups_made, members_added FROM turns WHERE user_id = ?";
    let counts = conn.exec_first(sql, (ann.user_id.uuid(),)).await.unwrap();
    assert_eq!(counts, Some((4_u32, 100_u32)));
}
