//! A person pays a person.

use events::payments::MoneyMovedV1;
use uuid::Uuid;
use values::{
    HELD_FOR_REVIEW, Money, MoneyRequestId, Note, OperationKind, PeerPaymentId, Refusal, Sticker,
    UserId, unknown,
};

use super::hold_payment::hold_payment;
use crate::domain::account::{Account, AccountKind};
use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::money_request::MoneyRequest;
use crate::domain::operation::{ConfirmedBy, Operation, Side};
use crate::domain::payee_warning::AcceptedWarning;
use crate::domain::refusals::{
    NO_MONEY_REQUEST, NO_PAYEE, NO_WALLET, PAYEE_UNAVAILABLE, SAME_ACCOUNT,
};
use crate::domain::step_up::Leaving;
use crate::domain::transfer::Transfer;
use crate::domain::visibility::Visibility;

/// The payment that the payer has seen.
#[derive(Clone)]
pub(crate) struct SendMoney {
    pub(crate) payer: UserId,
    pub(crate) payee: UserId,
    pub(crate) amount: Money,
    pub(crate) note: Option<Note>,
    pub(crate) sticker: Option<Sticker>,
    pub(crate) visibility: Visibility,
    /// What the payee has asked for; `None` if nobody asked.
    pub(crate) money_request_id: Option<MoneyRequestId>,
    /// What the payer was warned of; `None` if they were not.
    pub(crate) accepted_warning: Option<AcceptedWarning>,
    /// How it was confirmed, or why it was not, as in `PayShop`.
    pub(crate) confirmed: Result<ConfirmedBy, Refusal>,
    /// As in `PayShop`.
    pub(crate) is_new_device: bool,
}

impl Decide for SendMoney {
    type Record = Operation;

    fn lane(&self) -> Uuid {
        self.payee.uuid()
    }

    fn reads(&self) -> Reads {
        if self.confirmed.is_err() {
            return Reads::default();
        }
        let reads = Reads::default().person(self.payer).person(self.payee);
        let reads = reads.warned(self.payee.uuid());
        let reads =
            reads.payee(self.payer.uuid(), self.payee.uuid()).approach(self.payer, self.payee);
        self.money_request_id.into_iter().fold(reads, Reads::money_request)
    }

    /// Without a proof nobody keeps others from their money, as in `PayShop`.
    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        let payee = self.confirmed.is_ok().then_some(self.payee.uuid());
        payee.into_iter().chain([self.payer.uuid()]).collect()
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let confirmed_by = self.confirmed.clone()?;
        if self.payer == self.payee {
            return Err(SAME_ACCOUNT);
        }
        let request = self.money_request_id.map(|id| self.asked(id, books)).transpose()?;
        let amount = self.amount.minor_units();
        // First the payer: else anybody could tell by what is refused how much a payee has, or that
        // the wallet is frozen. Whoever has the money still can, within what they have.
        let payer = books.account(self.payer.uuid()).ok_or(NO_WALLET)?;
        payer.require_giving()?;
        let kind = OperationKind::PeerPayment;
        let leaving = Leaving {
            kind,
            payer,
            payee: Some(self.payee.uuid()),
            amount: self.amount,
            confirmed_by,
            is_new_device: self.is_new_device,
        };
        leaving.require_within_limits(books)?;
        payer.require_available(amount)?;
        let why_held = leaving.judge(books)?;
        if why_held.is_some() && !self.may_wait(confirmed_by) {
            return Err(HELD_FOR_REVIEW);
        }
        let payee = books.account(self.payee.uuid()).filter(|payee| is_persons(payee));
        let payee = payee.ok_or_else(|| unknown(self.payee.uuid(), books.now, NO_PAYEE))?;
        // Nor is it said why. What somebody has asked for they take from anybody.
        if request.is_none() && books.is_away(self.payer, self.payee) {
            return Err(PAYEE_UNAVAILABLE);
        }
        let room = || payee.require_room_for(amount);
        payee.require_taking().and_then(|()| room()).map_err(|_| PAYEE_UNAVAILABLE)?;
        let sides = [
            Side { account_id: self.payer.uuid(), name: books.name(self.payer) },
            Side { account_id: self.payee.uuid(), name: books.name(self.payee) },
        ];
        let id = PeerPaymentId::new().uuid();
        // Last, so that who goes on is not refused again.
        let consent =
            books.warnings.require_consent(id, self.payee.uuid(), self.accepted_warning)?;
        let payment = Operation {
            parent_id: self.money_request_id.map(MoneyRequestId::uuid),
            note: self.note.clone(),
            sticker: self.sticker,
            confirmed_by: Some(confirmed_by),
            ..Operation::completed(id, kind, sides, self.amount, books.now)
        };
        if let Some(why) = why_held {
            let consents = consent.into_iter().collect();
            let changes = Changes { consents, ..Changes::default() };
            let payee = self.payee.uuid();
            return Ok(hold_payment(payment, payee, self.visibility, why, books, changes));
        }
        let transfer = payment.first_transfer();
        let mut changes = moved_changes(&payment, transfer, self.visibility, books);
        changes.consents.extend(consent);
        let paid = request.map(|request| request.clone().paid(payment.peer_payment_id()));
        changes.announcements.extend(
            paid.iter().map(|request| Announcement::new(request.id, &request.changed_event())),
        );
        changes.money_requests.extend(paid);
        Ok(Decision { record: payment, changes })
    }
}

