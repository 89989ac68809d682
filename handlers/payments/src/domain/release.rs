//! A release: money that was stopped is let go again, in full or in part. One member of staff
//! proposes it, and another approves it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{
    AccountId, Money, Operator, Proposal, Reason, Refusal, ReleaseId, StaffId, code_enum,
};

use super::account::{Account, AccountStatus};
use super::account_freeze::{AccountFreeze, Measure};
use super::refusals::{NOTHING_TO_RELEASE, RELEASE_OVERTAKEN};
use super::word::Word;

/// What is let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum ReleaseScope {
    /// All that was frozen.
    Unfreeze,
    /// Money comes in again; what leaves stays stopped.
    AllowIncoming,
    /// A part of what is held by law, or all of it.
    LegalHold {
        /// What is still held; null if nothing is. It is said in any case: whoever forgets it does
        /// not mean nothing.
        #[serde(deserialize_with = "Option::deserialize")]
        #[schema(required = true)]
        remaining: Option<Money>,
    },
}

impl ReleaseScope {
    fn measure(self) -> Measure {
        match self {
            Self::Unfreeze => Measure::Unfreeze,
            Self::AllowIncoming => Measure::AllowIncoming,
            Self::LegalHold { remaining } => Measure::LegalHold(remaining),
        }
    }

    /// Whether it lets anything go. Nobody opens again what its owner has closed.
    pub(crate) fn require_effect(self, account: &Account) -> Result<(), Refusal> {
        let has_effect = account.status != AccountStatus::Closed && self.measure().lets_go(account);
        has_effect.then_some(()).ok_or(NOTHING_TO_RELEASE)
    }
}

code_enum! {
    /// What became of a release.
    pub(crate) enum ReleaseStatus {
        /// It waits for another member of staff; after a day it can no longer be approved.
        Proposed = "proposed",
        /// Another member of staff has approved it, and it was done.
        Approved = "approved",
        /// It was stopped, by whoever proposed it or by another.
        Rejected = "rejected",
    }
}

/// A release, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) id: ReleaseId,
    pub(crate) account_id: AccountId,
    pub(crate) scope: ReleaseScope,
    pub(crate) reason: Reason,
    pub(crate) status: ReleaseStatus,
    /// The newest line of the account's history when it was proposed; 0 if there was none. Whoever
    /// approves it later has read the same.
    pub(crate) newest_line: u64,
    pub(crate) proposed_by: StaffId,
    /// As the token named them.
    pub(crate) proposer: Operator,
    pub(crate) proposed_at: OffsetDateTime,
    pub(crate) decided_by: Option<StaffId>,
    pub(crate) decider: Option<Operator>,
    pub(crate) decided_at: Option<OffsetDateTime>,
}

impl Release {
    /// For the rule of four eyes.
    pub(crate) fn proposal(&self) -> Proposal {
        Proposal {
            proposed_by: self.proposed_by,
            proposed_at: self.proposed_at,
            is_decided: self.status != ReleaseStatus::Proposed,
        }
    }

    /// What is done to the account, whose history ends with `newest_line`, once somebody approves.
    pub(crate) fn approve(
        &self,
        account: &Account,
        newest_line: u64,
        approver: Operator,
        now: OffsetDateTime,
    ) -> Result<(Measure, AccountFreeze), Refusal> {
        if newest_line != self.newest_line {
            return Err(RELEASE_OVERTAKEN);
        }
        self.scope.require_effect(account)?;
        let measure = self.scope.measure();
        let word = Word { operator: self.proposer.clone(), reason: self.reason.clone() };
        Ok((measure, AccountFreeze::new(measure, word, Some(approver), now)))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use values::UserId;

    use super::super::literal_books::NOW;
    use super::super::{AccountKind, literal_books};
    use super::*;

    fn account(status: AccountStatus, legal_hold: i64) -> Account {
        let account = literal_books::account(Uuid::nil(), AccountKind::Wallet, 0);
        Account { status, legal_hold, ..account }
    }

    fn partly(minor_units: i64) -> ReleaseScope {
        ReleaseScope::LegalHold { remaining: Money::hkd(minor_units).ok() }
    }

    #[test]
    fn only_what_is_stopped_is_let_go() {
        use AccountStatus::{Active, Closed, Frozen, OutgoingFrozen};
        let nothing = Err(NOTHING_TO_RELEASE);
        for (scope, status, expected) in [
            (ReleaseScope::Unfreeze, Frozen, Ok(())),
            (ReleaseScope::Unfreeze, OutgoingFrozen, Ok(())),
            (ReleaseScope::Unfreeze, Active, nothing.clone()),
            (ReleaseScope::Unfreeze, Closed, nothing.clone()),
            (ReleaseScope::AllowIncoming, Frozen, Ok(())),
            (ReleaseScope::AllowIncoming, OutgoingFrozen, nothing.clone()),
            (ReleaseScope::AllowIncoming, Active, nothing.clone()),
            (partly(0), Active, Ok(())),
            (partly(499), Frozen, Ok(())),
            (partly(500), Active, nothing.clone()),
            (partly(501), Active, nothing.clone()),
        ] {
            let answer = scope.require_effect(&account(status, 500));
            assert_eq!(answer, expected, "{scope:?} of {status:?}");
        }
    }

    #[test]
    fn what_was_done_to_the_account_meanwhile_overtakes_it() {
        let operator: Operator = "chan.sm@example.com".to_owned().try_into().unwrap();
        let release = Release {
            id: ReleaseId::new(),
            account_id: AccountId::User(UserId::new()),
            scope: partly(200),
            reason: "HCMP 12/2026".to_owned().try_into().unwrap(),
            status: ReleaseStatus::Proposed,
            newest_line: 7,
            proposed_by: StaffId::new(),
            proposer: operator.clone(),
            proposed_at: NOW,
            decided_by: None,
            decider: None,
            decided_at: None,
        };
        let held = account(AccountStatus::Frozen, 500);
        let overtaken = release.approve(&held, 8, operator.clone(), NOW);
        assert_eq!(overtaken, Err(RELEASE_OVERTAKEN));
        let (measure, line) = release.approve(&held, 7, operator, NOW).unwrap();
        assert_eq!(measure.applied_to(&held), (AccountStatus::Frozen, 200));
        assert_eq!(line.legal_hold, Some(200));
    }
}
