//! Whom people have paid before.

use std::collections::BTreeSet;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::sql;
use crate::domain::{KnownPayee, KnownPayees, NEW_FOR};

pub(super) type Row = (Uuid, Uuid, PrimitiveDateTime, i64, i64);

/// The payees of these pairs (payer, payee), and all that are new to one of the payers: at most as
/// many as a wallet may pay in two days. The one part reads the primary key, the other its index.
/// The pairs are joined: as conditions with `OR` between them, or as rows after `IN`, they
/// cost their square.
pub(super) fn select(pairs: &BTreeSet<(Uuid, Uuid)>, now: OffsetDateTime) -> String {
    const COLUMNS: &str = "payer_id, payee_id, first_paid_at, first_amount, first_day_amount";
    let payers: BTreeSet<Uuid> = pairs.iter().map(|(payer, _)| *payer).collect();
    let paid = sql::pairs(pairs);
    let (payers, since) = (sql::ids(&payers), sql::time(now.saturating_sub(NEW_FOR)));
    format!(
        "SELECT {COLUMNS} FROM {paid}
         JOIN known_payees ON payer_id = one AND payee_id = other
         UNION
         SELECT {COLUMNS} FROM known_payees
         WHERE payer_id IN ({payers}) AND first_paid_at > {since}"
    )
}

pub(super) fn read(rows: Vec<Row>) -> KnownPayees {
    let payee = |(payer, payee, first_paid_at, first_amount, first_day_amount): Row| {
        let first_paid_at = first_paid_at.assume_utc();
        KnownPayee { payer, payee, first_paid_at, first_amount, first_day_amount }
    };
    KnownPayees::new(rows.into_iter().map(payee))
}

/// Whether they were paid before.
pub(crate) async fn is_known(
    connection: &mut impl Queryable,
    payer: Uuid,
    payee: Uuid,
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM known_payees WHERE payer_id = ? AND payee_id = ?";
    let found: Option<u8> = connection.exec_first(sql, (payer, payee)).await?;
    Ok(found.is_some())
}

/// Writes those who were paid for the first time, or again while they are new.
pub(super) fn save(payees: &KnownPayees) -> String {
    let rows = sql::rows(payees.changed().map(|known| {
        [
            sql::id(known.payer),
            sql::id(known.payee),
            sql::time(known.first_paid_at),
            known.first_amount.to_string(),
            known.first_day_amount.to_string(),
        ]
        .join(", ")
    }));
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO known_payees
             (payer_id, payee_id, first_paid_at, first_amount, first_day_amount) VALUES {rows}
         ON DUPLICATE KEY UPDATE first_day_amount = VALUES(first_day_amount)"
    )
}
