//! What shops took by the rows of the ledger.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

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
    let rows: Vec<Row> = connection
        .exec(
            "SELECT
                 IF(operations.kind = 'payment', to_account_id, from_account_id) AS business_id,
                 CAST(SUM(code = 'payment') AS SIGNED),
                 CAST(SUM(IF(code = 'payment', transfers.amount, 0)) AS SIGNED),
                 CAST(SUM(IF(code = 'payment', COALESCE(tip, 0), 0)) AS SIGNED),
                 CAST(SUM(code = 'refund') AS SIGNED),
                 CAST(SUM(IF(code = 'refund', transfers.amount, 0)) AS SIGNED),
                 CAST(SUM(IF(code = 'fee' AND kind = 'payment', transfers.amount, 0)) AS SIGNED),
                 CAST(SUM(IF(code = 'fee' AND kind = 'refund', transfers.amount, 0)) AS SIGNED)
             FROM transfers JOIN operations ON operation_id = subject_id
             WHERE transfer_id >= ? AND transfer_id < ?
                 AND transfers.created_at >= ? AND transfers.created_at < ?
                 AND code IN ('payment', 'refund', 'fee') AND phase IN ('posted', 'settled')
             GROUP BY business_id ORDER BY business_id",
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
