//! Requests for money between people.

use std::collections::BTreeSet;

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Row, Value};
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BillId, MoneyRequestId, Note, PeerPaymentId, UserId};

use super::expiring::Expiring;
use super::operations::take;
use super::sql::Lock;
use super::{money, sql, stored, unreadable};
use crate::domain::{
    ASKED_WINDOW, Asked as AskedOf, Cut, MoneyRequest, MoneyRequestStatus, OpenRequests, Person,
    Rows,
};

const COLUMNS: &str = "money_request_id, requester_id, requester_name, payer_id, payer_name,
    amount, note, bill_id, status, version, reminders, reminded_at, created_at, expires_at,
    peer_payment_id, declined_at";

/// Whose requests.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    /// Those that this person was asked for.
    Payer(UserId),
    /// Those that this person has made.
    Requester(UserId),
}

/// Writes requests as they are now, new ones and others. What never changes is not updated.
pub(super) fn save(requests: &Rows<MoneyRequest>) -> String {
    let rows = requests.changed().map(|request| {
        [
            sql::id(request.id.uuid()),
            sql::id(request.requester.id.uuid()),
            sql::text(&request.requester.name),
            sql::id(request.payer.id.uuid()),
            sql::text(&request.payer.name),
            request.amount.minor_units().to_string(),
            sql::text(request.amount.currency().code()),
            sql::optional_text(request.note.as_ref().map(Note::as_str)),
            sql::optional_id(request.bill_id.map(BillId::uuid)),
            sql::text(request.status.code()),
            request.version.to_string(),
            request.reminders.to_string(),
            sql::optional_time(request.reminded_at),
            sql::time(request.created_at),
            sql::time(request.expires_at),
            sql::optional_id(request.peer_payment_id.map(PeerPaymentId::uuid)),
            sql::optional_time(request.declined_at),
        ]
        .join(", ")
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO money_requests (money_request_id, requester_id, requester_name, payer_id,
             payer_name, amount, currency, note, bill_id, status, version, reminders, reminded_at,
             created_at, expires_at, peer_payment_id, declined_at)
         VALUES {rows} ON DUPLICATE KEY UPDATE status = VALUES(status), version = VALUES(version),
             reminders = VALUES(reminders), reminded_at = VALUES(reminded_at),
             peer_payment_id = VALUES(peer_payment_id), declined_at = VALUES(declined_at)"
    )
}

pub(super) fn select(ids: &str) -> String {
    format!("SELECT {COLUMNS} FROM money_requests WHERE money_request_id IN ({ids})")
}

pub(super) fn select_locked(ids: &str, lock: Lock) -> String {
    format!("{} ORDER BY money_request_id {}", select(ids), lock.clause())
}

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<MoneyRequest>, Error> {
    rows.into_iter().map(money_request).collect()
}

/// Counts the requests of those who ask, by whom they ask: what is open, what is new, and when they
/// were last told no. Each is a range of an index.
pub(super) fn select_open(requesters: &BTreeSet<Uuid>, now: OffsetDateTime) -> String {
    let since = now.saturating_sub(ASKED_WINDOW);
    let (first, since) = (sql::id(Cut::at(since).uuid()), sql::time(since));
    let (requesters, now) = (sql::ids(requesters), sql::time(now));
    format!(
        "SELECT requester_id, payer_id, CAST(SUM(is_open) AS UNSIGNED),
             CAST(SUM(is_recent) AS UNSIGNED), MAX(said_no_at) FROM (
             SELECT requester_id, payer_id, 1 AS is_open, 0 AS is_recent, NULL AS said_no_at
             FROM money_requests
             WHERE requester_id IN ({requesters}) AND status = 'open' AND expires_at > {now}
             UNION ALL SELECT requester_id, payer_id, 0, 1, NULL FROM money_requests
             WHERE requester_id IN ({requesters}) AND money_request_id >= {first}
             UNION ALL SELECT requester_id, payer_id, 0, 0, declined_at FROM money_requests
             WHERE requester_id IN ({requesters}) AND declined_at > {since}
         ) AS asked GROUP BY requester_id, payer_id"
    )
}

type AskedRow = (Uuid, Uuid, u32, u32, Option<PrimitiveDateTime>);

pub(super) fn read_open(rows: Vec<AskedRow>) -> OpenRequests {
    let asked = |(asks, asked, open, recent, declined_at): AskedRow| {
        let declined_at = declined_at.map(PrimitiveDateTime::assume_utc);
        ((asks, asked), AskedOf { open, recent, declined_at })
    };
    OpenRequests::new(rows.into_iter().map(asked))
}

/// The request, if `user_id` made it or was asked.
pub(crate) async fn find_money_request_of(
    connection: &mut impl Queryable,
    id: MoneyRequestId,
    user_id: UserId,
) -> Result<Option<MoneyRequest>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM money_requests
         WHERE money_request_id = ? AND ? IN (requester_id, payer_id)"
    );
    let row = (id.uuid(), user_id.uuid());
    connection.exec_first(sql, row).await?.map(money_request).transpose()
}

/// The requests of a bill.
pub(crate) async fn list_of_bill(
    connection: &mut impl Queryable,
    bill_id: BillId,
) -> Result<Vec<MoneyRequest>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM money_requests WHERE bill_id = ? ORDER BY money_request_id");
    let rows: Vec<Row> = connection.exec(sql, (bill_id.uuid(),)).await?;
    rows.into_iter().map(money_request).collect()
}

