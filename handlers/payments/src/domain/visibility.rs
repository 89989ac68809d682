//! Who else may see a payment between people. The payer says so when they pay; whichever of the two
//! hides it, it is hidden for good.

use events::payments::PeerPaymentVisibilityChangedV1;
use values::{PeerPaymentId, code_enum};

code_enum! {
    /// Who may see a payment between people.
    pub(crate) enum Visibility {
        /// Both of them.
        Private = "private",
        /// Their friends too.
        Friends = "friends",
    }
}

impl Visibility {
    /// As events carry it: nothing of what is private.
    pub(super) fn told(self) -> Option<String> {
        (self != Self::Private).then(|| self.code().to_owned())
    }

    /// What others are told once a payment is this.
    pub(crate) fn changed_event(self, id: PeerPaymentId) -> PeerPaymentVisibilityChangedV1 {
        PeerPaymentVisibilityChangedV1 {
            peer_payment_id: id.to_string(),
            visibility: self.code().to_owned(),
        }
    }
}
