//! What shops took by the rows of the ledger.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{KindSide, OperationKind};

use super::first_id_of;
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
    let rows: Vec<Row> = connection
        .exec(
            format!(
                "SELECT
                     IF(operations.kind IN ({paid}), to_account_id, from_account_id) AS business_id,
                     CAST(SUM(code IN ({paid})) AS SIGNED),
                     CAST(SUM(IF(code IN ({paid}), transfers.amount, 0)) AS SIGNED),
                     CAST(SUM(IF(code IN ({paid}), COALESCE(tip, 0), 0)) AS SIGNED),
                     CAST(SUM(code IN ({given_back})) AS SIGNED),
                     CAST(SUM(IF(code IN ({given_back}), transfers.amount, 0)) AS SIGNED),
                     CAST(SUM(IF(code = 'fee' AND kind IN ({paid}), transfers.amount, 0))
                         AS SIGNED),
                     CAST(SUM(IF(code = 'fee' AND kind IN ({given_back}), transfers.amount, 0))
                         AS SIGNED)
                 FROM transfers JOIN operations ON operation_id = subject_id
                 WHERE transfer_id >= ? AND transfer_id < ?
                     AND transfers.created_at >= ? AND transfers.created_at < ?
                     AND code IN ({paid}, {given_back}, 'fee') AND phase IN ('posted', 'settled')
                 GROUP BY business_id ORDER BY business_id"
            ),
            (
                first_id_of(from.saturating_sub(ID_AWAY_MAX)),
                first_id_of(before.saturating_add(ID_AWAY_MAX)),
                stored(from),
                stored(before),
            ),
        )
        .await?;
    Ok(rows.into_iter().map(takings).collect())
}

/// Of what moves so, as a list of SQL: a kind that is added counts as those that are there.
pub(super) fn codes(from: KindSide, to: KindSide) -> String {
    let codes = OperationKind::between(from, to).map(|kind| format!("'{}'", kind.code()));
    codes.collect::<Vec<_>>().join(", ")
}
