//! A person pays a shop: what it asked for, or, by the static code on its counter, what the payer
//! enters.

use events::payments::PaymentAuthorisedV1;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{
    BusinessId, CaptureMethod, Money, NO_PAYMENT_REQUEST, OperationKind, PaymentRequestId,
    Reference, Refusal, RequestStatus,
};
use values::{NO_BUSINESS, PaymentId, UserId, unknown};

use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::merchant_fee::{fee_transfer, fees_account};
use crate::domain::operation::{ConfirmedBy, Operation, OperationState, Side};
use crate::domain::payment_request::{PaymentRequest, rfc3339};
use crate::domain::refusals::{
    CAPTURE_METHOD_MISMATCH, NO_WALLET, PAYEE_UNAVAILABLE, TIP_EXCEEDS_AMOUNT,
};
use crate::domain::shop::Shop;
use crate::domain::step_up::Leaving;

/// How long a shop may hold a payer's money before it captures it: as long as card schemes allow.
pub(crate) const CAPTURE_WITHIN: Duration = Duration::days(7);

/// The payment that the payer has seen.
#[derive(Clone)]
pub(crate) struct PayShop {
    pub(crate) payer: UserId,
    pub(crate) payee: BusinessId,
    pub(crate) amount: Money,
    /// `None` for a static code.
    pub(crate) payment_request_id: Option<PaymentRequestId>,
    /// What the payer knows of it; a static code is always paid at once.
    pub(crate) capture_method: CaptureMethod,
    /// How much of the amount is a tip.
    pub(crate) tip: Option<Money>,
    /// What the code asked to be quoted.
    pub(crate) reference: Option<Reference>,
    /// How it was confirmed, or why it was not. Judged when the request came; it refuses only here,
    /// so that a retry of a payment that was made still reads it.
    pub(crate) confirmed: Result<ConfirmedBy, Refusal>,
    /// The device that asks was added to the account less than a day ago.
    pub(crate) is_new_device: bool,
}

impl Decide for PayShop {
    type Record = Operation;

    fn lane(&self) -> Uuid {
        self.payee.uuid()
    }

    fn reads(&self) -> Reads {
        if self.confirmed.is_err() {
            return Reads::default();
        }
        let reads = Reads::default().shop(self.payee).person(self.payer);
        match self.payment_request_id {
            Some(id) => reads.request(id),
            None => reads,
        }
    }

    /// Without a proof nobody keeps others from their money: the payer's own account is enough to
    /// find a twin that was confirmed.
    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        let payee = self.payee.uuid();
        let payees = self.confirmed.is_ok().then(|| [payee, fees_account(payee)]);
        payees.into_iter().flatten().chain([self.payer.uuid()]).collect()
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let confirmed_by = self.confirmed.clone()?;
        let request = self.payment_request_id.map(|id| self.asked(id, books)).transpose()?;
        if self.tip.is_some_and(|tip| tip.minor_units() > self.amount.minor_units()) {
            return Err(TIP_EXCEEDS_AMOUNT);
        }
        let shop = books.shop(self.payee);
        let shop = shop.ok_or_else(|| unknown(self.payee.uuid(), books.now, NO_BUSINESS))?;
        if shop.is_closed {
            return Err(PAYEE_UNAVAILABLE);
        }
        shop.require_approved()?;
        let payer = books.account(self.payer.uuid()).ok_or(NO_WALLET)?;
        let method = request.map_or(CaptureMethod::Automatic, |request| request.capture_method);
        if method != self.capture_method {
            return Err(CAPTURE_METHOD_MISMATCH);
        }
        let kind = OperationKind::Payment;
        let leaving = Leaving {
            kind,
            payer,
            payee: None,
            amount: self.amount,
            confirmed_by,
            is_new_device: self.is_new_device,
        };
        leaving.require_within_limits(books)?;
        leaving.require_step_up(books)?;
        let payment = self.agreed(request, shop, confirmed_by, books);
        let owner = shop.owner_user_id;
        let mut announcements = vec![match payment.expires_at {
            None => Announcement::new(payment.payment_id(), &payment.moved_event(Some(owner))),
            Some(until) => {
                let authorised = authorised_event(&payment, owner, until);
                Announcement::new(payment.payment_id(), &authorised)
            }
        }];
        let paid = request.map(|request| PaymentRequest {
            status: RequestStatus::Paid,
            payment_id: Some(payment.payment_id()),
            ..request.clone()
        });
        announcements.extend(
            paid.iter().map(|request| Announcement::new(request.id, &request.closed_event())),
        );
        let moving = payment.first_transfer();
        let fee = fee_transfer(&payment, &moving);
        Ok(Decision {
            changes: Changes {
                transfers: [moving].into_iter().chain(fee).collect(),
                operations: vec![payment.clone()],
                requests: paid.into_iter().collect(),
                announcements,
                ..Changes::default()
            },
            record: payment,
        })
    }
}

