//! Cases with support, and what staff did with them.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::database::Tx;
use service::{Paging, Staff};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{ConversationId, StaffId, SupportCaseId, UserId};

use super::{stored, take, time_of};
use crate::domain::{
    CASE_KEPT, CaseNumber, CaseSubject, Claim, SupportCase, SupportCategory, SupportDeed,
    SupportOutcome,
};

const SELECT: &str = "SELECT case_id, case_number, conversation_id, user_id, category, subject,
    claimed_by, acted_at, outcome, opened_at, waits_since, closed_at FROM support_cases";

/// Something that a member of staff did.
pub(crate) struct SupportLine {
    pub(crate) staff_id: StaffId,
    pub(crate) staff_name: String,
    pub(crate) deed: SupportDeed,
    pub(crate) done_at: OffsetDateTime,
}

/// Nobody opens a case for this person until the transaction ends. How many of theirs are open, and
/// when those were opened that are newer than a time, the oldest first.
pub(crate) async fn lock_asker(
    tx: &mut Tx,
    user_id: UserId,
    since: OffsetDateTime,
) -> Result<(usize, Vec<OffsetDateTime>), Error> {
    let sql = "INSERT INTO support_askers (user_id) VALUES (?)
        ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)";
    tx.exec_drop(sql, (user_id.uuid(),)).await?;
    let sql = "SELECT open_id, opened_at FROM support_cases
        WHERE user_id = ? AND (open_id IS NOT NULL OR opened_at > ?) ORDER BY opened_at";
    let rows: Vec<(Option<Uuid>, PrimitiveDateTime)> =
        tx.exec(sql, (user_id.uuid(), stored(since))).await?;
    let open = rows.iter().filter(|(open_id, _)| open_id.is_some()).count();
    let times = rows.into_iter().map(|(_, opened_at)| time_of(opened_at));
    Ok((open, times.filter(|opened_at| *opened_at > since).collect()))
}

/// Fails with a duplicate key if another case has its number.
pub(crate) async fn insert_case(tx: &mut Tx, case: &SupportCase) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO support_cases (case_id, open_id, case_number, conversation_id, user_id,
             category, subject, opened_at, waits_since)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            case.id.uuid(),
            case.id.uuid(),
            case.number.stored(),
            case.conversation_id.uuid(),
            case.user_id.uuid(),
            case.category.code(),
            case.subject.as_ref().map(CaseSubject::as_str),
            stored(case.opened_at),
            case.waits_since.map(stored),
        ),
    )
    .await
}

/// Under the lock of its conversation, as each change of a case.
pub(crate) async fn update_case(tx: &mut Tx, case: &SupportCase) -> Result<(), Error> {
    let open_id = case.closed_at.is_none().then(|| case.id.uuid());
    let forget_at = case.closed_at.map(|at| stored(at.saturating_add(CASE_KEPT)));
    tx.exec_drop(
        "UPDATE support_cases SET claimed_by = ?, acted_at = ?, outcome = ?, waits_since = ?,
             closed_at = ?, open_id = ?, forget_at = ?
         WHERE case_id = ?",
        (
            case.claim.map(|claim| claim.staff_id.uuid()),
            case.claim.map(|claim| stored(claim.acted_at)),
            case.outcome.map(SupportOutcome::code),
            case.waits_since.map(stored),
            case.closed_at.map(stored),
            open_id,
            forget_at,
            case.id.uuid(),
        ),
    )
    .await
}

/// Its customer has said something, and waits since then unless they did before.
pub(crate) async fn note_heard(
    tx: &mut Tx,
    id: SupportCaseId,
    at: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE support_cases SET waits_since = COALESCE(waits_since, ?) WHERE case_id = ?";
    tx.exec_drop(sql, (stored(at), id.uuid())).await
}

/// Anybody's, or this person's: another's row is not even fetched, so that no time tells of it.
pub(crate) async fn find_case(
    connection: &mut impl Queryable,
    id: SupportCaseId,
    of: Option<UserId>,
) -> Result<Option<SupportCase>, Error> {
    let sql = format!("{SELECT} WHERE case_id = ? AND user_id = COALESCE(?, user_id)");
    let values = (id.uuid(), of.map(UserId::uuid));
    let row: Option<Row> = connection.exec_first(sql, values).await?;
    row.map(case).transpose()
}

