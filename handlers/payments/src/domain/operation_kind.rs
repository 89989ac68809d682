//! The kinds of operations, and what is true of each: audits and histories are derived from it.

use uuid::Uuid;
use values::{PaymentId, PeerPaymentId, TopUpId, code_enum};

use super::account::AccountKind;

code_enum! {
    /// What an operation is.
    pub(crate) enum OperationKind {
        /// Money comes from a person's bank into their wallet.
        TopUp = "top-up",
        /// A person pays a shop.
        Payment = "payment",
        /// A person pays a person.
        PeerPayment = "peer-payment",
    }
}

impl OperationKind {
    /// The id of such an operation as the API and events say it.
    pub(crate) fn typed_id(self, id: Uuid) -> String {
        match self {
            Self::TopUp => TopUpId::from_uuid(id).to_string(),
            Self::Payment => PaymentId::from_uuid(id).to_string(),
            Self::PeerPayment => PeerPaymentId::from_uuid(id).to_string(),
        }
    }

    /// Between which accounts its money moves.
    pub(crate) const fn accounts(self) -> (AccountKind, AccountKind) {
        match self {
            Self::TopUp => (AccountKind::BankClearing, AccountKind::Wallet),
            Self::Payment => (AccountKind::Wallet, AccountKind::Merchant),
            Self::PeerPayment => (AccountKind::Wallet, AccountKind::Wallet),
        }
    }
}
