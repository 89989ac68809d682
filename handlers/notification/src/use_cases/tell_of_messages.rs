//! Somebody wrote to people: each has one notification of a conversation, of the newest message in
//! it.

use events::Envelope;
use events::messages::{ConversationReadV1, MessageSentV1};
use inbox::Failure;
use service::database::Tx;
use values::{ConversationId, UserId};

use super::replace_notices::{News, Telling, replace_notices};
use crate::domain::{Facts, Mailbox, Message, MessageNews};
use crate::store::standing_notices::{Place, Topic};

/// Returns the mailboxes that have something new.
pub(crate) async fn tell_of_messages(
    tx: &mut Tx,
    events: &[&Envelope],
) -> Result<Vec<Mailbox>, Failure> {
    let mut news = Vec::new();
    for event in events {
        news.extend(news_of(event)?);
    }
    Ok(replace_notices(tx, news, Vec::new()).await?)
}

/// For each person that the event is for.
fn news_of(event: &Envelope) -> Result<Vec<(Place, News<'_>)>, Failure> {
    let place = |user_id: &str, id: ConversationId| -> Result<Place, Failure> {
        let user_id: UserId = user_id.parse().map_err(Failure::poison)?;
        Ok(Place { user_id, subject: id.uuid(), topic: Topic::Messages })
    };
    if let Some(read) = inbox::decode::<ConversationReadV1>(event)? {
        let id: ConversationId = read.conversation_id.parse().map_err(Failure::poison)?;
        return Ok(vec![(place(&read.user_id, id)?, News { version: read.number, telling: None })]);
    }
    let Some(sent) = inbox::decode::<MessageSentV1>(event)? else { return Ok(Vec::new()) };
    let id: ConversationId = sent.conversation_id.parse().map_err(Failure::poison)?;
    let mut news = Vec::with_capacity(sent.told.len());
    for told in sent.told {
        let facts = Facts { conversation_id: Some(id), ..Facts::default() };
        let message = Message::Conversation(MessageNews {
            is_support: sent.is_support,
            sender_name: told.sender_name,
            group_name: sent.group_name.clone(),
        });
        let telling = Some(Telling { event_id: &event.id, message, facts });
        news.push((place(&told.user_id, id)?, News { version: sent.number, telling }));
    }
    Ok(news)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use events::messages::ToldV1;
    use futures_util::future::try_join_all;
    use mysql_async::prelude::Queryable;
    use testkit::{FreshDatabase, event};
    use tokio::sync::Barrier;
    use values::MessageId;

    use super::*;

    const ROUNDS: u32 = 100;

    fn read(id: ConversationId, number: u32, by: UserId) -> Envelope {
        let read = ConversationReadV1 {
            conversation_id: id.to_string(),
            user_id: by.to_string(),
            number,
            read_at: "2026-11-29T10:00:00.000Z".to_owned(),
        };
        event(&id.to_string(), &read)
    }

    fn sent(id: ConversationId, number: u32, to: UserId) -> Envelope {
        let told = ToldV1 { user_id: to.to_string(), sender_name: "Amy".to_owned() };
        let sent = MessageSentV1 {
            conversation_id: id.to_string(),
            message_id: MessageId::new().to_string(),
            number,
            sender_id: UserId::new().to_string(),
            is_support: false,
            group_name: None,
            told: vec![told],
            sent_at: "2026-11-29T10:00:00.000Z".to_owned(),
        };
        event(&sent.conversation_id.clone(), &sent)
    }

    /// How many statements this connection has sent.
    async fn statements(tx: &mut Tx) -> u64 {
        let sql = "SHOW SESSION STATUS LIKE 'Questions'";
        let row: (String, u64) = tx.query_first(sql).await.unwrap().unwrap();
        row.1
    }

    #[tokio::test]
    async fn a_batch_sends_as_many_statements_for_sixty_people_as_for_two() {
        let fresh = FreshDatabase::new(crate::migrations()).await;
        let mut sent_by_sizes = Vec::new();
        for size in [2, 60] {
            let people: Vec<UserId> = (0..size).map(|_| UserId::new()).collect();
            let id = ConversationId::new();
            // The second replaces; half of the readers have read it after that.
            for number in 1..=3 {
                let event = |(at, person): (usize, &UserId)| match number {
                    3 if at < size / 2 => read(id, 2, *person),
                    _ => sent(id, number, *person),
                };
                let events: Vec<Envelope> = people.iter().enumerate().map(event).collect();
                let events: Vec<&Envelope> = events.iter().collect();
                let mut tx = fresh.database.begin().await.unwrap();
                let before = statements(&mut tx).await;
                assert!(tell_of_messages(&mut tx, &events).await.is_ok());
                sent_by_sizes.push((number, statements(&mut tx).await - before));
                tx.commit().await.unwrap();
            }
        }
        assert_eq!(sent_by_sizes[..3], sent_by_sizes[3..]);
        assert_eq!(fresh.count("notifications").await, 62);
        let sql = "SELECT CAST(SUM(unread) AS UNSIGNED) FROM mailboxes";
        let mut conn = fresh.database.conn().await.unwrap();
        assert_eq!(conn.query_first(sql).await.unwrap(), Some(31_u64));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_batches_to_the_same_people_in_opposite_order_never_deadlock() {
        let fresh = FreshDatabase::new(crate::migrations()).await;
        let both = [UserId::new(), UserId::new()];
        let start = Arc::new(Barrier::new(2));
        let deliveries = [both, [both[1], both[0]]].map(|people| {
            let (database, start) = (fresh.database.clone(), Arc::clone(&start));
            let ids = [ConversationId::new(), ConversationId::new()];
            tokio::spawn(async move {
                for number in 1..=ROUNDS {
                    let events = [0, 1].map(|at| sent(ids[at], number, people[at]));
                    let mut tx = database.begin().await.unwrap();
                    start.wait().await;
                    let told = tell_of_messages(&mut tx, &[&events[0], &events[1]]).await;
                    assert_eq!(told.map_err(|_| "a deadlock").unwrap().len(), 2);
                    tx.commit().await.unwrap();
                }
            })
        });
        // The first failure ends the test: the other task would wait for its partner for ever.
        try_join_all(deliveries).await.unwrap();
        assert_eq!(fresh.count("notifications").await, 4);
    }
}
