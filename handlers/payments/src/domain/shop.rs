//! A shop, as the business that it belongs to has described it.

use std::collections::BTreeMap;

use uuid::Uuid;
use values::{NOT_ALLOWED_FOR_ROLE, Refusal, ShopAct, ShopRole, UserId};

use super::merchant_fee::FeeRate;
use super::refusals::SHOP_NOT_APPROVED;

/// A shop that payers can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shop {
    pub(crate) owner_user_id: UserId,
    /// Of those who were asked for, who works there beside the owner.
    pub(crate) staff: BTreeMap<UserId, ShopRole>,
    pub(crate) shop_name: String,
    /// A shop is closed for good: nobody can pay it any more.
    pub(crate) is_closed: bool,
    /// It is known who stands behind it: until then, and once that is known no longer, nobody pays
    /// it. What it has stays its own, to refund and to read.
    pub(crate) is_approved: bool,
    /// Of what it takes from now on. Only an operator says another.
    pub(crate) fee_rate: FeeRate,
}

impl Shop {
    pub(super) fn require_approved(&self) -> Result<(), Refusal> {
        self.is_approved.then_some(()).ok_or(SHOP_NOT_APPROVED)
    }

    /// What somebody is there. Once it is closed nobody works there, whatever was heard of members:
    /// what is left is the owner's.
    pub(crate) fn role_of(&self, user_id: UserId) -> Option<ShopRole> {
        if user_id == self.owner_user_id {
            return Some(ShopRole::Owner);
        }
        self.staff.get(&user_id).copied().filter(|_| !self.is_closed)
    }

    /// Whether somebody may do this for the shop. To who is nothing there the thing is `absent`, as
    /// if it did not exist: only who works there learns that a higher role could.
    pub(crate) fn require(
        &self,
        user_id: UserId,
        act: ShopAct,
        absent: Refusal,
    ) -> Result<(), Refusal> {
        self.role_of(user_id).ok_or(absent)?.require(act)
    }

    /// Nobody but the owner gives the shop's money to themselves, whatever their role.
    pub(crate) fn require_not_own(&self, by: UserId, payer: Uuid) -> Result<(), Refusal> {
        let is_own = by.uuid() == payer && by != self.owner_user_id;
        if is_own { Err(NOT_ALLOWED_FOR_ROLE) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::LiteralBooks;

    #[test]
    fn who_worked_in_a_shop_that_has_closed_is_nothing_there_and_its_owner_is() {
        let mut literal = LiteralBooks::new();
        let (owner, manager) = (literal.owner, UserId::new());
        let shop = literal.shop_mut();
        shop.staff.insert(manager, ShopRole::Manager);
        assert_eq!(shop.role_of(manager), Some(ShopRole::Manager));
        shop.is_closed = true;
        assert_eq!((shop.role_of(manager), shop.role_of(owner)), (None, Some(ShopRole::Owner)));
    }
}
