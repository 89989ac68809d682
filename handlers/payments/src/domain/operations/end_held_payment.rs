//! A payment that was held for a reviewer ends: a reviewer releases or returns it, or its time is
//! over. The same word twice is one word.

use uuid::Uuid;
use values::{PeerPaymentId, Refusal, UserId};

use super::send_money::moved_changes;
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::held_payment::{HeldPayment, HeldStatus, ReturnCause, Review};
use crate::domain::operation::Operation;
use crate::domain::refusals::{HELD_PAYMENT_ENDED, NO_HELD_PAYMENT, PAYER_UNAVAILABLE};
use crate::domain::transfer::Transfer;

/// What becomes of the money that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HeldPaymentEnd {
    /// The payee has it; the payer again, if the payee cannot be paid by then.
    Released(Review),
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
            Self::Released(_) => {
                held.status == HeldStatus::Released || cause == Some(ReturnCause::PayeeUnavailable)
            }
            Self::Returned(_) => cause == Some(ReturnCause::Reviewer),
            Self::Overdue => held.status != HeldStatus::Held,
        }
    }

    fn review(&self) -> Option<&Review> {
        match self {
            Self::Released(review) | Self::Returned(review) => Some(review),
            Self::Overdue => None,
        }
    }
}

/// The end of a payment that is held. Its people never change.
pub(crate) struct EndHeldPayment {
    pub(crate) id: PeerPaymentId,
    pub(crate) payer: UserId,
    pub(crate) payee: UserId,
    pub(crate) end: HeldPaymentEnd,
}

impl Decide for EndHeldPayment {
    type Record = Operation;

    fn lane(&self) -> Uuid {
        self.payee.uuid()
    }

