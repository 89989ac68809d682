//! What the bank is told to do for an operation, and what it says of it.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{Money, Refusal, code_enum};

use super::refusals::BANK_IS_DECIDING;

/// The first wait for the bank's word; each is twice the one before.
const FIRST_WAIT_SECONDS: i64 = 1;
/// The longest.
const LAST_WAIT_SECONDS: i64 = 600;
/// Later the bank is not told of what was asked for: who asked no longer counts on it, and whom
/// they would pay by FPS may be known there by another name.
const TOLD_WITHIN: Duration = Duration::minutes(15);
/// Nobody waits for a shop's takings, and at midnight those of all shops are due at once.
const TAKINGS_TOLD_WITHIN: Duration = Duration::hours(12);

code_enum! {
    /// How the bank moves the money.
    pub(crate) enum InstructionKind {
        /// It charges the person's card and says at once whether it could.
        Card = "card",
        /// It collects from the person's bank account, which takes its time.
        DirectDebit = "direct-debit",
        /// It pays out to the person's own bank account.
        CreditTransfer = "credit-transfer",
        /// It pays a shop's takings out to the bank account of its business.
        Settlement = "settlement",
        /// It pays somebody by the Faster Payment System.
        FpsTransfer = "fps-transfer",
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
    /// From when on the bank is to be told: when its operation was begun, or released by a
    /// reviewer.
    pub(crate) given_at: OffsetDateTime,
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

/// What the bank was told of an operation, and what it has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    /// It may have the instruction.
    pub(crate) is_sent: bool,
    /// `None` while it has said nothing.
    pub(crate) status: Option<BankStatus>,
}

impl Told {
    /// Whether an operator may say what becomes of a pending operation: of what was never sent, and
    /// of what the bank has said nothing for longer than it may take. What it has taken on is its
    /// own to end, or the money would be there twice once it does.
    pub(super) fn require_no_word(self, is_overdue: bool) -> Result<(), Refusal> {
        let is_silent = self.status.is_none() && is_overdue;
        if self.is_sent && !is_silent { Err(BANK_IS_DECIDING) } else { Ok(()) }
    }
}

/// What is to be done about an instruction that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextStep {
    /// The bank is told, or asked, and left alone for so long.
    Tell(Duration),
    /// It waits for so long, and was not told.
    Wait(Duration),
    /// The bank is never told, and its operation ends without money. That is tried again after so
    /// long, unless it has ended.
    LetGo(Duration),
    /// Its operation has ended before the bank was told, so it never is.
    Drop,
}

/// How an operation stands, of which the bank is to be told for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untold {
    /// Somebody is changing it just now.
    Busy,
    /// One of its accounts is stopped. It does not wait for the release: by then nobody knows of
    /// it any more.
    Stopped,
    Pending {
        given_at: OffsetDateTime,
    },
    Ended,
}

/// `untold` is `None` of what was sent before: that is asked for whatever happens.
pub(crate) fn next_step(
    untold: Option<Untold>,
    kind: Option<InstructionKind>,
    asked_count: u16,
    now: OffsetDateTime,
) -> NextStep {
    let soon = Duration::seconds(FIRST_WAIT_SECONDS);
    let is_takings = kind == Some(InstructionKind::Settlement);
    let told_within = if is_takings { TAKINGS_TOLD_WITHIN } else { TOLD_WITHIN };
    match untold {
        Some(Untold::Pending { given_at }) if given_at.saturating_add(told_within) <= now => {
            NextStep::LetGo(soon)
        }
        None | Some(Untold::Pending { .. }) => NextStep::Tell(wait_after(asked_count)),
        Some(Untold::Stopped) => NextStep::LetGo(soon),
        Some(Untold::Busy) => NextStep::Wait(soon),
        Some(Untold::Ended) => NextStep::Drop,
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
    fn an_operators_word_counts_of_what_was_not_sent_and_of_what_is_unanswered_for_too_long() {
        for (is_sent, status, is_overdue, counts) in [
            (false, None, false, true),
            (true, None, false, false),
            (true, None, true, true),
            (true, Some(BankStatus::InProcess), true, false),
            (true, Some(BankStatus::Pending), true, false),
            (true, Some(BankStatus::Settled), true, false),
        ] {
            let told = Told { is_sent, status };
            assert_eq!(told.require_no_word(is_overdue).is_ok(), counts, "{told:?}");
        }
    }

    #[test]
    fn what_was_not_sent_is_sent_soon_or_never_and_what_was_is_asked_for_whatever_happens() {
        let (seconds, now) = (Duration::seconds, OffsetDateTime::UNIX_EPOCH);
        let begun = |before: Duration| Some(Untold::Pending { given_at: now - before });
        for (untold, step) in [
            (None, NextStep::Tell(seconds(4))),
            (begun(seconds(0)), NextStep::Tell(seconds(4))),
            (begun(TOLD_WITHIN - seconds(1)), NextStep::Tell(seconds(4))),
            (begun(TOLD_WITHIN), NextStep::LetGo(seconds(1))),
            (Some(Untold::Busy), NextStep::Wait(seconds(1))),
            (Some(Untold::Stopped), NextStep::LetGo(seconds(1))),
            (Some(Untold::Ended), NextStep::Drop),
        ] {
            assert_eq!(next_step(untold, None, 2, now), step, "{untold:?}");
        }
        for (age, step) in [
            (TAKINGS_TOLD_WITHIN - seconds(1), NextStep::Tell(seconds(4))),
            (TAKINGS_TOLD_WITHIN, NextStep::LetGo(seconds(1))),
        ] {
            let takings = Some(InstructionKind::Settlement);
            assert_eq!(next_step(begun(age), takings, 2, now), step, "{age}");
        }
    }

    #[test]
    fn each_wait_is_twice_the_one_before_up_to_ten_minutes() {
        let waits = [0, 1, 2, 9, 10, 62, 63, 64, u16::MAX].map(wait_after);
        assert_eq!(waits.map(Duration::whole_seconds), [1, 2, 4, 512, 600, 600, 600, 600, 600]);
    }
}
