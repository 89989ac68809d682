//! Payments to shops that are done at once, and what comes back of them, in the simple model and in
//! the real books.

use time::{Duration, OffsetDateTime};
use values::{BusinessId, CaptureMethod, Level, Money, PaymentId, PaymentRequestId};

use super::limits::{self, Used};
use super::{Keeper, Model, World, nth};
use crate::domain::limits::Flow;
use crate::domain::literal_books::hkd;
use crate::domain::operation::ConfirmedBy;
use crate::domain::operations::{PayShop, RefundPayment};

/// In hundredths of a percent.
const RATE: i64 = 150;
/// A shop gives back of its own accord for a year.
const GIVEN_BACK_FOR: Duration = Duration::days(365);

/// What the simple model knows of a payment.
pub(super) struct Paid {
    pub(super) person: usize,
    shop: usize,
    taken: i64,
    /// Of that.
    tip: i64,
    /// What was not given back yet, of that and of the fee.
    pub(super) left: i64,
    fee: i64,
    fee_left: i64,
    /// Its number among what counts towards limits.
    used: usize,
}

impl Model {
    /// How much, and how much of that is a tip.
    pub(super) fn pay(
        &mut self,
        person: usize,
        shop: usize,
        [amount, tip]: [i64; 2],
        now: OffsetDateTime,
    ) -> bool {
        let may = self.may_pay(person, shop, amount, now) && self.may_spend(person, amount);
        if may {
            let used = self.note(payment(person, amount, now));
            self.wallets[person] -= amount;
            self.sell(person, shop, [amount, tip], used);
        }
        may
    }

    /// Whether nothing but money could be missing.
    pub(super) fn may_pay(
        &self,
        person: usize,
        shop: usize,
        amount: i64,
        now: OffsetDateTime,
    ) -> bool {
        self.gives(person)
            && !self.is_unapproved[shop]
            && self.may_use(payment(person, amount, now))
    }

    pub(super) fn pay_request(
        &mut self,
        person: usize,
        request: usize,
        tip: i64,
        now: OffsetDateTime,
    ) -> bool {
        let Some(asked) = self.requests.get(request) else { return false };
        let (shop, amount) = (asked.shop, asked.amount + tip);
        let may = asked.is_open_at(now) && (tip == 0 || asked.tip_allowed);
        let is_paid = may && self.pay(person, shop, [amount, tip], now);
        self.requests[request].is_open &= !is_paid;
        is_paid
    }

    /// The shop takes what the person has agreed to, and pays for that.
    pub(super) fn sell(&mut self, person: usize, shop: usize, [taken, tip]: [i64; 2], used: usize) {
        let fee = (taken * RATE + 5_000) / 10_000;
        self.takings[shop] += taken - fee;
        self.fees[shop] += fee;
        let (left, fee_left) = (taken, fee);
        self.payments.push(Paid { person, shop, taken, tip, left, fee, fee_left, used });
    }

    pub(super) fn refund(&mut self, payment: usize, amount: i64, now: OffsetDateTime) -> bool {
        let payment = nth(payment, self.payments.len());
        let is_late = |paid: &Paid| now - self.uses[paid.used].at > GIVEN_BACK_FOR;
        self.payments.get(payment).is_some_and(|paid| !is_late(paid))
            && self.give_back(payment, amount)
    }

    /// A wallet takes it however full it is, unless it is closed or
    /// stopped. A shop that is not frozen has it
    /// unless it was paid out: with all that is given back of a payment its whole fee comes back.
    pub(super) fn give_back(&mut self, payment: usize, amount: i64) -> bool {
        let takes = self.takes(self.payments[payment].person);
        let paid = &mut self.payments[payment];
        if paid.left < amount || self.is_frozen[paid.shop] || !takes {
            return false;
        }
        // Half a cent more is the shop's.
        let left = paid.left - amount;
        let fee_left = (2 * paid.fee * left + paid.taken - 1) / (2 * paid.taken);
        let returned = paid.fee_left - fee_left;
        if self.takings[paid.shop] + returned < amount {
            return false;
        }
        paid.left = left;
        paid.fee_left = fee_left;
        self.takings[paid.shop] += returned - amount;
        self.fees[paid.shop] -= returned;
        self.wallets[paid.person] += amount;
        self.uses[paid.used].amount -= amount;
        true
    }

    pub(super) fn tips(&self) -> Vec<i64> {
        self.payments.iter().map(|paid| paid.tip).collect()
    }

    /// When it was made, also if it was captured later.
    pub(super) fn paid_at(&self, payment: usize) -> OffsetDateTime {
        self.uses[self.payments[payment].used].at
    }
}

fn payment(person: usize, amount: i64, at: OffsetDateTime) -> Used {
    Used { person, flow: Flow::Payment, amount, at, is_counted: true }
}

impl<K: Keeper> World<K> {
    pub(super) fn pay_request(&mut self, person: usize, request: usize, tip: i64) -> bool {
        let Some(id) = self.requests.get(request).copied() else { return false };
        let asked = self.books.request(id).unwrap();
        let (shop, amount) = (asked.business_id, asked.amount.minor_units() + tip);
        self.pay(person, shop, [amount, tip], Some(id))
    }

    pub(super) fn pay(
        &mut self,
        person: usize,
        payee: BusinessId,
        amounts: [i64; 2],
        request: Option<PaymentRequestId>,
    ) -> bool {
        let wanted = self.payment(person, payee, amounts, request);
        let paid = self.decide(&wanted);
        self.payments.extend(paid.iter().map(|(payment, _)| (payment.payment_id(), payee)));
        paid.is_ok()
    }

    pub(super) fn payment(
        &self,
        person: usize,
        payee: BusinessId,
        [amount, tip]: [i64; 2],
        payment_request_id: Option<PaymentRequestId>,
    ) -> PayShop {
        PayShop {
            payer: self.people[person],
            payee,
            amount: hkd(amount),
            payment_request_id,
            capture_method: CaptureMethod::Automatic,
            reference: None,
            tip: Money::hkd(tip).ok(),
            confirmed: Ok(ConfirmedBy::Device),
            is_new_device: limits::is_new_device(person, self.books.now),
        }
    }

    pub(super) fn tips(&self) -> Vec<i64> {
        let tip = |id: PaymentId| self.books.operation(id.uuid()).unwrap().tip;
        self.payments.iter().map(|(id, _)| tip(*id).map_or(0, Money::minor_units)).collect()
    }

    pub(super) fn refund(&mut self, payment: usize, amount: i64) -> bool {
        let payment = nth(payment, self.payments.len());
        let Some((payment_id, business_id)) = self.payments.get(payment).copied() else {
            return false;
        };
        let wanted = RefundPayment {
            payment_id,
            business_id,
            by: self.people[0],
            created_by: Some(self.people[0]),
            amount: hkd(amount),
            note: None,
            disputed_after: None,
            level: Level::Device,
        };
        self.decide(&wanted).is_ok()
    }
}
