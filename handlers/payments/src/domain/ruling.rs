//! How members of staff decide a dispute.

use uuid::Uuid;

use super::staff_decision::StaffDecision;

/// What somebody of the staff proposes, or has decided with another. The reason is for both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ruling {
    pub(crate) id: Uuid,
    /// Whether the payer is right.
    pub(crate) upheld: bool,
    pub(crate) decision: StaffDecision,
}

impl Ruling {
    pub(crate) fn new(upheld: bool, decision: StaffDecision) -> Self {
        Self { id: Uuid::now_v7(), upheld, decision }
    }

    /// Whether the same person has proposed the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let StaffDecision { proposed_by, reason, .. } = &other.decision;
        self.upheld == other.upheld && self.decision.is_by_same(*proposed_by, reason)
    }
}
