//! What moved into and out of an account.
//!
//! Each direction reads its own index by time, so a month costs what moved in it. What no index
//! serves (texts, amounts, types, the other side) is looked for in what that finds.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Row, Value};
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::TransferId;

use super::select_in_time;
use crate::domain::Line;
use crate::store::unreadable;

/// Which movements are wanted; all of them if nothing is said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// A part of the other side's name, the note or the reference, in small letters or capitals.
    pub(crate) text: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) counterparty: Option<Uuid>,
    /// Cents.
    pub(crate) amount_from: Option<u32>,
    /// Cents.
    pub(crate) amount_to: Option<u32>,
    /// A shop's fees stand beside what they are of, and not on lines of their own.
    pub(crate) is_without_fees: bool,
}

/// Which come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Newest,
    Oldest,
}

impl Order {
    const fn sql(self) -> &'static str {
        match self {
            Self::Newest => "transfer_id DESC",
            Self::Oldest => "transfer_id",
        }
    }
}

/// A range of ids: the first, and what comes after the last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Between(pub(crate) Uuid, pub(crate) Uuid);

const DIRECTIONS: [Direction; 2] = [
    Direction {
        is_incoming: false,
        index: "by_debit_account",
        mine: "debit_account_id",
        other: "credit_account_id",
        other_name: "to_name",
    },
    Direction {
        is_incoming: true,
        index: "by_credit_account",
        mine: "credit_account_id",
        other: "debit_account_id",
        other_name: "from_name",
    },
];

struct Direction {
    is_incoming: bool,
    index: &'static str,
    mine: &'static str,
    other: &'static str,
    other_name: &'static str,
}

impl Direction {
    fn part(&self, wanted: &Wanted, order: &str) -> String {
        let Self { is_incoming, index, mine, other, other_name } = self;
        let looked_for = [
            wanted.text.as_ref().map(|_| {
                format!(
                    "AND CONCAT_WS('\n', {other_name}, note, reference)
                         COLLATE utf8mb4_unicode_520_ci LIKE :pattern ESCAPE '|'"
                )
            }),
            wanted.kind.as_ref().map(|_| "AND code = :kind".to_owned()),
            wanted.is_without_fees.then(|| "AND code <> 'fee'".to_owned()),
            wanted.counterparty.map(|_| format!("AND {other} = :counterparty")),
            wanted.amount_from.map(|_| "AND transfers.amount >= :amount_from".to_owned()),
            wanted.amount_to.map(|_| "AND transfers.amount <= :amount_to".to_owned()),
        ];
        let looked_for: Vec<String> = looked_for.into_iter().flatten().collect();
        format!(
            "(SELECT transfer_id, {is_incoming} AS is_incoming, transfers.amount, code,
                 {other_name} AS other_name, fee, tip, note,
                 reference, transfers.created_at
             FROM transfers FORCE INDEX ({index})
                 STRAIGHT_JOIN operations ON operation_id = subject_id
             WHERE {mine} = :account_id AND transfer_id >= :from AND transfer_id < :before
                 AND phase IN ('posted', 'settled') {}
             ORDER BY {order} LIMIT :rows)",
            looked_for.join(" ")
        )
    }
}

/// The first movements in a range, in this order.
pub(crate) async fn list_lines(
    connection: &mut impl Queryable,
    account_id: Uuid,
    wanted: &Wanted,
    Between(from, before): Between,
    order: Order,
    rows: usize,
) -> Result<Vec<Line>, Error> {
    let order = order.sql();
    let part = |direction: &Direction| direction.part(wanted, order);
    let parts = DIRECTIONS.iter().map(part).collect::<Vec<_>>();
    let sql = format!("{} ORDER BY {order} LIMIT :rows", parts.join(" UNION ALL "));
    let all = [
        ("account_id", Some(account_id.into())),
        ("from", Some(from.into())),
        ("before", Some(before.into())),
        ("rows", Some(rows.into())),
        ("pattern", wanted.text.as_deref().map(|text| pattern(text).into())),
        ("kind", wanted.kind.as_deref().map(Value::from)),
        ("counterparty", wanted.counterparty.map(Value::from)),
        ("amount_from", wanted.amount_from.map(Value::from)),
        ("amount_to", wanted.amount_to.map(Value::from)),
    ];
    let given = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let rows: Vec<Row> = connection.exec(sql, params(given)).await?;
    rows.into_iter().map(line).collect()
}

/// A text as a part of another, whatever it holds.
fn pattern(text: &str) -> String {
    let escaped = text.replace('|', "||").replace('%', "|%").replace('_', "|_");
    format!("%{escaped}%")
}

