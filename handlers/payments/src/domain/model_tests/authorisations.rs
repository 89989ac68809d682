//! Payments that are captured later, in the simple model and in the real books.

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};
use values::CaptureMethod;

use super::LIFETIME;
use super::edges::beyond;
use super::limits::{self, Used};
use super::{Keeper, Model, World};
use crate::domain::limits::Flow;
use crate::domain::literal_books::hkd;
use crate::domain::operation::{ConfirmedBy, OperationState};
use crate::domain::operations::{AuthorisationEnd, CreateRequest, EndAuthorisation, PayShop};

/// How a payment that is held ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Captured(i64),
    /// All that is held, and so much more.
    CapturedWith(i64),
    Voided,
    /// Whether or not its time is over: that is for the timer to know.
    Expired,
}

pub(super) fn end(amount: impl Strategy<Value = i64>) -> impl Strategy<Value = End> {
    let captured = amount.prop_map(End::Captured);
    let with = beyond().prop_map(End::CapturedWith);
    prop_oneof![3 => captured, 3 => with, 2 => Just(End::Voided), 1 => Just(End::Expired)]
}

impl End {
    /// The same, in numbers.
    const fn of(self, held: i64) -> Self {
        match self {
            Self::CapturedWith(more) => Self::Captured(held + more),
            Self::Captured(_) | Self::Voided | Self::Expired => self,
        }
    }
}

/// What the simple model knows of money that a shop holds.
pub(super) struct Authorised {
    person: usize,
    shop: usize,
    amount: i64,
    until: OffsetDateTime,
    /// Once it has ended.
    end: Option<End>,
    /// Its number among what counts towards limits.
    used: usize,
}

impl Model {
    pub(super) fn authorise(
        &mut self,
        person: usize,
        shop: usize,
        amount: i64,
        now: OffsetDateTime,
    ) -> bool {
        let until = now + Duration::days(7);
        let used = Used { person, flow: Flow::Payment, amount, at: now, is_counted: true };
        let may = self.may_pay(person, shop, amount, now) && self.may_spend(person, amount);
        if may {
            let used = self.note(used);
            self.wallets[person] -= amount;
            self.authorisations.push(Authorised { person, shop, amount, until, end: None, used });
        }
        may
    }

    pub(super) fn end_authorisation(
        &mut self,
        index: usize,
        end: End,
        now: OffsetDateTime,
    ) -> bool {
        let Some(found) = self.authorisations.get(index) else { return false };
        let may_give = self.gives(found.person);
        let found = &mut self.authorisations[index];
        let end = end.of(found.amount);
        if let Some(known) = found.end {
            // The same again changes nothing, nor does it matter that nobody has ended it in time.
            return known == end || end == End::Expired;
        }
        let taken = if let End::Captured(amount) = end { amount } else { 0 };
        let is_refused = !may_give || self.is_unapproved[found.shop] || found.until <= now;
        if taken > found.amount || (taken > 0 && is_refused) {
            return false;
        }
        let (person, shop, used) = (found.person, found.shop, found.used);
        found.end = Some(end);
        self.wallets[person] += found.amount - taken;
        (self.uses[used].amount, self.uses[used].is_counted) = (taken, taken > 0);
        if taken > 0 {
            self.sell(person, shop, [taken, 0], used);
        }
        true
    }

    /// What is held of this person's money for shops.
    pub(super) fn authorised(&self, person: usize) -> i64 {
        let pending = self.authorisations.iter().filter(|found| found.end.is_none());
        pending.filter(|found| found.person == person).map(|found| found.amount).sum()
    }
}

impl<K: Keeper> World<K> {
    /// A request that its shop captures later, and its payment.
    pub(super) fn authorise(&mut self, person: usize, shop: usize, amount: i64) -> bool {
        let (payee, amount) = (self.shops[shop], hkd(amount));
        let ask = CreateRequest {
            by: self.people[0],
            is_in_person: true,
            business_id: payee,
            amount,
            description: String::new(),
            capture_method: CaptureMethod::Manual,
            tip_allowed: false,
            return_url: None,
            order: None,
            notified: None,
            lifetime: LIFETIME,
        };
        let Ok((request, _)) = self.decide(&ask) else { return false };
        let pay = PayShop {
            payer: self.people[person],
            payee,
            amount,
            payment_request_id: Some(request.id),
            capture_method: CaptureMethod::Manual,
            reference: None,
            tip: None,
            confirmed: Ok(ConfirmedBy::Pin),
            is_new_device: limits::is_new_device(person, self.books.now),
        };
        let paid = self.decide(&pay);
        self.authorisations.extend(paid.iter().map(|(payment, _)| (payment.payment_id(), payee)));
        paid.is_ok()
    }

    pub(super) fn end_authorisation(&mut self, index: usize, end: End) -> bool {
        let Some((payment_id, business_id)) = self.authorisations.get(index).copied() else {
            return false;
        };
        let by = self.people[0];
        let payment = self.books.operation(payment_id.uuid()).unwrap();
        let before = payment.state;
        let outcome = match end.of(payment.amount.minor_units()) {
            End::Captured(amount) | End::CapturedWith(amount) => {
                AuthorisationEnd::Captured { by, amount: hkd(amount) }
            }
            End::Voided => AuthorisationEnd::Voided { by },
            End::Expired => AuthorisationEnd::Expired,
        };
        let ended = self.decide(&EndAuthorisation { payment_id, business_id, outcome });
        let is_captured = before == OperationState::Pending
            && ended.as_ref().is_ok_and(|(payment, _)| payment.moved.is_some());
        self.payments.extend(is_captured.then_some((payment_id, business_id)));
        ended.is_ok()
    }
}
