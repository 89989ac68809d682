//! Somebody types: the streams of whoever is told show it, and no inbox keeps it.

use events::Envelope;
use events::messages::TypingBeganV1;
use inbox::Failure;
use service::database::now;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use values::{Product, UserId};

use crate::arrivals::{Passing, Typing};
use crate::domain::Mailbox;

/// What comes later is not shown: a hub that was away tells of nobody who typed then.
const SHOWN_FOR: Duration = Duration::seconds(6);

/// Who is shown what.
pub(crate) fn list_typing(events: &[&Envelope]) -> Result<Vec<(Mailbox, Passing)>, Failure> {
    let mut shown = Vec::new();
    for event in events {
        let Some(began) = inbox::decode::<TypingBeganV1>(event)? else { continue };
        let began_at = OffsetDateTime::parse(&began.began_at, &Rfc3339).map_err(Failure::poison)?;
        if now() > began_at.saturating_add(SHOWN_FOR) {
            continue;
        }
        let conversation_id = began.conversation_id.parse().map_err(Failure::poison)?;
        let user_id = began.user_id.parse().map_err(Failure::poison)?;
        for told in began.told {
            let told: UserId = told.parse().map_err(Failure::poison)?;
            let mailbox = Mailbox { user_id: told, product: Product::Consumer };
            shown.push((mailbox, Passing::Typing(Typing { conversation_id, user_id })));
        }
    }
    Ok(shown)
}
