//! Schedules, and what became of their dates.

use std::collections::{BTreeSet, HashMap};

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::Paging;
use service::database::Tx;
use time::{Date, PrimitiveDateTime};
use uuid::Uuid;
use values::{MoneyRequestId, Note, PeerPaymentId, ScheduleId, UserId};

use super::operations::take;
use super::sql::{self, Lock};
use super::{money, unreadable};
use crate::domain::{
    ConfirmedBy, Cut, Delay, End, Frequency, Occurrence, OccurrenceStatus, Person, Recurrence,
    Rows, Schedule, ScheduleKind, ScheduleStatus,
};

const COLUMNS: &str = "schedule_id, kind, owner_id, other_id, other_name, amount, note, frequency,
    starts_on, ends_on, count_max, status, version, number, delayed_until, delay_reason,
    act_at, skips, confirmed_by, limited_until, created_at, ended_at";

pub(super) fn select(ids: &str) -> String {
    format!("SELECT {COLUMNS} FROM schedules WHERE schedule_id IN ({ids})")
}

pub(super) fn select_locked(ids: &str, lock: Lock) -> String {
    format!("{} ORDER BY schedule_id {}", select(ids), lock.clause())
}

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<Schedule>, Error> {
    rows.into_iter().map(schedule).collect()
}

/// Writes schedules as they are now, new ones and others. What never changes is not updated.
pub(super) fn save(schedules: &Rows<Schedule>) -> String {
    let rows = schedules.changed().map(|schedule| {
        let (ends_on, count_max) = match schedule.recurrence.end {
            End::Never => (None, None),
            End::On(day) => (Some(day), None),
            End::After(count) => (None, Some(count)),
        };
        [
            sql::id(schedule.id.uuid()),
            sql::text(schedule.kind.code()),
            sql::id(schedule.owner.uuid()),
            sql::id(schedule.other.id.uuid()),
            sql::text(&schedule.other.name),
            schedule.amount.minor_units().to_string(),
            sql::text(schedule.amount.currency().code()),
            sql::optional_text(schedule.note.as_ref().map(Note::as_str)),
            sql::text(schedule.recurrence.frequency.code()),
            sql::date(schedule.recurrence.starts_on),
            ends_on.map_or_else(sql::null, sql::date),
            sql::optional_number(count_max.map(i64::from)),
            sql::text(schedule.status.code()),
            schedule.version.to_string(),
            schedule.number.to_string(),
            sql::optional_time(schedule.delay.as_ref().map(|delay| delay.until)),
            sql::optional_text(schedule.delay.as_ref().map(|delay| &*delay.reason)),
            sql::time(schedule.act_at),
            schedule.skips.to_string(),
            sql::optional_text(schedule.confirmed_by.map(ConfirmedBy::code)),
            sql::optional_time(schedule.limited_until),
            sql::time(schedule.created_at),
            sql::optional_time(schedule.ended_at),
        ]
        .join(", ")
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO schedules (schedule_id, kind, owner_id, other_id, other_name, amount, currency,
             note, frequency, starts_on, ends_on, count_max, status, version, number,
             delayed_until, delay_reason, act_at, skips, confirmed_by, limited_until, created_at,
             ended_at)
         VALUES {rows} ON DUPLICATE KEY UPDATE amount = VALUES(amount), note = VALUES(note),
             ends_on = VALUES(ends_on), count_max = VALUES(count_max), status = VALUES(status),
             version = VALUES(version), number = VALUES(number),
             delayed_until = VALUES(delayed_until),
             delay_reason = VALUES(delay_reason), act_at = VALUES(act_at), skips = VALUES(skips),
             confirmed_by = VALUES(confirmed_by), limited_until = VALUES(limited_until),
             ended_at = VALUES(ended_at)"
    )
}

/// Writes what became of dates. A date of which something became before is a duplicate, and undoes
/// the transaction.
pub(super) fn insert_occurrences(occurrences: &[Occurrence]) -> String {
    let rows = occurrences.iter().map(|occurrence| {
        [
            sql::id(occurrence.schedule_id.uuid()),
            occurrence.number.to_string(),
            sql::date(occurrence.on),
            sql::text(occurrence.status.code()),
            occurrence.amount.minor_units().to_string(),
            sql::text(occurrence.amount.currency().code()),
            sql::optional_id(occurrence.peer_payment_id.map(PeerPaymentId::uuid)),
            sql::optional_id(occurrence.money_request_id.map(MoneyRequestId::uuid)),
            sql::optional_text(occurrence.reason.as_deref()),
            sql::time(occurrence.at),
        ]
        .join(", ")
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO schedule_occurrences (schedule_id, number, on_date, status, amount, currency,
             peer_payment_id, money_request_id, reason, decided_at) VALUES {rows}"
    )
}

/// How many of a person's have not ended.
pub(crate) async fn count_open(tx: &mut Tx, owner: UserId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM schedules WHERE owner_id = ? AND status <> 'ended'";
    Ok(tx.exec_first(sql, (owner.uuid(),)).await?.unwrap_or(0))
}

/// Counts the schedules that have not ended of those who make some.
pub(super) fn select_open(owners: &BTreeSet<Uuid>) -> String {
    format!(
        "SELECT owner_id, COUNT(*) FROM schedules
         WHERE owner_id IN ({}) AND status IN ('active', 'paused') GROUP BY owner_id",
        sql::ids(owners)
    )
}

pub(super) fn read_open(rows: Vec<(Uuid, u32)>) -> HashMap<Uuid, u32> {
    rows.into_iter().collect()
}

/// The schedule, if it is this person's.
pub(crate) async fn find_schedule_of(
    connection: &mut impl Queryable,
    id: ScheduleId,
    owner: UserId,
) -> Result<Option<Schedule>, Error> {
    find(connection, id, owner, "").await
}

/// The same, locked until the transaction ends.
pub(crate) async fn lock_schedule_of(
    tx: &mut Tx,
    id: ScheduleId,
    owner: UserId,
) -> Result<Option<Schedule>, Error> {
    find(tx, id, owner, "FOR UPDATE").await
}

async fn find(
    connection: &mut impl Queryable,
    id: ScheduleId,
    owner: UserId,
    lock: &str,
) -> Result<Option<Schedule>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM schedules WHERE schedule_id = ? AND owner_id = ? {lock}");
    connection.exec_first(sql, (id.uuid(), owner.uuid())).await?.map(schedule).transpose()
}

/// Writes what its owner has changed.
pub(crate) async fn save_schedule(tx: &mut Tx, schedule: Schedule) -> Result<(), Error> {
    let mut rows = Rows::new(Vec::new());
    rows.save(vec![schedule]);
    tx.query_drop(save(&rows)).await
}

/// One page of a person's schedules.
pub(crate) async fn list_of_owner(
    connection: &mut impl Queryable,
    owner: UserId,
    paging: &Paging,
) -> Result<Vec<Schedule>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM schedules
         WHERE owner_id = ? AND schedule_id >= ? AND schedule_id < ?
         ORDER BY schedule_id DESC LIMIT ?"
    );
    let page = (owner.uuid(), paging.from_id(), paging.before_id(), paging.rows());
    read(connection.exec(sql, page).await?)
}

