//! Somebody wrote to people: each has one notification of a conversation, of the newest message in
//! it, and its stream shows each message as it comes.

use std::collections::{BTreeMap, BTreeSet};

use events::Envelope;
use events::messages::{ConversationReadV1, MessageSentV1};
use inbox::Failure;
use service::database::Tx;
use values::{ConversationId, Product, UserId};

use super::deliver_notifications::insert_notices;
use crate::domain::{Facts, Mailbox, Message, MessageNews, Notice};
use crate::store;
use crate::store::conversation_notices::{self, Place, Told};

/// What one event says to one person.
enum News<'a> {
    /// There is a newer message, if it is newer than what they know.
    Sent { event_id: &'a str, number: u32, message: MessageNews },
    /// They have read up to there.
    Read { number: u32 },
}

/// What becomes of somebody's notification of a conversation.
struct Outcome<'a> {
    before: Told,
    /// Of the newest message that they know, told or read.
    message_number: u32,
    /// The event that tells of it, and what it says, if they have not read it.
    telling: Option<(&'a str, MessageNews)>,
    /// Whether they have read what they were told before.
    is_read: bool,
}

/// Returns the mailboxes that have something new. Rows are locked in the order of their keys, first
/// what people were told and then their mailboxes, so that no two batches wait for each other.
pub(crate) async fn tell_of_messages(
    tx: &mut Tx,
    events: &[&Envelope],
) -> Result<Vec<Mailbox>, Failure> {
    let mut news = Vec::new();
    for event in events {
        news.extend(news_of(event)?);
    }
    let places: BTreeSet<Place> = news.iter().map(|(place, _)| *place).collect();
    let told = conversation_notices::lock_told(tx, &places).await?;
    let mut outcomes: BTreeMap<Place, Outcome<'_>> = BTreeMap::new();
    for (place, told) in told {
        let message_number = told.message_number;
        let outcome = Outcome { before: told, message_number, telling: None, is_read: false };
        outcomes.insert(place, outcome);
    }
    for (place, news) in news {
        if let Some(outcome) = outcomes.get_mut(&place) {
            outcome.hear(news);
        }
    }
    outcomes.retain(|_, outcome| outcome.changes_something());
    // In one order, whoever has something new and whoever has something read.
    let touched = outcomes.keys().map(|(user_id, _)| (mailbox(*user_id), 0)).collect();
    store::extend_mailboxes(tx, &touched).await?;
    for ((user_id, _), outcome) in &outcomes {
        let (mailbox, number) = (mailbox(*user_id), outcome.before.notification_number);
        match outcome.telling {
            _ if number == 0 => {}
            Some(_) => conversation_notices::delete_notification(tx, mailbox, number).await?,
            None => store::mark_read(tx, mailbox, number).await?,
        }
    }
    let mailboxes = tell(tx, &outcomes).await?;
    Ok(mailboxes)
}

/// Notes what each was told, and tells them.
async fn tell(
    tx: &mut Tx,
    outcomes: &BTreeMap<Place, Outcome<'_>>,
) -> Result<Vec<Mailbox>, Failure> {
    let notices = outcomes.iter().filter_map(|((user_id, conversation_id), outcome)| {
        let (event_id, news) = outcome.telling.as_ref()?;
        let facts = Facts { conversation_id: Some(*conversation_id), ..Facts::default() };
        let message = Message::Conversation(news.clone());
        Some((*event_id, Notice { mailbox: mailbox(*user_id), message, facts }))
    });
    let mailboxes = insert_notices(tx, notices.collect()).await?;
    let event_ids =
        outcomes.values().filter_map(|outcome| Some(outcome.telling.as_ref()?.0)).collect();
    let numbers = store::list_told(tx, &event_ids).await?;
    for (place, outcome) in outcomes {
        let number_of = |(event_id, _): &(&str, MessageNews)| {
            numbers.get(&((*event_id).to_owned(), mailbox(place.0))).copied()
        };
        let notification_number = match &outcome.telling {
            Some(telling) => number_of(telling).unwrap_or_default(),
            None => outcome.before.notification_number,
        };
        let told = Told { message_number: outcome.message_number, notification_number };
        conversation_notices::update_told(tx, *place, told).await?;
    }
    Ok(mailboxes)
}

impl<'a> Outcome<'a> {
    /// Takes one more thing in.
    fn hear(&mut self, news: News<'a>) {
        match news {
            News::Sent { event_id, number, message } if number > self.message_number => {
                (self.message_number, self.telling) = (number, Some((event_id, message)));
            }
            // Whoever reads what was said knows it; what is told later of it is late.
            News::Read { number } if number >= self.message_number => {
                (self.message_number, self.telling, self.is_read) = (number, None, true);
            }
            News::Sent { .. } | News::Read { .. } => {}
        }
    }

    fn changes_something(&self) -> bool {
        self.is_read || self.telling.is_some()
    }
}

/// For each person that the event is for.
fn news_of(event: &Envelope) -> Result<Vec<(Place, News<'_>)>, Failure> {
    if let Some(read) = inbox::decode::<ConversationReadV1>(event)? {
        let id: ConversationId = read.conversation_id.parse().map_err(Failure::poison)?;
        let user_id: UserId = read.user_id.parse().map_err(Failure::poison)?;
        return Ok(vec![((user_id, id), News::Read { number: read.number })]);
    }
    let Some(sent) = inbox::decode::<MessageSentV1>(event)? else { return Ok(Vec::new()) };
    let id: ConversationId = sent.conversation_id.parse().map_err(Failure::poison)?;
    let mut news = Vec::with_capacity(sent.told.len());
    for told in sent.told {
        let user_id: UserId = told.user_id.parse().map_err(Failure::poison)?;
        let message =
            MessageNews { sender_name: told.sender_name, group_name: sent.group_name.clone() };
        news.push((
            (user_id, id),
            News::Sent { event_id: &event.id, number: sent.number, message },
        ));
    }
    Ok(news)
}

/// People talk in the consumers' app.
const fn mailbox(user_id: UserId) -> Mailbox {
    Mailbox { user_id, product: Product::Consumer }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use events::messages::ToldV1;
    use futures_util::future::try_join_all;
    use testkit::{FreshDatabase, event};
    use tokio::sync::Barrier;
    use values::MessageId;

    use super::*;

    const ROUNDS: u32 = 100;

    fn sent(id: ConversationId, number: u32, to: UserId) -> Envelope {
        let told = ToldV1 { user_id: to.to_string(), sender_name: "Amy".to_owned() };
        let sent = MessageSentV1 {
            conversation_id: id.to_string(),
            message_id: MessageId::new().to_string(),
            number,
            sender_id: UserId::new().to_string(),
            group_name: None,
            told: vec![told],
            sent_at: "2026-11-29T10:00:00.000Z".to_owned(),
        };
        event(&sent.conversation_id.clone(), &sent)
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
