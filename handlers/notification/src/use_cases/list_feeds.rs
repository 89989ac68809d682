//! Friends have something new to show, or two people are friends: the streams of whoever sees that
//! say so, and no inbox keeps it.

use events::Envelope;
use events::social::{FeedsChangedV1, FriendshipChangedV1};
use inbox::Failure;
use values::Product;

use crate::domain::Mailbox;

/// Whose feeds are others now. Of who is a friend no longer nobody is told: that is done quietly.
pub(crate) fn list_feeds(events: &[&Envelope]) -> Result<Vec<Mailbox>, Failure> {
    let mut told = Vec::new();
    for event in events {
        if let Some(changed) = inbox::decode::<FeedsChangedV1>(event)? {
            told.extend(changed.told);
        } else if let Some(changed) = inbox::decode::<FriendshipChangedV1>(event)?
            && changed.status == "friends"
        {
            told.extend([changed.first.user_id, changed.second.user_id]);
        }
    }
    let mailbox = |user_id: String| {
        let user_id = user_id.parse().map_err(Failure::poison)?;
        Ok(Mailbox { user_id, product: Product::Consumer })
    };
    told.into_iter().map(mailbox).collect()
}
