//! Who sees that somebody types.

use events::messages::TypingBeganV1;
use testkit::{Answer, Call};

use crate::fixture::{CONVERSATIONS, Fixture, Person};

async fn type_in(fixture: &Fixture, by: &Person, id: &str) -> Answer {
    fixture.send(by, Call::post(&format!("{CONVERSATIONS}/{id}/typing"))).await
}

/// To whom it was told, each time.
async fn told(fixture: &Fixture) -> Vec<Vec<String>> {
    let told = fixture.database.told::<TypingBeganV1>().await;
    told.into_iter().map(|began| began.told).collect()
}

/// So much time passes; less than none comes back.
async fn wait(fixture: &Fixture, seconds: i32) {
    let sql = format!("UPDATE members SET typed_at = typed_at - INTERVAL {seconds} SECOND");
    let _: Vec<u8> = fixture.query(&sql).await;
}

#[tokio::test]
async fn the_other_is_told_every_four_seconds_at_most() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    type_in(&fixture, &amy, &id).await.expect(204);
    // However slow this is, the four seconds are not over.
    wait(&fixture, -3_600).await;
    for _ in 0..2 {
        type_in(&fixture, &amy, &id).await.expect(204);
    }
    let ben = ben.user_id.to_string();
    assert_eq!(told(&fixture).await, [[&*ben]]);
    wait(&fixture, 3_600 + 4).await;
    type_in(&fixture, &amy, &id).await.expect(204);
    assert_eq!(told(&fixture).await, [[&*ben], [&*ben]]);
    let began = fixture.database.told::<TypingBeganV1>().await;
    assert_eq!((&began[0].user_id, &began[0].conversation_id), (&amy.user_id.to_string(), &id));
}

#[tokio::test]
async fn in_a_group_neither_who_muted_it_nor_who_blocks_the_one_nor_who_left_is_told() {
    let fixture = Fixture::new().await;
    let [amy, ben, cat, dan, eve] = [
        fixture.person("Amy").await,
        fixture.person("Ben").await,
        fixture.person("Cat").await,
        fixture.person("Dan").await,
        fixture.person("Eve").await,
    ];
    let (group_id, id) = fixture.with_group(&[&amy, &ben, &cat, &dan, &eve]).await;
    fixture.block(&dan, &amy).await;
    fixture.send(&cat, Call::new("PUT", &format!("{CONVERSATIONS}/{id}/mute"))).await.expect(204);
    let left = fixture.group(group_id, "Hiking", &[&amy, &ben, &cat, &dan]);
    fixture.deliver(crate::fixture::ON_SOCIAL, &[left]).await;
    type_in(&fixture, &amy, &id).await.expect(204);
    assert_eq!(told(&fixture).await, [vec![ben.user_id.to_string()]]);
    type_in(&fixture, &eve, &id).await.expect_refusal(409, "group-left");
}

#[tokio::test]
async fn whoever_may_not_write_does_not_type_and_the_blocked_type_to_nobody() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    fixture.unfriend(&amy, &ben).await;
    type_in(&fixture, &ben, &id).await.expect_refusal(409, "writing-not-allowed");
    let _: Vec<u8> = fixture.query("UPDATE pairs SET first_paid = TRUE, second_paid = TRUE").await;
    fixture.block(&amy, &ben).await;
    type_in(&fixture, &amy, &id).await.expect_refusal(409, "correspondent-blocked");
    // As if it were shown.
    type_in(&fixture, &ben, &id).await.expect(204);
    assert_eq!(told(&fixture).await, [[""; 0]; 0]);
}
