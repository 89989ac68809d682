//! Payments' schema, on its replica: only what `ops/reads` lists.

pub(crate) mod bank;
pub(crate) mod heartbeat;
pub(crate) mod movements;
pub(crate) mod shops;
pub(crate) mod spending;
pub(crate) mod taken;

use time::OffsetDateTime;
use uuid::Uuid;

/// Bits of a UUIDv7 after the milliseconds that it begins with.
const TIME_SHIFT: u32 = 80;
const NANOSECONDS_IN_A_MILLISECOND: u128 = 1_000_000;

/// A longer statement is ended by the server, which would go on after who asked has given up: the
/// replica of payments is read by all.
const STATEMENT_SECONDS_MAX: u32 = 3;

/// A SELECT that the server ends in time, given without its first word. MariaDB reads the comment
/// before it, MySQL the one in it, and neither the other's.
pub(super) fn select_in_time(rest: &str) -> String {
    let (seconds, milliseconds) =
        (STATEMENT_SECONDS_MAX, STATEMENT_SECONDS_MAX.saturating_mul(1_000));
    format!(
        "/*M! SET STATEMENT max_statement_time = {seconds} FOR */
         SELECT /*+ MAX_EXECUTION_TIME({milliseconds}) */ {rest}"
    )
}

/// The id that all ids of this moment and later are at or above.
pub(crate) fn first_id_of(moment: OffsetDateTime) -> Uuid {
    let nanoseconds = moment.unix_timestamp_nanos().max(0).unsigned_abs();
    Uuid::from_u128((nanoseconds / NANOSECONDS_IN_A_MILLISECOND) << TIME_SHIFT)
}

/// When an id was made, to the millisecond.
pub(crate) fn moment_of(id: Uuid) -> OffsetDateTime {
    let nanoseconds = (id.as_u128() >> TIME_SHIFT).saturating_mul(NANOSECONDS_IN_A_MILLISECOND);
    let nanoseconds = i128::try_from(nanoseconds).unwrap_or(i128::MAX);
    // Of ids that begin with a time of this era.
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