/// Somebody's own, the newest first.
pub(crate) async fn list_cases_of(
    connection: &mut impl Queryable,
    user_id: UserId,
    paging: &Paging,
) -> Result<Vec<SupportCase>, Error> {
    let sql = format!("{SELECT} WHERE user_id = ? AND case_id < ? ORDER BY case_id DESC LIMIT ?");
    let parameters = (user_id.uuid(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, parameters).await?;
    rows.into_iter().map(case).collect()
}

/// Those that are open, the oldest first.
pub(crate) async fn list_open_cases(
    connection: &mut impl Queryable,
    paging: &Paging,
) -> Result<Vec<SupportCase>, Error> {
    let sql = format!("{SELECT} WHERE open_id > ? ORDER BY open_id LIMIT ?");
    let rows: Vec<Row> = connection.exec(sql, (paging.after_id(), paging.rows())).await?;
    rows.into_iter().map(case).collect()
}

/// The one with this number, also if it is closed.
pub(crate) async fn list_numbered_case(
    connection: &mut impl Queryable,
    number: CaseNumber,
) -> Result<Vec<SupportCase>, Error> {
    let sql = format!("{SELECT} WHERE case_number = ?");
    let rows: Vec<Row> = connection.exec(sql, (number.stored(),)).await?;
    rows.into_iter().map(case).collect()
}

pub(crate) async fn insert_line(
    tx: &mut Tx,
    id: SupportCaseId,
    by: &Staff,
    deed: SupportDeed,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "INSERT INTO support_trail (case_id, staff_id, staff_name, deed, done_at)
        VALUES (?, ?, ?, ?, ?)";
    let line = (id.uuid(), by.staff_id.uuid(), by.name.as_str(), deed.code(), stored(now));
    tx.exec_drop(sql, line).await
}

/// The newest lines of its trail, the oldest of them first.
pub(crate) async fn list_lines(
    connection: &mut impl Queryable,
    id: SupportCaseId,
    limit: u32,
) -> Result<Vec<SupportLine>, Error> {
    let sql = "SELECT staff_id, staff_name, deed, done_at FROM support_trail
        WHERE case_id = ? ORDER BY line DESC LIMIT ?";
    let rows: Vec<Row> = connection.exec(sql, (id.uuid(), limit)).await?;
    let line = |mut row: Row| {
        let deed: String = take(&mut row, "deed")?;
        Ok(SupportLine {
            staff_id: StaffId::from_uuid(take(&mut row, "staff_id")?),
            staff_name: take(&mut row, "staff_name")?,
            deed: SupportDeed::from_code(&deed).ok_or_else(unreadable)?,
            done_at: time_of(take(&mut row, "done_at")?),
        })
    };
    rows.into_iter().rev().map(line).collect()
}

/// Cases whose time has come, so many.
pub(crate) async fn list_to_forget(
    connection: &mut impl Queryable,
    now: OffsetDateTime,
    limit: u32,
) -> Result<Vec<(SupportCaseId, ConversationId)>, Error> {
    let sql = "SELECT case_id, conversation_id FROM support_cases
        WHERE forget_at <= ? ORDER BY forget_at LIMIT ?";
    let rows: Vec<(Uuid, Uuid)> = connection.exec(sql, (stored(now), limit)).await?;
    let ids = |(case_id, id)| (SupportCaseId::from_uuid(case_id), ConversationId::from_uuid(id));
    Ok(rows.into_iter().map(ids).collect())
}

/// Others come first: something of this one failed.
pub(crate) async fn postpone_forgetting(
    connection: &mut impl Queryable,
    id: SupportCaseId,
    was_due: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE support_cases SET forget_at = ? WHERE case_id = ? AND forget_at <= ?";
    connection.exec_drop(sql, (stored(until), id.uuid(), stored(was_due))).await
}

/// Under the lock of its conversation: nobody has opened it again.
pub(crate) async fn is_to_forget(
    tx: &mut Tx,
    id: SupportCaseId,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM support_cases WHERE case_id = ? AND forget_at <= ?";
    let found: Option<u8> = tx.exec_first(sql, (id.uuid(), stored(now))).await?;
    Ok(found.is_some())
}

/// Nothing is left of it but that it was, and what staff did.
pub(crate) async fn forget_case(
    tx: &mut Tx,
    id: SupportCaseId,
    of: ConversationId,
) -> Result<(), Error> {
    tx.exec_drop("DELETE FROM members WHERE conversation_id = ?", (of.uuid(),)).await?;
    tx.exec_drop("DELETE FROM conversations WHERE conversation_id = ?", (of.uuid(),)).await?;
    let sql = "UPDATE support_cases SET subject = NULL, forget_at = NULL WHERE case_id = ?";
    tx.exec_drop(sql, (id.uuid(),)).await
}

fn unreadable() -> Error {
    Error::Other("a case cannot be read".into())
}

fn case(mut row: Row) -> Result<SupportCase, Error> {
    let row = &mut row;
    let claimed_by: Option<Uuid> = take(row, "claimed_by")?;
    let acted_at: Option<PrimitiveDateTime> = take(row, "acted_at")?;
    let claim = claimed_by
        .zip(acted_at)
        .map(|(by, at)| Claim { staff_id: StaffId::from_uuid(by), acted_at: time_of(at) });
    let category: String = take(row, "category")?;
    let outcome: Option<String> = take(row, "outcome")?;
    let outcome = outcome.map(|code| SupportOutcome::from_code(&code).ok_or_else(unreadable));
    let subject: Option<String> = take(row, "subject")?;
    let subject = subject.map(|text| CaseSubject::try_from(text).map_err(|_| unreadable()));
    Ok(SupportCase {
        id: SupportCaseId::from_uuid(take(row, "case_id")?),
        number: CaseNumber::from_stored(take(row, "case_number")?).ok_or_else(unreadable)?,
        conversation_id: ConversationId::from_uuid(take(row, "conversation_id")?),
        user_id: UserId::from_uuid(take(row, "user_id")?),
        category: SupportCategory::from_code(&category).ok_or_else(unreadable)?,
        subject: subject.transpose()?,
        claim,
        outcome: outcome.transpose()?,
        opened_at: time_of(take(row, "opened_at")?),
        waits_since: take::<Option<_>>(row, "waits_since")?.map(time_of),
        closed_at: take::<Option<_>>(row, "closed_at")?.map(time_of),
    })
}
