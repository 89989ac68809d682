//! Whether a shop can be paid from some moment on, and who says so.

use time::OffsetDateTime;
use values::UserId;

use super::source::Source;

/// What stands of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Approval {
    pub(crate) is_approved: bool,
    /// While this is its owner.
    pub(crate) of_owner: Option<UserId>,
    /// Who that is now; none of a shop that is not known yet.
    pub(crate) owner: Option<UserId>,
    /// An operator has said that it cannot be paid, and none since that it can.
    pub(crate) is_stopped: bool,
}

impl Approval {
    /// Whether onboarding's word on this owner is another than what stands. It lets no shop be paid
    /// that an operator has stopped, whoever owns it by then.
    pub(crate) fn changes_by(&self, is_approved: bool, of_owner: Option<UserId>) -> bool {
        if is_approved {
            let is_said = self.is_approved && self.of_owner == of_owner;
            !(self.is_stopped || is_said)
        } else {
            self.is_approved
        }
    }

    /// Whether an operator's word is. It is of whoever owns the shop now; a stop is one also of a
    /// shop that is not approved yet.
    pub(crate) fn changes_by_operator(&self, is_approved: bool) -> bool {
        let counts = self.is_approved && self.of_owner == self.owner;
        if is_approved { !counts } else { !self.is_stopped }
    }
}

/// One line of a shop's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApprovalChange {
    /// From then on.
    pub(crate) is_approved: bool,
    pub(crate) source: Source,
    pub(crate) at: OffsetDateTime,
}
