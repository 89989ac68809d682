//! How payments that are held end, on literal books.

use std::sync::Arc;

use serde_json::json;
use time::Duration;
use values::{FpsPaymentId, HELD_FOR_REVIEW, PeerPaymentId, StaffId, StepUpPolicy};

use super::*;
use crate::domain::account::AccountStatus;
use crate::domain::held_payment::REVIEWED_WITHIN;
use crate::domain::limits::Flow;
use crate::domain::literal_books::{LiteralBooks, NOW, WALLET_BALANCE_MAX, hkd, word};
use crate::domain::operation::{ConfirmedBy, OperationState};
use crate::domain::operations::pay_by_fps::tests::fps_payment;
use crate::domain::operations::{EndPayout, PayByFps, Payout, PayoutEnd, SendMoney};
use crate::domain::refusals::PAYEE_UNAVAILABLE;
use crate::domain::rows::Rows;
use crate::domain::visibility::Visibility;
use crate::domain::voice::Voice;

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
        accepted_warning: None,
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
    let (id, payee) = (HeldPaymentId::Peer(id), wanted.payee.uuid());
    EndHeldPayment { id, payer: wanted.payer, payee, end }
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
    let held = literal.books.held_payment(payment.id).unwrap();
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
        let held = literal.books.held_payment(id.uuid()).unwrap();
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
        let (_, told) = literal.books.decide(&end(&wanted, id, HeldPaymentEnd::Overdue)).unwrap();
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
        let cause = literal.books.held_payment(id.uuid()).unwrap().returned_because;
        assert_eq!(cause, Some(ReturnCause::PayeeUnavailable));
        assert_eq!(literal.available(wanted.payer.uuid()), 50_000);
        // Asked again, it is what it was; to return it is another word.
        assert!(literal.books.decide(&end(&wanted, id, released())).is_ok());
        let refused = literal.books.decide(&end(&wanted, id, returned())).err();
        assert_eq!(refused, Some(HELD_PAYMENT_ENDED));
    }
}

#[test]
fn what_a_legal_hold_needs_is_not_released() {
    // Of HK$500.00, of which HK$120.00 are set aside.
    for (legal_hold, refusal) in [(38_000, None), (38_001, Some(PAYER_UNAVAILABLE))] {
        let (mut literal, wanted, id) = held();
        literal.change(wanted.payer.uuid(), |payer| payer.legal_hold = legal_hold);
        assert_eq!(literal.books.decide(&end(&wanted, id, released())).err(), refusal);
        let (mut literal, wanted, release) = held_by_fps();
        literal.change(wanted.payee.user_id.uuid(), |payer| payer.legal_hold = legal_hold);
        assert_eq!(literal.books.decide(&release).err(), refusal);
        let told = literal.books.bank_instructions.len();
        assert_eq!(told, usize::from(refusal.is_none()));
    }
    let (mut literal, wanted, id) = held();
    literal.change(wanted.payer.uuid(), |payer| payer.legal_hold = 60_000);
    assert!(literal.books.decide(&end(&wanted, id, returned())).is_ok());
    assert_eq!(literal.available(wanted.payer.uuid()), -10_000);
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

/// The same books, and a payment of HK$120.00 by FPS that waits.
fn held_by_fps() -> (LiteralBooks, PayByFps, EndHeldPayment) {
    let (mut literal, _) = books();
    let wanted = fps_payment(literal.payer, 12_000);
    let (payment, told) = literal.books.decide(&wanted).unwrap();
    assert_eq!((told.len(), &told[0].data["status"]), (1, &"held".into()));
    assert_eq!(told[0].kind, "payme.payments.fps-payment-review-changed.v1");
    let id = payment.held_payment_id();
    let (payer, payee) = (literal.payer, wanted.payee.known_as());
    (literal, wanted, EndHeldPayment { id, payer, payee, end: released() })
}

#[test]
fn of_what_is_paid_by_fps_the_bank_is_told_once_it_is_released_and_not_before() {
    let (mut literal, wanted, release) = held_by_fps();
    assert_eq!(literal.books.bank_instructions, []);
    assert_eq!(literal.books.known_payees.changed().next(), None);
    let id = release.id.uuid();
    // Nobody has said anything to the bank of which an operator could speak.
    let (fps, by) = (FpsPaymentId::from_uuid(id), Voice::Operator(word()));
    let spoken = EndPayout { payout: Payout::Fps(fps), outcome: PayoutEnd::Paid, by };
    assert_eq!(literal.books.decide(&spoken).err(), Some(HELD_FOR_REVIEW));
    literal.books.now = NOW + REVIEWED_WITHIN - Duration::microseconds(1);
    let (payment, told) = literal.books.decide(&release).unwrap();
    assert_eq!((payment.state, told), (OperationState::Pending, Vec::new()));
    assert_eq!(payment.expires_at, Some(literal.books.now + OVERDUE_AFTER));
    assert_eq!(literal.books.bank_instructions, [(id, InstructionKind::FpsTransfer)]);
    let known: Vec<_> = literal.books.known_payees.changed().map(|known| known.payee).collect();
    assert_eq!(
        (known, literal.available(literal.payer.uuid())),
        (vec![wanted.payee.known_as()], 38_000)
    );
    // The same word again tells the bank nothing more.
    literal.books.decide(&release).unwrap();
    assert_eq!(literal.books.bank_instructions.len(), 1);
    assert!(literal.books.decide(&spoken).is_ok());
}

#[test]
fn what_is_not_paid_by_fps_is_the_payers_again_and_the_bank_never_hears_of_it() {
    let ends = [returned(), HeldPaymentEnd::Unpayable(review()), HeldPaymentEnd::Overdue];
    for (end, cause) in ends.into_iter().zip([
        ReturnCause::Reviewer,
        ReturnCause::PayeeUnavailable,
        ReturnCause::Overdue,
    ]) {
        let (mut literal, _, release) = held_by_fps();
        let end = EndHeldPayment { end, ..release };
        literal.books.now = NOW + REVIEWED_WITHIN;
        if cause == ReturnCause::PayeeUnavailable {
            assert_eq!(literal.books.decide(&end).err(), Some(HELD_PAYMENT_ENDED));
            literal.books.now -= Duration::microseconds(1);
        }
        let (_, told) = literal.books.decide(&end).unwrap();
        assert_eq!((told.len(), &told[0].data["status"]), (1, &"returned".into()));
        let held = literal.books.held_payment(end.id.uuid()).unwrap();
        assert_eq!(held.returned_because, Some(cause));
        let payer = literal.books.account(literal.payer.uuid()).unwrap();
        assert_eq!((payer.available(), payer.debits_pending), (50_000, 0));
        for flow in [Flow::PeerPayment, Flow::Withdrawal] {
            assert_eq!(payer.used.of(flow).year, 0);
        }
        assert_eq!(literal.books.bank_instructions, []);
        assert_eq!(literal.books.known_payees.changed().next(), None);
    }
    // It is no payment between people.
    let (mut literal, _, release) = held_by_fps();
    let id = HeldPaymentId::Peer(PeerPaymentId::from_uuid(release.id.uuid()));
    let as_peer = EndHeldPayment { id, ..release };
    assert_eq!(literal.books.decide(&as_peer).err(), Some(NO_HELD_PAYMENT));
}
