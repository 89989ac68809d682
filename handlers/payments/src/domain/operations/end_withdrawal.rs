//! The bank says what became of a withdrawal. The same word twice is one word, whenever it comes.

use events::payments::WithdrawalFailedV1;
use uuid::Uuid;
use values::{Refusal, UserId, WithdrawalId};

use crate::domain::account::BANK_CLEARING;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{Operation, OperationState};
use crate::domain::operation_kind::OperationKind;
use crate::domain::payment_request::rfc3339;
use crate::domain::refusals::NO_WITHDRAWAL;
use crate::domain::word::Word;

/// What the bank says. That it says nothing is no end: the money may have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithdrawalEnd {
    /// All of it is in the person's bank account.
    Paid,
    /// Nothing of it is, and nothing will be.
    Refused,
}

impl WithdrawalEnd {
    /// Where the withdrawal stands after it.
    const fn state(self) -> OperationState {
        match self {
            Self::Paid => OperationState::Completed,
            Self::Refused => OperationState::Failed,
        }
    }
}

/// The end of a pending withdrawal.
pub(crate) struct EndWithdrawal {
    pub(crate) withdrawal_id: WithdrawalId,
    pub(crate) outcome: WithdrawalEnd,
    /// As in `EndTopUp`.
    pub(crate) word: Option<Word>,
}

impl Decide for EndWithdrawal {
    type Record = Operation;

    fn lane(&self) -> Uuid {
        BANK_CLEARING
    }

    fn reads(&self) -> Reads {
        let id = self.withdrawal_id.uuid();
        if self.word.is_some() { Reads::default().told(id) } else { Reads::default().operation(id) }
    }

    fn accounts(&self, books: &Books) -> Vec<Uuid> {
        let withdrawal = books.operation(self.withdrawal_id.uuid());
        let sides = |found: &Operation| vec![found.from.account_id, found.to.account_id];
        withdrawal.map(sides).unwrap_or_default()
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let found = books.operation(self.withdrawal_id.uuid()).cloned();
        let is_withdrawal = |found: &Operation| found.kind == OperationKind::Withdrawal;
        let withdrawal = found.filter(is_withdrawal).ok_or(NO_WITHDRAWAL)?;
        if withdrawal.state == self.outcome.state() {
            return Ok(Decision { record: withdrawal, changes: Changes::default() });
        }
        if self.word.is_some() {
            books.require_no_word_of_bank(&withdrawal)?;
        }
        let owner = UserId::from_uuid(withdrawal.from.account_id);
        let amount = withdrawal.amount;
        let (withdrawal, transfer) = match self.outcome {
            WithdrawalEnd::Paid => withdrawal.settle(amount, books.now)?,
            WithdrawalEnd::Refused => withdrawal.fail(books.now)?,
        };
        let announcement = match self.outcome {
            WithdrawalEnd::Paid => Announcement::new(owner, &withdrawal.moved_event(None)),
            WithdrawalEnd::Refused => Announcement::new(owner, &failed_event(&withdrawal)),
        };
        Ok(Decision {
            changes: Changes {
                transfers: vec![transfer],
                operations: vec![withdrawal.clone()],
                announcements: vec![announcement],
                untold: self.word.iter().map(|_| withdrawal.id).collect(),
                words: self.word.clone().map(|word| (withdrawal.id, word)).into_iter().collect(),
                ..Changes::default()
            },
            record: withdrawal,
        })
    }
}

