//! A payment that a reviewer may have to look at before its money moves.

use uuid::Uuid;

use crate::either_id::either_id;
use crate::{FpsPaymentId, PeerPaymentId};

either_id! {
    /// `ppay_…` names a payment between people, `fpay_…` one by FPS.
    pub enum HeldPaymentId {
        /// A person was to be paid.
        Peer(PeerPaymentId),
        /// Somebody outside was.
        Fps(FpsPaymentId),
    }
    otherwise NoHeldPayment
}

impl HeldPaymentId {
    /// As stored.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Peer(id) => id.uuid(),
            Self::Fps(id) => id.uuid(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IdError;

    #[test]
    fn a_held_payment_is_named_as_the_payment_is() {
        let (peer, fps) = (PeerPaymentId::new(), FpsPaymentId::new());
        for (id, text, uuid) in [
            (HeldPaymentId::Peer(peer), peer.to_string(), peer.uuid()),
            (HeldPaymentId::Fps(fps), fps.to_string(), fps.uuid()),
        ] {
            assert_eq!((text.parse(), id.to_string(), id.uuid()), (Ok(id), text.clone(), uuid));
        }
        for text in ["", "fpay", "pay_01h455vb4pex5vsknk084sn02q"] {
            assert_eq!(text.parse::<HeldPaymentId>(), Err(IdError::NoHeldPayment), "{text}");
        }
    }
}
