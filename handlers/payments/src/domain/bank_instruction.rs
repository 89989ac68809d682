//! What the bank is told to do for an operation, and what it says of it.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{Money, code_enum};

/// The first wait for the bank's word; each is twice the one before.
const FIRST_WAIT_SECONDS: i64 = 1;
/// The longest.
const LAST_WAIT_SECONDS: i64 = 600;

code_enum! {
    /// How the bank moves the money.
    pub(crate) enum InstructionKind {
        /// It charges the person's card and says at once whether it could.
        Card = "card",
        /// It collects from the person's bank account, which takes its time.
        DirectDebit = "direct-debit",
        /// It pays out to a bank account.
        CreditTransfer = "credit-transfer",
    }
}

code_enum! {
    /// How far the bank is with an instruction, by ISO 20022. Only the last two are for good.
    pub(crate) enum BankStatus {
        /// It was accepted, and is being settled.
        InProcess = "ACSP",
        /// It waits at the bank.
        Pending = "PDNG",
        /// The money has moved.
        Settled = "ACSC",
        /// No money has moved, nor will any.
        Rejected = "RJCT",
    }
}

code_enum! {
    /// Why the bank rejected an instruction, by ISO 20022.
    pub(crate) enum BankReason {
        /// The bank account is closed.
        ClosedAccount = "AC04",
        /// The bank account is blocked.
        BlockedAccount = "AC06",
        /// The card or bank account holds too little.
        InsufficientFunds = "AM04",
    }
}

/// One thing that the bank is told to do. Told again it does nothing more, and says how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BankInstruction {
    /// The operation's id, by which the bank knows it as well.
    pub(crate) end_to_end_id: Uuid,
    pub(crate) kind: InstructionKind,
    pub(crate) amount: Money,
    /// When its operation was begun.
    pub(crate) created_at: OffsetDateTime,
}

/// One word of the bank's about one instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BankReport {
    pub(crate) status: BankStatus,
    /// Of a rejected one.
    pub(crate) reason: Option<BankReason>,
}

impl BankReport {
    /// One that gives no reason.
    pub(crate) const fn of(status: BankStatus) -> Self {
        Self { status, reason: None }
    }

    /// Whether the money has moved, once that is for good.
    pub(crate) const fn has_moved(self) -> Option<bool> {
        match self.status {
            BankStatus::InProcess | BankStatus::Pending => None,
            BankStatus::Settled => Some(true),
            BankStatus::Rejected => Some(false),
        }
    }

    /// What several say together, in whatever order and however often they came: the first that is
    /// for good stands; without one, the newest.
    pub(crate) fn together(reports: &[Self]) -> Option<Self> {
        let for_good = reports.iter().find(|report| report.has_moved().is_some());
        for_good.or(reports.last()).copied()
    }
}

/// How long the bank is left alone after it was asked so often before.
pub(crate) fn wait_after(asked_count: u16) -> Duration {
    let doubled = 1_i64.checked_shl(u32::from(asked_count)).filter(|factor| *factor > 0);
    let seconds = doubled.unwrap_or(LAST_WAIT_SECONDS).saturating_mul(FIRST_WAIT_SECONDS);
    Duration::seconds(seconds.min(LAST_WAIT_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCEPTED: BankReport = BankReport::of(BankStatus::InProcess);
    const SETTLED: BankReport = BankReport::of(BankStatus::Settled);
    const REJECTED: BankReport =
        BankReport { status: BankStatus::Rejected, reason: Some(BankReason::ClosedAccount) };

    #[test]
    fn late_doubled_and_disordered_reports_say_what_the_first_for_good_says() {
        for (reports, together) in [
            (vec![], None),
            (vec![ACCEPTED], Some(ACCEPTED)),
            (
                vec![ACCEPTED, BankReport::of(BankStatus::Pending)],
                Some(BankReport::of(BankStatus::Pending)),
            ),
            (vec![SETTLED, SETTLED], Some(SETTLED)),
            (vec![SETTLED, ACCEPTED], Some(SETTLED)),
            (vec![ACCEPTED, REJECTED, ACCEPTED], Some(REJECTED)),
            (vec![REJECTED, SETTLED], Some(REJECTED)),
        ] {
            assert_eq!(BankReport::together(&reports), together, "{reports:?}");
        }
    }

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_ten_minutes() {
        let waits = [0, 1, 2, 9, 10, 62, 63, 64, u16::MAX].map(wait_after);
        assert_eq!(waits.map(Duration::whole_seconds), [1, 2, 4, 512, 600, 600, 600, 600, 600]);
    }
}
