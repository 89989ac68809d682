//! Who works in a shop, and what each of them may do for it.

use crate::Refusal;
use crate::shared_refusals::NOT_ALLOWED_FOR_ROLE;

crate::code_enum! {
    /// What somebody is in a shop.
    pub enum ShopRole {
        /// Whose shop it is: one person, always.
        Owner = "owner",
        /// Runs it for the owner.
        Manager = "manager",
        /// Takes payments.
        Cashier = "cashier",
    }
}

/// What is done for a shop. Each service asks here, so that a role means the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShopAct {
    /// Ask to be paid, take that back, and read what was asked for and what came of it.
    Ask,
    /// Read what was paid today.
    ReadToday,
    /// Read the balance, payments of all days, movements, receipts and reports.
    ReadBooks,
    /// Give payments back.
    Refund,
    /// Capture what is held, or let go of it.
    Capture,
    /// Read what payers dispute, and answer it.
    AnswerDisputes,
    /// Read who works there, invite cashiers and remove them.
    ManageCashiers,
    /// The same of managers, and who is one.
    ManageManagers,
    /// Say where takings go and when, and read what went there.
    Settle,
    /// Let programs act for the shop, and be told by webhooks.
    ConnectPrograms,
    /// Say when it is open.
    SayHours,
    /// Say what payers see of it.
    Describe,
    /// Offer it to somebody who works there, whose it is then.
    HandOver,
    /// Close it for good.
    Close,
}

impl ShopAct {
    /// Every act.
    pub const ALL: [Self; 14] = [
        Self::Ask,
        Self::ReadToday,
        Self::ReadBooks,
        Self::Refund,
        Self::Capture,
        Self::AnswerDisputes,
        Self::ManageCashiers,
        Self::ManageManagers,
        Self::Settle,
        Self::ConnectPrograms,
        Self::SayHours,
        Self::Describe,
        Self::HandOver,
        Self::Close,
    ];

    /// The lowest rank that may do it.
    const fn rank(self) -> ShopRole {
        match self {
            Self::Ask | Self::ReadToday => ShopRole::Cashier,
            Self::ReadBooks | Self::Refund | Self::Capture => ShopRole::Manager,
            Self::AnswerDisputes | Self::ManageCashiers | Self::SayHours => ShopRole::Manager,
            Self::ManageManagers | Self::Settle | Self::ConnectPrograms => ShopRole::Owner,
            Self::Describe | Self::HandOver | Self::Close => ShopRole::Owner,
        }
    }
}

impl ShopRole {
    /// Whether this role is enough for it.
    pub fn may(self, act: ShopAct) -> bool {
        // In the order of the declaration: the highest comes first.
        self <= act.rank()
    }

    /// The same, to somebody who is known to work there.
    ///
    /// # Errors
    /// 403 `not-allowed-for-role`.
    pub fn require(self, act: ShopAct) -> Result<(), Refusal> {
        self.may(act).then_some(()).ok_or(NOT_ALLOWED_FOR_ROLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_the_table_says_and_nothing_else() {
        let table = [
            // act, manager, cashier; the owner may do everything
            (ShopAct::Ask, true, true),
            (ShopAct::ReadToday, true, true),
            (ShopAct::ReadBooks, true, false),
            (ShopAct::Refund, true, false),
            (ShopAct::Capture, true, false),
            (ShopAct::AnswerDisputes, true, false),
            (ShopAct::ManageCashiers, true, false),
            (ShopAct::ManageManagers, false, false),
            (ShopAct::Settle, false, false),
            (ShopAct::ConnectPrograms, false, false),
            (ShopAct::SayHours, true, false),
            (ShopAct::Describe, false, false),
            (ShopAct::HandOver, false, false),
            (ShopAct::Close, false, false),
        ];
        assert_eq!(table.map(|(act, ..)| act), ShopAct::ALL);
        for (act, manager, cashier) in table {
            let may = ShopRole::ALL.iter().map(|role| role.may(act));
            assert_eq!(may.collect::<Vec<_>>(), [true, manager, cashier], "{act:?}");
            let refused = (!cashier).then_some(NOT_ALLOWED_FOR_ROLE);
            assert_eq!(ShopRole::Cashier.require(act).err(), refused, "{act:?}");
        }
    }
}
