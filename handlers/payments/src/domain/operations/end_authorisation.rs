//! A payment whose money is held comes to its end: the shop captures it, all or a part, or lets go
//! of it, or its time is over. The same word twice is one word.

use events::payments::PaymentReleasedV1;
use uuid::Uuid;
use values::{BusinessId, Money, OperationKind, PaymentId, Refusal, ShopAct, UserId};

use crate::domain::books::{Announcement, Books, Changes, Decide, Decision, Reads};
use crate::domain::merchant_fee::{fee_transfer, fees_account};
use crate::domain::operation::{Operation, OperationState};
use crate::domain::payment_request::rfc3339;
use crate::domain::refusals::{
    CAPTURE_EXCEEDS_AUTHORISATION, NO_PAYMENT, PAYER_UNAVAILABLE, PAYMENT_ENDED, SHOP_FROZEN,
};

/// What becomes of the money that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthorisationEnd {
    /// The shop takes this much; the rest is the payer's again.
    Captured { by: UserId, amount: Money },
    /// The shop takes nothing.
    Voided { by: UserId },
    /// Nobody has captured it in time.
    Expired,
}

impl AuthorisationEnd {
    /// Who says so; nobody has to say that time is over.
    const fn by(self) -> Option<UserId> {
        match self {
            Self::Captured { by, .. } | Self::Voided { by } => Some(by),
            Self::Expired => None,
        }
    }

    /// Whether this is what already came of it.
    fn is_known(self, payment: &Operation) -> bool {
        match self {
            Self::Captured { amount, .. } => {
                payment.state == OperationState::Completed && payment.moved == Some(amount)
            }
            Self::Voided { .. } => payment.state == OperationState::Failed,
            Self::Expired => payment.state != OperationState::Pending,
        }
    }
}

/// The end of a payment whose money is held. Somebody else's payment is answered as none.
pub(crate) struct EndAuthorisation {
    pub(crate) payment_id: PaymentId,
    /// The business that is paid, as it was read before: this never changes.
    pub(crate) business_id: BusinessId,
    pub(crate) outcome: AuthorisationEnd,
}

impl Decide for EndAuthorisation {
    type Record = Operation;

    fn lane(&self) -> Uuid {
        self.business_id.uuid()
    }

    fn reads(&self) -> Reads {
        let reads = Reads::default().operation(self.payment_id.uuid());
        match self.outcome.by() {
            Some(by) => reads.shop_for(self.business_id, by),
            None => reads.shop(self.business_id),
        }
    }

    fn accounts(&self, books: &Books) -> Vec<Uuid> {
        // Only whose the payment is keeps others from these accounts.
        let payment = self.payment(books).ok();
        let sides = |payment: &Operation| {
            let shop = payment.to.account_id;
            vec![payment.from.account_id, shop, fees_account(shop)]
        };
        payment.map(sides).unwrap_or_default()
    }

    fn decide(&self, books: &Books) -> Result<Decision<Operation>, Refusal> {
        let payment = self.payment(books)?.clone();
        if self.outcome.is_known(&payment) {
            return Ok(Decision { record: payment, changes: Changes::default() });
        }
        if payment.state != OperationState::Pending {
            return Err(PAYMENT_ENDED);
        }
        let is_over = payment.expires_at.is_some_and(|until| until <= books.now);
        let (payment, transfer) = match self.outcome {
            AuthorisationEnd::Captured { .. } if is_over => return Err(PAYMENT_ENDED),
            AuthorisationEnd::Captured { amount, .. } => {
                let shop = books.shop(self.business_id).ok_or(NO_PAYMENT)?;
                shop.require_approved()?;
                require_capturable(&payment, amount, books)?;
                let (payment, transfer) = payment.settle(amount, books.now)?;
                (Operation { fee: shop.fee_rate.of(amount), ..payment }, transfer)
            }
            AuthorisationEnd::Voided { .. } => payment.fail(books.now)?,
            AuthorisationEnd::Expired => payment.expire(books.now)?,
        };
        let fee = fee_transfer(&payment, &transfer);
        let owner = books.shop(self.business_id).map(|shop| shop.owner_user_id);
        let announcement = match payment.moved {
            Some(_) => Announcement::new(self.payment_id, &payment.moved_event(owner)),
            None => Announcement::new(self.payment_id, &released_event(&payment, owner)),
        };
        Ok(Decision {
            changes: Changes {
                transfers: [transfer].into_iter().chain(fee).collect(),
                operations: vec![payment.clone()],
                announcements: vec![announcement],
                ..Changes::default()
            },
            record: payment,
        })
    }
}

