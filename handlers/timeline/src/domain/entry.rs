//! An entry of a feed.

use time::OffsetDateTime;
use uuid::Uuid;
use values::{KindSide, Money, OperationKind, Party, UserId};

/// The bits of a place that are the operation's own, below those of the moment.
const OPERATION_BITS: u32 = 80;

/// Whether people are shown it: not what stays their own, between a wallet and its bank.
pub(super) fn is_shown(kind: OperationKind) -> bool {
    let facts = kind.facts();
    facts.from != KindSide::OwnBank && facts.to != KindSide::OwnBank
}

/// A movement of money, as it stands in one person's feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) person_id: UserId,
    /// Later entries of the same feed have greater ones.
    pub(crate) place: Uuid,
    pub(crate) kind: OperationKind,
    pub(crate) operation_id: Uuid,
    /// Whether the person's money went to the other side.
    pub(crate) is_outgoing: bool,
    /// The other side with the name that payments told; nobody where the money waits in escrow.
    pub(crate) other: Option<Party>,
    pub(crate) amount: Money,
    pub(crate) note: Option<String>,
    /// The id of a picture that the person may see with it, also one that came after this version.
    pub(crate) sticker: Option<String>,
    /// Whether friends may see it.
    pub(crate) is_shown: bool,
}

/// Where a movement stands in every feed: it depends on nothing but the movement, so a feed that is
/// built again, in whatever order, has the same pages.
pub(super) fn place(moved_at: OffsetDateTime, operation_id: Uuid) -> Result<Uuid, String> {
    let milliseconds = moved_at.unix_timestamp_nanos().div_euclid(1_000_000);
    let moment = u64::try_from(milliseconds).ok().filter(|moment| moment >> 48 == 0);
    let moment = moment.ok_or("the moment is outside of all that are stored")?;
    let own_bits = operation_id.as_u128() & ((1 << OPERATION_BITS) - 1);
    Ok(Uuid::from_u128((u128::from(moment) << OPERATION_BITS) | own_bits))
}

/// When what has this place happened.
pub(super) fn moved_at(place: Uuid) -> Option<OffsetDateTime> {
    let milliseconds = i128::try_from(place.as_u128() >> OPERATION_BITS).ok()?;
    OffsetDateTime::from_unix_timestamp_nanos(milliseconds.checked_mul(1_000_000)?).ok()
}
