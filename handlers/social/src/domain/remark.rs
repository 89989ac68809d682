//! What somebody has shown or said of a payment, as others are told of it: not a word of it.

use events::social::{PeerPaymentRemarkedV1, ToldOfRemarkV1};
use time::OffsetDateTime;
use values::{PeerPaymentId, Timestamp, UserId, code_enum, masked};

code_enum! {
    /// How somebody has answered to a payment.
    pub(crate) enum Remark {
        /// They react.
        Reaction = "reaction",
        /// They comment.
        Comment = "comment",
    }
}

/// Somebody whom a remark concerns.
pub(crate) struct ToldOfRemark {
    pub(crate) user_id: UserId,
    /// Whether they paid or were paid.
    pub(crate) is_own_payment: bool,
    /// Whether they are a friend of its author, whose name they then read in full.
    pub(crate) is_near: bool,
    /// How many others have remarked in this way, as far as they are shown it.
    pub(crate) others: u32,
}

/// What other services are told, of which each reader may read their own part.
pub(crate) fn remarked_event(
    of: PeerPaymentId,
    version: u32,
    remark: Remark,
    by: (UserId, &str),
    told: &[ToldOfRemark],
    now: OffsetDateTime,
) -> PeerPaymentRemarkedV1 {
    let (by_id, name) = by;
    let told = told.iter().map(|told| ToldOfRemarkV1 {
        user_id: told.user_id.to_string(),
        is_own_payment: told.is_own_payment,
        by_id: told.is_near.then(|| by_id.to_string()),
        by_name: if told.is_near { name.to_owned() } else { masked(name) },
        others: told.others,
    });
    PeerPaymentRemarkedV1 {
        peer_payment_id: of.to_string(),
        version,
        remark: remark.code().to_owned(),
        told: told.collect(),
        remarked_at: Timestamp::from(now).to_string(),
    }
}