impl PayShop {
    /// What both have agreed on: its money moves at once, or is held until the shop captures it.
    fn agreed(
        &self,
        request: Option<&PaymentRequest>,
        shop: &Shop,
        confirmed_by: ConfirmedBy,
        books: &Books,
    ) -> Operation {
        let is_held = self.capture_method == CaptureMethod::Manual;
        let shop_name = request.map_or(&shop.shop_name, |request| &request.shop_name).clone();
        Operation {
            id: PaymentId::new().uuid(),
            kind: OperationKind::Payment,
            state: if is_held { OperationState::Pending } else { OperationState::Completed },
            parent_id: self.payment_request_id.map(PaymentRequestId::uuid),
            from: Side { account_id: self.payer.uuid(), name: books.name(self.payer) },
            to: Side { account_id: self.payee.uuid(), name: shop_name },
            amount: self.amount,
            moved: (!is_held).then_some(self.amount),
            reference: self.reference.clone(),
            note: None,
            sticker: None,
            refunded: 0,
            fee: if is_held { 0 } else { shop.fee_rate.of(self.amount) },
            tip: self.tip,
            confirmed_by: Some(confirmed_by),
            created_by: None,
            created_at: books.now,
            ended_at: (!is_held).then_some(books.now),
            expires_at: is_held.then(|| books.now.saturating_add(CAPTURE_WITHIN)),
        }
    }

    fn asked<'a>(
        &self,
        id: PaymentRequestId,
        books: &'a Books,
    ) -> Result<&'a PaymentRequest, Refusal> {
        let request = books.request(id).ok_or(NO_PAYMENT_REQUEST)?;
        request.accept(self.amount, self.tip, self.payee, books.now)?;
        Ok(request)
    }
}

