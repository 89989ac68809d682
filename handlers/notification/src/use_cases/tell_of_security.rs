//! Something happened to the security of an account: its owner is told, in both products, since
//! nobody knows which app they open next.

use events::Envelope;
use events::auth::SecurityEventRecordedV1;
use inbox::Failure;
use service::database::Tx;
use values::{Product, UserId};

use super::deliver_notifications::insert_notices;
use crate::domain::{Facts, Mailbox, Message, Notice, SecurityMessage};

/// Returns the mailboxes that the events are for, even if they had them already.
pub(crate) async fn tell_of_security(
    tx: &mut Tx,
    events: &[&Envelope],
) -> Result<Vec<Mailbox>, Failure> {
    let mut told = Vec::new();
    for event in events {
        let Some(recorded) = inbox::decode::<SecurityEventRecordedV1>(event)? else { continue };
        let user_id: UserId = recorded.user_id.parse().map_err(Failure::poison)?;
        // A kind that is not known here is not told of.
        let message = SecurityMessage::from_code(&recorded.kind);
        told.extend(Product::ALL.iter().filter_map(|product| {
            let mailbox = Mailbox { user_id, product: *product };
            let message = Message::Security(message?);
            Some((&*event.id, Notice { mailbox, message, facts: Facts::default() }))
        }));
    }
    Ok(insert_notices(tx, told).await?)
}