/// Up or down to which transfer so many of each direction reach; `None` if that is all there is.
/// Reads indexes and no rows.
pub(crate) async fn find_reach(
    connection: &mut impl Queryable,
    account_id: Uuid,
    Between(from, before): Between,
    order: Order,
    looked_at_max: u32,
) -> Result<Option<Uuid>, Error> {
    let parts = DIRECTIONS.iter().map(|Direction { index, mine, .. }| {
        format!(
            "(SELECT transfer_id FROM transfers FORCE INDEX ({index})
             WHERE {mine} = :account_id AND transfer_id >= :from AND transfer_id < :before
             ORDER BY {} LIMIT 1 OFFSET :skipped)",
            order.sql()
        )
    });
    let sql = parts.collect::<Vec<_>>().join(" UNION ALL ");
    let range = params([
        ("account_id", account_id.into()),
        ("from", from.into()),
        ("before", before.into()),
        ("skipped", looked_at_max.saturating_sub(1).into()),
    ]);
    // Beyond the nearer of two nothing is looked at, since one direction ends there.
    let ends: Vec<Uuid> = connection.exec(sql, range).await?;
    Ok(match order {
        Order::Newest => ends.into_iter().max(),
        Order::Oldest => ends.into_iter().min(),
    })
}

/// Whether more moved than so much, both directions together. Reads indexes and no rows.
pub(crate) async fn moves_more(
    connection: &mut impl Queryable,
    account_id: Uuid,
    Between(from, before): Between,
    moved_max: u32,
) -> Result<bool, Error> {
    let parts = DIRECTIONS.iter().map(|Direction { index, mine, .. }| {
        format!(
            "(SELECT 1 FROM transfers FORCE INDEX ({index})
             WHERE {mine} = :account_id AND transfer_id >= :from AND transfer_id < :before
             LIMIT :counted)"
        )
    });
    let parts = parts.collect::<Vec<_>>().join(" UNION ALL ");
    let sql = select_in_time(&format!("COUNT(*) FROM ({parts}) AS moved"));
    let range = params([
        ("account_id", account_id.into()),
        ("from", from.into()),
        ("before", before.into()),
        ("counted", moved_max.saturating_add(1).into()),
    ]);
    let moved: Option<u32> = connection.exec_first(sql, range).await?;
    Ok(moved.is_some_and(|moved| moved > moved_max))
}

/// What an account holds, in cents; `None` if there is none.
pub(crate) async fn find_balance(
    connection: &mut impl Queryable,
    account_id: Uuid,
) -> Result<Option<i64>, Error> {
    let sql = "SELECT credits_posted - debits_posted FROM accounts WHERE account_id = ?";
    connection.exec_first(sql, (account_id,)).await
}

/// By how much its balance changed from an id on, in cents.
pub(crate) async fn find_change_since(
    connection: &mut impl Queryable,
    account_id: Uuid,
    from: Uuid,
) -> Result<i64, Error> {
    find_change(connection, account_id, Between(from, Uuid::max())).await
}

/// By how much its balance changed in a range, in cents.
pub(crate) async fn find_change(
    connection: &mut impl Queryable,
    account_id: Uuid,
    Between(from, before): Between,
) -> Result<i64, Error> {
    let sum = |direction: &Direction| {
        let Direction { index, mine, .. } = direction;
        format!(
            "(SELECT COALESCE(SUM(amount), 0) FROM transfers FORCE INDEX ({index})
             WHERE {mine} = :account_id AND transfer_id >= :from AND transfer_id < :before
                 AND phase IN ('posted', 'settled'))"
        )
    };
    let [out, into] = &DIRECTIONS;
    let sql = format!("SELECT CAST({} - {} AS SIGNED)", sum(into), sum(out));
    let range = params([
        ("account_id", account_id.into()),
        ("from", from.into()),
        ("before", before.into()),
    ]);
    let change: Option<i64> = connection.exec_first(sql, range).await?;
    change.ok_or_else(|| unreadable("a sum"))
}

fn params(named: impl IntoIterator<Item = (&'static str, Value)>) -> Params {
    named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Vec<_>>().into()
}

fn line(mut row: Row) -> Result<Line, Error> {
    let row = &mut row;
    let at: PrimitiveDateTime = take(row, "created_at")?;
    Ok(Line {
        transfer_id: TransferId::from_uuid(take(row, "transfer_id")?),
        is_incoming: take(row, "is_incoming")?,
        amount: take(row, "amount")?,
        kind: take(row, "code")?,
        other_name: take(row, "other_name")?,
        fee: take(row, "fee")?,
        tip: take(row, "tip")?,
        note: take(row, "note")?,
        reference: take(row, "reference")?,
        moved_at: at.assume_utc(),
    })
}

fn take<T: mysql_async::prelude::FromValue>(row: &mut Row, column: &str) -> Result<T, Error> {
    row.take_opt(column).and_then(Result::ok).ok_or_else(|| unreadable(column))
}
