//! An inbox goes back a year.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use service::database::Database;
use service::{Error, retry_lock_conflicts};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::forget_old_webhooks::first_id_of;
use crate::domain::Mailbox;
use crate::store;
use crate::store::{old_notifications, standing_notices};

const KEPT: Duration = Duration::days(365);
/// Notifications that one transaction deletes, so that none holds mailboxes for long …
const ROWS_MAX: usize = 500;
/// … and transactions of one call, which the next one goes on from.
const ROUNDS_MAX: usize = 80;

/// No round of it begins after so long.
pub(crate) async fn forget_old_notifications(
    database: &Database,
    at_most: std::time::Duration,
) -> Result<(), Error> {
    let began = Instant::now();
    let before = OffsetDateTime::now_utc().saturating_sub(KEPT);
    let mut is_done = false;
    for _ in 0..ROUNDS_MAX {
        // What was told last goes after the notifications that tell it.
        let forgotten = if is_done {
            retry_lock_conflicts(|| forget_told(database, before)).await?
        } else {
            retry_lock_conflicts(|| forget_some(database, first_id_of(before))).await?
        };
        if began.elapsed() >= at_most || (is_done && forgotten < ROWS_MAX) {
            break;
        }
        is_done |= forgotten < ROWS_MAX;
    }
    Ok(())
}

async fn forget_told(database: &Database, before: OffsetDateTime) -> Result<usize, Error> {
    let mut conn = database.conn().await?;
    Ok(standing_notices::prune(&mut conn, before, ROWS_MAX).await?)
}