impl EndAuthorisation {
    /// The payment, if whoever ends it may capture for the shop.
    fn payment<'a>(&self, books: &'a Books) -> Result<&'a Operation, Refusal> {
        if let Some(by) = self.outcome.by() {
            let shop = books.shop(self.business_id).ok_or(NO_PAYMENT)?;
            shop.require(by, ShopAct::Capture, NO_PAYMENT)?;
        }
        let payment = books.operation(self.payment_id.uuid()).filter(|payment| {
            payment.kind == OperationKind::Payment
                && payment.to.account_id == self.business_id.uuid()
        });
        payment.ok_or(NO_PAYMENT)
    }
}

/// The ledger would refuse the same, in words for the payer. A shop that has closed meanwhile still
/// gets what it was promised for what it has delivered; one that lost its approval gets it only if
/// it is approved again in time.
fn require_capturable(payment: &Operation, amount: Money, books: &Books) -> Result<(), Refusal> {
    if amount.minor_units() > payment.amount.minor_units() {
        return Err(CAPTURE_EXCEEDS_AUTHORISATION);
    }
    let shop = books.account(payment.to.account_id).ok_or(NO_PAYMENT)?;
    shop.require_taking().map_err(|_| SHOP_FROZEN)?;
    let payer = books.account(payment.from.account_id).ok_or(PAYER_UNAVAILABLE)?;
    payer.require_giving().map_err(|_| PAYER_UNAVAILABLE)
}

