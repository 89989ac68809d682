//! The kinds of operations, and what is true of each: audits and histories are derived from it.

use values::code_enum;

use super::account::AccountKind;

code_enum! {
    /// What an operation is.
    pub(crate) enum OperationKind {
        /// Money comes from a person's bank into their wallet.
        TopUp = "top-up",
        /// A person pays a shop.
        Payment = "payment",
    }
}

impl OperationKind {
    /// Between which accounts its money moves.
    pub(crate) const fn accounts(self) -> (AccountKind, AccountKind) {
        match self {
            Self::TopUp => (AccountKind::BankClearing, AccountKind::Wallet),
            Self::Payment => (AccountKind::Wallet, AccountKind::Merchant),
        }
    }
}