/// One page of what became of a schedule's dates, the last date first.
pub(crate) async fn list_occurrences(
    connection: &mut impl Queryable,
    id: ScheduleId,
    paging: &Paging,
) -> Result<Vec<Occurrence>, Error> {
    let sql = "SELECT schedule_id, number, on_date, status, amount, peer_payment_id,
             money_request_id, reason, decided_at
         FROM schedule_occurrences WHERE schedule_id = ? AND number < ?
         ORDER BY number DESC LIMIT ?";
    let page = (id.uuid(), paging.before_number(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(occurrence).collect()
}

/// Counts, between two cuts, payments by schedules that no date names, and payments and requests
/// that dates name and that are not theirs.
pub(super) async fn count_not_matching(tx: &mut Tx, from: Cut, until: Cut) -> Result<u64, Error> {
    let (from, until) = (from.uuid(), until.uuid());
    let sql = "
        SELECT (SELECT COUNT(*) FROM operations
                LEFT JOIN schedule_occurrences ON peer_payment_id = operation_id
                WHERE operation_id >= ? AND operation_id < ? AND confirmed_by = 'schedule'
                    AND peer_payment_id IS NULL)
            + (SELECT COUNT(*) FROM schedule_occurrences AS dates
                LEFT JOIN schedules ON schedules.schedule_id = dates.schedule_id
                LEFT JOIN operations ON operation_id = peer_payment_id
                WHERE peer_payment_id >= ? AND peer_payment_id < ?
                    AND NOT COALESCE(operations.kind = 'peer-payment'
                        AND operations.confirmed_by = 'schedule'
                        AND operations.amount = dates.amount AND schedules.kind = 'payment'
                        AND from_account_id = owner_id AND to_account_id = other_id, FALSE))
            + (SELECT COUNT(*) FROM schedule_occurrences AS dates
                LEFT JOIN schedules ON schedules.schedule_id = dates.schedule_id
                LEFT JOIN money_requests AS requests
                    ON requests.money_request_id = dates.money_request_id
                WHERE dates.money_request_id >= ? AND dates.money_request_id < ?
                    AND NOT COALESCE(requests.amount = dates.amount AND schedules.kind = 'request'
                        AND requester_id = owner_id AND payer_id = other_id, FALSE))";
    let count: Option<u64> = tx.exec_first(sql, (from, until, from, until, from, until)).await?;
    Ok(count.unwrap_or_default())
}

fn schedule(mut row: Row) -> Result<Schedule, Error> {
    let corrupt = || unreadable("a schedule");
    let (kind, status): (String, String) = (take(&mut row, "kind")?, take(&mut row, "status")?);
    let note: Option<String> = take(&mut row, "note")?;
    let confirmed_by: Option<String> = take(&mut row, "confirmed_by")?;
    let confirmed_by = confirmed_by.map(|code| ConfirmedBy::from_code(&code).ok_or_else(corrupt));
    let act_at: PrimitiveDateTime = take(&mut row, "act_at")?;
    let created_at: PrimitiveDateTime = take(&mut row, "created_at")?;
    let limited_until: Option<PrimitiveDateTime> = take(&mut row, "limited_until")?;
    let ended_at: Option<PrimitiveDateTime> = take(&mut row, "ended_at")?;
    Ok(Schedule {
        id: ScheduleId::from_uuid(take(&mut row, "schedule_id")?),
        kind: ScheduleKind::from_code(&kind).ok_or_else(corrupt)?,
        owner: UserId::from_uuid(take(&mut row, "owner_id")?),
        other: Person {
            id: UserId::from_uuid(take(&mut row, "other_id")?),
            name: take(&mut row, "other_name")?,
        },
        amount: money(take(&mut row, "amount")?)?,
        note: note.map(|text| text.try_into().map_err(|_| corrupt())).transpose()?,
        recurrence: recurrence(&mut row)?,
        status: ScheduleStatus::from_code(&status).ok_or_else(corrupt)?,
        version: take(&mut row, "version")?,
        number: take(&mut row, "number")?,
        delay: delay(&mut row)?,
        act_at: act_at.assume_utc(),
        skips: take(&mut row, "skips")?,
        confirmed_by: confirmed_by.transpose()?,
        limited_until: limited_until.map(PrimitiveDateTime::assume_utc),
        created_at: created_at.assume_utc(),
        ended_at: ended_at.map(PrimitiveDateTime::assume_utc),
    })
}

fn recurrence(row: &mut Row) -> Result<Recurrence, Error> {
    let frequency: String = take(row, "frequency")?;
    let (ends_on, count_max): (Option<Date>, Option<u32>) =
        (take(row, "ends_on")?, take(row, "count_max")?);
    Ok(Recurrence {
        frequency: Frequency::from_code(&frequency).ok_or_else(|| unreadable("a frequency"))?,
        starts_on: take(row, "starts_on")?,
        end: match (ends_on, count_max) {
            (None, None) => End::Never,
            (Some(day), None) => End::On(day),
            (None, Some(count)) => End::After(count),
            (Some(_), Some(_)) => return Err(unreadable("an end")),
        },
    })
}

fn delay(row: &mut Row) -> Result<Option<Delay>, Error> {
    let until: Option<PrimitiveDateTime> = take(row, "delayed_until")?;
    let reason: Option<String> = take(row, "delay_reason")?;
    let delay =
        |(until, reason): (PrimitiveDateTime, _)| Delay { until: until.assume_utc(), reason };
    Ok(until.zip(reason).map(delay))
}

fn occurrence(mut row: Row) -> Result<Occurrence, Error> {
    let status: String = take(&mut row, "status")?;
    let peer_payment_id: Option<Uuid> = take(&mut row, "peer_payment_id")?;
    let money_request_id: Option<Uuid> = take(&mut row, "money_request_id")?;
    let at: PrimitiveDateTime = take(&mut row, "decided_at")?;
    Ok(Occurrence {
        schedule_id: ScheduleId::from_uuid(take(&mut row, "schedule_id")?),
        number: take(&mut row, "number")?,
        on: take(&mut row, "on_date")?,
        status: OccurrenceStatus::from_code(&status).ok_or_else(|| unreadable("a date's end"))?,
        amount: money(take(&mut row, "amount")?)?,
        peer_payment_id: peer_payment_id.map(PeerPaymentId::from_uuid),
        money_request_id: money_request_id.map(MoneyRequestId::from_uuid),
        reason: take(&mut row, "reason")?,
        at: at.assume_utc(),
    })
}
