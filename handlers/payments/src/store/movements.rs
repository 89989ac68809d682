//! The histories of accounts.
//!
//! Each direction reads its own index, so a page costs the same however long the history is. What
//! no index serves (the kind, the other side, the amount) is looked for in a part of the history:
//! [`LOOKED_AT_MAX`] transfers of each direction for one page. The next page goes on below it.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Row, Value};
use service::Paging;
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{OperationKind, TransferId};

use super::operations::{COLUMNS, operation, take};
use super::{money, unreadable, visibility};
use crate::domain::{
    AccountKind, Direction, Movement, Operation, OperationState, Origin, ParcelKind, Side,
    Transfer, parent_of,
};

/// How many transfers of one direction are looked at for a page of what no index serves.
pub(crate) const LOOKED_AT_MAX: u32 = 1_000;

/// What is read of each movement, from its transfer (`page`) and what that leads to, each by its
/// key. Who gave what was claimed is its other side.
const DETAILS: &str = "
    SELECT page.transfer_id, is_incoming, page.amount, page.code, subject_id, operations.kind,
        page.created_at, IF(operations.kind = 'claim', parcels.sender_id, other_id) AS other_id,
        IF(operations.kind = 'claim', 'wallet', others.kind) AS other_kind,
        IF(is_incoming, from_name, to_name) AS other_name, operations.note, reference, refunded,
        parent_id, requests.bill_id, parcels.kind AS parcel_kind, dates.schedule_id,
        friends.peer_payment_id IS NOT NULL AS is_for_friends";
const LEADS_TO: &str = "
    JOIN accounts AS others ON others.account_id = other_id
    JOIN operations ON operation_id = subject_id
    LEFT JOIN parcels ON operations.kind IN ('claim', 'return') AND parcels.parcel_id = parent_id
    LEFT JOIN money_requests AS requests
        ON operations.kind = 'peer-payment' AND requests.money_request_id = parent_id
    LEFT JOIN schedule_occurrences AS dates
        ON operations.confirmed_by = 'schedule' AND dates.peer_payment_id = operation_id
    LEFT JOIN peer_payments_for_friends AS friends
        ON operations.kind = 'peer-payment' AND friends.peer_payment_id = operation_id";

/// Which movements of an account are wanted; all of them if nothing is said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) direction: Option<Direction>,
    /// The codes of transfers, with commas between.
    pub(crate) codes: Option<String>,
    /// The other side; of what was claimed, who gave it.
    pub(crate) counterparty: Option<Uuid>,
    /// Minor units.
    pub(crate) amount_from: Option<u64>,
    /// Minor units.
    pub(crate) amount_to: Option<u64>,
}

impl Wanted {
    /// Whether it is looked for in what an index finds.
    pub(crate) const fn is_looked_for(&self) -> bool {
        self.codes.is_some()
            || self.counterparty.is_some()
            || self.amount_from.is_some()
            || self.amount_to.is_some()
    }

    /// One direction's part of a page.
    fn part(&self, direction: Direction) -> String {
        let (index, mine, other) = columns(direction);
        let is_incoming = direction == Direction::In;
        let with_other = if is_incoming {
            // What was claimed was in escrow.
            "AND (debit_account_id = :counterparty OR code = 'claim' AND :counterparty =
                 (SELECT sender_id FROM operations JOIN parcels ON parcel_id = parent_id
                 WHERE operation_id = subject_id))"
        } else {
            "AND credit_account_id = :counterparty"
        };
        let looked_for = [
            self.codes.as_ref().map(|_| "AND FIND_IN_SET(code, :codes)"),
            self.counterparty.map(|_| with_other),
            self.amount_from.map(|_| "AND amount >= :amount_from"),
            self.amount_to.map(|_| "AND amount <= :amount_to"),
        ];
        let looked_for: String = looked_for.into_iter().flatten().collect::<Vec<_>>().join(" ");
        format!(
            "(SELECT transfer_id, {is_incoming} AS is_incoming, amount, code, subject_id,
                 created_at, {other} AS other_id
             FROM transfers FORCE INDEX ({index})
             WHERE {mine} = :account_id AND transfer_id >= :from AND transfer_id < :before
                 AND phase IN ('posted', 'settled') {looked_for}
             ORDER BY transfer_id DESC LIMIT :rows)"
        )
    }
}

