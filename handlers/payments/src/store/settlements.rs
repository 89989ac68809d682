//! What became of shops' takings, day by day, and what that is decided on.

use std::collections::{BTreeSet, HashMap};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use service::Paging;
use service::database::Tx;
use time::{Date, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BankAccount, BusinessId, KindSide, OperationKind, SettlementId};

use super::business_bank_accounts::IS_NEWEST;
use super::operations::take;
use super::withdrawals::bank_account;
use super::{sql, stored, unreadable};
use crate::domain::{
    BankReason, BankStatus, CarryReason, MadeOf, OperationState, Rows, Settlement, SettlementMode,
    SinceDay, Transfer,
};

const COLUMNS: &str = "settlement_id, business_id, day, closing, on_its_way, held_by_law, disputed,
    settlements.amount, carry_reason, decided_at";

pub(super) fn select(ids: &str) -> String {
    format!("SELECT {COLUMNS} FROM settlements WHERE settlement_id IN ({ids})")
}

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<Settlement>, Error> {
    rows.into_iter().map(|mut row| settlement(&mut row)).collect()
}

fn settlement(row: &mut Row) -> Result<Settlement, Error> {
    let reason: Option<String> = take(row, "carry_reason")?;
    let unknown = || unreadable("why takings are carried over");
    let reason = reason.map(|code| CarryReason::from_code(&code).ok_or_else(unknown));
    let decided_at: PrimitiveDateTime = take(row, "decided_at")?;
    Ok(Settlement {
        id: SettlementId::from_uuid(take(row, "settlement_id")?),
        business_id: BusinessId::from_uuid(take(row, "business_id")?),
        day: take(row, "day")?,
        closing: take(row, "closing")?,
        on_its_way: take(row, "on_its_way")?,
        held_by_law: take(row, "held_by_law")?,
        disputed: take(row, "disputed")?,
        amount: take(row, "amount")?,
        carry_reason: reason.transpose()?,
        decided_at: decided_at.assume_utc(),
    })
}

/// Fails with a duplicate key if another transaction has settled one of these days.
pub(super) fn insert(settlements: &Rows<Settlement>) -> String {
    let rows = sql::rows(settlements.changed().map(|settlement| {
        [
            sql::id(settlement.id.uuid()),
            sql::id(settlement.business_id.uuid()),
            sql::date(settlement.day),
            settlement.closing.to_string(),
            settlement.on_its_way.to_string(),
            settlement.held_by_law.to_string(),
            settlement.disputed.to_string(),
            settlement.amount.to_string(),
            sql::optional_text(settlement.carry_reason.map(CarryReason::code)),
            sql::time(settlement.decided_at),
        ]
        .join(", ")
    }));
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO settlements (settlement_id, business_id, day, closing, on_its_way,
             held_by_law, disputed, amount, carry_reason, decided_at) VALUES {rows}"
    )
}

pub(super) type SinceDayRow = (Uuid, Date, i64, i64, i64);

/// What has moved of each of these shops since the end of the day, and what is disputed of it. The
/// indexes of transfers list each direction of an account by id, so only what came since is read.
pub(super) fn select_since_days(days: &BTreeSet<(Uuid, Date)>) -> String {
    let one = |(business, day): &(Uuid, Date)| {
        let (id, day_text) = (sql::id(*business), sql::date(*day));
        let from = sql::id(Settlement::cut(*day).uuid());
        let sum = |what: &str, side: &str, condition: &str| {
            format!(
                "(SELECT COALESCE(SUM({what}), 0) FROM transfers
                 WHERE {side} = {id} AND transfer_id >= {from}
                     AND phase IN ('posted', 'settled') {condition})"
            )
        };
        let came = sum("amount", "credit_account_id", "");
        let left = sum("amount", "debit_account_id", "AND code <> 'settlement'");
        let paid_out = sum("amount", "debit_account_id", "AND code = 'settlement'");
        format!(
            "SELECT {id}, CAST({day_text} AS DATE), CAST({came} - {left} AS SIGNED),
                 CAST({paid_out} AS SIGNED),
                 CAST((SELECT COALESCE(SUM(GREATEST(0, disputes.amount
                         - GREATEST(0, refunded - refunded_before))), 0)
                     FROM disputes JOIN operations ON operation_id = payment_id
                     WHERE business_id = {id}
                         AND status IN ('open', 'under-review', 'upheld')) AS SIGNED)"
        )
    };
    days.iter().map(one).collect::<Vec<_>>().join(" UNION ALL ")
}

