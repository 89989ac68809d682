//! Whom others are to tell of what, and that no word of it leaves.

use events::messages::{ConversationReadV1, MessageSentV1};
use testkit::Call;

use crate::fixture::{CONVERSATIONS, Fixture};

#[tokio::test]
async fn of_a_message_everybody_else_is_told_with_the_name_that_they_may_see() {
    let fixture = Fixture::new().await;
    let [amy, ben, cat, dan] = [
        fixture.person("Amy Au").await,
        fixture.person("Ben").await,
        fixture.person("Cat").await,
        fixture.person("Dan").await,
    ];
    fixture.befriend(&amy, &ben).await;
    fixture.block(&dan, &amy).await;
    let (_, id) = fixture.with_group(&[&amy, &ben, &cat, &dan]).await;
    fixture.say(&amy, &id, "secret").await;
    let told = fixture.database.told::<MessageSentV1>().await;
    assert_eq!((told.len(), told[0].number), (1, 1));
    assert_eq!(told[0].group_name.as_deref(), Some("Hiking"));
    let named = told[0].told.iter().map(|told| (told.user_id.clone(), &*told.sender_name));
    let mut named: Vec<(String, &str)> = named.collect();
    named.sort();
    let mut expected =
        [(ben.user_id.to_string(), "Amy Au"), (cat.user_id.to_string(), "A*** A***")];
    expected.sort();
    assert_eq!(named, expected);
    let events = serde_json::to_string(&fixture.database.outbox().await).unwrap();
    assert!(!events.contains("secret"));
}

#[tokio::test]
async fn nobody_is_told_who_muted_it_or_blocks_the_sender() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    fixture.send(&ben, Call::new("PUT", &format!("{CONVERSATIONS}/{id}/mute"))).await.expect(204);
    fixture.say(&amy, &id, "muted").await;
    let unmute = Call::new("DELETE", &format!("{CONVERSATIONS}/{id}/mute"));
    fixture.send(&ben, unmute).await.expect(204);
    let _: Vec<u8> = fixture.query("UPDATE pairs SET first_paid = TRUE, second_paid = TRUE").await;
    fixture.block(&ben, &amy).await;
    fixture.say(&amy, &id, "hidden").await;
    assert_eq!(fixture.database.told::<MessageSentV1>().await, []);
    fixture.unblock(&ben, &amy).await;
    fixture.say(&amy, &id, "told").await;
    assert_eq!(fixture.database.told::<MessageSentV1>().await.len(), 1);
}

#[tokio::test]
async fn that_nothing_is_unread_any_more_is_told_once_by_reading_or_withdrawing() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    fixture.say(&amy, &id, "1").await;
    let second = fixture.say(&amy, &id, "2").await;
    fixture.mark_read(&ben, &id, 1).await;
    assert_eq!(fixture.database.told::<ConversationReadV1>().await, []);
    fixture.withdraw(&amy, &second).await.expect(200);
    fixture.withdraw(&amy, &second).await.expect(200);
    fixture.say(&amy, &id, "3").await;
    fixture.mark_read(&ben, &id, 3).await;
    fixture.mark_read(&ben, &id, 3).await;
    let told = fixture.database.told::<ConversationReadV1>().await;
    assert_eq!(told.iter().map(|told| told.number).collect::<Vec<_>>(), [2, 3]);
    assert!(told.iter().all(|told| told.user_id == ben.user_id.to_string()));
}