/// What follows once the money of a payment between people has moved by this transfer.
pub(super) fn moved_changes(
    payment: &Operation,
    transfer: Transfer,
    visibility: Visibility,
    books: &Books,
) -> Changes {
    let id = payment.peer_payment_id();
    let moved = MoneyMovedV1 { visibility: visibility.told(), ..payment.moved_event(None) };
    let pair = (payment.from.account_id, payment.to.account_id);
    let known = books.known_payees.after_payment(pair, payment.amount.minor_units(), books.now);
    let is_for_friends = visibility == Visibility::Friends;
    Changes {
        transfers: vec![transfer],
        operations: vec![payment.clone()],
        payees: known.into_iter().collect(),
        for_friends: is_for_friends.then_some(id).into_iter().collect(),
        announcements: vec![Announcement::new(id, &moved)],
        ..Changes::default()
    }
}

impl SendMoney {
    /// What somebody has asked for would have to wait with it, and nobody is there on the date of a
    /// schedule: both are refused, and can be paid later.
    fn may_wait(&self, confirmed_by: ConfirmedBy) -> bool {
        self.money_request_id.is_none() && confirmed_by != ConfirmedBy::Schedule
    }

    fn asked<'a>(&self, id: MoneyRequestId, books: &'a Books) -> Result<&'a MoneyRequest, Refusal> {
        let request = books.money_request(id).ok_or(NO_MONEY_REQUEST)?;
        request.accept(self.payer, self.payee, self.amount, books.now)?;
        Ok(request)
    }
}