/// One page of what somebody was asked for, or has asked for: as it stands at `now`, if `status`
/// names one.
pub(crate) async fn list_money_requests(
    connection: &mut impl Queryable,
    asked: Asked,
    status: Option<MoneyRequestStatus>,
    now: OffsetDateTime,
    paging: &Paging,
) -> Result<Vec<MoneyRequest>, Error> {
    let (side, user_id) = match asked {
        Asked::Payer(user_id) => ("payer_id", user_id),
        Asked::Requester(user_id) => ("requester_id", user_id),
    };
    let part = |status: &str| {
        format!(
            "(SELECT {COLUMNS} FROM money_requests WHERE {side} = :user_id {status}
             AND money_request_id >= :from AND money_request_id < :before
             ORDER BY money_request_id DESC LIMIT :rows)"
        )
    };
    // Each part is read in the order of an index, and no further than the page.
    let sql = match status {
        None => part(""),
        Some(MoneyRequestStatus::Open) => part("AND status = 'open' AND expires_at > :now"),
        Some(MoneyRequestStatus::Expired) => format!(
            "{} UNION ALL {} ORDER BY money_request_id DESC LIMIT :rows",
            part("AND status = 'expired'"),
            part("AND status = 'open' AND expires_at <= :now"),
        ),
        Some(status) => part(&format!("AND status = '{}'", status.code())),
    };
    let mut page = vec![
        ("user_id".to_owned(), Value::from(user_id.uuid())),
        ("from".to_owned(), paging.from_id().into()),
        ("before".to_owned(), paging.before_id().into()),
        ("rows".to_owned(), paging.rows().into()),
    ];
    if matches!(status, Some(MoneyRequestStatus::Open | MoneyRequestStatus::Expired)) {
        page.push(("now".to_owned(), stored(now).into()));
    }
    let rows: Vec<Row> = connection.exec(sql, Params::from(page)).await?;
    rows.into_iter().map(money_request).collect()
}

/// How many requests wait for this person at `now`.
pub(crate) async fn count_open_of_payer(
    connection: &mut impl Queryable,
    payer: UserId,
    now: OffsetDateTime,
) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM money_requests
         WHERE payer_id = ? AND status = 'open' AND expires_at > ?";
    let count: Option<u64> = connection.exec_first(sql, (payer.uuid(), stored(now))).await?;
    Ok(count.unwrap_or_default())
}

/// How many requests of this person are open at `now`.
pub(crate) async fn count_open_of_requester(
    tx: &mut Tx,
    requester: UserId,
    now: OffsetDateTime,
) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM money_requests
         WHERE requester_id = ? AND status = 'open' AND expires_at > ?";
    let count: Option<u64> = tx.exec_first(sql, (requester.uuid(), stored(now))).await?;
    Ok(count.unwrap_or_default())
}

impl Expiring for MoneyRequest {
    const TABLE: &str = "money_requests";
    const ID: &str = "money_request_id";
    const COLUMNS: &str = COLUMNS;
    const EXPIRED: &str = "status = 'expired', version = version + 1";

    fn read(row: Row) -> Result<Self, Error> {
        money_request(row)
    }
}

fn money_request(mut row: Row) -> Result<MoneyRequest, Error> {
    let note: Option<String> = take(&mut row, "note")?;
    let bill_id: Option<Uuid> = take(&mut row, "bill_id")?;
    let status: String = take(&mut row, "status")?;
    let reminded_at: Option<PrimitiveDateTime> = take(&mut row, "reminded_at")?;
    let created_at: PrimitiveDateTime = take(&mut row, "created_at")?;
    let expires_at: PrimitiveDateTime = take(&mut row, "expires_at")?;
    let peer_payment_id: Option<Uuid> = take(&mut row, "peer_payment_id")?;
    let declined_at: Option<PrimitiveDateTime> = take(&mut row, "declined_at")?;
    let mut person = |id, name| -> Result<Person, Error> {
        let id = UserId::from_uuid(take(&mut row, id)?);
        Ok(Person { id, name: take(&mut row, name)? })
    };
    let requester = person("requester_id", "requester_name")?;
    let payer = person("payer_id", "payer_name")?;
    let corrupt = || unreadable("a money request");
    Ok(MoneyRequest {
        id: MoneyRequestId::from_uuid(take(&mut row, "money_request_id")?),
        requester,
        payer,
        amount: money(take(&mut row, "amount")?)?,
        note: note.map(|text| text.try_into().map_err(|_| corrupt())).transpose()?,
        bill_id: bill_id.map(BillId::from_uuid),
        status: MoneyRequestStatus::from_code(&status).ok_or_else(corrupt)?,
        version: take(&mut row, "version")?,
        reminders: take(&mut row, "reminders")?,
        reminded_at: reminded_at.map(PrimitiveDateTime::assume_utc),
        created_at: created_at.assume_utc(),
        expires_at: expires_at.assume_utc(),
        peer_payment_id: peer_payment_id.map(PeerPaymentId::from_uuid),
        declined_at: declined_at.map(PrimitiveDateTime::assume_utc),
    })
}
