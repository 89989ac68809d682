//! Operations.

use mysql_async::prelude::{FromValue, Queryable};
use mysql_async::{Error, Row};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{
    Note, OperationKind, PaymentId, PeerPaymentId, Reference, RefundId, ShopRole, Sticker, TopUpId,
    UserId,
};

use super::shop_members::shop_role;
use super::sql::Lock;
use super::{money, sql, stored, unreadable};
use crate::domain::{ConfirmedBy, Operation, OperationState, Rows, Side, Word};

pub(super) const COLUMNS: &str =
    "operation_id, operations.kind, state, parent_id, from_account_id, from_name,
    to_account_id, to_name, operations.amount, moved, reference, note, sticker, refunded, fee,
    tip, confirmed_by, created_by, operations.created_at, ended_at, expires_at";

pub(super) fn select(ids: &str) -> String {
    format!("SELECT {COLUMNS} FROM operations WHERE operation_id IN ({ids})")
}

pub(super) fn select_locked(ids: &str, lock: Lock) -> String {
    format!("{} ORDER BY operation_id {}", select(ids), lock.clause())
}

/// Writes operations as they are now, new ones and others. What never changes is not updated.
pub(super) fn save(operations: &Rows<Operation>) -> String {
    let rows = operations.changed().map(|operation| {
        [
            sql::id(operation.id),
            sql::text(operation.kind.code()),
            sql::text(operation.state.code()),
            sql::optional_id(operation.parent_id),
            sql::id(operation.from.account_id),
            sql::text(&operation.from.name),
            sql::id(operation.to.account_id),
            sql::text(&operation.to.name),
            operation.amount.minor_units().to_string(),
            sql::optional_number(operation.moved.map(|moved| moved.minor_units())),
            sql::text(operation.amount.currency().code()),
            sql::optional_text(operation.reference.as_ref().map(Reference::as_str)),
            sql::optional_text(operation.note.as_ref().map(Note::as_str)),
            sql::optional_text(operation.sticker.map(Sticker::code)),
            operation.refunded.to_string(),
            operation.fee.to_string(),
            sql::optional_number(operation.tip.map(|tip| tip.minor_units())),
            sql::optional_text(operation.confirmed_by.map(ConfirmedBy::code)),
            sql::optional_id(operation.created_by.map(UserId::uuid)),
            sql::time(operation.created_at),
            sql::optional_time(operation.ended_at),
            sql::optional_time(operation.expires_at),
        ]
        .join(", ")
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO operations (operation_id, kind, state, parent_id, from_account_id, from_name,
             to_account_id, to_name, amount, moved, currency, reference, note, sticker,
             refunded, fee, tip, confirmed_by, created_by, created_at, ended_at, expires_at)
         VALUES {rows} ON DUPLICATE KEY UPDATE state = VALUES(state), moved = VALUES(moved),
             refunded = VALUES(refunded), fee = VALUES(fee), ended_at = VALUES(ended_at),
             expires_at = VALUES(expires_at)"
    )
}

/// Keeps on whose word operations were changed.
pub(super) fn insert_words(words: &[(Uuid, Word)], now: OffsetDateTime) -> String {
    let rows = words.iter().map(|(operation_id, word)| {
        let (operator, reason) =
            (sql::text(word.operator.as_str()), sql::text(word.reason.as_str()));
        format!("{}, {operator}, {reason}, {}", sql::id(*operation_id), sql::time(now))
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!("INSERT INTO operation_words (operation_id, operator, reason, said_at) VALUES {rows}")
}

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<Operation>, Error> {
    rows.into_iter().map(operation).collect()
}

/// The operation, whosever it is.
pub(crate) async fn find_operation(
    connection: &mut impl Queryable,
    id: Uuid,
) -> Result<Option<Operation>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM operations WHERE operation_id = ?");
    connection.exec_first(sql, (id,)).await?.map(operation).transpose()
}

/// The payment, if `user_id` works in the shop that was paid, or paid it; and as what.
pub(crate) async fn find_payment_of(
    connection: &mut impl Queryable,
    id: PaymentId,
    user_id: UserId,
) -> Result<Option<(Option<ShopRole>, Operation)>, Error> {
    let (kind, sides) = (OperationKind::Payment, ["to_account_id", "from_account_id"]);
    find_between_shop_and_payer(connection, kind, sides, id.uuid(), user_id).await
}

/// The payment between people, if `user_id` paid it or was paid. Of one that is held, or came back,
/// the payee never learns.
pub(crate) async fn find_peer_payment_of(
    connection: &mut impl Queryable,
    id: PeerPaymentId,
    user_id: UserId,
) -> Result<Option<Operation>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM operations
         WHERE operation_id = ? AND kind = ?
             AND (from_account_id = ? OR to_account_id = ? AND state = 'completed')"
    );
    let user_id = user_id.uuid();
    let row = (id.uuid(), OperationKind::PeerPayment.code(), user_id, user_id);
    connection.exec_first(sql, row).await?.map(operation).transpose()
}

/// The refund, if `user_id` works in the shop that gave it, or has the money back; and as what.
pub(crate) async fn find_refund_of(
    connection: &mut impl Queryable,
    id: RefundId,
    user_id: UserId,
) -> Result<Option<(Option<ShopRole>, Operation)>, Error> {
    let (kind, sides) = (OperationKind::Refund, ["from_account_id", "to_account_id"]);
    find_between_shop_and_payer(connection, kind, sides, id.uuid(), user_id).await
}