/// A person's id and a shop's differ in their prefixes only, which the client chooses.
fn is_persons(account: &Account) -> bool {
    account.kind == AccountKind::Wallet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::AccountStatus;
    use crate::domain::ledger::Ledger;
    use crate::domain::literal_books::{LiteralBooks, NOW, WALLET_BALANCE_MAX, account, hkd};
    use crate::domain::refusals::{
        AMOUNT_MISMATCH, CONFIRMATION_INVALID, INSUFFICIENT_FUNDS, MONEY_REQUEST_EXPIRED,
        MONEY_REQUEST_PAID, PAYEE_MISMATCH, WALLET_FROZEN,
    };

    /// The books, with a friend's wallet in them.
    fn with_friend(change: impl Fn(&mut Account, &mut Account)) -> (LiteralBooks, SendMoney) {
        let mut literal = LiteralBooks::new();
        let friend = UserId::new();
        let mut payer = literal.books.account(literal.payer.uuid()).unwrap().clone();
        let mut payee = account(friend.uuid(), AccountKind::Wallet, 0);
        change(&mut payer, &mut payee);
        let shop = account(literal.shop.uuid(), AccountKind::Merchant, 0);
        literal.books.ledger = Ledger::new([payer, payee, shop]);
        literal.books.names.insert(friend.uuid(), "小明".to_owned());
        let wanted = SendMoney {
            payer: literal.payer,
            payee: friend,
            amount: hkd(12_000),
            note: Some("午飯".to_owned().try_into().unwrap()),
            sticker: Some(Sticker::MilkTea),
            visibility: Visibility::Private,
            money_request_id: None,
            accepted_warning: None,
            confirmed: Ok(ConfirmedBy::Device),
            is_new_device: false,
        };
        (literal, wanted)
    }

    #[test]
    fn money_goes_from_wallet_to_wallet_and_both_are_told_with_what_the_payer_said() {
        let (mut literal, wanted) = with_friend(|_, _| ());
        let (payment, told) = literal.books.decide(&wanted).unwrap();
        assert_eq!((&*payment.from.name, &*payment.to.name), ("陳大文", "小明"));
        assert_eq!(literal.available(wanted.payer.uuid()), 38_000);
        assert_eq!(literal.available(wanted.payee.uuid()), 12_000);
        assert_eq!(told.len(), 1);
        let event = &told[0].data;
        assert_eq!((&event["kind"], &event["note"]), (&"peer-payment".into(), &"午飯".into()));
        assert_eq!(event["sticker"], "milk-tea");
        assert_eq!(event["from"]["told_user_id"], wanted.payer.to_string());
        assert_eq!(event["to"]["told_user_id"], wanted.payee.to_string());
    }

    #[test]
    fn only_what_the_payer_shows_to_friends_is_kept_and_told_as_such() {
        let (mut literal, wanted) = with_friend(|_, _| ());
        let (_, told) = literal.books.decide(&wanted).unwrap();
        assert_eq!(told[0].data.get("visibility"), None);
        assert_eq!(literal.books.for_friends, []);
        let shown = SendMoney { visibility: Visibility::Friends, ..wanted.clone() };
        let (payment, told) = literal.books.decide(&shown).unwrap();
        assert_eq!(told[0].data["visibility"], "friends");
        assert_eq!(literal.books.for_friends, [payment.peer_payment_id()]);
        let refused = SendMoney { amount: hkd(50_001), ..shown.clone() };
        assert_eq!(literal.books.decide(&refused).err(), Some(INSUFFICIENT_FUNDS));
        assert_eq!(literal.books.for_friends.len(), 1);
    }

    #[test]
    fn a_refusal_says_nothing_of_the_payees_wallet_and_leaves_no_trace() {
        type Change = fn(&mut Account, &mut Account);
        let cases: [(Change, Refusal); 4] = [
            (|_, payee| payee.status = AccountStatus::Frozen, PAYEE_UNAVAILABLE),
            (|_, payee| payee.credits_posted = WALLET_BALANCE_MAX - 11_999, PAYEE_UNAVAILABLE),
            (|_, payee| payee.credits_pending = WALLET_BALANCE_MAX - 11_999, PAYEE_UNAVAILABLE),
            (|payer, _| payer.status = AccountStatus::Frozen, WALLET_FROZEN),
        ];
        for (change, refusal) in cases {
            let (mut literal, wanted) = with_friend(change);
            assert_eq!(literal.books.decide(&wanted).err(), Some(refusal));
            assert_eq!(literal.books.ledger.transfers(), []);
            assert_eq!(literal.books.operations.changed().next(), None);
        }
        let full = |_: &mut Account, payee: &mut Account| {
            payee.credits_posted = WALLET_BALANCE_MAX - 12_000;
        };
        let (mut literal, wanted) = with_friend(full);
        assert!(literal.books.decide(&wanted).is_ok());
    }

    #[test]
    fn who_cannot_pay_learns_nothing_of_the_payees_wallet() {
        type Change = fn(&mut Account, &mut Account);
        let changes: [Change; 3] = [
            |_, _| (),
            |_, payee| payee.status = AccountStatus::Frozen,
            |_, payee| payee.credits_posted = WALLET_BALANCE_MAX,
        ];
        for change in changes {
            let (mut literal, wanted) = with_friend(change);
            let wanted = SendMoney { amount: hkd(50_001), ..wanted };
            assert_eq!(literal.books.decide(&wanted).err(), Some(INSUFFICIENT_FUNDS));
            let (mut literal, wanted) = with_friend(|payer, payee| {
                change(payer, payee);
                payer.status = AccountStatus::Frozen;
            });
            assert_eq!(literal.books.decide(&wanted).err(), Some(WALLET_FROZEN));
        }
    }

    #[test]
    fn who_may_not_pay_so_much_learns_nothing_of_the_payees_wallet_either() {
        for status in [AccountStatus::Active, AccountStatus::Frozen] {
            let (mut literal, wanted) = with_friend(|payer, payee| {
                payer.credits_posted = 1_000_000;
                payee.status = status;
            });
            for (amount, is_new_device, code) in [
                (500_001, false, "transaction-limit-exceeded"),
                (100_001, true, "new-device-limit-exceeded"),
            ] {
                let wanted = SendMoney { amount: hkd(amount), is_new_device, ..wanted.clone() };
                let refused = literal.books.decide(&wanted).map(|_| ()).unwrap_err();
                assert_eq!(refused.code(), code);
            }
        }
    }

    #[test]
    fn only_other_people_are_paid_and_only_with_money_that_is_there() {
        let (mut literal, wanted) = with_friend(|_, _| ());
        let (payer, shop) = (literal.payer, literal.shop);
        let long_ago = Uuid::from_u128(7);
        let with = |payee: UserId| SendMoney { payee, ..wanted.clone() };
        let young = UserId::new();
        for (wanted, refusal) in [
            (with(payer), SAME_ACCOUNT),
            // A shop's id with the prefix of a person's.
            (with(UserId::from_uuid(shop.uuid())), unknown(shop.uuid(), NOW, NO_PAYEE)),
            (with(UserId::from_uuid(long_ago)), NO_PAYEE),
            (with(young), unknown(young.uuid(), NOW, NO_PAYEE)),
            (SendMoney { payer: young, ..wanted.clone() }, NO_WALLET),
            (SendMoney { amount: hkd(50_001), ..wanted.clone() }, INSUFFICIENT_FUNDS),
            (
                SendMoney { confirmed: Err(CONFIRMATION_INVALID), ..wanted.clone() },
                CONFIRMATION_INVALID,
            ),
        ] {
            assert_eq!(literal.books.decide(&wanted).err(), Some(refusal));
            assert_eq!(literal.books.ledger.transfers(), []);
        }
    }

    #[test]
    fn what_was_asked_for_is_paid_once_by_who_was_asked() {
        let (mut literal, request) = LiteralBooks::with_money_request();
        let wanted = SendMoney {
            payer: request.payer.id,
            payee: request.requester.id,
            amount: request.amount,
            note: None,
            sticker: None,
            visibility: Visibility::Private,
            money_request_id: Some(request.id),
            accepted_warning: None,
            confirmed: Ok(ConfirmedBy::Pin),
            is_new_device: false,
        };
        let other = MoneyRequestId::new();
        for (wanted, refusal) in [
            (SendMoney { amount: hkd(4_999), ..wanted.clone() }, AMOUNT_MISMATCH),
            (SendMoney { payee: UserId::new(), ..wanted.clone() }, PAYEE_MISMATCH),
            (SendMoney { money_request_id: Some(other), ..wanted.clone() }, NO_MONEY_REQUEST),
            (SendMoney { payer: UserId::new(), ..wanted.clone() }, NO_MONEY_REQUEST),
        ] {
            assert_eq!(literal.books.decide(&wanted).err(), Some(refusal));
        }
        let (payment, told) = literal.books.decide(&wanted).unwrap();
        assert_eq!(payment.money_request_id(), Some(request.id));
        let paid = literal.books.money_request(request.id).unwrap();
        assert_eq!(paid.peer_payment_id, Some(payment.peer_payment_id()));
        assert_eq!((paid.version, told.len()), (2, 2));
        assert_eq!(told[0].data["money_request_id"], request.id.to_string());
        assert_eq!(told[1].data["status"], "paid");
        assert_eq!(literal.books.decide(&wanted).err(), Some(MONEY_REQUEST_PAID));
        assert_eq!(literal.books.ledger.transfers().len(), 1);
    }

    #[test]
    fn a_request_that_cannot_be_paid_now_stays_open() {
        let (mut literal, request) = LiteralBooks::with_money_request();
        let wanted = SendMoney {
            payer: request.payer.id,
            payee: request.requester.id,
            amount: request.amount,
            note: None,
            sticker: None,
            visibility: Visibility::Private,
            money_request_id: Some(request.id),
            accepted_warning: None,
            confirmed: Ok(ConfirmedBy::Pin),
            is_new_device: false,
        };
        literal.freeze(request.requester.id.uuid());
        assert_eq!(literal.books.decide(&wanted).err(), Some(PAYEE_UNAVAILABLE));
        assert_eq!(literal.books.money_requests.changed().next(), None);
        literal.books.now = request.expires_at;
        assert_eq!(literal.books.decide(&wanted).err(), Some(MONEY_REQUEST_EXPIRED));
    }
}
