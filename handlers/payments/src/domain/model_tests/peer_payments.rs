//! Payments from people to people, and who else may see them, in the simple model and in the real
//! books.

use time::OffsetDateTime;
use values::{MoneyRequestId, UserId};

use super::limits::{self, Used};
use super::model::Model;
use super::world::World;
use crate::domain::limits::Flow;
use crate::domain::literal_books::hkd;
use crate::domain::operation::ConfirmedBy;
use crate::domain::operations::SendMoney;
use crate::domain::visibility::Visibility;

impl Model {
    /// Whether or not it was asked for.
    pub(super) fn send(
        &mut self,
        person: usize,
        to: usize,
        amount: i64,
        now: OffsetDateTime,
    ) -> bool {
        let may = self.may_send(person, to, amount, now) && self.wallets[person] >= amount;
        if may {
            self.note(payment(person, amount, now));
            self.wallets[person] -= amount;
            self.wallets[to] += amount;
        }
        may
    }

    /// The same, and friends may see it or not.
    pub(super) fn send_shown(
        &mut self,
        [person, to]: [usize; 2],
        amount: i64,
        is_shown: bool,
        now: OffsetDateTime,
    ) -> bool {
        let is_sent = self.send(person, to, amount, now);
        self.shown.extend(is_sent.then_some(is_shown));
        is_sent
    }

    /// Whether nothing but money could be missing.
    pub(super) fn may_send(
        &self,
        person: usize,
        to: usize,
        amount: i64,
        now: OffsetDateTime,
    ) -> bool {
        person != to
            && !self.is_closed[person]
            && self.may_use(payment(person, amount, now))
            && self.has_room(to, amount)
    }

    /// Whether a wallet takes so much.
    pub(super) fn has_room(&self, person: usize, amount: i64) -> bool {
        let max = self.tiers[person].balance_max();
        !self.is_closed[person] && self.expected(person) + amount <= max
    }
}

fn payment(person: usize, amount: i64, at: OffsetDateTime) -> Used {
    Used { person, flow: Flow::PeerPayment, amount, at, is_counted: true }
}

impl World {
    pub(super) fn send_shown(
        &mut self,
        person: usize,
        payee: UserId,
        amount: i64,
        request: Option<MoneyRequestId>,
        is_shown: bool,
    ) -> bool {
        let visibility = if is_shown { Visibility::Friends } else { Visibility::Private };
        let wanted = SendMoney {
            money_request_id: request,
            visibility,
            ..self.peer_payment(person, payee, amount)
        };
        let Ok((payment, told)) = self.books.decide(&wanted) else { return false };
        let friends_are_told = told[0].data["visibility"] == "friends";
        self.shown.push((payment.peer_payment_id(), friends_are_told));
        true
    }

    pub(super) fn peer_payment(&self, person: usize, payee: UserId, amount: i64) -> SendMoney {
        SendMoney {
            payer: self.people[person],
            payee,
            amount: hkd(amount),
            note: None,
            visibility: Visibility::Private,
            money_request_id: None,
            confirmed: Ok(ConfirmedBy::Device),
            is_new_device: limits::is_new_device(person, self.books.now),
        }
    }
}