/// How many; what nobody has read of them does not count as unread any more.
async fn forget_some(database: &Database, before: Uuid) -> Result<usize, Error> {
    let mut tx = database.begin().await?;
    let old = old_notifications::list_old(&mut tx, before, ROWS_MAX).await?;
    let ids: BTreeSet<Uuid> = old.iter().map(|old| old.id).collect();
    let touched: BTreeMap<Mailbox, u64> = old.iter().map(|old| (old.mailbox, 0)).collect();
    // Locked: whoever reads, delivers or replaces does it before or after.
    store::extend_mailboxes(&mut tx, &touched).await?;
    // Seen anew under the locks.
    let old = old_notifications::list_these(&mut tx, &ids).await?;
    old_notifications::reduce_unread(&mut tx, &old).await?;
    old_notifications::delete_these(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(ids.len())
}

#[cfg(test)]
mod tests {
    use futures_util::future::join4;
    use mysql_async::prelude::Queryable;
    use testkit::FreshDatabase;
    use values::{ConversationId, Product, UserId};

    use super::super::replace_notices::{News, Telling, replace_notices};
    use super::*;
    use crate::domain::{Facts, Message, MessageNews};
    use crate::store::standing_notices::{Place, Topic};

    const ROUNDS: u32 = 200;
    /// Makes all notifications that there are four years old.
    const AGE: &str = "UPDATE notifications
        SET notification_id =
            UNHEX(CONCAT('018000000000', LEFT(MD5(CONCAT(user_id, number)), 20)))";

    fn a_mailbox() -> Mailbox {
        Mailbox { user_id: UserId::new(), product: Product::Consumer }
    }

    async fn execute(database: &Database, sql: &str) {
        database.conn().await.unwrap().query_drop(sql).await.unwrap();
    }

    /// Tells the reader of the newest message in each of these conversations.
    async fn tell(database: &Database, to: Mailbox, ids: &[ConversationId], version: u32) {
        let events: Vec<String> = ids.iter().map(|_| Uuid::now_v7().to_string()).collect();
        let news = ids.iter().zip(&events).map(|(id, event_id)| {
            let place = Place { user_id: to.user_id, subject: id.uuid(), topic: Topic::Messages };
            let message =
                MessageNews { is_support: false, sender_name: "Amy".to_owned(), group_name: None };
            let message = Message::Conversation(message);
            let telling = Some(Telling { event_id, message, facts: Facts::default() });
            (place, News { version, telling })
        });
        let mut tx = database.begin().await.unwrap();
        replace_notices(&mut tx, news.collect(), Vec::new()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// How many are unread, as the mailbox counts them and as its lines say.
    async fn unread(database: &Database, mailbox: Mailbox) -> (u64, u64) {
        let mut conn = database.conn().await.unwrap();
        let sql = "SELECT unread, (SELECT COUNT(*) FROM notifications n
                 WHERE n.user_id = m.user_id AND n.product = m.product
                     AND NOT is_read AND number > read_through)
             FROM mailboxes m WHERE user_id = ?";
        conn.exec_first(sql, (mailbox.user_id.uuid(),)).await.unwrap().unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn forgetting_reading_and_replacing_at_once_count_the_same_unread() {
        let fresh = FreshDatabase::new(crate::migrations()).await;
        let (database, mailbox, goes_on) = (&fresh.database, a_mailbox(), ConversationId::new());
        let before = first_id_of(OffsetDateTime::now_utc());
        for round in 1..=ROUNDS {
            let others = [ConversationId::new(), ConversationId::new()];
            tell(database, mailbox, &[goes_on, others[0], others[1]], 2 * round).await;
            execute(database, AGE).await;
            let mut conn = database.conn().await.unwrap();
            let (newest, _) = store::find_newest(&mut conn, mailbox).await.unwrap().unwrap();
            let read = store::mark_read(&mut conn, mailbox, newest);
            let mut conn = database.conn().await.unwrap();
            let read_all = async {
                if round % 4 == 0 {
                    store::mark_all_read(&mut conn, mailbox).await.unwrap();
                }
            };
            let forget = retry_lock_conflicts(|| forget_some(database, before));
            let newer = [goes_on];
            let replace = tell(database, mailbox, &newer, 2 * round + 1);
            let (read, (), forgotten, ()) = join4(read, read_all, forget, replace).await;
            read.unwrap();
            assert!(forgotten.unwrap() >= 2);
            let (counted, there) = unread(database, mailbox).await;
            assert_eq!(counted, there, "round {round}");
        }
    }

    #[tokio::test]
    async fn a_mailbox_that_counts_too_few_unread_stops_nobody() {
        let fresh = FreshDatabase::new(crate::migrations()).await;
        let (database, mailboxes) = (&fresh.database, [a_mailbox(), a_mailbox()]);
        let id = ConversationId::new();
        for mailbox in mailboxes {
            tell(database, mailbox, &[id], 1).await;
        }
        execute(database, "UPDATE mailboxes SET unread = 0 LIMIT 1").await;
        execute(database, AGE).await;
        forget_old_notifications(database, std::time::Duration::MAX).await.unwrap();
        assert_eq!(fresh.count("notifications").await, 0);
        for mailbox in mailboxes {
            assert_eq!(unread(database, mailbox).await, (0, 0));
        }
    }

    #[tokio::test]
    async fn what_was_told_last_is_forgotten_with_the_notification_that_told_it() {
        let fresh = FreshDatabase::new(crate::migrations()).await;
        let (database, mailbox) = (&fresh.database, a_mailbox());
        let ids = [ConversationId::new(), ConversationId::new(), ConversationId::new()];
        tell(database, mailbox, &ids, 1).await;
        execute(database, AGE).await;
        let sql = "UPDATE conversation_notices SET told_at = told_at - INTERVAL 366 DAY LIMIT 1";
        execute(database, sql).await;
        forget_old_notifications(database, std::time::Duration::MAX).await.unwrap();
        assert_eq!(fresh.count("conversation_notices").await, 2);
    }

    #[tokio::test]
    async fn a_call_whose_time_is_over_begins_no_other_round() {
        let fresh = FreshDatabase::new(crate::migrations()).await;
        let (database, mailbox) = (&fresh.database, a_mailbox());
        let ids: Vec<ConversationId> = (0..=ROWS_MAX).map(|_| ConversationId::new()).collect();
        tell(database, mailbox, &ids, 1).await;
        execute(database, AGE).await;
        for left in [1, 0] {
            forget_old_notifications(database, std::time::Duration::ZERO).await.unwrap();
            assert_eq!(fresh.count("notifications").await, left);
            assert_eq!(unread(database, mailbox).await, (left, left));
        }
    }
}
