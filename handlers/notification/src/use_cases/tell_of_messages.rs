//! Somebody wrote to people: each has one notification of a conversation, of the newest message in
//! it, and its stream shows each message as it comes.

use std::collections::BTreeMap;

use events::Envelope;
use events::messages::{ConversationReadV1, MessageSentV1};
use inbox::Failure;
use service::database::Tx;
use values::{ConversationId, Product, UserId};

use super::deliver_notifications::insert_notices;
use crate::domain::{Facts, Mailbox, Message, MessageNews, Notice};
use crate::store;
use crate::store::conversation_notices::{self, Told};

/// Returns the mailboxes that have something new.
pub(crate) async fn tell_of_message(
    tx: &mut Tx,
    event: &Envelope,
) -> Result<Vec<Mailbox>, Failure> {
    if let Some(read) = inbox::decode::<ConversationReadV1>(event)? {
        mark_told(tx, &read).await?;
        return Ok(Vec::new());
    }
    let Some(sent) = inbox::decode::<MessageSentV1>(event)? else { return Ok(Vec::new()) };
    let id: ConversationId = sent.conversation_id.parse().map_err(Failure::poison)?;
    let names = sent.told.iter().map(|told| Ok((told.user_id.parse()?, &told.sender_name)));
    let names: Result<BTreeMap<UserId, &String>, values::IdError> = names.collect();
    let mut names = names.map_err(Failure::poison)?;
    let before = conversation_notices::lock_told(tx, id, names.keys().copied()).await?;
    names.retain(|user_id, _| {
        before.get(user_id).is_some_and(|told| told.message_number < sent.number)
    });
    for (user_id, told) in before.iter().filter(|(user_id, _)| names.contains_key(user_id)) {
        if told.notification_number > 0 {
            let (mailbox, number) = (mailbox(*user_id), told.notification_number);
            conversation_notices::delete_notification(tx, mailbox, number).await?;
        }
    }
    let notices = names.iter().map(|(user_id, name)| {
        let news =
            MessageNews { sender_name: (*name).clone(), group_name: sent.group_name.clone() };
        let facts = Facts { conversation_id: Some(id), ..Facts::default() };
        let (mailbox, message) = (mailbox(*user_id), Message::Conversation(news));
        (&*event.id, Notice { mailbox, message, facts })
    });
    let mailboxes = insert_notices(tx, notices.collect()).await?;
    if names.is_empty() {
        return Ok(mailboxes);
    }
    // Each of these mailboxes is locked, and its last notification is the one of this message.
    let numbers = store::list_last_numbers(tx, names.keys().copied()).await?;
    for user_id in names.keys() {
        let notification_number = numbers.get(&mailbox(*user_id)).copied().unwrap_or_default();
        let told = Told { message_number: sent.number, notification_number };
        conversation_notices::update_told(tx, id, *user_id, told).await?;
    }
    Ok(mailboxes)
}

/// Whoever reads what was said knows it; what is told later of it is late.
async fn mark_told(tx: &mut Tx, read: &ConversationReadV1) -> Result<(), Failure> {
    let id: ConversationId = read.conversation_id.parse().map_err(Failure::poison)?;
    let user_id: UserId = read.user_id.parse().map_err(Failure::poison)?;
    let before = conversation_notices::lock_told(tx, id, [user_id]).await?;
    let Some(told) = before.get(&user_id).filter(|told| told.message_number <= read.number) else {
        return Ok(());
    };
    store::mark_read(tx, mailbox(user_id), told.notification_number).await?;
    let told = Told { message_number: read.number, ..*told };
    Ok(conversation_notices::update_told(tx, id, user_id, told).await?)
}

/// People talk in the consumers' app.
const fn mailbox(user_id: UserId) -> Mailbox {
    Mailbox { user_id, product: Product::Consumer }
}