/// The role is none of who only paid. In a closed shop nobody but its owner works.
async fn find_between_shop_and_payer(
    connection: &mut impl Queryable,
    kind: OperationKind,
    [shop, payer]: [&str; 2],
    id: Uuid,
    user_id: UserId,
) -> Result<Option<(Option<ShopRole>, Operation)>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, IF(owner_user_id = ?, 'owner', role) AS shop_role
         FROM operations LEFT JOIN shops ON shops.business_id = {shop}
         LEFT JOIN shop_members
             ON shop_members.business_id = {shop} AND user_id = ? AND NOT is_closed
         WHERE operation_id = ? AND operations.kind = ?
             AND (owner_user_id = ? OR role IS NOT NULL OR {payer} = ?)"
    );
    let user_id = user_id.uuid();
    let of = (user_id, user_id, id, kind.code(), user_id, user_id);
    let found: Option<Row> = connection.exec_first(sql, of).await?;
    let Some(mut row) = found else { return Ok(None) };
    let role: Option<String> = take(&mut row, "shop_role")?;
    let role = role.map(|role| shop_role(&role)).transpose()?;
    Ok(Some((role, operation(row)?)))
}

/// The top-up, if it is this person's.
pub(crate) async fn find_top_up(
    connection: &mut impl Queryable,
    user_id: UserId,
    id: TopUpId,
) -> Result<Option<Operation>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM operations
         WHERE operation_id = ? AND kind = ? AND to_account_id = ?"
    );
    let row = (id.uuid(), OperationKind::TopUp.code(), user_id.uuid());
    connection.exec_first(sql, row).await?.map(operation).transpose()
}

/// For how many operations the bank should have answered by now. Only pending ones are in the index
/// of that time.
pub(crate) async fn count_overdue(
    connection: &mut impl Queryable,
    now: OffsetDateTime,
) -> Result<u64, Error> {
    // About what is held for a reviewer the bank was not asked.
    let sql = "SELECT COUNT(*) FROM operations WHERE expires_at <= ? AND kind IN (?, ?, ?, ?)
        AND NOT EXISTS (SELECT 1 FROM held_payments
            WHERE peer_payment_id = operation_id AND status = 'held')";
    let [top_up, withdrawal, settlement, fps_payment] = [
        OperationKind::TopUp,
        OperationKind::Withdrawal,
        OperationKind::Settlement,
        OperationKind::FpsPayment,
    ]
    .map(OperationKind::code);
    let of_bank = (stored(now), top_up, withdrawal, settlement, fps_payment);
    let count = connection.exec_first(sql, of_bank).await?;
    Ok(count.unwrap_or_default())
}

/// Taken apart column by column: a tuple has no room for so many.
pub(super) fn operation(mut row: Row) -> Result<Operation, Error> {
    let kind: String = take(&mut row, "kind")?;
    let state: String = take(&mut row, "state")?;
    let moved: Option<i64> = take(&mut row, "moved")?;
    let tip: Option<i64> = take(&mut row, "tip")?;
    let confirmed_by: Option<String> = take(&mut row, "confirmed_by")?;
    let reference: Option<String> = take(&mut row, "reference")?;
    let note: Option<String> = take(&mut row, "note")?;
    let sticker: Option<String> = take(&mut row, "sticker")?;
    let created_at: PrimitiveDateTime = take(&mut row, "created_at")?;
    let ended_at: Option<PrimitiveDateTime> = take(&mut row, "ended_at")?;
    let expires_at: Option<PrimitiveDateTime> = take(&mut row, "expires_at")?;
    // What only a newer version knows must hide no movement from this one. Nothing is decided by
    // these, and neither is written again.
    let sticker = sticker.and_then(|code| Sticker::from_code(&code));
    let confirmed_by = confirmed_by.and_then(|code| ConfirmedBy::from_code(&code));
    let mut side = |account_id, name| -> Result<Side, Error> {
        Ok(Side { account_id: take(&mut row, account_id)?, name: take(&mut row, name)? })
    };
    let (from, to) = (side("from_account_id", "from_name")?, side("to_account_id", "to_name")?);
    Ok(Operation {
        id: take(&mut row, "operation_id")?,
        kind: OperationKind::from_code(&kind).ok_or_else(corrupt)?,
        state: OperationState::from_code(&state).ok_or_else(corrupt)?,
        parent_id: take(&mut row, "parent_id")?,
        from,
        to,
        amount: money(take(&mut row, "amount")?)?,
        moved: moved.map(money).transpose()?,
        reference: reference.map(|text| text.try_into().map_err(|_| corrupt())).transpose()?,
        note: note.map(|text| text.try_into().map_err(|_| corrupt())).transpose()?,
        sticker,
        refunded: take(&mut row, "refunded")?,
        fee: take(&mut row, "fee")?,
        tip: tip.map(money).transpose()?,
        confirmed_by,
        created_by: take::<Option<Uuid>>(&mut row, "created_by")?.map(UserId::from_uuid),
        created_at: created_at.assume_utc(),
        ended_at: ended_at.map(PrimitiveDateTime::assume_utc),
        expires_at: expires_at.map(PrimitiveDateTime::assume_utc),
    })
}

pub(super) fn take<T: FromValue>(row: &mut Row, column: &str) -> Result<T, Error> {
    row.take_opt(column).and_then(Result::ok).ok_or_else(|| unreadable(column))
}

fn corrupt() -> Error {
    unreadable("an operation")
}
