//! What is done to an account from outside: its money is stopped, or let go again, with a reason,
//! by name. One operator stops money, so that it is quick; to let it go takes two members of staff.

use time::{Duration, OffsetDateTime};
use values::{Money, Operator, Refusal, code_enum};

use super::account::{Account, AccountStatus};
use super::refusals::{RELEASE_TAKES_TWO, WALLET_CLOSED};
use super::word::Word;

/// How long somebody is the neighbour of a frozen wallet to which they gave, or which gave to them.
pub(crate) const NEIGHBOUR_FOR: Duration = Duration::days(30);
/// Whoever got less from a frozen wallet in that time, in minor units, is not its neighbour: what
/// others send them is not their doing, and by cents anybody could be made one.
pub(crate) const NEIGHBOUR_GOT_MIN: i64 = 10_000;

code_enum! {
    /// What was done.
    pub(crate) enum FreezeAction {
        /// The account's money was stopped.
        Freeze = "freeze",
        /// What leaves it was stopped, and money could come in.
        FreezeOutgoing = "freeze-outgoing",
        /// Of what was stopped, money could come in again.
        AllowIncoming = "allow-incoming",
        /// It was let go again.
        Unfreeze = "unfreeze",
        /// Another amount was held by law from then on.
        LegalHold = "legal-hold",
    }
}

/// How an account is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Freeze,
    FreezeOutgoing,
    AllowIncoming,
    Unfreeze,
    /// What is held by law; `None` is nothing.
    LegalHold(Option<Money>),
}

impl Measure {
    const fn action(self) -> FreezeAction {
        match self {
            Self::Freeze => FreezeAction::Freeze,
            Self::FreezeOutgoing => FreezeAction::FreezeOutgoing,
            Self::AllowIncoming => FreezeAction::AllowIncoming,
            Self::Unfreeze => FreezeAction::Unfreeze,
            Self::LegalHold(_) => FreezeAction::LegalHold,
        }
    }

    /// The status and the legal hold, in minor units, in which it leaves an account.
    pub(crate) fn applied_to(self, account: &Account) -> (AccountStatus, i64) {
        match self {
            Self::Freeze => (AccountStatus::Frozen, account.legal_hold),
            Self::FreezeOutgoing | Self::AllowIncoming => {
                (AccountStatus::OutgoingFrozen, account.legal_hold)
            }
            Self::Unfreeze => (AccountStatus::Active, account.legal_hold),
            Self::LegalHold(amount) => (account.status, amount.map_or(0, Money::minor_units)),
        }
    }

    /// Whether it lets money go that is stopped, of whatever amount.
    pub(super) fn lets_go(self, account: &Account) -> bool {
        let (status, legal_hold) = self.applied_to(account);
        let lets = |may_before: fn(&Account) -> bool| {
            let after = Account { status, ..account.clone() };
            !may_before(account) && may_before(&after)
        };
        legal_hold < account.legal_hold
            || lets(|account| account.require_giving().is_ok())
            || lets(|account| account.require_taking().is_ok())
    }

    /// Whether one operator alone does it, and whether there is anything to do. Nothing is left to
    /// stop where the owner has closed it.
    pub(crate) fn require_stopping(self, account: &Account) -> Result<bool, Refusal> {
        if account.status == AccountStatus::Closed {
            return Err(WALLET_CLOSED);
        }
        if self.lets_go(account) {
            return Err(RELEASE_TAKES_TWO);
        }
        Ok(self.applied_to(account) != (account.status, account.legal_hold))
    }
}

/// One line of an account's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountFreeze {
    pub(crate) action: FreezeAction,
    /// What is held by law from then on, in minor units, if that has changed.
    pub(crate) legal_hold: Option<i64>,
    /// A case number, a court order, the call that was taken. The operator is as signed in to
    /// Azure, or the member of staff who proposed it.
    pub(crate) word: Word,
    /// The member of staff who approved that money was let go.
    pub(crate) approved_by: Option<Operator>,
    pub(crate) at: OffsetDateTime,
}

impl AccountFreeze {
    pub(crate) fn new(
        measure: Measure,
        word: Word,
        approved_by: Option<Operator>,
        at: OffsetDateTime,
    ) -> Self {
        let legal_hold = match measure {
            Measure::LegalHold(amount) => Some(amount.map_or(0, Money::minor_units)),
            Measure::Freeze
            | Measure::FreezeOutgoing
            | Measure::AllowIncoming
            | Measure::Unfreeze => None,
        };
        Self { action: measure.action(), legal_hold, word, approved_by, at }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::{AccountKind, literal_books};
    use super::*;

    fn account(status: AccountStatus, legal_hold: i64) -> Account {
        let account = literal_books::account(Uuid::nil(), AccountKind::Wallet, 0);
        Account { status, legal_hold, ..account }
    }

    fn hold(minor_units: i64) -> Measure {
        Measure::LegalHold(Money::hkd(minor_units).ok())
    }

    #[test]
    fn one_operator_stops_more_and_never_less() {
        use AccountStatus::{Active, Closed, Frozen, OutgoingFrozen};
        let (new, done, refused) = (Ok(true), Ok(false), Err(RELEASE_TAKES_TWO));
        for (measure, status, expected) in [
            (Measure::Freeze, Active, new.clone()),
            (Measure::Freeze, OutgoingFrozen, new.clone()),
            (Measure::Freeze, Frozen, done.clone()),
            (Measure::FreezeOutgoing, Active, new.clone()),
            (Measure::FreezeOutgoing, OutgoingFrozen, done.clone()),
            (Measure::FreezeOutgoing, Frozen, refused.clone()),
            (Measure::Unfreeze, Frozen, refused.clone()),
            (Measure::Unfreeze, OutgoingFrozen, refused.clone()),
            (Measure::Unfreeze, Closed, Err(WALLET_CLOSED)),
            (Measure::Freeze, Closed, Err(WALLET_CLOSED)),
            (hold(501), Closed, Err(WALLET_CLOSED)),
            (hold(501), Frozen, new.clone()),
            (hold(500), Frozen, done.clone()),
            (hold(499), Active, refused.clone()),
            (hold(0), Active, refused.clone()),
        ] {
            let answer = measure.require_stopping(&account(status, 500));
            assert_eq!(answer, expected, "{measure:?} of {status:?}");
        }
    }
}
