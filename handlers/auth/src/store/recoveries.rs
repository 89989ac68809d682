//! Recoveries of accounts.

use mysql_async::prelude::{FromValue, Queryable};
use mysql_async::{Conn, Error, Row};
use service::Paging;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{Operator, Phone, Reason, RecoveryId, StaffId, UserId};

use super::phone_sealing::is_sealing;
use super::users::kept_phone;
use crate::domain::{IndexedPhone, Recovery, RecoveryCase, RecoveryStatus};

const COLUMNS: &str = "recovery_id, user_id, new_phone, new_phone_index, status, asked_at, told_at,
     case_number, proposed_by, proposer, proposed_at, decided_by, decider, decided_at";
/// As [`Recovery::is_open`].
const IS_OPEN: &str = "status IN ('asked', 'proposed', 'approved')
     AND told_at > NOW(6) - INTERVAL ? HOUR";
const OPEN_HOURS: u32 = Recovery::COOLING_HOURS + 24 * Recovery::KEPT_DAYS;

/// The number whose account is asked for.
pub(crate) enum OldPhone {
    /// It is not sealed yet.
    Clear(Phone),
    Sealed(Vec<u8>),
}

/// Records that whoever proved the `new` phone asks for the account of the `old` one, if it has
/// one: nobody has looked.
pub(crate) async fn insert_recovery(
    tx: &mut Tx,
    recovery_id: RecoveryId,
    (old, old_sealed): (&Phone, &[u8]),
    new: IndexedPhone<'_>,
) -> Result<(), Error> {
    let (id, status) = (recovery_id.uuid(), RecoveryStatus::Asked.code());
    if is_sealing(tx).await? {
        let sql = "INSERT INTO recoveries (recovery_id, old_phone_sealed, new_phone_index, status)
             VALUES (?, ?, ?, ?)";
        tx.exec_drop(sql, (id, old_sealed, new.index, status)).await
    } else {
        let sql = "INSERT INTO recoveries (recovery_id, old_phone, new_phone, status)
             VALUES (?, ?, ?, ?)";
        tx.exec_drop(sql, (id, old.to_string(), new.phone.to_string(), status)).await
    }
}

/// The phone whose account was asked for; None once its owner was told.
pub(crate) async fn find_untold_phone(
    connection: &mut Conn,
    recovery_id: RecoveryId,
) -> Result<Option<OldPhone>, Error> {
    let sql = "SELECT old_phone, old_phone_sealed FROM recoveries
         WHERE recovery_id = ? AND told_at IS NULL";
    let row: Option<(Option<String>, Option<Vec<u8>>)> =
        connection.exec_first(sql, (recovery_id.uuid(),)).await?;
    row.map(|(clear, sealed)| {
        let clear = clear.and_then(|phone| phone.parse().ok()).map(OldPhone::Clear);
        clear.or(sealed.map(OldPhone::Sealed)).ok_or_else(|| unreadable("old_phone"))
    })
    .transpose()
}

/// At most `limit` that were asked for more than a minute ago and whose owners were not told.
pub(crate) async fn list_untold(
    connection: &mut Conn,
    limit: u32,
) -> Result<Vec<RecoveryId>, Error> {
    connection
        .exec_map(
            "SELECT recovery_id FROM recoveries
             WHERE told_at IS NULL AND asked_at < NOW(6) - INTERVAL 1 MINUTE
             ORDER BY asked_at LIMIT ?",
            (limit,),
            RecoveryId::from_uuid,
        )
        .await
}

/// The owner is told in this transaction, or there is none: the wait begins. False if they were
/// before.
pub(crate) async fn begin_wait(
    tx: &mut Tx,
    recovery_id: RecoveryId,
    owner: Option<UserId>,
) -> Result<bool, Error> {
    tx.exec_drop(
        "UPDATE recoveries SET told_at = NOW(6), user_id = ?, old_phone = NULL,
             old_phone_sealed = NULL
         WHERE recovery_id = ? AND told_at IS NULL",
        (owner.map(UserId::uuid), recovery_id.uuid()),
    )
    .await?;
    Ok(tx.affected_rows() > 0)
}

/// None of a number without an account, too.
pub(crate) async fn find_recovery(
    connection: &mut impl Queryable,
    recovery_id: RecoveryId,
) -> Result<Option<Recovery>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM recoveries WHERE recovery_id = ? AND user_id IS NOT NULL");
    let row: Option<Row> = connection.exec_first(sql, (recovery_id.uuid(),)).await?;
    row.map(recovery).transpose()
}

/// The same; nobody decides about it until this transaction ends.
pub(crate) async fn lock_recovery(
    tx: &mut Tx,
    recovery_id: RecoveryId,
) -> Result<Option<Recovery>, Error> {
    tx.exec_drop(
        "SELECT 1 FROM recoveries WHERE recovery_id = ? FOR UPDATE",
        (recovery_id.uuid(),),
    )
    .await?;
    find_recovery(tx, recovery_id).await
}

/// The newest of the person's account of which something may still come.
pub(crate) async fn find_open_recovery(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<Recovery>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM recoveries WHERE user_id = ? AND {IS_OPEN}
         ORDER BY recovery_id DESC LIMIT 1"
    );
    let row: Option<Row> = connection.exec_first(sql, (user_id.uuid(), OPEN_HOURS)).await?;
    row.map(recovery).transpose()
}