/// What others are told of a payment whose money the payer has again.
fn released_event(payment: &Operation, owner: Option<UserId>) -> PaymentReleasedV1 {
    let (from, to) = payment.sides(owner);
    PaymentReleasedV1 {
        payment_id: payment.payment_id().to_string(),
        from,
        to,
        amount: payment.amount.minor_units(),
        currency: payment.amount.currency().code().to_owned(),
        state: payment.state.code().to_owned(),
        released_at: rfc3339(payment.ended_at.unwrap_or(payment.created_at)),
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use values::{CaptureMethod, PaymentRequestId};

    use super::*;
    use crate::domain::limit_use::FlowUse;
    use crate::domain::limits::Flow;
    use crate::domain::literal_books::{LiteralBooks, NOW, hkd};
    use crate::domain::operation::ConfirmedBy;
    use crate::domain::operations::PayShop;
    use crate::domain::operations::pay_shop::CAPTURE_WITHIN;
    use crate::domain::payment_request::PaymentRequest;
    use crate::domain::refusals::SHOP_NOT_APPROVED;
    use crate::domain::rows::Rows;

    /// Books in which the shop holds HK$128.50 of the payer's.
    fn authorised() -> (LiteralBooks, PaymentId) {
        let mut literal = LiteralBooks::new();
        let request =
            PaymentRequest { capture_method: CaptureMethod::Manual, ..literal.request.clone() };
        literal.books.requests = Rows::new(vec![request.clone()]);
        let pay = pay(&literal, request.amount, Some(request.id));
        let (payment, _) = literal.books.decide(&pay).unwrap();
        (literal, payment.payment_id())
    }

    /// Held if it was asked for, else at once.
    fn pay(literal: &LiteralBooks, amount: Money, asked: Option<PaymentRequestId>) -> PayShop {
        PayShop {
            payer: literal.payer,
            payee: literal.shop,
            amount,
            payment_request_id: asked,
            capture_method: asked.map_or(CaptureMethod::Automatic, |_| CaptureMethod::Manual),
            reference: None,
            tip: None,
            confirmed: Ok(ConfirmedBy::Device),
            is_new_device: false,
        }
    }

    fn end(literal: &LiteralBooks, id: PaymentId, outcome: AuthorisationEnd) -> EndAuthorisation {
        EndAuthorisation { payment_id: id, business_id: literal.shop, outcome }
    }

    fn captured(literal: &LiteralBooks, amount: i64) -> AuthorisationEnd {
        AuthorisationEnd::Captured { by: literal.owner, amount: hkd(amount) }
    }

    fn voided(literal: &LiteralBooks) -> AuthorisationEnd {
        AuthorisationEnd::Voided { by: literal.owner }
    }

    #[test]
    fn a_shop_captures_all_or_a_part_and_the_payer_has_the_rest_again() {
        for (amount, left, fee) in [(12_850, 37_150, 193), (10_000, 40_000, 150), (1, 49_999, 0)] {
            let (mut literal, id) = authorised();
            assert_eq!(literal.books.operation(id.uuid()).unwrap().fee, 0);
            let capture = end(&literal, id, captured(&literal, amount));
            let (payment, told) = literal.books.decide(&capture).unwrap();
            assert_eq!(payment.state, OperationState::Completed);
            assert_eq!((payment.moved, payment.expires_at), (Some(hkd(amount)), None));
            let payer = literal.books.account(literal.payer.uuid()).unwrap();
            assert_eq!((payer.balance(), payer.available()), (left, left));
            // Of what it takes, not of what it could have taken.
            let takings = literal.available(literal.shop.uuid());
            assert_eq!((takings, literal.fees(), payment.fee), (amount - fee, fee, fee));
            assert_eq!((told.len(), told[0].kind), (1, "payme.payments.money-moved.v1"));
            assert_eq!(
                (&told[0].data["amount"], &told[0].data["fee"]),
                (&amount.into(), &fee.into())
            );
            // The same again is the same, and nobody is told twice.
            let (again, told) = literal.books.decide(&capture).unwrap();
            assert_eq!((again, told), (payment, Vec::new()));
        }
    }

    #[test]
    fn what_is_voided_or_was_not_captured_in_time_is_the_payers_again() {
        for state in [OperationState::Failed, OperationState::Expired] {
            let (mut literal, id) = authorised();
            let is_voided = state == OperationState::Failed;
            let outcome = if is_voided { voided(&literal) } else { AuthorisationEnd::Expired };
            let wanted = end(&literal, id, outcome);
            let (payment, told) = literal.books.decide(&wanted).unwrap();
            assert_eq!((payment.state, payment.moved), (state, None));
            assert_eq!(literal.available(literal.payer.uuid()), 50_000);
            assert_eq!(told[0].kind, "payme.payments.payment-released.v1");
            assert_eq!(told[0].data["from"]["told_user_id"], literal.payer.to_string());
            assert_eq!(literal.books.decide(&wanted).unwrap().1, []);
            let late = end(&literal, id, captured(&literal, 1));
            assert_eq!(literal.books.decide(&late).err(), Some(PAYMENT_ENDED));
        }
    }

    #[test]
    fn what_was_captured_is_neither_captured_again_nor_voided_nor_does_it_expire() {
        let (mut literal, id) = authorised();
        literal.books.decide(&end(&literal, id, captured(&literal, 100))).unwrap();
        for outcome in [captured(&literal, 101), voided(&literal)] {
            let refused = literal.books.decide(&end(&literal, id, outcome)).err();
            assert_eq!(refused, Some(PAYMENT_ENDED));
        }
        let expired = literal.books.decide(&end(&literal, id, AuthorisationEnd::Expired)).unwrap();
        assert_eq!((expired.0.state, expired.1.len()), (OperationState::Completed, 0));
        assert_eq!((literal.available(literal.shop.uuid()), literal.fees()), (98, 2));
    }

    #[test]
    fn nothing_is_captured_once_its_time_is_over_whether_or_not_that_was_written() {
        let (mut literal, id) = authorised();
        literal.books.now = NOW.saturating_add(CAPTURE_WITHIN);
        let capture = end(&literal, id, captured(&literal, 1));
        assert_eq!(literal.books.decide(&capture).err(), Some(PAYMENT_ENDED));
        literal.books.decide(&end(&literal, id, voided(&literal))).unwrap();
    }

    #[test]
    fn only_the_shops_owner_ends_it_and_takes_no_more_than_is_held() {
        let (mut literal, id) = authorised();
        let stranger = literal.payer;
        let amount = hkd(1);
        let cases = [
            (AuthorisationEnd::Captured { by: stranger, amount }, NO_PAYMENT),
            (AuthorisationEnd::Voided { by: stranger }, NO_PAYMENT),
            (captured(&literal, 12_851), CAPTURE_EXCEEDS_AUTHORISATION),
        ];
        for (outcome, refusal) in cases {
            let wanted = end(&literal, id, outcome);
            assert_eq!(literal.books.decide(&wanted).err(), Some(refusal));
        }
        let foreign = EndAuthorisation {
            business_id: BusinessId::new(),
            ..end(&literal, id, captured(&literal, 1))
        };
        assert_eq!(literal.books.decide(&foreign).err(), Some(NO_PAYMENT));
        assert_eq!(foreign.accounts(&literal.books), Vec::<Uuid>::new());
        assert_eq!(literal.available(literal.shop.uuid()), 0);
    }

    #[test]
    fn money_of_a_frozen_payer_or_for_a_frozen_shop_is_not_captured_but_can_be_let_go() {
        for (is_payer, refusal) in [(true, PAYER_UNAVAILABLE), (false, SHOP_FROZEN)] {
            let (mut literal, id) = authorised();
            let frozen = if is_payer { literal.payer.uuid() } else { literal.shop.uuid() };
            literal.freeze(frozen);
            let capture = end(&literal, id, captured(&literal, 1));
            assert_eq!(literal.books.decide(&capture).err(), Some(refusal));
            literal.books.decide(&end(&literal, id, voided(&literal))).unwrap();
            assert_eq!(literal.available(literal.payer.uuid()), 50_000);
        }
    }

    #[test]
    fn a_shop_that_has_closed_still_captures_what_it_was_promised() {
        let (mut literal, id) = authorised();
        literal.shop_mut().is_closed = true;
        literal.books.decide(&end(&literal, id, captured(&literal, 1))).unwrap();
        assert_eq!(literal.available(literal.shop.uuid()), 1);
    }

    #[test]
    fn a_shop_that_lost_its_approval_captures_nothing_until_it_has_it_again() {
        let (mut literal, id) = authorised();
        literal.shop_mut().is_approved = false;
        let capture = end(&literal, id, captured(&literal, 1));
        assert_eq!(literal.books.decide(&capture).err(), Some(SHOP_NOT_APPROVED));
        let mut voiding = literal.books.clone();
        voiding.decide(&end(&literal, id, voided(&literal))).unwrap();
        assert_eq!(voiding.account(literal.payer.uuid()).unwrap().available(), 50_000);
        literal.shop_mut().is_approved = true;
        literal.books.decide(&capture).unwrap();
        // The same capture again is what came of it, whatever became of the shop.
        literal.shop_mut().is_approved = false;
        literal.books.decide(&capture).unwrap();
        assert_eq!(literal.available(literal.shop.uuid()), 1);
    }

    #[test]
    fn what_is_held_counts_from_then_on_and_what_is_not_captured_counts_no_more() {
        for (days, captures, left) in [
            (0, Some(10_000), [10_000, 10_000, 10_000, 1]),
            (0, None, [0, 0, 0, 0]),
            (1, Some(10_000), [500, 10_500, 10_500, 1]),
            (1, None, [500, 500, 500, 1]),
        ] {
            let (mut literal, id) = authorised();
            let used = |literal: &LiteralBooks| {
                let payer = literal.books.account(literal.payer.uuid()).unwrap();
                let FlowUse { day, month, year, count } = *payer.used.of(Flow::Payment);
                [day, month, year, count]
            };
            assert_eq!(used(&literal), [12_850, 12_850, 12_850, 1]);
            literal.books.now = NOW.saturating_add(Duration::days(days));
            if days > 0 {
                literal.books.decide(&pay(&literal, hkd(500), None)).unwrap();
            }
            let outcome = captures.map_or(voided(&literal), |amount| captured(&literal, amount));
            literal.books.decide(&end(&literal, id, outcome)).unwrap();
            assert_eq!(used(&literal), left, "{captures:?} after {days} days");
        }
    }
}
