//! A payment that was held for a reviewer ends: a reviewer releases or returns it, or its time is
//! over. The same word twice is one word.

use uuid::Uuid;
use values::{HeldPaymentId, OperationKind, Refusal, UserId};

use super::begin_payout::known;
use super::pay_by_fps::OVERDUE_AFTER;
use super::send_money::moved_changes;
use crate::domain::account::BANK_CLEARING;
use crate::domain::bank_instruction::InstructionKind;
use crate::domain::books::{Books, Changes, Decide, Decision, Reads};
use crate::domain::held_payment::{HeldPayment, HeldStatus, ReturnCause, Review};
use crate::domain::operation::Operation;
use crate::domain::refusals::{HELD_PAYMENT_ENDED, NO_HELD_PAYMENT, PAYER_UNAVAILABLE};
use crate::domain::transfer::Transfer;

/// What becomes of the money that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HeldPaymentEnd {
    /// The payee has it, or the bank is told to pay them; the payer again, if the payee cannot be
    /// paid by then.
    Released(Review),
    /// The payer has it again: by then the bank knows somebody else, or nobody, by the proxy.
    Unpayable(Review),
    /// The payer has it again.
    Returned(Review),
    /// So too, since nobody has decided in time.
    Overdue,
}

impl HeldPaymentEnd {
    /// Whether this is what already came of it.
    fn is_known(&self, held: &HeldPayment) -> bool {
        let cause = held.returned_because;
        match self {
            Self::Released(_) | Self::Unpayable(_) => {
                held.status == HeldStatus::Released || cause == Some(ReturnCause::PayeeUnavailable)
            }
            Self::Returned(_) => cause == Some(ReturnCause::Reviewer),
            Self::Overdue => held.status != HeldStatus::Held,
        }
    }

    fn review(&self) -> Option<&Review> {
        match self {
            Self::Released(review) | Self::Unpayable(review) | Self::Returned(review) => {
                Some(review)
            }
            Self::Overdue => None,
        }
    }
}

/// The end of a payment that is held. Its people never change.
pub(crate) struct EndHeldPayment {
    pub(crate) id: HeldPaymentId,
    pub(crate) payer: UserId,
    /// As the payer knows them.
    pub(crate) payee: Uuid,
    pub(crate) end: HeldPaymentEnd,
}

impl EndHeldPayment {
    /// Where the money would go.
    const fn to(&self) -> Uuid {
        match self.id {
            HeldPaymentId::Peer(_) => self.payee,
            HeldPaymentId::Fps(_) => BANK_CLEARING,
        }
    }

    const fn kind(&self) -> OperationKind {
        match self.id {
            HeldPaymentId::Peer(_) => OperationKind::PeerPayment,
            HeldPaymentId::Fps(_) => OperationKind::FpsPayment,
        }
    }
}

impl Decide for EndHeldPayment {
    type Record = Operation;

    fn lane(&self) -> Uuid {
        self.to()
    }

    fn reads(&self) -> Reads {
        Reads::default().held_payment(self.id.uuid()).payee(self.payer.uuid(), self.payee)
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        vec![self.payer.uuid(), self.to()]
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let held = books.held_payment(self.id.uuid()).ok_or(NO_HELD_PAYMENT)?;
        let found = books.operation(self.id.uuid()).cloned();
        let payment = found.filter(|found| found.kind == self.kind()).ok_or(NO_HELD_PAYMENT)?;
        if self.end.is_known(held) {
            return Ok(Decision { record: payment, changes: Changes::default() });
        }
        let is_over = payment.expires_at.is_some_and(|until| until <= books.now);
        if held.status != HeldStatus::Held {
            return Err(HELD_PAYMENT_ENDED);
        }
        match &self.end {
            HeldPaymentEnd::Released(_) | HeldPaymentEnd::Unpayable(_) if is_over => {
                Err(HELD_PAYMENT_ENDED)
            }
            HeldPaymentEnd::Released(_) => self.release(held, payment, books),
            HeldPaymentEnd::Unpayable(_) => {
                let (payment, transfer) = payment.fail(books.now)?;
                Ok(self.returned(held, payment, transfer, ReturnCause::PayeeUnavailable))
            }
            HeldPaymentEnd::Returned(_) => {
                let (payment, transfer) = payment.fail(books.now)?;
                Ok(self.returned(held, payment, transfer, ReturnCause::Reviewer))
            }
            // Whose time is not over yet waits on.
            HeldPaymentEnd::Overdue if !is_over => {
                Ok(Decision { record: payment, changes: Changes::default() })
            }
            HeldPaymentEnd::Overdue => {
                let (payment, transfer) = payment.expire(books.now)?;
                Ok(self.returned(held, payment, transfer, ReturnCause::Overdue))
            }
        }
    }
}

impl EndHeldPayment {
    /// Money of a payer who is stopped stays where it is, as a shop does not capture it; so does
    /// what is needed for a legal hold that there is not enough for. The room in the payee's wallet
    /// was kept for it.
    fn release(
        &self,
        held: &HeldPayment,
        payment: Operation,
        books: &Books,
    ) -> Result<Decision<Operation>, Refusal> {
        let payer = books.account(self.payer.uuid()).ok_or(PAYER_UNAVAILABLE)?;
        payer.require_giving().map_err(|_| PAYER_UNAVAILABLE)?;
        if payer.legal_hold > 0 && payer.available() < 0 {
            return Err(PAYER_UNAVAILABLE);
        }
        if self.kind() == OperationKind::FpsPayment {
            return Ok(self.sent_on(held, payment, books));
        }
        let payee = books.account(self.payee).filter(|payee| payee.require_taking().is_ok());
        if payee.is_none() {
            let (payment, transfer) = payment.fail(books.now)?;
            return Ok(self.returned(held, payment, transfer, ReturnCause::PayeeUnavailable));
        }
        let amount = payment.amount;
        let (payment, transfer) = payment.settle(amount, books.now)?;
        let status = HeldStatus::Released;
        let changes = Changes {
            held_payments: vec![self.ended(held, status, None)],
            ..moved_changes(&payment, transfer, held.visibility, books)
        };
        Ok(Decision { record: payment, changes })
    }

    /// From now on it is like any other payment by FPS: held until the bank has said what became of
    /// it.
    fn sent_on(
        &self,
        held: &HeldPayment,
        payment: Operation,
        books: &Books,
    ) -> Decision<Operation> {
        let payment = payment.pending(books.now.saturating_add(OVERDUE_AFTER));
        let changes = Changes {
            operations: vec![payment.clone()],
            held_payments: vec![self.ended(held, HeldStatus::Released, None)],
            payees: known(&payment, self.payee, books).into_iter().collect(),
            bank_instructions: vec![(payment.id, InstructionKind::FpsTransfer)],
            ..Changes::default()
        };
        Decision { record: payment, changes }
    }

    fn returned(
        &self,
        held: &HeldPayment,
        payment: Operation,
        transfer: Transfer,
        cause: ReturnCause,
    ) -> Decision<Operation> {
        let held = self.ended(held, HeldStatus::Returned, Some(cause));
        let changes = Changes {
            transfers: vec![transfer],
            operations: vec![payment.clone()],
            announcements: vec![held.announcement(&payment)],
            held_payments: vec![held],
            ..Changes::default()
        };
        Decision { record: payment, changes }
    }

    fn ended(
        &self,
        held: &HeldPayment,
        status: HeldStatus,
        returned_because: Option<ReturnCause>,
    ) -> HeldPayment {
        let review = self.end.review().cloned();
        HeldPayment { status, returned_because, review, ..held.clone() }
    }
}

#[cfg(test)]
mod tests;
