//! Who has agreed to automatic top-ups, and what was used of that.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{Date, OffsetDateTime};
use values::{Money, UserId};

use super::{money, stored};
use crate::domain::AutomaticTopUp;

const SELECT: &str = "SELECT day_max, used_on, used FROM automatic_top_ups WHERE user_id = ?";

/// A new agreement, or none any more. What was used stays.
pub(crate) async fn save_agreement(
    connection: &mut impl Queryable,
    user_id: UserId,
    day_max: Option<Money>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let day_max = day_max.map(|max| max.minor_units());
    connection
        .exec_drop(
            "INSERT INTO automatic_top_ups (user_id, day_max, agreed_at) VALUES (?, ?, ?)
             ON DUPLICATE KEY UPDATE day_max = VALUES(day_max), agreed_at = VALUES(agreed_at)",
            (user_id.uuid(), day_max, stored(now)),
        )
        .await
}

pub(crate) async fn find_agreement(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<AutomaticTopUp>, Error> {
    connection.exec_first(SELECT, (user_id.uuid(),)).await?.map(agreement).transpose()
}

/// The same, which no other transaction uses meanwhile.
pub(crate) async fn lock_agreement(
    tx: &mut Tx,
    user_id: UserId,
) -> Result<Option<AutomaticTopUp>, Error> {
    let sql = format!("{SELECT} FOR UPDATE");
    tx.exec_first(sql, (user_id.uuid(),)).await?.map(agreement).transpose()
}

fn agreement(row: (Option<i64>, Date, i64)) -> Result<AutomaticTopUp, Error> {
    let (day_max, used_on, used) = row;
    Ok(AutomaticTopUp { day_max: day_max.map(money).transpose()?, used_on, used })
}

/// How much was to be brought in for the payment with this key; `None` if nothing was.
pub(crate) async fn find_use(
    tx: &mut Tx,
    payment_key_digest: &[u8],
) -> Result<Option<Money>, Error> {
    let sql = "SELECT amount FROM automatic_top_up_uses WHERE payment_key_digest = ?";
    let amount: Option<i64> = tx.exec_first(sql, (payment_key_digest,)).await?;
    amount.map(money).transpose()
}

/// Counts what is to be brought in for a payment.
pub(crate) async fn insert_use(
    tx: &mut Tx,
    user_id: UserId,
    (payment_key_digest, amount): (&[u8], Money),
    used: AutomaticTopUp,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let user = user_id.uuid();
    tx.exec_drop(
        "UPDATE automatic_top_ups SET used_on = ?, used = ? WHERE user_id = ?",
        (used.used_on, used.used, user),
    )
    .await?;
    tx.exec_drop(
        "INSERT INTO automatic_top_up_uses (payment_key_digest, user_id, amount, used_at)
         VALUES (?, ?, ?, ?)",
        (payment_key_digest, user, amount.minor_units(), stored(now)),
    )
    .await
}
