//! The bank says what became of money that it was to pay out: to the person's own bank account, or
//! to a shop's, or to somebody by FPS. The same word twice is one word, whenever it comes.

use events::payments::{FpsPaymentFailedV1, SettlementNotPaidV1, WithdrawalFailedV1};
use uuid::Uuid;
use values::{
    BusinessId, FpsPaymentId, OperationKind, Refusal, SettlementId, UserId, WithdrawalId,
};

use crate::domain::account::BANK_CLEARING;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::{Operation, OperationState};
use crate::domain::payment_request::rfc3339;
use crate::domain::refusals::{NO_FPS_PAYMENT, NO_SETTLEMENT, NO_WITHDRAWAL};
use crate::domain::voice::Voice;

/// Why a settlement was not paid that was tried.
const BANK_REFUSED: &str = "bank-refused";

/// What the bank was to pay out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payout {
    Withdrawal(WithdrawalId),
    Settlement(SettlementId),
    Fps(FpsPaymentId),
}

impl Payout {
    pub(crate) const fn operation_id(self) -> Uuid {
        match self {
            Self::Withdrawal(id) => id.uuid(),
            Self::Settlement(id) => id.uuid(),
            Self::Fps(id) => id.uuid(),
        }
    }

    const fn kind(self) -> OperationKind {
        match self {
            Self::Withdrawal(_) => OperationKind::Withdrawal,
            Self::Settlement(_) => OperationKind::Settlement,
            Self::Fps(_) => OperationKind::FpsPayment,
        }
    }

    const fn absent(self) -> Refusal {
        match self {
            Self::Withdrawal(_) => NO_WITHDRAWAL,
            Self::Settlement(_) => NO_SETTLEMENT,
            Self::Fps(_) => NO_FPS_PAYMENT,
        }
    }

    /// What others are told of one whose money the bank has taken.
    fn paid(self, payout: &Operation, books: &Books) -> Announcement {
        let owner = payout.from.account_id;
        match self {
            Self::Settlement(_) => {
                let business_id = BusinessId::from_uuid(owner);
                let told = books.shop(business_id).map(|shop| shop.owner_user_id);
                Announcement::new(business_id, &payout.moved_event(told))
            }
            Self::Withdrawal(_) | Self::Fps(_) => {
                Announcement::new(UserId::from_uuid(owner), &payout.moved_event(None))
            }
        }
    }

    /// What others are told of one whose money the bank did not take.
    fn failed(self, payout: &Operation, books: &Books) -> Option<Announcement> {
        let owner = UserId::from_uuid(payout.from.account_id);
        let user_id = owner.to_string();
        let amount = payout.amount.minor_units();
        let currency = payout.amount.currency().code().to_owned();
        let failed_at = rfc3339(payout.ended_at.unwrap_or(payout.created_at));
        Some(match self {
            Self::Settlement(id) => {
                let business_id = BusinessId::from_uuid(payout.from.account_id);
                let shop = books.shop(business_id)?;
                let failed = SettlementNotPaidV1 {
                    settlement_id: id.to_string(),
                    business_id: business_id.to_string(),
                    shop_name: shop.shop_name.clone(),
                    told_user_id: shop.owner_user_id.to_string(),
                    amount,
                    currency,
                    reason: BANK_REFUSED.to_owned(),
                    decided_at: failed_at,
                };
                Announcement::new(business_id, &failed)
            }
            Self::Withdrawal(id) => {
                let withdrawal_id = id.to_string();
                let failed =
                    WithdrawalFailedV1 { withdrawal_id, user_id, amount, currency, failed_at };
                Announcement::new(owner, &failed)
            }
            Self::Fps(id) => {
                let failed = FpsPaymentFailedV1 {
                    fps_payment_id: id.to_string(),
                    user_id,
                    payee_name: payout.to.name.clone(),
                    amount,
                    currency,
                    failed_at,
                };
                Announcement::new(owner, &failed)
            }
        })
    }
}

/// What the bank says. That it says nothing is no end: the money may have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayoutEnd {
    /// All of it is where it was to go.
    Paid,
    /// Nothing of it is, and nothing will be.
    Refused,
}

impl PayoutEnd {
    /// Where the operation stands after it.
    const fn state(self) -> OperationState {
        match self {
            Self::Paid => OperationState::Completed,
            Self::Refused => OperationState::Failed,
        }
    }
}

/// The end of a pending payout.
pub(crate) struct EndPayout {
    pub(crate) payout: Payout,
    pub(crate) outcome: PayoutEnd,
    pub(crate) by: Voice,
}

impl Decide for EndPayout {
    type Record = Operation;

    fn lane(&self) -> Uuid {
        BANK_CLEARING
    }

    fn reads(&self) -> Reads {
        let reads = self.by.reads(self.payout.operation_id());
        match self.payout {
            Payout::Settlement(id) => reads.shop_settled(id),
            Payout::Withdrawal(_) | Payout::Fps(_) => reads,
        }
    }

