//! Who has agreed to automatic top-ups, and what was used of that.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{Date, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{Money, UserId};

use super::{money, stored, unreadable};
use crate::domain::{AutomaticTopUp, AutomaticUse, BEGUN_WITHIN, ConfirmedBy, OperationState};

const SELECT: &str = "SELECT day_max, used_on, used FROM automatic_top_ups WHERE user_id = ?";

/// Keeps a new agreement, unless another, or an end, was confirmed later. What was used stays.
/// Afterwards it stands, or what `find_agreed` answers.
pub(crate) async fn save_agreement(
    connection: &mut impl Queryable,
    user_id: UserId,
    day_max: Money,
    (confirmed_by, confirmed_at): (ConfirmedBy, OffsetDateTime),
) -> Result<(), Error> {
    // What is assigned first is read by what comes after it.
    let sql = "INSERT INTO automatic_top_ups (user_id, day_max, confirmed_by, agreed_at)
         VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             day_max = IF(VALUES(agreed_at) > agreed_at, VALUES(day_max), day_max),
             confirmed_by = IF(VALUES(agreed_at) > agreed_at, VALUES(confirmed_by), confirmed_by),
             agreed_at = GREATEST(agreed_at, VALUES(agreed_at))";
    let (user, agreed_at) = (user_id.uuid(), stored(confirmed_at));
    connection.exec_drop(sql, (user, day_max.minor_units(), confirmed_by.code(), agreed_at)).await
}

/// What stands, and since when.
pub(crate) async fn find_agreed(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<(Option<Money>, OffsetDateTime)>, Error> {
    let sql = "SELECT day_max, agreed_at FROM automatic_top_ups WHERE user_id = ?";
    let row: Option<(Option<i64>, PrimitiveDateTime)> =
        connection.exec_first(sql, (user_id.uuid(),)).await?;
    row.map(|(day_max, agreed_at)| Ok((day_max.map(money).transpose()?, agreed_at.assume_utc())))
        .transpose()
}

/// No agreement any more, whatever was confirmed before.
pub(crate) async fn end_agreement(
    connection: &mut impl Queryable,
    user_id: UserId,
    now: OffsetDateTime,
) -> Result<(), Error> {
    connection
        .exec_drop(
            "UPDATE automatic_top_ups SET day_max = NULL, confirmed_by = NULL,
                 agreed_at = GREATEST(agreed_at, ?)
             WHERE user_id = ?",
            (stored(now), user_id.uuid()),
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

type UseRow = (Vec<u8>, i64, Date, PrimitiveDateTime, Option<Uuid>, Option<String>);

/// What was to be brought in for the payment with this key; `None` if nothing was. A top-up that
/// has left with its month brought in nothing that could still be meant for it.
pub(crate) async fn find_use(
    connection: &mut impl Queryable,
    payment_key_digest: &[u8],
) -> Result<Option<AutomaticUse>, Error> {
    let sql = "SELECT fingerprint, uses.amount, used_on, used_at, top_up_id, state
        FROM automatic_top_up_uses AS uses LEFT JOIN operations ON operation_id = top_up_id
        WHERE payment_key_digest = ?";
    let row: Option<UseRow> = connection.exec_first(sql, (payment_key_digest,)).await?;
    let read = |(fingerprint, amount, used_on, used_at, top_up_id, state): UseRow| {
        let state = match (top_up_id, state) {
            (None, _) => None,
            (Some(_), None) => Some(OperationState::Failed),
            (Some(_), Some(code)) => Some(
                OperationState::from_code(&code).ok_or_else(|| unreadable("a top-up's state"))?,
            ),
        };
        let (amount, used_at) = (money(amount)?, used_at.assume_utc());
        Ok(AutomaticUse { fingerprint, amount, used_on, used_at, state })
    };
    row.map(read).transpose()
}

/// In minor units, what this person's payments, but that with this key, have on the way since then.
pub(crate) async fn sum_on_the_way(
    tx: &mut Tx,
    user_id: UserId,
    payment_key_digest: &[u8],
    (since, now): (OffsetDateTime, OffsetDateTime),
) -> Result<i64, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(uses.amount), 0) AS SIGNED)
        FROM automatic_top_up_uses AS uses LEFT JOIN operations ON operation_id = top_up_id
        WHERE user_id = ? AND used_at >= ? AND payment_key_digest <> ?
            AND IF(top_up_id IS NULL, used_at > ?, COALESCE(state = 'pending', FALSE))";
    let begun_after = stored(now.saturating_sub(BEGUN_WITHIN));
    let values = (user_id.uuid(), stored(since), payment_key_digest, begun_after);
    Ok(tx.exec_first(sql, values).await?.unwrap_or_default())
}

/// Counts what is to be brought in for a payment, in place of what was counted for it before.
pub(crate) async fn save_use(
    tx: &mut Tx,
    user_id: UserId,
    payment_key_digest: &[u8],
    used: &AutomaticUse,
    agreement: AutomaticTopUp,
) -> Result<(), Error> {
    let AutomaticUse { fingerprint, amount, used_on, used_at, .. } = used;
    save_used(tx, user_id, agreement).await?;
    tx.exec_drop(
        "REPLACE INTO automatic_top_up_uses
             (payment_key_digest, fingerprint, user_id, amount, used_on, used_at)
         VALUES (?, ?, ?, ?, ?, ?)",
        (
            payment_key_digest,
            fingerprint,
            user_id.uuid(),
            amount.minor_units(),
            used_on,
            stored(*used_at),
        ),
    )
    .await
}

/// What was counted for a payment was begun as this top-up.
pub(crate) async fn update_use(
    connection: &mut impl Queryable,
    payment_key_digest: &[u8],
    top_up_id: Uuid,
) -> Result<(), Error> {
    let sql = "UPDATE automatic_top_up_uses SET top_up_id = ? WHERE payment_key_digest = ?";
    connection.exec_drop(sql, (top_up_id, payment_key_digest)).await
}

/// Nothing is brought in for a payment after all.
pub(crate) async fn delete_use(
    tx: &mut Tx,
    user_id: UserId,
    payment_key_digest: &[u8],
    agreement: AutomaticTopUp,
) -> Result<(), Error> {
    save_used(tx, user_id, agreement).await?;
    let sql = "DELETE FROM automatic_top_up_uses WHERE payment_key_digest = ?";
    tx.exec_drop(sql, (payment_key_digest,)).await
}

async fn save_used(tx: &mut Tx, user_id: UserId, agreement: AutomaticTopUp) -> Result<(), Error> {
    let sql = "UPDATE automatic_top_ups SET used_on = ?, used = ? WHERE user_id = ?";
    tx.exec_drop(sql, (agreement.used_on, agreement.used, user_id.uuid())).await
}