/// Calls off all of the person's account; false if nothing could have come of any.
pub(crate) async fn cancel_open_recoveries(tx: &mut Tx, user_id: UserId) -> Result<bool, Error> {
    let sql = format!("UPDATE recoveries SET status = ? WHERE user_id = ? AND {IS_OPEN}");
    let values = (RecoveryStatus::Cancelled.code(), user_id.uuid(), OPEN_HOURS);
    tx.exec_drop(sql, values).await?;
    Ok(tx.affected_rows() > 0)
}

pub(crate) async fn update_status(
    tx: &mut Tx,
    recovery_id: RecoveryId,
    status: RecoveryStatus,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE recoveries SET status = ? WHERE recovery_id = ?",
        (status.code(), recovery_id.uuid()),
    )
    .await
}

/// Proposes it, in place of an earlier proposal.
pub(crate) async fn update_proposal(
    tx: &mut Tx,
    recovery_id: RecoveryId,
    case_number: &Reason,
    (proposed_by, proposer): (StaffId, &Operator),
) -> Result<(), Error> {
    let proposed = (proposed_by.uuid(), proposer.as_str());
    tx.exec_drop(
        "UPDATE recoveries SET status = 'proposed', case_number = ?, proposed_by = ?,
             proposer = ?, proposed_at = NOW(6), decided_by = NULL, decider = NULL,
             decided_at = NULL
         WHERE recovery_id = ?",
        (case_number.as_str(), proposed.0, proposed.1, recovery_id.uuid()),
    )
    .await
}

/// Approves or rejects it.
pub(crate) async fn update_recovery_decision(
    tx: &mut Tx,
    recovery_id: RecoveryId,
    status: RecoveryStatus,
    (decided_by, decider): (StaffId, &Operator),
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE recoveries SET status = ?, decided_by = ?, decider = ?, decided_at = NOW(6)
         WHERE recovery_id = ?",
        (status.code(), decided_by.uuid(), decider.as_str(), recovery_id.uuid()),
    )
    .await
}

/// Those of which the account was found, newest first.
pub(crate) async fn list_recoveries(
    connection: &mut Conn,
    paging: &Paging,
) -> Result<Vec<Recovery>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM recoveries WHERE user_id IS NOT NULL AND recovery_id < ?
         ORDER BY recovery_id DESC LIMIT ?"
    );
    let rows: Vec<Row> = connection.exec(sql, (paging.before_id(), paging.rows())).await?;
    rows.into_iter().map(recovery).collect()
}

/// Deletes at most `limit` that are too old to be looked up, or led nowhere; returns how many.
pub(crate) async fn delete_old_recoveries(connection: &mut Conn, limit: u64) -> Result<u64, Error> {
    connection
        .exec_drop(
            "DELETE FROM recoveries
             WHERE asked_at < NOW(6) - INTERVAL ? HOUR
                 AND (user_id IS NULL OR asked_at < NOW(6) - INTERVAL ? DAY)
             LIMIT ?",
            (OPEN_HOURS, Recovery::RECORD_DAYS, limit),
        )
        .await?;
    Ok(connection.affected_rows())
}

fn recovery(mut row: Row) -> Result<Recovery, Error> {
    let row = &mut row;
    let status: String = take(row, "status")?;
    let new_phone = kept_phone(take(row, "new_phone")?, take(row, "new_phone_index")?);
    Ok(Recovery {
        recovery_id: RecoveryId::from_uuid(take(row, "recovery_id")?),
        user_id: UserId::from_uuid(take(row, "user_id")?),
        new_phone: new_phone.ok_or_else(|| unreadable("new_phone"))?,
        status: RecoveryStatus::from_code(&status).ok_or_else(|| unreadable("status"))?,
        asked_at: take::<PrimitiveDateTime>(row, "asked_at")?.assume_utc(),
        told_at: take::<PrimitiveDateTime>(row, "told_at")?.assume_utc(),
        case: case(row)?,
    })
}

fn case(row: &mut Row) -> Result<Option<RecoveryCase>, Error> {
    let Some(proposed_by) = take::<Option<Uuid>>(row, "proposed_by")? else { return Ok(None) };
    let case_number: String = take(row, "case_number")?;
    let operator = |name: String| Operator::try_from(name).map_err(|_| unreadable("a name"));
    Ok(Some(RecoveryCase {
        case_number: Reason::try_from(case_number).map_err(|_| unreadable("case_number"))?,
        proposed_by: StaffId::from_uuid(proposed_by),
        proposer: operator(take(row, "proposer")?)?,
        proposed_at: take::<PrimitiveDateTime>(row, "proposed_at")?.assume_utc(),
        decided_by: take::<Option<Uuid>>(row, "decided_by")?.map(StaffId::from_uuid),
        decider: take::<Option<String>>(row, "decider")?.map(operator).transpose()?,
        decided_at: take::<Option<PrimitiveDateTime>>(row, "decided_at")?
            .map(PrimitiveDateTime::assume_utc),
    }))
}

fn take<T: FromValue>(row: &mut Row, column: &'static str) -> Result<T, Error> {
    row.take_opt(column).and_then(Result::ok).ok_or_else(|| unreadable(column))
}

fn unreadable(column: &'static str) -> Error {
    Error::Other(format!("{column} of a recovery cannot be read").into())
}
