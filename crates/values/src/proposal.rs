//! A decision for which one person is not enough (four eyes).

use time::{Duration, OffsetDateTime};

use crate::shared_refusals::{OWN_PROPOSAL, PROPOSAL_DECIDED, PROPOSAL_EXPIRED, ROLE_MISSING};
use crate::{Refusal, StaffId, StaffRole};

/// What one member of staff has proposed and another decides. Whoever keeps proposals asks this
/// under the lock of the proposal's row, so that each is decided once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// Whose it is: who never approves it.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: OffsetDateTime,
    /// Whether somebody has approved or rejected it.
    pub is_decided: bool,
}

impl Proposal {
    /// How long it can be decided: longer than a night, too short to be forgotten.
    pub const VALID_SECONDS: i64 = 24 * 60 * 60;

    /// Whether `approver`, who has these roles, may approve it now; `role` is the one it needs.
    ///
    /// # Errors
    /// `role-missing`, `own-proposal`, `proposal-decided` or `proposal-expired`.
    pub fn require_approvable(
        &self,
        approver: StaffId,
        roles: &[StaffRole],
        role: StaffRole,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        self.require_undecided()?;
        if !roles.contains(&role) {
            return Err(ROLE_MISSING);
        }
        if approver == self.proposed_by {
            return Err(OWN_PROPOSAL);
        }
        if now >= self.expires_at() { Err(PROPOSAL_EXPIRED) } else { Ok(()) }
    }

    /// Whether somebody who has these roles may reject it. To stop something one is enough, also
    /// who proposed it, whatever roles they have.
    ///
    /// # Errors
    /// `role-missing` or `proposal-decided`.
    pub fn require_rejectable(
        &self,
        by: StaffId,
        roles: &[StaffRole],
        role: StaffRole,
    ) -> Result<(), Refusal> {
        if by != self.proposed_by && !roles.contains(&role) {
            return Err(ROLE_MISSING);
        }
        self.require_undecided()
    }

    /// From then on it can no longer be approved.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.proposed_at.saturating_add(Duration::seconds(Self::VALID_SECONDS))
    }

    const fn require_undecided(&self) -> Result<(), Refusal> {
        if self.is_decided { Err(PROPOSAL_DECIDED) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REVIEWER: &[StaffRole] = &[StaffRole::Operator, StaffRole::Reviewer];

    fn proposal() -> Proposal {
        Proposal {
            proposed_by: StaffId::new(),
            proposed_at: OffsetDateTime::from_unix_timestamp(1_795_406_706).unwrap(),
            is_decided: false,
        }
    }

    fn approve(
        proposal: &Proposal,
        by: StaffId,
        roles: &[StaffRole],
        after: Duration,
    ) -> Result<(), Refusal> {
        let now = proposal.proposed_at.saturating_add(after);
        proposal.require_approvable(by, roles, StaffRole::Reviewer, now)
    }

    #[test]
    fn another_person_with_the_role_approves_it_for_a_day() {
        let (proposal, other) = (proposal(), StaffId::new());
        let last = Duration::hours(24) - Duration::microseconds(1);
        for after in [Duration::ZERO, last, Duration::seconds(-5)] {
            assert_eq!(approve(&proposal, other, REVIEWER, after), Ok(()), "{after}");
        }
        // From this moment on another may be proposed in its place.
        let over = Duration::hours(24);
        assert_eq!(proposal.proposed_at + over, proposal.expires_at());
        assert_eq!(approve(&proposal, other, REVIEWER, over), Err(PROPOSAL_EXPIRED));
    }

    #[test]
    fn nobody_approves_their_own_whatever_roles_they_have() {
        let proposal = proposal();
        let own = approve(&proposal, proposal.proposed_by, StaffRole::ALL, Duration::ZERO);
        assert_eq!(own, Err(OWN_PROPOSAL));
        let rejected = proposal.require_rejectable(proposal.proposed_by, &[], StaffRole::Reviewer);
        assert_eq!(rejected, Ok(()));
    }

    #[test]
    fn who_has_not_the_role_decides_nothing() {
        let (proposal, other) = (proposal(), StaffId::new());
        for roles in [&[][..], &[StaffRole::Administrator, StaffRole::Operator]] {
            assert_eq!(approve(&proposal, other, roles, Duration::ZERO), Err(ROLE_MISSING));
            let rejected = proposal.require_rejectable(other, roles, StaffRole::Reviewer);
            assert_eq!(rejected, Err(ROLE_MISSING));
        }
    }

    #[test]
    fn it_is_decided_once() {
        let decided = Proposal { is_decided: true, ..proposal() };
        let approved = approve(&decided, StaffId::new(), REVIEWER, Duration::ZERO);
        assert_eq!(approved, Err(PROPOSAL_DECIDED));
        let other = StaffId::new();
        let rejected = decided.require_rejectable(other, REVIEWER, StaffRole::Reviewer);
        assert_eq!(rejected, Err(PROPOSAL_DECIDED));
    }
}
