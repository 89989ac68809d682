//! Groups: whoever is in one reads what is said meanwhile.

use serde_json::json;
use values::GroupId;

use crate::fixture::{Fixture, ON_SOCIAL, group};

const SHUFFLES: usize = 30;

#[tokio::test]
async fn who_comes_reads_from_then_on_and_who_goes_nothing_any_more() {
    let fixture = Fixture::new().await;
    let [amy, ben, cat] =
        [fixture.person("Amy").await, fixture.person("Ben").await, fixture.person("Cat").await];
    let dan = fixture.person("Dan").await;
    let (group_id, id) = fixture.with_group(&[&amy, &ben]).await;
    fixture.say(&amy, &id, "two").await;
    fixture.deliver(ON_SOCIAL, &[fixture.group(group_id, "Hiking", &[&amy, &ben, &cat])]).await;
    fixture.say(&ben, &id, "three").await;
    fixture.deliver(ON_SOCIAL, &[fixture.group(group_id, "Hikers", &[&amy, &cat])]).await;
    fixture.say(&cat, &id, "without Ben").await;
    assert_eq!(fixture.texts(&amy, &id).await, ["two", "three", "without Ben"]);
    assert_eq!(fixture.texts(&ben, &id).await, ["two", "three"]);
    assert_eq!(fixture.texts(&cat, &id).await, ["three", "without Ben"]);
    let counted = [&amy, &ben, &cat].map(|person| fixture.unread(person));
    let counted = futures_util::future::join_all(counted).await;
    assert_eq!(counted, [(2, 1), (1, 1), (1, 1)]);
    fixture.try_say(&ben, &id, "Hi").await.expect_refusal(409, "group-left");
    let seen = fixture.conversation(&ben, &id).await;
    assert_eq!(
        (&seen["can_write"], &seen["last_message"]["text"]),
        (&json!(false), &json!("three"))
    );
    // Nothing of what was after that: no new name, and how far others have read only up to there.
    assert_eq!(seen["title"], json!(null));
    let others = seen["others"].as_array().unwrap();
    assert!(others.iter().all(|other| other["read_up_to"].as_u64().unwrap() <= 3), "{seen}");
    fixture.deliver(ON_SOCIAL, &[fixture.group(group_id, "Hikers", &[&amy, &cat, &dan])]).await;
    assert_eq!(fixture.conversation(&ben, &id).await["others"], seen["others"]);
    let seen = fixture.conversation(&amy, &id).await;
    let left = |name: &str| {
        let others = seen["others"].as_array().unwrap();
        others.iter().find(|other| other["name"] == name).unwrap()["has_left"].clone()
    };
    // Nobody here is anybody's friend.
    assert_eq!((left("B***"), left("C***")), (json!(true), json!(false)));
    // Whoever comes again has missed what was said meanwhile.
    fixture.deliver(ON_SOCIAL, &[fixture.group(group_id, "Hikers", &[&amy, &ben, &cat])]).await;
    fixture.say(&amy, &id, "again").await;
    assert_eq!(fixture.texts(&ben, &id).await, ["again"]);
    assert_eq!(fixture.unread(&ben).await, (1, 1));
    fixture.deliver(ON_SOCIAL, &[fixture.group(group_id, "", &[])]).await;
    fixture.try_say(&amy, &id, "Hi").await.expect_refusal(409, "group-left");
}

#[tokio::test]
async fn a_group_is_listed_before_anything_is_said() {
    let fixture = Fixture::new().await;
    let (amy, ben) = (fixture.person("Amy").await, fixture.person("Ben").await);
    let (group_id, id) = fixture.with_group(&[&amy, &ben]).await;
    assert_eq!(fixture.listed(&ben).await, [&*id]);
    let seen = fixture.conversation(&ben, &id).await;
    assert_eq!(seen["group_id"], group_id.to_string());
    assert_eq!((&seen["type"], &seen["title"]), (&json!("group"), &json!("Hiking")));
}

#[tokio::test]
async fn the_newest_version_of_a_group_counts_whatever_the_order() {
    let fixture = Fixture::new().await;
    let people = [(); 4].map(|()| fixture.sign_in(values::UserId::new()));
    let [a, b, c, d] = &people;
    let mut seed = fastrand::u64(..);
    for _ in 0..SHUFFLES {
        let mut random = fastrand::Rng::with_seed(seed);
        let id = GroupId::new();
        let mut events = vec![
            group(id, 1, "one", &[a, b]),
            group(id, 2, "two", &[a, b, c]),
            group(id, 3, "three", &[a, c, d]),
            group(id, 4, "four", &[a, d, b]),
        ];
        events.extend(events.clone());
        random.shuffle(&mut events);
        for part in events.chunks(3) {
            fixture.deliver(ON_SOCIAL, part).await;
        }
        let members: Vec<(String, u64)> = fixture
            .query(
                "SELECT title, COUNT(*) FROM conversations JOIN members USING (conversation_id)
                 WHERE left_after IS NULL GROUP BY conversation_id ORDER BY conversation_id DESC
                 LIMIT 1",
            )
            .await;
        assert_eq!(members, [("four".to_owned(), 3)], "seed {seed}");
        seed = random.u64(..);
    }
    assert_eq!(fixture.database.count("parked_events").await, 0);
}
