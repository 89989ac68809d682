//! Money that was given away and waits in escrow for whoever takes it: a pay link is a parcel of
//! one share, a red packet one of several. `handlers/payments/README.md` draws its states.

use events::payments::MoneyMovedV1;
use service::SecretDigest;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{
    ClaimId, Money, Note, OperationKind, PayLinkId, RedPacketId, Refusal, UserId, code_enum,
};

use super::operation::Operation;
use super::packet_split::PacketSplit;
use super::person::Person;
use super::record::Record;
use super::refusals::{ALL_CLAIMED, CLAIM_CANCELLED, CLAIM_EXPIRED, NO_PAY_LINK, NO_RED_PACKET};

code_enum! {
    /// What a parcel is to people.
    pub(crate) enum ParcelKind {
        /// Of one share; the sender can take it back.
        PayLink = "pay-link",
        /// Of several shares, one for each person; it cannot be taken back.
        RedPacket = "red-packet",
    }
}

code_enum! {
    /// Where a pay link or red packet stands. Only an open one gets another state.
    pub(crate) enum ParcelStatus {
        /// There is something to take.
        Open = "open",
        /// Everything was taken.
        Claimed = "claimed",
        /// The sender took it back.
        Cancelled = "cancelled",
        /// Its time is over: what nobody took goes back to the sender.
        Expired = "expired",
    }
}

/// A parcel. It has the id of the operation that filled it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parcel {
    pub(crate) id: Uuid,
    pub(crate) kind: ParcelKind,
    pub(crate) sender: Person,
    /// All that the sender gave.
    pub(crate) amount: Money,
    pub(crate) split: PacketSplit,
    /// In the order in which they are taken.
    pub(crate) shares: Vec<Share>,
    pub(crate) note: Option<Note>,
    pub(crate) secret_digest: SecretDigest,
    /// The secret, sealed under the idempotency key of its creation.
    pub(crate) sealed_secret: Vec<u8>,
    pub(crate) status: ParcelStatus,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    /// When it became what it is for good.
    pub(crate) ended_at: Option<OffsetDateTime>,
    /// The operation that brought back what nobody took.
    pub(crate) return_id: Option<Uuid>,
}

/// A share, which one person takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) amount: Money,
    pub(crate) claim: Option<Claim>,
}

/// Who took a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) id: ClaimId,
    pub(crate) claimer: Person,
    pub(crate) at: OffsetDateTime,
}

impl ParcelKind {
    /// What fills such a parcel.
    pub(crate) const fn operation_kind(self) -> OperationKind {
        match self {
            Self::PayLink => OperationKind::PayLink,
            Self::RedPacket => OperationKind::RedPacket,
        }
    }

    /// How long it waits: a friend finds a link in their own time, a group opens a red packet at
    /// once.
    pub(crate) const fn lifetime(self) -> Duration {
        match self {
            Self::PayLink => Duration::days(14),
            Self::RedPacket => Duration::hours(48),
        }
    }

    /// There is none, or the caller does not have its secret, or it is somebody else's.
    pub(crate) const fn not_found(self) -> Refusal {
        match self {
            Self::PayLink => NO_PAY_LINK,
            Self::RedPacket => NO_RED_PACKET,
        }
    }
}

impl Parcel {
    /// The most people who can share one: as many as a red packet of WeChat has.
    pub(crate) const SHARES_MAX: u32 = 100;

    /// Its id, if it is a pay link.
    pub(crate) fn pay_link_id(&self) -> Option<PayLinkId> {
        let is_link = self.kind == ParcelKind::PayLink;
        is_link.then_some(PayLinkId::from_uuid(self.id))
    }

    /// Its id, if it is a red packet.
    pub(crate) fn red_packet_id(&self) -> Option<RedPacketId> {
        let is_packet = self.kind == ParcelKind::RedPacket;
        is_packet.then_some(RedPacketId::from_uuid(self.id))
    }

    /// Where it stands at `now`, whether or not its end was written down yet.
    pub(crate) fn status_at(&self, now: OffsetDateTime) -> ParcelStatus {
        let is_overdue = self.status == ParcelStatus::Open && self.expires_at <= now;
        if is_overdue { ParcelStatus::Expired } else { self.status }
    }

    /// Whether something can be taken, or taken back, at `now`.
    pub(crate) fn require_open(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        match self.status_at(now) {
            ParcelStatus::Open => Ok(()),
            ParcelStatus::Claimed => Err(ALL_CLAIMED),
            ParcelStatus::Cancelled => Err(CLAIM_CANCELLED),
            ParcelStatus::Expired => Err(CLAIM_EXPIRED),
        }
    }

    /// The share that this person took.
    pub(crate) fn share_of(&self, claimer: UserId) -> Option<(&Share, &Claim)> {
        self.claimed().find(|(_, claim)| claim.claimer.id == claimer)
    }

    /// The shares that were taken.
    pub(crate) fn claimed(&self) -> impl Iterator<Item = (&Share, &Claim)> {
        self.shares.iter().filter_map(|share| share.claim.as_ref().map(|claim| (share, claim)))
    }

    /// What was taken of it, in minor units.
    pub(crate) fn claimed_cents(&self) -> i64 {
        let cents = self.claimed().map(|(share, _)| share.amount.minor_units());
        cents.fold(0, i64::saturating_add)
    }

    /// What nobody took of it, in minor units: it is in escrow until it was returned.
    pub(crate) fn unclaimed_cents(&self) -> i64 {
        self.amount.minor_units().saturating_sub(self.claimed_cents())
    }

    /// For how many people it is.
    pub(crate) fn share_count(&self) -> u32 {
        count(self.shares.iter())
    }

    /// How many shares nobody has taken.
    pub(crate) fn unclaimed_count(&self) -> u32 {
        count(self.shares.iter().filter(|share| share.claim.is_none()))
    }

    /// The share that is taken next.
    pub(crate) fn next_share(&self) -> Option<Money> {
        self.shares.iter().find(|share| share.claim.is_none()).map(|share| share.amount)
    }

    /// The parcel once the next share was taken; after the last one it has ended.
    pub(super) fn with_claim(&self, claim: Claim) -> Self {
        let mut parcel = self.clone();
        let at = claim.at;
        if let Some(next) = parcel.shares.iter_mut().find(|share| share.claim.is_none()) {
            next.claim = Some(claim);
        }
        if parcel.next_share().is_none() {
            (parcel.status, parcel.ended_at) = (ParcelStatus::Claimed, Some(at));
        }
        parcel
    }

    /// What others are told of an operation that filled it, or that took something out of it.
    pub(super) fn moved_event(&self, operation: &Operation) -> MoneyMovedV1 {
        MoneyMovedV1 {
            pay_link_id: self.pay_link_id().map(|id| id.to_string()),
            red_packet_id: self.red_packet_id().map(|id| id.to_string()),
            ..operation.moved_event(Some(self.sender.id))
        }
    }

    /// Its id as events name it: those about one parcel stay in order.
    pub(super) fn subject(&self) -> String {
        self.kind.operation_kind().typed_id(self.id)
    }
}

/// There are [`Parcel::SHARES_MAX`] shares at most.
fn count<'a>(shares: impl Iterator<Item = &'a Share>) -> u32 {
    u32::try_from(shares.count()).unwrap_or(u32::MAX)
}

impl Record for Parcel {
    fn id(&self) -> Uuid {
        self.id
    }
}
