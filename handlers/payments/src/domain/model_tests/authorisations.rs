//! Payments that are captured later, in the simple model and in the real books.

use super::{LIFETIME, Model, Paid, World};
use crate::domain::literal_books::hkd;
use crate::domain::operation::{ConfirmedBy, OperationState};
use crate::domain::operations::{AuthorisationEnd, CreateRequest, EndAuthorisation, PayShop};
use crate::domain::payment_request::CaptureMethod;

/// What the simple model knows of money that a shop holds.
pub(super) struct Authorised {
    person: usize,
    shop: usize,
    amount: i64,
    /// Once it has ended: what the shop took, if it took anything.
    end: Option<Option<i64>>,
}

impl Model {
    pub(super) fn authorise(&mut self, person: usize, shop: usize, amount: i64) -> bool {
        let may = self.wallets[person] >= amount;
        if may {
            self.wallets[person] -= amount;
            self.authorisations.push(Authorised { person, shop, amount, end: None });
        }
        may
    }

    pub(super) fn end_authorisation(&mut self, index: usize, captured: Option<i64>) -> bool {
        let Some(found) = self.authorisations.get_mut(index) else { return false };
        if let Some(known) = found.end {
            return known == captured;
        }
        let (person, shop, taken) = (found.person, found.shop, captured.unwrap_or(0));
        if taken > found.amount {
            return false;
        }
        found.end = Some(captured);
        self.wallets[person] += found.amount - taken;
        self.takings[shop] += taken;
        self.payments.extend(captured.map(|left| Paid { person, shop, left }));
        true
    }

    /// What is held of this person's money for shops.
    pub(super) fn authorised(&self, person: usize) -> i64 {
        let pending = self.authorisations.iter().filter(|found| found.end.is_none());
        pending.filter(|found| found.person == person).map(|found| found.amount).sum()
    }
}

impl World {
    /// A request that its shop captures later, and its payment.
    pub(super) fn authorise(&mut self, person: usize, shop: usize, amount: i64) -> bool {
        let (payee, amount) = (self.shops[shop], hkd(amount));
        let ask = CreateRequest {
            owner: self.people[0],
            business_id: payee,
            amount,
            description: String::new(),
            capture_method: CaptureMethod::Manual,
            lifetime: LIFETIME,
        };
        let (request, _) = self.books.decide(&ask).unwrap();
        let pay = PayShop {
            payer: self.people[person],
            payee,
            amount,
            payment_request_id: Some(request.id),
            reference: None,
            confirmed: Ok(ConfirmedBy::Pin),
        };
        let paid = self.books.decide(&pay);
        self.authorisations.extend(paid.iter().map(|(payment, _)| (payment.payment_id(), payee)));
        paid.is_ok()
    }

    pub(super) fn end_authorisation(&mut self, index: usize, captured: Option<i64>) -> bool {
        let Some((payment_id, business_id)) = self.authorisations.get(index).copied() else {
            return false;
        };
        let owner = self.people[0];
        let outcome = captured.map_or(AuthorisationEnd::Voided { owner }, |amount| {
            AuthorisationEnd::Captured { owner, amount: hkd(amount) }
        });
        let before = self.books.operation(payment_id.uuid()).map(|payment| payment.state);
        let ended = self.books.decide(&EndAuthorisation { payment_id, business_id, outcome });
        let is_new = ended.is_ok() && before == Some(OperationState::Pending);
        self.payments.extend((is_new && captured.is_some()).then_some((payment_id, business_id)));
        ended.is_ok()
    }
}
