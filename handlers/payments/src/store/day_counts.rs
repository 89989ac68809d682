//! How often people have asked a bank for something in a day.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::OffsetDateTime;
use values::{UserId, hong_kong_day};

/// What is asked of the bank.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    /// Whose an account is.
    Holder,
    /// Whom FPS knows by a proxy.
    FpsName,
}

impl Asked {
    const fn table(self) -> &'static str {
        match self {
            Self::Holder => "bank_account_checks",
            Self::FpsName => "fps_lookups",
        }
    }
}

/// Counts one more question, also if it is not answered. Returns how many this person has asked in
/// the day, this one included.
pub(crate) async fn count_question(
    tx: &mut Tx,
    asked: Asked,
    user_id: UserId,
    now: OffsetDateTime,
) -> Result<u32, Error> {
    let (table, user, today) = (asked.table(), user_id.uuid(), hong_kong_day(now));
    tx.exec_drop(
        format!(
            "INSERT INTO {table} (user_id, counted_on, count) VALUES (?, ?, 1)
             ON DUPLICATE KEY UPDATE count = IF(counted_on = VALUES(counted_on), count + 1, 1),
                 counted_on = VALUES(counted_on)"
        ),
        (user, today),
    )
    .await?;
    let sql = format!("SELECT count FROM {table} WHERE user_id = ?");
    Ok(tx.exec_first(sql, (user,)).await?.unwrap_or_default())
}
