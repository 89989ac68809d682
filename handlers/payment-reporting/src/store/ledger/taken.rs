//! What shops took by the rows of the ledger.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, params};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{BusinessId, KindSide, OperationKind};

use super::movements::Between;
use super::{first_id_of, select_in_time};
use crate::domain::Takings;
use crate::store::stored;
use crate::store::takings::{Row, takings};

/// How far the time in a transfer's id may be from the time of the transfer: ids are made while it
/// is decided, which no request waits for as long.
pub(crate) const ID_AWAY_MAX: Duration = Duration::minutes(2);

/// What each shop took between two moments. Reads the transfers of that time and nothing else of
/// the table; a fee is the shop's that its operation is with.
pub(crate) async fn sum_takings(
    connection: &mut impl Queryable,
    from: OffsetDateTime,
    before: OffsetDateTime,
) -> Result<Vec<(Uuid, Takings)>, Error> {
    let paid = codes(KindSide::Person, KindSide::Shop);
    let given_back = codes(KindSide::Shop, KindSide::Person);
    let sums = sums(&paid, &given_back);
    let Between(first, after_last) = ids_between(from, before);
    let rows: Vec<Row> = connection
        .exec(
            format!(
                "SELECT
                     IF(operations.kind IN ({paid}), to_account_id, from_account_id) AS business_id,
                     {sums}
                 FROM transfers JOIN operations ON operation_id = subject_id
                 WHERE transfer_id >= ? AND transfer_id < ?
                     AND transfers.created_at >= ? AND transfers.created_at < ?
                     AND code IN ({paid}, {given_back}, 'fee') AND phase IN ('posted', 'settled')
                 GROUP BY business_id ORDER BY business_id"
            ),
            (first, after_last, stored(from), stored(before)),
        )
        .await?;
    Ok(rows.into_iter().map(takings).collect())
}

/// What a shop took between two moments, by who asked for each payment or gave each refund in its
/// name: none of static codes and programs. Reads the shop's transfers of that time.
pub(crate) async fn sum_takings_by_member(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    from: OffsetDateTime,
    before: OffsetDateTime,
) -> Result<Vec<(Option<Uuid>, Takings)>, Error> {
    let paid = codes(KindSide::Person, KindSide::Shop);
    let given_back = codes(KindSide::Shop, KindSide::Person);
    let part = |index: &str, mine: &str| {
        format!(
            "SELECT subject_id, code, amount FROM transfers FORCE INDEX ({index})
             WHERE {mine} = :shop AND transfer_id >= :first AND transfer_id < :after_last
                 AND created_at >= :from AND created_at < :before
                 AND code IN ({paid}, {given_back}, 'fee') AND phase IN ('posted', 'settled')"
        )
    };
    let sql = select_in_time(&format!(
        "COALESCE(payment_requests.created_by, operations.created_by) AS member_id, {}
         FROM ({} UNION ALL {}) AS transfers
             STRAIGHT_JOIN operations ON operation_id = subject_id
             LEFT JOIN payment_requests ON payment_request_id = parent_id
         GROUP BY member_id",
        sums(&paid, &given_back),
        part("by_credit_account", "credit_account_id"),
        part("by_debit_account", "debit_account_id"),
    ));
    let Between(first, after_last) = ids_between(from, before);
    let given = params! {
        "shop" => business_id.uuid(), first, after_last,
        "from" => stored(from), "before" => stored(before),
    };
    let rows: Vec<Row<Option<Uuid>>> = connection.exec(sql, given).await?;
    Ok(rows.into_iter().map(takings).collect())
}

/// The ids of all transfers of that time, and of some beside it.
pub(crate) fn ids_between(from: OffsetDateTime, before: OffsetDateTime) -> Between {
    Between(
        first_id_of(from.saturating_sub(ID_AWAY_MAX)),
        first_id_of(before.saturating_add(ID_AWAY_MAX)),
    )
}

/// The seven numbers of takings, of transfers beside their operations.
fn sums(paid: &str, given_back: &str) -> String {
    format!(
        "CAST(SUM(code IN ({paid})) AS SIGNED),
         CAST(SUM(IF(code IN ({paid}), transfers.amount, 0)) AS SIGNED),
         CAST(SUM(IF(code IN ({paid}), COALESCE(tip, 0), 0)) AS SIGNED),
         CAST(SUM(code IN ({given_back})) AS SIGNED),
         CAST(SUM(IF(code IN ({given_back}), transfers.amount, 0)) AS SIGNED),
         CAST(SUM(IF(code = 'fee' AND kind IN ({paid}), transfers.amount, 0)) AS SIGNED),
         CAST(SUM(IF(code = 'fee' AND kind IN ({given_back}), transfers.amount, 0)) AS SIGNED)"
    )
}

/// Of what moves so, as a list of SQL: a kind that is added counts as those that are there.
pub(super) fn codes(from: KindSide, to: KindSide) -> String {
    let codes = OperationKind::between(from, to).map(|kind| format!("'{}'", kind.code()));
    codes.collect::<Vec<_>>().join(", ")
}