pub(super) fn read_since_days(rows: Vec<SinceDayRow>) -> HashMap<(Uuid, Date), SinceDay> {
    let since = |(business, day, taken, paid_out, disputed)| {
        ((business, day), SinceDay { taken, paid_out, disputed })
    };
    rows.into_iter().map(since).collect()
}

/// The newest settlement of each of these shops before the day.
pub(super) fn select_before(days: &BTreeSet<(Uuid, Date)>) -> String {
    let one = |(business, day): &(Uuid, Date)| {
        let (id, day) = (sql::id(*business), sql::date(*day));
        format!(
            "(SELECT {COLUMNS} FROM settlements WHERE business_id = {id} AND day < {day}
             ORDER BY day DESC LIMIT 1)"
        )
    };
    days.iter().map(one).collect::<Vec<_>>().join(" UNION ALL ")
}

/// The next shops that settle daily and have money, whose day is not settled yet, by their ids.
/// Those without a bank account are among them: why nothing comes shall be said.
pub(crate) async fn list_due(
    connection: &mut impl Queryable,
    day: Date,
    after: Uuid,
    limit: u32,
) -> Result<Vec<BusinessId>, Error> {
    let sql = format!(
        "SELECT shops.business_id
         FROM shops JOIN accounts ON account_id = shops.business_id
         LEFT JOIN business_bank_accounts ON {IS_NEWEST}
         LEFT JOIN settlements ON settlements.business_id = shops.business_id AND day = ?
         WHERE shops.business_id > ? AND version > 0 AND credits_posted > debits_posted
             AND settlement_id IS NULL AND COALESCE(mode, '') <> ?
         ORDER BY shops.business_id LIMIT ?"
    );
    let found: Vec<Uuid> =
        connection.exec(sql, (day, after, SettlementMode::OnDemand.code(), limit)).await?;
    Ok(found.into_iter().map(BusinessId::from_uuid).collect())
}

/// What was decided of a shop's day.
pub(crate) async fn find_settlement_of(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    day: Date,
) -> Result<Option<SettlementId>, Error> {
    let sql = "SELECT settlement_id FROM settlements WHERE business_id = ? AND day = ?";
    let found: Option<Uuid> = connection.exec_first(sql, (business_id.uuid(), day)).await?;
    Ok(found.map(SettlementId::from_uuid))
}

/// Whether the timer has been with every shop after this day.
pub(crate) async fn is_settled(connection: &mut impl Queryable, day: Date) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM settled_days WHERE day = ?";
    let found: Option<u8> = connection.exec_first(sql, (day,)).await?;
    Ok(found.is_some())
}

pub(crate) async fn insert_settled_day(
    connection: &mut impl Queryable,
    day: Date,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "INSERT IGNORE INTO settled_days (day, settled_at) VALUES (?, ?)";
    connection.exec_drop(sql, (day, stored(now))).await
}

/// A settlement, and how far the bank is with what it pays out.
pub(crate) struct Followed {
    pub(crate) settlement: Settlement,
    /// `None` if nothing is paid out.
    pub(crate) state: Option<OperationState>,
    pub(crate) bank_account: Option<BankAccount>,
    pub(crate) bank_status: Option<BankStatus>,
    pub(crate) bank_reason: Option<BankReason>,
    pub(crate) ended_at: Option<OffsetDateTime>,
}

const FOLLOWED: &str = "state, bank_code, account_number, status, reason, ended_at
    FROM settlements LEFT JOIN operations ON operations.operation_id = settlement_id
    LEFT JOIN withdrawals ON withdrawals.operation_id = settlement_id
    LEFT JOIN bank_instructions AS told ON told.operation_id = settlement_id";