/// The index of a direction, the column that it begins with, and that of the other side.
const fn columns(direction: Direction) -> (&'static str, &'static str, &'static str) {
    match direction {
        Direction::Out => ("by_debit_account", "debit_account_id", "credit_account_id"),
        Direction::In => ("by_credit_account", "credit_account_id", "debit_account_id"),
    }
}

/// The directions that are wanted.
fn directions(wanted: Option<Direction>) -> Vec<Direction> {
    wanted.map_or_else(|| Direction::ALL.to_vec(), |direction| vec![direction])
}

/// Down to which transfer a page of what no index serves looks; `None` if that is all there is.
/// Reads an index and no rows.
pub(crate) async fn find_reach(
    connection: &mut impl Queryable,
    account_id: Uuid,
    direction: Option<Direction>,
    paging: &Paging,
) -> Result<Option<Uuid>, Error> {
    let of_direction = |direction| {
        let (index, mine, _) = columns(direction);
        format!(
            "(SELECT transfer_id FROM transfers FORCE INDEX ({index})
             WHERE {mine} = :account_id AND transfer_id >= :from AND transfer_id < :before
             ORDER BY transfer_id DESC LIMIT 1 OFFSET :skipped)"
        )
    };
    let sql: Vec<String> = directions(direction).into_iter().map(of_direction).collect();
    let range = params([
        ("account_id", account_id.into()),
        ("from", paging.from_id().into()),
        ("before", paging.before_id().into()),
        ("skipped", LOOKED_AT_MAX.saturating_sub(1).into()),
    ]);
    // Below the later of two nothing is looked at, since one direction ends there.
    let ends: Vec<Uuid> = connection.exec(sql.join(" UNION ALL "), range).await?;
    Ok(ends.into_iter().max())
}

/// One page of an account's movements. What is held, or was let go, has not moved.
pub(crate) async fn list_movements(
    connection: &mut impl Queryable,
    account_id: Uuid,
    wanted: &Wanted,
    paging: &Paging,
) -> Result<Vec<Movement>, Error> {
    let parts: Vec<String> =
        directions(wanted.direction).into_iter().map(|one| wanted.part(one)).collect();
    let sql = format!(
        "{DETAILS} FROM ({}) AS page {LEADS_TO} ORDER BY page.transfer_id DESC LIMIT :rows",
        parts.join(" UNION ALL ")
    );
    let looked_for = [
        ("codes", wanted.codes.clone().map(Value::from)),
        ("counterparty", wanted.counterparty.map(Value::from)),
        ("amount_from", wanted.amount_from.map(Value::from)),
        ("amount_to", wanted.amount_to.map(Value::from)),
    ];
    let looked_for = looked_for.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let page = page(account_id, paging).into_iter().chain(looked_for);
    let rows: Vec<Row> = connection.exec(sql, params(page)).await?;
    rows.into_iter().map(movement).collect()
}

/// One movement of an account.
pub(crate) async fn find_movement(
    connection: &mut impl Queryable,
    account_id: Uuid,
    id: TransferId,
) -> Result<Option<Movement>, Error> {
    let sql = format!(
        "{DETAILS} FROM (
             SELECT transfer_id, credit_account_id = :account_id AS is_incoming, amount, code,
                 subject_id, created_at, IF(credit_account_id = :account_id, debit_account_id,
                     credit_account_id) AS other_id
             FROM transfers
             WHERE transfer_id = :transfer_id AND phase IN ('posted', 'settled')
                 AND :account_id IN (debit_account_id, credit_account_id)
         ) AS page {LEADS_TO}"
    );
    let wanted = [("account_id", account_id.into()), ("transfer_id", id.uuid().into())];
    connection.exec_first(sql, params(wanted)).await?.map(movement).transpose()
}

