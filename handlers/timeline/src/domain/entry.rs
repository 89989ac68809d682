//! An entry of a feed.

use time::OffsetDateTime;
use uuid::Uuid;
use values::{
    ClaimId, FpsPaymentId, IdError, Money, Party, PayLinkId, PaymentId, PeerPaymentId, RedPacketId,
    RefundId, ReturnId, UserId, code_enum,
};

/// The bits of a place that are the operation's own, below those of the moment.
const OPERATION_BITS: u32 = 80;

code_enum! {
    /// What moved the money.
    pub(crate) enum EntryKind {
        /// A person paid a shop.
        Payment = "payment",
        /// A person paid a person.
        PeerPayment = "peer-payment",
        /// A person paid somebody outside by FPS.
        FpsPayment = "fps-payment",
        /// A shop gave money back.
        Refund = "refund",
        /// Money was put into a pay link, for whoever claims it.
        PayLink = "pay-link",
        /// Money was put into a red packet.
        RedPacket = "red-packet",
        /// Somebody took it from a link or a packet.
        Claim = "claim",
        /// Nobody took it, and it came back.
        Return = "return",
    }
}

impl EntryKind {
    /// The operation's id as other services know it.
    pub(crate) fn typed_id(self, id: Uuid) -> String {
        match self {
            Self::Payment => PaymentId::from_uuid(id).to_string(),
            Self::PeerPayment => PeerPaymentId::from_uuid(id).to_string(),
            Self::FpsPayment => FpsPaymentId::from_uuid(id).to_string(),
            Self::Refund => RefundId::from_uuid(id).to_string(),
            Self::PayLink => PayLinkId::from_uuid(id).to_string(),
            Self::RedPacket => RedPacketId::from_uuid(id).to_string(),
            Self::Claim => ClaimId::from_uuid(id).to_string(),
            Self::Return => ReturnId::from_uuid(id).to_string(),
        }
    }

    pub(super) fn read_id(self, id: &str) -> Result<Uuid, IdError> {
        Ok(match self {
            Self::Payment => id.parse::<PaymentId>()?.uuid(),
            Self::PeerPayment => id.parse::<PeerPaymentId>()?.uuid(),
            Self::FpsPayment => id.parse::<FpsPaymentId>()?.uuid(),
            Self::Refund => id.parse::<RefundId>()?.uuid(),
            Self::PayLink => id.parse::<PayLinkId>()?.uuid(),
            Self::RedPacket => id.parse::<RedPacketId>()?.uuid(),
            Self::Claim => id.parse::<ClaimId>()?.uuid(),
            Self::Return => id.parse::<ReturnId>()?.uuid(),
        })
    }
}

/// A movement of money, as it stands in one person's feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) person_id: UserId,
    /// Later entries of the same feed have greater ones.
    pub(crate) place: Uuid,
    pub(crate) kind: EntryKind,
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