/// What the account had since the settlement before. A first one reads all that came before it,
/// each later one what came since.
pub(crate) async fn find_made_of(tx: &mut Tx, settlement: &Settlement) -> Result<MadeOf, Error> {
    let (business, day) = (settlement.business_id.uuid(), settlement.day);
    let sql = "SELECT day, closing FROM settlements WHERE business_id = ? AND day < ?
         ORDER BY day DESC LIMIT 1";
    let before: Option<(Date, i64)> = tx.exec_first(sql, (business, day)).await?;
    let from = before.map_or(Uuid::nil(), |(day, _)| Settlement::cut(day).uuid());
    let until = Settlement::cut(day).uuid();
    let moved = "transfer_id >= ? AND transfer_id < ? AND phase IN ('posted', 'settled')
         GROUP BY code";
    let sql = format!(
        "SELECT 'in', code, CAST(SUM(amount) AS SIGNED) FROM transfers
         WHERE credit_account_id = ? AND {moved}
         UNION ALL
         SELECT 'out', code, CAST(SUM(amount) AS SIGNED) FROM transfers
         WHERE debit_account_id = ? AND {moved}"
    );
    let values = (business, from, until, business, from, until);
    let sums: Vec<(String, String, i64)> = tx.exec(sql, values).await?;
    let sum = |way: &str, kind: &str| {
        let found = sums.iter().find(|(found, code, _)| found == way && code == kind);
        found.map_or(0, |(.., sum)| *sum)
    };
    // Of every kind that moves money so, or one that is added would break the sum.
    let between = |way: &str, from: KindSide, to: KindSide| {
        let sums = OperationKind::between(from, to).map(|kind| sum(way, kind.code()));
        sums.fold(0, i64::saturating_add)
    };
    let to_banks = [KindSide::OwnBank, KindSide::OtherBank];
    let to_banks = to_banks.map(|bank| between("out", KindSide::Shop, bank));
    Ok(MadeOf {
        after_day: before.map(|(day, _)| day),
        opening: before.map_or(0, |(_, closing)| closing),
        gross: between("in", KindSide::Person, KindSide::Shop),
        refunded: between("out", KindSide::Shop, KindSide::Person),
        fees: sum("out", Transfer::FEE),
        fees_returned: sum("in", Transfer::FEE),
        paid_out: to_banks.into_iter().fold(0, i64::saturating_add),
    })
}

/// One page, newest first.
pub(crate) async fn list_settlements(
    connection: &mut Conn,
    business_id: BusinessId,
    paging: &Paging,
) -> Result<Vec<Followed>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, {FOLLOWED} WHERE business_id = ?
             AND settlement_id >= ? AND settlement_id < ? ORDER BY settlement_id DESC LIMIT ?"
    );
    let page = (business_id.uuid(), paging.from_id(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(followed).collect()
}

pub(crate) async fn find_settlement(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    id: SettlementId,
) -> Result<Option<Followed>, Error> {
    let sql = format!("SELECT {COLUMNS}, {FOLLOWED} WHERE settlement_id = ? AND business_id = ?");
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(), business_id.uuid())).await?;
    row.map(followed).transpose()
}

fn followed(mut row: Row) -> Result<Followed, Error> {
    let row = &mut row;
    let corrupt = || unreadable("how far a settlement is");
    let state: Option<String> = take(row, "state")?;
    let (bank_code, account_number) = (take(row, "bank_code")?, take(row, "account_number")?);
    let account = Option::zip(bank_code, account_number).map(bank_account);
    let (status, reason): (Option<String>, Option<String>) =
        (take(row, "status")?, take(row, "reason")?);
    let ended_at: Option<PrimitiveDateTime> = take(row, "ended_at")?;
    let state = state.map(|code| OperationState::from_code(&code).ok_or_else(corrupt));
    let status = status.map(|code| BankStatus::from_code(&code).ok_or_else(corrupt));
    let reason = reason.map(|code| BankReason::from_code(&code).ok_or_else(corrupt));
    Ok(Followed {
        settlement: settlement(row)?,
        state: state.transpose()?,
        bank_account: account.transpose()?,
        bank_status: status.transpose()?,
        bank_reason: reason.transpose()?,
        ended_at: ended_at.map(PrimitiveDateTime::assume_utc),
    })
}
