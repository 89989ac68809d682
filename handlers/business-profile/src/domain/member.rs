//! Who works in a business beside its owner, and who may say so.

use events::business_profile::BusinessMemberChangedV1;
use values::{BusinessId, DisplayName, Level, Refusal, ShopAct, ShopRole, Timestamp, UserId};

use super::business::Business;
use super::invitation::Invitation;
use super::refusals::ONE_OWNER;

/// The most people who work in one business.
pub(crate) const MEMBERS_MAX: usize = 50;
/// The most businesses of others that one person works in.
pub(crate) const MEMBERSHIPS_MAX: u64 = 20;

/// Somebody who works in a business that is not theirs, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) business_id: BusinessId,
    pub(crate) user_id: UserId,
    /// None if they work there no more.
    pub(crate) role: Option<ShopRole>,
    /// What who invited them calls them.
    pub(crate) name: DisplayName,
    /// Counts the changes from 1, also over an absence.
    pub(crate) version: u32,
    /// Who made the invitation by which they came, or came back.
    pub(crate) invited_by: UserId,
}

impl Member {
    /// `former` if they worked there before.
    pub(crate) fn invited(invitation: Invitation, user_id: UserId, former: Option<&Self>) -> Self {
        Self {
            business_id: invitation.business_id,
            user_id,
            role: Some(invitation.role),
            name: invitation.name,
            version: former.map_or(1, |former| former.version.saturating_add(1)),
            invited_by: invitation.invited_by,
        }
    }

    /// Whether the role is another one; only that makes another version.
    pub(crate) fn change(&mut self, role: Option<ShopRole>) -> bool {
        let is_new = role != self.role;
        if is_new {
            self.role = role;
            self.version = self.version.saturating_add(1);
        }
        is_new
    }

    /// What other services may know.
    pub(crate) fn changed_event(
        &self,
        business: &Business,
        changed_by: UserId,
        changed_at: Timestamp,
    ) -> BusinessMemberChangedV1 {
        BusinessMemberChangedV1 {
            business_id: self.business_id.to_string(),
            shop_name: business.details.shop_name.as_str().to_owned(),
            owner_user_id: business.owner_user_id.to_string(),
            user_id: self.user_id.to_string(),
            role: self.role.map(|role| role.code().to_owned()),
            invited_by: self.invited_by.to_string(),
            version: self.version,
            changed_by: changed_by.to_string(),
            changed_at: changed_at.to_string(),
        }
    }
}

/// Whether somebody in this role may take people of that rank in and let them go. Whoever changes
/// a rank must be allowed both: the one before and the one after.
pub(crate) fn require_to_manage(own: ShopRole, rank: ShopRole) -> Result<(), Refusal> {
    match rank {
        ShopRole::Owner => Err(ONE_OWNER),
        ShopRole::Manager => own.require(ShopAct::ManageManagers),
        ShopRole::Cashier => own.require(ShopAct::ManageCashiers),
    }
}

/// What whoever makes somebody this rank shows at least: a manager refunds, so who has a login
/// without the PIN would go round the step-up of refunds by one of their own.
pub(crate) fn require_shown(rank: ShopRole, shown: Level) -> Result<(), Refusal> {
    shown.require(if rank.may(ShopAct::Refund) { Level::Pin } else { Level::Device })
}

#[cfg(test)]
mod tests {
    use values::{NOT_ALLOWED_FOR_ROLE, STEP_UP_REQUIRED};

    use super::*;

    #[test]
    fn the_owner_manages_all_ranks_a_manager_cashiers_and_nobody_makes_an_owner() {
        let may = |own| {
            ShopRole::ALL.iter().map(move |rank| require_to_manage(own, *rank).err()).collect()
        };
        let (never, no, yes) = (Some(ONE_OWNER), Some(NOT_ALLOWED_FOR_ROLE), None);
        let table: Vec<Vec<Option<Refusal>>> = ShopRole::ALL.iter().copied().map(may).collect();
        // owner, manager, cashier, by owner, manager, cashier
        let expected = [
            vec![never.clone(), yes.clone(), yes.clone()],
            vec![never.clone(), no.clone(), yes],
            vec![never, no.clone(), no],
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn a_login_alone_makes_a_cashier_and_no_manager() {
        let needed = STEP_UP_REQUIRED.for_level(Level::Pin, 300);
        assert_eq!(require_shown(ShopRole::Cashier, Level::Device), Ok(()));
        assert_eq!(require_shown(ShopRole::Manager, Level::Device), Err(needed));
        assert_eq!(require_shown(ShopRole::Manager, Level::Pin), Ok(()));
        assert_eq!(require_shown(ShopRole::Manager, Level::Passkey), Ok(()));
    }
}
