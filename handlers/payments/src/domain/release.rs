//! A release: money that was stopped is let go again, in full or in part. One member of staff
//! proposes it, and another approves it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{AccountId, Money, Operator, Refusal, ReleaseId};

use super::account::{Account, AccountStatus};
use super::account_freeze::{AccountFreeze, Measure};
use super::refusals::{NOTHING_TO_RELEASE, RELEASE_OVERTAKEN};
use super::staff_decision::StaffDecision;
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
    pub(super) fn measure(self) -> Measure {
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

/// A release, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) id: ReleaseId,
    pub(crate) account_id: AccountId,
    pub(crate) scope: ReleaseScope,
    /// The newest line of the account's history when it was proposed; 0 if there was none. Whoever
    /// approves it later has read the same.
    pub(crate) newest_line: u64,
    pub(crate) decision: StaffDecision,
}

impl Release {
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
        let StaffDecision { proposer, reason, .. } = &self.decision;
        let word = Word { operator: proposer.clone(), reason: reason.clone() };
        Ok((measure, AccountFreeze::new(measure, word, Some(approver), now)))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use values::{StaffId, UserId};

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
        let reason = "HCMP 12/2026".to_owned().try_into().unwrap();
        let release = Release {
            id: ReleaseId::new(),
            account_id: AccountId::User(UserId::new()),
            scope: partly(200),
            newest_line: 7,
            decision: StaffDecision::proposed(reason, (StaffId::new(), operator.clone()), NOW),
        };
        let held = account(AccountStatus::Frozen, 500);
        let overtaken = release.approve(&held, 8, operator.clone(), NOW);
        assert_eq!(overtaken, Err(RELEASE_OVERTAKEN));
        let (measure, line) = release.approve(&held, 7, operator, NOW).unwrap();
        assert_eq!(measure.applied_to(&held), (AccountStatus::Frozen, 200));
        assert_eq!(line.legal_hold, Some(200));
    }
}
