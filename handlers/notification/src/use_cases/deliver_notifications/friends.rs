//! Who is asked to be a friend is told, and who has asked and is answered by a yes.

use events::social::FriendshipChangedV1;
use inbox::Failure;
use values::{Party, Product};

use super::parse;
use crate::domain::{Facts, FriendChange, FriendNews, Mailbox, Message, Notice};

/// Nothing of an end: who removes a friend, takes a request back or blocks does it quietly.
pub(super) fn of_friendship(changed: FriendshipChangedV1) -> Result<Vec<Notice>, Failure> {
    let change = match &*changed.status {
        "requested" => FriendChange::Requested,
        "friends" => FriendChange::Begun,
        _ => return Ok(Vec::new()),
    };
    let Some(asker) = changed.requested_by else {
        return Err(Failure::poison("one of the two has asked"));
    };
    let (asker, asked) = match asker == changed.first.user_id {
        true => (changed.first, changed.second),
        false => (changed.second, changed.first),
    };
    let (told, other) = match change {
        FriendChange::Requested => (asked, asker),
        FriendChange::Begun => (asker, asked),
    };
    let facts = Facts {
        counterparty: Some(Party::user(parse(&other.user_id)?, other.name.clone())),
        ..Facts::default()
    };
    let mailbox = Mailbox { user_id: parse(&told.user_id)?, product: Product::Consumer };
    let message = Message::Friend(FriendNews { change, name: other.name });
    Ok(vec![Notice { mailbox, message, facts }])
}
