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
