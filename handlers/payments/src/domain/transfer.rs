//! Transfers: what the ledger consists of.

use time::OffsetDateTime;
use uuid::Uuid;
use values::{Money, OperationKind, TransferId};

/// One immutable line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub(crate) id: TransferId,
    pub(crate) operation_id: Uuid,
    pub(crate) kind: OperationKind,
    /// Whether it moves the shop's fee, not the operation's own money.
    pub(crate) is_fee: bool,
    pub(crate) debit: Uuid,
    pub(crate) credit: Uuid,
    pub(crate) amount: Money,
    pub(crate) phase: Phase,
    pub(crate) at: OffsetDateTime,
    /// When that was counted towards limits of which this is the end or the return: the hold, the
    /// refunded payment. The time of the transfer itself if it begins something.
    pub(crate) counted_at: OffsetDateTime,
}

impl Transfer {
    /// The code of a transfer that moves a fee; any other has its operation's.
    pub(crate) const FEE: &str = "fee";

    /// As stored.
    pub(crate) fn code(&self) -> &'static str {
        if self.is_fee { Self::FEE } else { self.kind.code() }
    }
}

/// What a transfer does with its amount. A hold is a pending transfer; exactly one more ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Moves it.
    Posted,
    /// Holds it: the one side cannot spend it any more, the other not yet.
    Pending,
    /// Moves it, which was held or part of what was held; the rest is held no longer.
    Settled(Hold),
    /// Ends the hold because its owner does not want it any more. Nothing moves.
    Released(Hold),
    /// Ends the hold because its time is over. Nothing moves.
    Expired(Hold),
}

/// A hold that a transfer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) transfer_id: TransferId,
    pub(crate) amount: Money,
}

impl Phase {
    /// As stored.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Pending => "pending",
            Self::Settled(_) => "settled",
            Self::Released(_) => "released",
            Self::Expired(_) => "expired",
        }
    }

    /// The hold that it ends.
    pub(crate) const fn hold(self) -> Option<Hold> {
        match self {
            Self::Posted | Self::Pending => None,
            Self::Settled(hold) | Self::Released(hold) | Self::Expired(hold) => Some(hold),
        }
    }
}
