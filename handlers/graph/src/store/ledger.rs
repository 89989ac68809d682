//! The rows of payments, on its replica and as a user that may only read: what proves the graph,
//! and what it is built of again.

use mysql_async::prelude::Queryable;
use service::database::{self, Database};
use service::{ConfigError, Error};
use time::{Duration, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{
    AccountId, BusinessId, HongKongDate, KindSide, Money, OperationKind, UserId, hong_kong_midnight,
};

use crate::domain::{GraphAccountType, Movement, Subject};

/// How long before its money moved an operation may have begun: rows lie by when they began.
const PENDING_MAX: Duration = Duration::days(100);
/// Movements that are read at once, some 500 bytes each.
pub(crate) const PAGE_MAX: usize = 2_000;

/// The ledger.
#[derive(Clone)]
pub(crate) struct Ledger(Database);

/// A row that this service does not know what to do with.
#[derive(Debug, thiserror::Error)]
#[error("an operation of kind {0} cannot be read")]
struct UnreadableOperation(String);

type Row = (Uuid, String, Uuid, Uuid, i64, PrimitiveDateTime, Option<Uuid>);

impl Ledger {
    pub(crate) fn connect(url: &str) -> Result<Self, ConfigError> {
        Ok(Self(database::connect_to_read("GRAPH_PAYMENTS_MYSQL_URL", url)?))
    }

    /// Money that moved on a day of Hong Kong, by its operation's id: what comes after one, or is
    /// first. The last of them, if there may be more.
    pub(crate) async fn movements(
        &self,
        HongKongDate(day): HongKongDate,
        after: Option<Uuid>,
    ) -> Result<(Vec<Movement>, Option<Uuid>), Error> {
        let begin = hong_kong_midnight(day);
        let end = begin.saturating_add(Duration::days(1));
        let after = after.unwrap_or_else(|| id_at(begin.saturating_sub(PENDING_MAX)));
        let mut conn = self.0.conn().await?;
        let rows: Vec<Row> = conn
            .exec(
                "SELECT o.operation_id, o.kind, o.from_account_id, o.to_account_id,
                     COALESCE(o.moved, o.amount), COALESCE(o.ended_at, o.created_at), p.sender_id
                 FROM operations o
                 LEFT JOIN parcels p
                     ON o.kind IN ('claim', 'return') AND p.parcel_id = o.parent_id
                 WHERE o.operation_id > ? AND o.operation_id < ? AND o.state = 'completed'
                     AND COALESCE(o.ended_at, o.created_at) >= ?
                     AND COALESCE(o.ended_at, o.created_at) < ?
                 ORDER BY o.operation_id
                 LIMIT ?",
                (after, id_at(end), at(begin), at(end), PAGE_MAX),
            )
            .await?;
        let last = rows.last().filter(|_| rows.len() == PAGE_MAX).map(|(id, ..)| *id);
        let movements = rows.into_iter().map(movement).collect::<Result<_, _>>()?;
        Ok((movements, last))
    }
}

/// The first id of the moment.
fn id_at(moment: OffsetDateTime) -> Uuid {
    const MILLISECONDS_BIT: u32 = 80;
    let milliseconds = moment.unix_timestamp().saturating_mul(1_000);
    Uuid::from_u128(u128::try_from(milliseconds).unwrap_or_default() << MILLISECONDS_BIT)
}

fn at(moment: OffsetDateTime) -> PrimitiveDateTime {
    let moment = moment.to_offset(time::UtcOffset::UTC);
    PrimitiveDateTime::new(moment.date(), moment.time())
}

/// As payments tells it in its event.
fn movement((id, code, from, to, amount, at, sender): Row) -> Result<Movement, Error> {
    let unreadable = || Error::internal(UnreadableOperation(code.clone()));
    let kind = OperationKind::from_code(&code).ok_or_else(unreadable)?;
    let facts = kind.facts();
    let subject = |side: KindSide, own: Uuid, other: Uuid| -> Result<Subject, Error> {
        Ok(match side {
            KindSide::Person => AccountId::User(UserId::from_uuid(own)).into(),
            KindSide::Shop => AccountId::Business(BusinessId::from_uuid(own)).into(),
            KindSide::OwnBank | KindSide::OtherBank => {
                Subject { kind: GraphAccountType::Bank, id: other }
            }
            // Of who gave it away: the other side, or who sent what somebody takes.
            KindSide::Escrow => {
                let is_given = facts.to == KindSide::Escrow;
                let giver = if is_given { Some(other) } else { sender };
                Subject { kind: GraphAccountType::Escrow, id: giver.ok_or_else(unreadable)? }
            }
        })
    };
    Ok(Movement {
        operation: kind.typed_id(id),
        from: subject(facts.from, from, to)?,
        to: subject(facts.to, to, from)?,
        amount: Money::hkd(amount).map_err(Error::internal)?,
        moved_at: at.assume_utc(),
        kind: code,
    })
}