    fn reads(&self) -> Reads {
        Reads::default().held_payment(self.id).payee(self.payer.uuid(), self.payee.uuid())
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        vec![self.payer.uuid(), self.payee.uuid()]
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let held = books.held_payment(self.id).ok_or(NO_HELD_PAYMENT)?;
        let payment = books.operation(self.id.uuid()).cloned().ok_or(NO_HELD_PAYMENT)?;
        if self.end.is_known(held) {
            return Ok(Decision { record: payment, changes: Changes::default() });
        }
        let is_over = payment.expires_at.is_some_and(|until| until <= books.now);
        if held.status != HeldStatus::Held {
            return Err(HELD_PAYMENT_ENDED);
        }
        match &self.end {
            HeldPaymentEnd::Released(_) if is_over => Err(HELD_PAYMENT_ENDED),
            HeldPaymentEnd::Released(_) => self.release(held, payment, books),
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
    /// Money of a payer who is stopped stays where it is, as a shop does not capture it. The room
    /// in the payee's wallet was kept for it.
    fn release(
        &self,
        held: &HeldPayment,
        payment: Operation,
        books: &Books,
    ) -> Result<Decision<Operation>, Refusal> {
        let payer = books.account(self.payer.uuid()).ok_or(PAYER_UNAVAILABLE)?;
        payer.require_giving().map_err(|_| PAYER_UNAVAILABLE)?;
        let payee = books.account(self.payee.uuid()).filter(|payee| payee.require_taking().is_ok());
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

    fn returned(
        &self,
        held: &HeldPayment,
        payment: Operation,
        transfer: Transfer,
        cause: ReturnCause,
    ) -> Decision<Operation> {
        let held = self.ended(held, HeldStatus::Returned, Some(cause));
        let announcement = Announcement::new(held.id, &held.changed_event(&payment));
        let changes = Changes {
            transfers: vec![transfer],
            operations: vec![payment.clone()],
            held_payments: vec![held],
            announcements: vec![announcement],
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
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use time::Duration;
    use values::{HELD_FOR_REVIEW, StaffId, StepUpPolicy};

    use super::*;
    use crate::domain::account::AccountStatus;
    use crate::domain::held_payment::REVIEWED_WITHIN;
    use crate::domain::limits::Flow;
    use crate::domain::literal_books::{LiteralBooks, NOW, WALLET_BALANCE_MAX, hkd};
    use crate::domain::operation::{ConfirmedBy, OperationState};
    use crate::domain::operations::SendMoney;
    use crate::domain::refusals::PAYEE_UNAVAILABLE;
    use crate::domain::rows::Rows;
    use crate::domain::visibility::Visibility;

    fn review() -> Review {
        Review {
            by: StaffId::new(),
            name: "lee@example.com".to_owned().try_into().unwrap(),
            reason: "case 7".to_owned().try_into().unwrap(),
        }
    }

    fn released() -> HeldPaymentEnd {
        HeldPaymentEnd::Released(review())
    }

    fn returned() -> HeldPaymentEnd {
        HeldPaymentEnd::Returned(review())
    }

    /// Books in which all payments to people are held, and a payment of HK$120.00 to a friend.
    fn books() -> (LiteralBooks, SendMoney) {
        let mut literal = LiteralBooks::new();
        let payee = literal.rich_friend();
        literal.books.names.insert(payee.uuid(), "Lee Siu Ming".to_owned());
        let rules = json!([{"acts": ["peer-payment"], "answer": "hold", "amount_at_least": 2}]);
        let rules = serde_json::from_value(rules).unwrap();
        literal.books.policy = Arc::new(StepUpPolicy { version: 7, rules });
        let wanted = SendMoney {
            payer: literal.payer,
            payee,
            amount: hkd(12_000),
            note: None,
            sticker: None,
            visibility: Visibility::Friends,
            money_request_id: None,
            confirmed: Ok(ConfirmedBy::Device),
            is_new_device: false,
        };
        (literal, wanted)
    }

    fn held() -> (LiteralBooks, SendMoney, PeerPaymentId) {
        let (mut literal, wanted) = books();
        let (payment, _) = literal.books.decide(&wanted).unwrap();
        (literal, wanted, payment.peer_payment_id())
    }

    fn end(wanted: &SendMoney, id: PeerPaymentId, end: HeldPaymentEnd) -> EndHeldPayment {
        EndHeldPayment { id, payer: wanted.payer, payee: wanted.payee, end }
    }

    #[test]
    fn what_is_held_is_set_aside_and_the_payer_alone_is_told() {
        let (mut literal, wanted) = books();
        let (payment, told) = literal.books.decide(&wanted).unwrap();
        assert_eq!((payment.state, payment.moved), (OperationState::Pending, None));
        assert_eq!(payment.expires_at, Some(NOW + REVIEWED_WITHIN));
        let payer = literal.books.account(wanted.payer.uuid()).unwrap();
        assert_eq!((payer.balance(), payer.available()), (50_000, 38_000));
        assert_eq!(payer.used.of(Flow::PeerPayment).day, 12_000);
        let payee = literal.books.account(wanted.payee.uuid()).unwrap();
        assert_eq!((payee.available(), payee.credits_pending), (50_000, 12_000));
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].kind, "payme.payments.peer-payment-review-changed.v1");
        assert_eq!(told[0].data["payer_user_id"], wanted.payer.to_string());
        assert_eq!(
            (&told[0].data["status"], &told[0].data["payee"]["name"]),
            (&"held".into(), &"L*** S*** M***".into())
        );
        // Whoever was not paid is not known, and friends see nothing yet.
        assert_eq!(literal.books.known_payees.changed().next(), None);
        assert_eq!(literal.books.for_friends, []);
        let held = literal.books.held_payment(payment.peer_payment_id()).unwrap();
        assert_eq!((held.why.policy_version, held.why.facts.new_payees), (7, 1));
        assert_eq!(held.why.rule.to_string(), "peer-payment; the amount: HK$0.02 or more");
    }

    #[test]
    fn what_is_released_moves_as_any_payment_and_what_is_returned_was_never_used() {
        let causes = [
            (released(), None, 38_000, 12_000),
            (returned(), Some(ReturnCause::Reviewer), 50_000, 0),
            (HeldPaymentEnd::Overdue, Some(ReturnCause::Overdue), 50_000, 0),
        ];
        for (word, cause, left, used) in causes {
            let (mut literal, wanted, id) = held();
            if word == HeldPaymentEnd::Overdue {
                literal.books.now = NOW + REVIEWED_WITHIN;
            }
            let decided = end(&wanted, id, word);
            let (payment, told) = literal.books.decide(&decided).unwrap();
            let held = literal.books.held_payment(id).unwrap();
            assert_eq!((held.returned_because, payment.expires_at), (cause, None));
            let payer = literal.books.account(wanted.payer.uuid()).unwrap();
            assert_eq!((payer.available(), payer.debits_pending), (left, 0));
            assert_eq!(payer.used.of(Flow::PeerPayment).year, used);
            assert_eq!(payer.used.of(Flow::PeerPayment).count, i64::from(used > 0));
            let payee = literal.books.account(wanted.payee.uuid()).unwrap();
            assert_eq!((payee.balance(), payee.credits_pending), (100_000 - left, 0));
            assert_eq!(told.len(), 1);
            if cause.is_none() {
                assert_eq!(told[0].kind, "payme.payments.money-moved.v1");
                assert_eq!(told[0].data["visibility"], "friends");
                assert_eq!(literal.books.for_friends, [id]);
                assert_eq!(literal.books.known_payees.changed().count(), 1);
            } else {
                assert_eq!(told[0].data["status"], "returned");
                assert_eq!(literal.books.known_payees.changed().next(), None);
            }
            // The same word again is the same end, and nobody is told twice.
            let transfers = literal.books.ledger.transfers().len();
            let (again, told) = literal.books.decide(&decided).unwrap();
            assert_eq!((again, told), (payment, Vec::new()));
            assert_eq!(literal.books.ledger.transfers().len(), transfers);
        }
    }

    #[test]
    fn the_first_word_stands_and_what_is_not_over_waits() {
        for (first, second) in [(released(), returned()), (returned(), released())] {
            let (mut literal, wanted, id) = held();
            let early = literal.books.decide(&end(&wanted, id, HeldPaymentEnd::Overdue)).unwrap();
            assert_eq!(early.0.state, OperationState::Pending);
            literal.books.decide(&end(&wanted, id, first)).unwrap();
            let refused = literal.books.decide(&end(&wanted, id, second)).err();
            assert_eq!(refused, Some(HELD_PAYMENT_ENDED));
            // The timer that comes late changes nothing.
            literal.books.now = NOW + REVIEWED_WITHIN;
            let (_, told) =
                literal.books.decide(&end(&wanted, id, HeldPaymentEnd::Overdue)).unwrap();
            assert_eq!((told, literal.books.ledger.transfers().len()), (Vec::new(), 2));
        }
        let (mut literal, wanted, id) = held();
        literal.books.now = NOW + REVIEWED_WITHIN - Duration::microseconds(1);
        let mut early = literal.books.clone();
        assert!(early.decide(&end(&wanted, id, released())).is_ok());
        literal.books.now += Duration::microseconds(1);
        let late = literal.books.decide(&end(&wanted, id, released())).err();
        assert_eq!(late, Some(HELD_PAYMENT_ENDED));
        let other = end(&wanted, PeerPaymentId::new(), returned());
        assert_eq!(literal.books.decide(&other).err(), Some(NO_HELD_PAYMENT));
    }

    #[test]
    fn money_of_a_stopped_payer_waits_and_for_a_payee_who_cannot_be_paid_it_goes_back() {
        for status in [AccountStatus::OutgoingFrozen, AccountStatus::Frozen] {
            let (mut literal, wanted, id) = held();
            literal.change(wanted.payer.uuid(), |payer| payer.status = status);
            let refused = literal.books.decide(&end(&wanted, id, released())).err();
            assert_eq!(refused, Some(PAYER_UNAVAILABLE));
            assert!(literal.books.decide(&end(&wanted, id, returned())).is_ok());
            assert_eq!(literal.available(wanted.payer.uuid()), 50_000);
        }
        for status in [AccountStatus::Frozen, AccountStatus::Closed] {
            let (mut literal, wanted, id) = held();
            literal.change(wanted.payee.uuid(), |payee| payee.status = status);
            let (payment, told) = literal.books.decide(&end(&wanted, id, released())).unwrap();
            assert_eq!((payment.state, told.len()), (OperationState::Failed, 1));
            let cause = literal.books.held_payment(id).unwrap().returned_because;
            assert_eq!(cause, Some(ReturnCause::PayeeUnavailable));
            assert_eq!(literal.available(wanted.payer.uuid()), 50_000);
            // Asked again, it is what it was; to return it is another word.
            assert!(literal.books.decide(&end(&wanted, id, released())).is_ok());
            let refused = literal.books.decide(&end(&wanted, id, returned())).err();
            assert_eq!(refused, Some(HELD_PAYMENT_ENDED));
        }
    }

    #[test]
    fn who_cannot_be_paid_is_not_held_for_and_what_was_asked_for_or_scheduled_does_not_wait() {
        let (mut literal, wanted) = books();
        literal.change(wanted.payee.uuid(), |payee| {
            payee.credits_posted = WALLET_BALANCE_MAX - 11_999;
        });
        assert_eq!(literal.books.decide(&wanted).err(), Some(PAYEE_UNAVAILABLE));
        let (mut literal, wanted) = books();
        let scheduled = SendMoney { confirmed: Ok(ConfirmedBy::Schedule), ..wanted.clone() };
        assert_eq!(literal.books.decide(&scheduled).err(), Some(HELD_FOR_REVIEW));
        let (with_request, request) = LiteralBooks::with_money_request();
        literal.books.money_requests = Rows::new(vec![request.clone()]);
        literal.books.ledger = with_request.books.ledger.clone();
        let asked = SendMoney {
            payer: request.payer.id,
            payee: request.requester.id,
            amount: request.amount,
            money_request_id: Some(request.id),
            ..wanted
        };
        assert_eq!(literal.books.decide(&asked).err(), Some(HELD_FOR_REVIEW));
        assert_eq!(literal.books.ledger.transfers(), []);
    }
}