/// What others are told of a payment whose money is held.
fn authorised_event(
    payment: &Operation,
    owner: UserId,
    capture_before: OffsetDateTime,
) -> PaymentAuthorisedV1 {
    let (from, to) = payment.sides(Some(owner));
    PaymentAuthorisedV1 {
        payment_id: payment.payment_id().to_string(),
        from,
        to,
        amount: payment.amount.minor_units(),
        currency: payment.amount.currency().code().to_owned(),
        payment_request_id: payment.payment_request_id().map(|id| id.to_string()),
        capture_before: rfc3339(capture_before),
        authorised_at: rfc3339(payment.created_at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::{LiteralBooks, NOW, hkd};
    use crate::domain::refusals::{
        AMOUNT_MISMATCH, CONFIRMATION_INVALID, EXPIRED, INSUFFICIENT_FUNDS, PAID, PAYEE_MISMATCH,
        SHOP_NOT_APPROVED, TIP_NOT_ALLOWED,
    };
    use crate::domain::rows::Rows;

    fn pay(literal: &LiteralBooks) -> PayShop {
        PayShop {
            payer: literal.payer,
            payee: literal.shop,
            amount: literal.request.amount,
            payment_request_id: Some(literal.request.id),
            capture_method: CaptureMethod::Automatic,
            reference: None,
            tip: None,
            confirmed: Ok(ConfirmedBy::Device),
            is_new_device: false,
        }
    }

    #[test]
    fn a_request_is_paid_by_the_name_that_its_payer_saw_and_both_sides_are_told() {
        let mut literal = LiteralBooks::new();
        let (payment, told) = literal.books.decide(&pay(&literal)).unwrap();
        assert_eq!((&*payment.to.name, &*payment.from.name), ("永記茶餐廳", "陳大文"));
        assert_eq!(literal.available(literal.payer.uuid()), 37_150);
        // The shop pays 1.5 percent of it.
        assert_eq!((literal.available(literal.shop.uuid()), literal.fees()), (12_657, 193));
        let request = literal.books.request(literal.request.id).unwrap();
        assert_eq!(request.payment_id, Some(payment.payment_id()));
        let kinds: Vec<&str> = told.iter().map(|announcement| announcement.kind).collect();
        let expected =
            ["payme.payments.money-moved.v1", "payme.payments.payment-request-closed.v1"];
        assert_eq!(kinds, expected);
        assert_eq!(told[0].data["to"]["told_user_id"], literal.owner.to_string());
        assert_eq!((&told[0].data["amount"], &told[0].data["fee"]), (&12_850.into(), &193.into()));
    }

    #[test]
    fn a_neighbour_in_the_same_batch_finds_the_request_paid() {
        let mut literal = LiteralBooks::new();
        let wanted = pay(&literal);
        literal.books.decide(&wanted).unwrap();
        assert_eq!(literal.books.decide(&wanted).err(), Some(PAID));
        assert_eq!(literal.books.operations.changed().count(), 1);
    }

    #[test]
    fn a_static_code_leaves_requests_alone_and_has_the_shops_name_of_now() {
        let mut literal = LiteralBooks::new();
        let amount = hkd(777);
        let wanted = PayShop { payment_request_id: None, amount, ..pay(&literal) };
        let (payment, told) = literal.books.decide(&wanted).unwrap();
        assert_eq!((payment.parent_id, &*payment.to.name), (None, "新永記"));
        assert_eq!((told.len(), literal.books.requests.changed().count()), (1, 0));
    }

    #[test]
    fn a_tip_is_a_part_of_what_is_paid_and_the_shop_pays_for_it_too() {
        let mut literal = LiteralBooks::new();
        let asked = PaymentRequest { tip_allowed: true, ..literal.request.clone() };
        literal.books.requests = Rows::new(vec![asked]);
        let tip = Some(hkd(1_000));
        let (payment, told) =
            literal.books.decide(&PayShop { amount: hkd(13_850), tip, ..pay(&literal) }).unwrap();
        assert_eq!((payment.amount, payment.tip, payment.fee), (hkd(13_850), tip, 208));
        assert_eq!(
            (&told[0].data["amount"], &told[0].data["tip"]),
            (&13_850.into(), &1_000.into())
        );
        assert_eq!(literal.available(literal.shop.uuid()), 13_850 - 208);
        // A static code takes any, up to all of it.
        let by_code = |tip| PayShop {
            payment_request_id: None,
            amount: hkd(100),
            tip: Some(hkd(tip)),
            ..pay(&literal)
        };
        let (all, more) = (by_code(100), by_code(101));
        assert_eq!(literal.books.decide(&more).err(), Some(TIP_EXCEEDS_AMOUNT));
        literal.books.decide(&all).unwrap();
    }

    #[test]
    fn a_refusal_leaves_no_trace() {
        let mut literal = LiteralBooks::new();
        for (wanted, refusal) in [
            (
                PayShop { confirmed: Err(CONFIRMATION_INVALID), ..pay(&literal) },
                CONFIRMATION_INVALID,
            ),
            (PayShop { amount: hkd(12_849), ..pay(&literal) }, AMOUNT_MISMATCH),
            (PayShop { amount: hkd(12_851), tip: Some(hkd(1)), ..pay(&literal) }, TIP_NOT_ALLOWED),
            (PayShop { payee: BusinessId::new(), ..pay(&literal) }, PAYEE_MISMATCH),
            (
                PayShop { capture_method: CaptureMethod::Manual, ..pay(&literal) },
                CAPTURE_METHOD_MISMATCH,
            ),
            (
                PayShop { payment_request_id: Some(PaymentRequestId::new()), ..pay(&literal) },
                NO_PAYMENT_REQUEST,
            ),
            (PayShop { payer: UserId::new(), ..pay(&literal) }, NO_WALLET),
            (
                PayShop { payment_request_id: None, amount: hkd(50_001), ..pay(&literal) },
                INSUFFICIENT_FUNDS,
            ),
        ] {
            assert_eq!(literal.books.decide(&wanted).err(), Some(refusal));
            assert_eq!(literal.books.ledger.transfers(), []);
            assert_eq!(literal.books.requests.changed().next(), None);
            assert_eq!(literal.books.operations.changed().next(), None);
        }
    }

    #[test]
    fn a_request_that_is_captured_later_holds_the_money_and_has_its_payment() {
        let mut literal = LiteralBooks::new();
        let request =
            PaymentRequest { capture_method: CaptureMethod::Manual, ..literal.request.clone() };
        literal.books.requests = Rows::new(vec![request]);
        // Who knows nothing of it does not agree to it.
        assert_eq!(literal.books.decide(&pay(&literal)).err(), Some(CAPTURE_METHOD_MISMATCH));
        let pay = PayShop { capture_method: CaptureMethod::Manual, ..pay(&literal) };
        let (payment, told) = literal.books.decide(&pay).unwrap();
        assert_eq!((payment.state, payment.moved), (OperationState::Pending, None));
        assert_eq!(payment.expires_at, Some(NOW.saturating_add(CAPTURE_WITHIN)));
        let payer = literal.books.account(literal.payer.uuid()).unwrap();
        assert_eq!((payer.balance(), payer.available()), (50_000, 37_150));
        assert_eq!(literal.available(literal.shop.uuid()), 0);
        let request = literal.books.request(literal.request.id).unwrap();
        assert_eq!(request.status, RequestStatus::Paid);
        let kinds: Vec<&str> = told.iter().map(|announcement| announcement.kind).collect();
        let expected =
            ["payme.payments.payment-authorised.v1", "payme.payments.payment-request-closed.v1"];
        assert_eq!(kinds, expected);
        assert_eq!(literal.books.decide(&pay).err(), Some(PAID));
    }

    #[test]
    fn an_expired_request_and_a_closed_shop_are_not_paid() {
        let mut literal = LiteralBooks::new();
        literal.books.now = literal.request.expires_at;
        assert_eq!(literal.books.decide(&pay(&literal)).err(), Some(EXPIRED));
        literal.books.now = NOW;
        literal.shop_mut().is_closed = true;
        assert_eq!(literal.books.decide(&pay(&literal)).err(), Some(PAYEE_UNAVAILABLE));
    }

    #[test]
    fn a_shop_that_is_not_approved_is_paid_neither_what_it_asked_for_nor_by_its_code() {
        let mut literal = LiteralBooks::new();
        let held =
            PaymentRequest { capture_method: CaptureMethod::Manual, ..literal.request.clone() };
        for (asked, by_code) in
            [(literal.request.clone(), false), (held, false), (literal.request.clone(), true)]
        {
            literal.books.requests = Rows::new(vec![asked.clone()]);
            let wanted = PayShop {
                capture_method: if by_code {
                    CaptureMethod::Automatic
                } else {
                    asked.capture_method
                },
                payment_request_id: (!by_code).then_some(asked.id),
                ..pay(&literal)
            };
            literal.shop_mut().is_approved = false;
            assert_eq!(literal.books.decide(&wanted).err(), Some(SHOP_NOT_APPROVED));
            assert_eq!(literal.available(literal.payer.uuid()), 50_000);
            // The request still waits, and is paid once the shop is approved again.
            literal.shop_mut().is_approved = true;
            assert!(literal.books.clone().decide(&wanted).is_ok());
        }
    }
}
