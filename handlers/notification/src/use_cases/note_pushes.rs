//! What was told is to be pushed too, to those who have a device: noted in the transaction that
//! tells, sent after it by `pushes`.

use std::collections::{BTreeMap, BTreeSet};

use mysql_async::Error;
use service::database::Tx;
use time::OffsetDateTime;
use values::UserId;

use crate::domain::{HELD_KIND, NotificationPreferences};
use crate::store::pushes::{self, NewPush};
use crate::store::{NewLine, preferences, push_tokens};

/// Lines come with the newest of a mailbox first.
pub(super) async fn note_pushes(
    tx: &mut Tx,
    lines: &[NewLine<'_>],
    now: OffsetDateTime,
) -> Result<(), Error> {
    let readers: BTreeSet<UserId> = lines.iter().map(|line| line.notice.mailbox.user_id).collect();
    let reached = push_tokens::list_reached(tx, &readers).await?;
    if reached.is_empty() {
        return Ok(());
    }
    let readers = reached.iter().map(|mailbox| mailbox.user_id).collect();
    let chosen = preferences::list_preferences(tx, &readers).await?;
    let nothing = NotificationPreferences::default();
    let mut noted = BTreeMap::new();
    for line in lines.iter().filter(|line| reached.contains(&line.notice.mailbox)) {
        let mailbox = line.notice.mailbox;
        let kind = line.notice.notification_type();
        let class = kind.class();
        let chosen = chosen.get(&mailbox).unwrap_or(&nothing);
        if !chosen.want_push(class) {
            continue;
        }
        let held_until = chosen.quiet_hours().filter(|_| !class.is_urgent());
        let held_until = held_until.and_then(|quiet| quiet.end(now));
        let kind = if held_until.is_some() { HELD_KIND } else { kind.code() };
        // By the codes that the key has, so that no two transactions wait for each other.
        let place = (mailbox.user_id, mailbox.product.code(), kind);
        let push = noted.entry(place).or_insert_with(|| NewPush {
            mailbox,
            kind,
            waiting: 0,
            id: line.id,
            title: line.text.title,
            language: line.text.language,
            held_until,
            lifetime: class.push_lifetime(),
        });
        push.waiting = push.waiting.saturating_add(1);
    }
    pushes::save_pushes(tx, &noted.into_values().collect::<Vec<_>>()).await
}