/// One page of the payments that went into or out of an account, or are held, or were let go; only
/// those in that state, if one is named. Reads the account's index of transfers: a payment has the
/// id of its transfer.
pub(crate) async fn list_payments(
    connection: &mut impl Queryable,
    account_id: Uuid,
    direction: Direction,
    state: Option<OperationState>,
    paging: &Paging,
) -> Result<Vec<Operation>, Error> {
    let (index, side, _) = columns(direction);
    let in_state = state.map_or("", |_| "AND state = :state");
    let sql = format!(
        "SELECT {COLUMNS} FROM transfers FORCE INDEX ({index})
             STRAIGHT_JOIN operations ON operation_id = transfer_id
         WHERE {side} = :account_id AND transfer_id >= :from AND transfer_id < :before
             AND code = :kind {in_state}
         ORDER BY transfer_id DESC LIMIT :rows"
    );
    let kind = OperationKind::Payment.code();
    let state = state.map(|state| ("state", state.code().into()));
    let page = page(account_id, paging).into_iter().chain([("kind", kind.into())]).chain(state);
    let rows: Vec<Row> = connection.exec(sql, params(page)).await?;
    rows.into_iter().map(operation).collect()
}

/// What every page is read with.
fn page(account_id: Uuid, paging: &Paging) -> [(&'static str, Value); 4] {
    [
        ("account_id", account_id.into()),
        ("from", paging.from_id().into()),
        ("before", paging.before_id().into()),
        ("rows", paging.rows().into()),
    ]
}

fn params(named: impl IntoIterator<Item = (&'static str, Value)>) -> Params {
    named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Vec<_>>().into()
}

fn movement(mut row: Row) -> Result<Movement, Error> {
    let corrupt = || unreadable("a movement");
    let row = &mut row;
    let is_incoming: bool = take(row, "is_incoming")?;
    let direction = if is_incoming { Direction::In } else { Direction::Out };
    let (code, kind): (String, String) = (take(row, "code")?, take(row, "kind")?);
    let kind = OperationKind::from_code(&kind);
    let other_kind: String = take(row, "other_kind")?;
    let other_kind = AccountKind::from_code(&other_kind);
    let other = Side { account_id: take(row, "other_id")?, name: take(row, "other_name")? };
    let parcel: Option<String> = take(row, "parcel_kind")?;
    let parcel = parcel.and_then(|code| ParcelKind::from_code(&code));
    let origin = Origin {
        parent_id: take(row, "parent_id")?,
        bill_id: take(row, "bill_id")?,
        parcel,
        schedule_id: take(row, "schedule_id")?,
    };
    let note: Option<String> = take(row, "note")?;
    let reference: Option<String> = take(row, "reference")?;
    let at: PrimitiveDateTime = take(row, "created_at")?;
    Ok(Movement {
        transfer_id: TransferId::from_uuid(take(row, "transfer_id")?),
        direction,
        amount: money(take(row, "amount")?)?,
        kind,
        is_fee: code == Transfer::FEE,
        operation_id: take(row, "subject_id")?,
        counterparty: other_kind.and_then(|kind| other.party(kind)),
        parent: kind.and_then(|kind| parent_of(kind, direction, origin)),
        note: note.map(|text| text.try_into().map_err(|_| corrupt())).transpose()?,
        reference: reference.map(|text| text.try_into().map_err(|_| corrupt())).transpose()?,
        refunded: take(row, "refunded")?,
        visibility: visibility::read(take(row, "is_for_friends")?),
        at: at.assume_utc(),
    })
}

#[cfg(test)]
mod tests;
