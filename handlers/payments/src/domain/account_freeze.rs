//! What operators do to an account: stop its money and let it go again, with a reason, by name.

use time::OffsetDateTime;
use values::{Operator, Reason, code_enum};

use super::AccountStatus;

code_enum! {
    /// What was done.
    pub(crate) enum FreezeAction {
        /// The account's money was stopped.
        Freeze = "freeze",
        /// It was let go again.
        Unfreeze = "unfreeze",
    }
}

impl FreezeAction {
    /// The status in which it leaves the account.
    pub(crate) const fn status(self) -> AccountStatus {
        match self {
            Self::Freeze => AccountStatus::Frozen,
            Self::Unfreeze => AccountStatus::Active,
        }
    }
}

/// One line of an account's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountFreeze {
    pub(crate) action: FreezeAction,
    /// A case number, a court order, the call that was taken.
    pub(crate) reason: Reason,
    /// The name with which the operator is signed in to Azure.
    pub(crate) operator: Operator,
    pub(crate) at: OffsetDateTime,
}