/// What others are told of a withdrawal whose money the bank did not take.
fn failed_event(withdrawal: &Operation) -> WithdrawalFailedV1 {
    WithdrawalFailedV1 {
        withdrawal_id: withdrawal.withdrawal_id().to_string(),
        user_id: UserId::from_uuid(withdrawal.from.account_id).to_string(),
        amount: withdrawal.amount.minor_units(),
        currency: withdrawal.amount.currency().code().to_owned(),
        failed_at: rfc3339(withdrawal.ended_at.unwrap_or(withdrawal.created_at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::AccountStatus;
    use crate::domain::ledger::Ledger;
    use crate::domain::literal_books::{LiteralBooks, bank_account, hkd, word};
    use crate::domain::operation::ConfirmedBy;
    use crate::domain::operations::{TopUp, TopUpMethod, Withdraw};
    use crate::domain::refusals::HOLD_ENDED;

    const OUTCOMES: [WithdrawalEnd; 2] = [WithdrawalEnd::Paid, WithdrawalEnd::Refused];

    fn end(withdrawal_id: WithdrawalId, outcome: WithdrawalEnd) -> EndWithdrawal {
        EndWithdrawal { withdrawal_id, outcome, word: Some(word()) }
    }

    /// Books with a pending withdrawal of HK$200.00.
    fn pending() -> (LiteralBooks, WithdrawalId) {
        let mut literal = LiteralBooks::new();
        let wanted = Withdraw {
            user_id: literal.payer,
            amount: hkd(20_000),
            bank_account: bank_account(),
            confirmed: Ok(ConfirmedBy::Pin),
            is_new_device: false,
            is_instructed: true,
            registered: None,
        };
        let (withdrawal, _) = literal.books.decide(&wanted).unwrap();
        (literal, withdrawal.withdrawal_id())
    }

    #[test]
    fn what_the_bank_has_paid_has_left_and_what_it_refused_is_there_again() {
        for (outcome, kept, kind) in [
            (WithdrawalEnd::Paid, 30_000, "payme.payments.money-moved.v1"),
            (WithdrawalEnd::Refused, 50_000, "payme.payments.withdrawal-failed.v1"),
        ] {
            let (mut literal, id) = pending();
            let (withdrawal, told) = literal.books.decide(&end(id, outcome)).unwrap();
            assert_eq!((withdrawal.state, withdrawal.expires_at), (outcome.state(), None));
            assert_eq!(withdrawal.moved.is_some(), outcome == WithdrawalEnd::Paid);
            let wallet = literal.books.account(literal.payer.uuid()).unwrap();
            let left = (wallet.balance(), wallet.available(), wallet.debits_pending);
            assert_eq!(left, (kept, kept, 0));
            assert_eq!((told.len(), told[0].kind), (1, kind));
            assert_eq!(told[0].subject, literal.payer.to_string());
            assert_eq!(literal.books.words.len(), 1);
            // The same word again is the same end, and nobody is told twice.
            let (again, told) = literal.books.decide(&end(id, outcome)).unwrap();
            assert_eq!((again, told, literal.books.words.len()), (withdrawal, Vec::new(), 1));
        }
    }

    #[test]
    fn the_opposite_word_is_refused_and_the_first_stands() {
        for (first, second) in [(OUTCOMES[0], OUTCOMES[1]), (OUTCOMES[1], OUTCOMES[0])] {
            let (mut literal, id) = pending();
            literal.books.decide(&end(id, first)).unwrap();
            let before = literal.books.account(literal.payer.uuid()).cloned();
            assert_eq!(literal.books.decide(&end(id, second)).err(), Some(HOLD_ENDED));
            assert_eq!(literal.books.account(literal.payer.uuid()).cloned(), before);
            let stands = literal.books.operation(id.uuid()).unwrap().state;
            assert_eq!(stands, first.state());
        }
    }

    #[test]
    fn a_withdrawal_ends_also_in_a_wallet_that_was_frozen_meanwhile() {
        for (outcome, balance) in [(WithdrawalEnd::Paid, 30_000), (WithdrawalEnd::Refused, 50_000)]
        {
            let (mut literal, id) = pending();
            let accounts = literal.books.ledger.accounts().cloned();
            let frozen = accounts.map(|mut account| {
                account.status = AccountStatus::Frozen;
                account
            });
            literal.books.ledger = Ledger::new(frozen.collect::<Vec<_>>());
            let (withdrawal, _) = literal.books.decide(&end(id, outcome)).unwrap();
            assert_eq!(withdrawal.state, outcome.state());
            let wallet = literal.books.account(literal.payer.uuid()).unwrap();
            assert_eq!((wallet.balance(), wallet.debits_pending), (balance, 0));
        }
    }

    #[test]
    fn only_a_withdrawal_ends_like_this() {
        let mut literal = LiteralBooks::new();
        let wanted = TopUp {
            user_id: literal.payer,
            amount: hkd(100),
            method: TopUpMethod::BankDebit,
            is_instructed: false,
        };
        let (top_up, _) = literal.books.decide(&wanted).unwrap();
        for outcome in OUTCOMES {
            for id in [WithdrawalId::from_uuid(top_up.id), WithdrawalId::new()] {
                let refused = literal.books.decide(&end(id, outcome)).err();
                assert_eq!(refused, Some(NO_WITHDRAWAL));
            }
        }
    }
}
