//! That nothing grows with what others do, or with how much was said.

use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use crate::fixture::{CONVERSATIONS, Fixture, ON_SOCIAL, Person};

/// Messages of `by` with these numbers, in the conversation of the fixture.
async fn fill(conn: &mut Conn, by: &Person, numbers: [u32; 2]) {
    let (by, [first, last]) = (by.user_id.uuid().simple(), numbers);
    let sql = format!(
        "INSERT INTO messages (conversation_id, number, message_id, sender_id, text, sent_at)
         SELECT conversation_id, seq, RANDOM_BYTES(16), X'{by}', 'Hello', NOW(6)
         FROM seq_{first}_to_{last} JOIN conversations"
    );
    conn.query_drop(sql).await.unwrap();
}

#[tokio::test]
async fn what_is_left_unread_is_right_from_both_ends_of_a_long_conversation() {
    let (fixture, [amy, ben], id) = Fixture::with_friends().await;
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    fill(&mut conn, &ben, [1, 1_500]).await;
    let withdrawn =
        "UPDATE messages SET withdrawn_at = NOW(6), text = NULL WHERE number IN (7, 1400)";
    conn.query_drop(withdrawn).await.unwrap();
    fill(&mut conn, &amy, [1_501, 1_600]).await;
    let sql = "UPDATE members SET last_number = 1600, unread = IF(user_id = ?, 1498, 0)";
    conn.exec_drop(sql, (amy.user_id.uuid(),)).await.unwrap();
    for (number, unread) in [(10, 1_489), (5, 1_489), (500, 999), (1_000, 499), (1_500, 0)] {
        fixture.mark_read(&amy, &id, number).await;
        assert_eq!(fixture.unread(&amy).await.0, unread, "up to {number}");
    }
}

#[tokio::test]
async fn of_those_who_have_left_a_group_two_hundred_are_remembered() {
    let fixture = Fixture::new().await;
    let amy = fixture.person("Amy").await;
    let others: Vec<Person> = (0..250).map(|_| fixture.sign_in(values::UserId::new())).collect();
    let mut members = vec![&amy, &others[0]];
    let (group_id, id) = fixture.with_group(&members).await;
    fixture.say(&amy, &id, "Hello").await;
    for ten in others.chunks(10) {
        members = [&amy].into_iter().chain(ten).collect();
        fixture.deliver(ON_SOCIAL, &[fixture.group(group_id, "Hiking", &members)]).await;
    }
    fixture.deliver(ON_SOCIAL, &[fixture.group(group_id, "Hiking", &[&amy])]).await;
    assert_eq!(fixture.database.count("members").await, 201);
    let seen = fixture.conversation(&amy, &id).await;
    assert_eq!(seen["others"].as_array().unwrap().len(), 200);
    // Who left last can read what they could, who left first no more; all can come again.
    fixture.conversation(&others[249], &id).await;
    let path = format!("{CONVERSATIONS}/{id}");
    fixture.get(&others[0], &path).await.expect_refusal(404, "conversation-not-found");
    fixture.deliver(ON_SOCIAL, &[fixture.group(group_id, "Hiking", &[&amy, &others[0]])]).await;
    assert_eq!(fixture.conversation(&others[0], &id).await["can_write"], true);
}