    fn accounts(&self, books: &Books) -> Vec<Uuid> {
        let payout = books.operation(self.payout.operation_id());
        let sides = |found: &Operation| vec![found.from.account_id, found.to.account_id];
        payout.map(sides).unwrap_or_default()
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let found = books.operation(self.payout.operation_id()).cloned();
        let is_payout = |found: &Operation| found.kind == self.payout.kind();
        let payout = found.filter(is_payout).ok_or_else(|| self.payout.absent())?;
        if payout.state == self.outcome.state() {
            return Ok(Decision { record: payout, changes: Changes::default() });
        }
        self.by.require_heard(books, &payout)?;
        let amount = payout.amount;
        let (payout, transfer) = match self.outcome {
            PayoutEnd::Paid => payout.settle(amount, books.now)?,
            PayoutEnd::Refused => payout.fail(books.now)?,
        };
        let announcement = match self.outcome {
            PayoutEnd::Paid => Some(self.payout.paid(&payout, books)),
            PayoutEnd::Refused => self.payout.failed(&payout, books),
        };
        Ok(Decision {
            changes: Changes {
                transfers: vec![transfer],
                operations: vec![payout.clone()],
                announcements: announcement.into_iter().collect(),
                untold: self.by.untold(payout.id),
                words: self.by.words(payout.id),
                ..Changes::default()
            },
            record: payout,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::AccountStatus;
    use crate::domain::bank_instruction::Told;
    use crate::domain::ledger::Ledger;
    use crate::domain::literal_books::{LiteralBooks, bank_account, hkd, word};
    use crate::domain::operation::ConfirmedBy;
    use crate::domain::operations::pay_by_fps::tests::fps_payment;
    use crate::domain::operations::{TopUp, TopUpMethod, Withdraw};
    use crate::domain::refusals::{BANK_IS_DECIDING, HOLD_ENDED};

    const OUTCOMES: [PayoutEnd; 2] = [PayoutEnd::Paid, PayoutEnd::Refused];

    fn end(payout: Payout, outcome: PayoutEnd) -> EndPayout {
        EndPayout { payout, outcome, by: Voice::Operator(word()) }
    }

    /// Books with a pending withdrawal of HK$200.00.
    fn pending() -> (LiteralBooks, Payout) {
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
        (literal, Payout::Withdrawal(withdrawal.withdrawal_id()))
    }

    /// Books with a pending payment by FPS of as much.
    fn pending_fps() -> (LiteralBooks, Payout) {
        let mut literal = LiteralBooks::new();
        let (payment, _) = literal.books.decide(&fps_payment(literal.payer, 20_000)).unwrap();
        (literal, Payout::Fps(payment.fps_payment_id()))
    }

    #[test]
    fn what_the_bank_has_paid_has_left_and_what_it_refused_is_there_again() {
        let moved = "payme.payments.money-moved.v1";
        let (paid, refused) = (PayoutEnd::Paid, PayoutEnd::Refused);
        for ((mut literal, id), outcome, kept, kind) in [
            (pending(), paid, 30_000, moved),
            (pending(), refused, 50_000, "payme.payments.withdrawal-failed.v1"),
            (pending_fps(), paid, 30_000, moved),
            (pending_fps(), refused, 50_000, "payme.payments.fps-payment-failed.v1"),
        ] {
            let (withdrawal, told) = literal.books.decide(&end(id, outcome)).unwrap();
            assert_eq!((withdrawal.state, withdrawal.expires_at), (outcome.state(), None));
            assert_eq!(withdrawal.moved.is_some(), outcome == PayoutEnd::Paid);
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
            let stands = literal.books.operation(id.operation_id()).unwrap().state;
            assert_eq!(stands, first.state());
        }
    }

    #[test]
    fn what_the_bank_was_not_told_is_let_go_and_what_it_may_have_been_told_is_not() {
        for (mut literal, payout) in [pending(), pending_fps()] {
            let id = payout.operation_id();
            let let_go = EndPayout { payout, outcome: PayoutEnd::Refused, by: Voice::LetGo };
            assert_eq!(literal.books.decide(&let_go).err(), Some(BANK_IS_DECIDING));
            literal.books.told.insert(id, Told { is_sent: true, status: None });
            assert_eq!(literal.books.decide(&let_go).err(), Some(BANK_IS_DECIDING));
            literal.books.told.insert(id, Told { is_sent: false, status: None });
            let (ended, told) = literal.books.decide(&let_go).unwrap();
            assert_eq!((ended.state, told.len()), (OperationState::Failed, 1));
            assert_eq!(literal.available(literal.payer.uuid()), 50_000);
            assert_eq!((&*literal.books.untold, &*literal.books.words), (&[id][..], &[][..]));
        }
    }

    #[test]
    fn a_withdrawal_ends_also_in_a_wallet_that_was_frozen_meanwhile() {
        for (outcome, balance) in [(PayoutEnd::Paid, 30_000), (PayoutEnd::Refused, 50_000)] {
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
    fn only_a_payout_of_the_kind_ends_like_this() {
        let mut literal = LiteralBooks::new();
        let wanted = TopUp {
            user_id: literal.payer,
            amount: hkd(100),
            method: TopUpMethod::BankDebit,
            is_instructed: false,
        };
        let (top_up, _) = literal.books.decide(&wanted).unwrap();
        for outcome in OUTCOMES {
            for id in [top_up.id, WithdrawalId::new().uuid()] {
                let withdrawal = Payout::Withdrawal(WithdrawalId::from_uuid(id));
                let refused = literal.books.decide(&end(withdrawal, outcome)).err();
                assert_eq!(refused, Some(NO_WITHDRAWAL));
                let payment = Payout::Fps(FpsPaymentId::from_uuid(id));
                let refused = literal.books.decide(&end(payment, outcome)).err();
                assert_eq!(refused, Some(NO_FPS_PAYMENT));
            }
        }
        let (mut literal, withdrawal) = pending();
        let as_fps = Payout::Fps(FpsPaymentId::from_uuid(withdrawal.operation_id()));
        let refused = literal.books.decide(&end(as_fps, PayoutEnd::Paid)).err();
        assert_eq!(refused, Some(NO_FPS_PAYMENT));
    }
}
