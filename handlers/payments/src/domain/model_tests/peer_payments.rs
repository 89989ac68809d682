//! Payments from people to people, and who else may see them, in the simple model and in the real
//! books.

use time::OffsetDateTime;
use values::{MoneyRequestId, PeerPaymentId, UserId};

use super::held_payments::Awaited;
use super::limits::{self, Used};
use super::{Keeper, Model, World, nth};
use crate::domain::books::Announcement;
use crate::domain::held_payment::HeldPayment;
use crate::domain::limits::Flow;
use crate::domain::literal_books::hkd;
use crate::domain::operation::{ConfirmedBy, Operation, OperationState};
use crate::domain::operations::SendMoney;
use crate::domain::visibility::Visibility;

/// What the simple model knows of one, whether it is held or not.
pub(super) struct Sent {
    /// Who pays, and whom.
    pub(super) sides: [usize; 2],
    pub(super) amount: i64,
    /// Whether friends may see it once the payee has it.
    is_shown: bool,
    /// Whether it was told that they may, once the payee had it.
    told: Option<bool>,
    pub(super) paid_at: Option<OffsetDateTime>,
}

/// One of the real books.
pub(super) struct Named {
    pub(super) id: PeerPaymentId,
    /// Each time it was told that the money moved: whether friends may see it.
    told: Vec<bool>,
}

impl Named {
    pub(super) fn hear(&mut self, told: &[Announcement]) {
        let moved = told.iter().filter(|event| event.kind == "payme.payments.money-moved.v1");
        self.told.extend(moved.map(|event| event.data["visibility"] == "friends"));
    }
}

impl Model {
    /// Also if it is held. What somebody asked for, or a schedule pays, does not wait.
    pub(super) fn send(
        &mut self,
        sides: [usize; 2],
        amount: i64,
        [is_shown, may_wait]: [bool; 2],
        now: OffsetDateTime,
    ) -> bool {
        let [person, to] = sides;
        let is_held = self.is_held_back(sides, amount, now);
        let may = self.may_send(person, to, amount, now) && self.may_spend(person, amount);
        if !may || is_held && !may_wait {
            return false;
        }
        let (sent, used) = (self.sent.len(), self.note(payment(person, amount, now)));
        self.wallets[person] -= amount;
        self.sent.push(Sent { sides, amount, is_shown, told: None, paid_at: None });
        if is_held {
            self.hold(Awaited::Sent { sent, used }, now);
        } else {
            self.receive(sent, now);
        }
        true
    }

    /// The payee has it, and friends may see it or not.
    pub(super) fn receive(&mut self, sent: usize, now: OffsetDateTime) {
        let sent = &mut self.sent[sent];
        self.wallets[sent.sides[1]] += sent.amount;
        (sent.told, sent.paid_at) = (Some(sent.is_shown), Some(now));
    }

    pub(super) fn hide(&mut self, sent: usize) -> bool {
        let sent = nth(sent, self.sent.len());
        let Some(sent) = self.sent.get_mut(sent) else { return false };
        sent.is_shown = false;
        true
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
            && self.gives(person)
            && self.may_use(payment(person, amount, now))
            && self.has_room(to, amount)
    }

    /// Whether a wallet takes so much.
    pub(super) fn has_room(&self, person: usize, amount: i64) -> bool {
        self.takes(person) && amount <= self.room(person)
    }

    pub(super) fn room(&self, person: usize) -> i64 {
        let expected = self.expected(person) + self.reviewed_for(person);
        self.tiers[person].balance_max() - expected
    }

    /// Of each, what was told of it, and whether friends may see it now.
    pub(super) fn shown(&self) -> Vec<(Vec<bool>, bool)> {
        let shown = |sent: &Sent| {
            let may_see = sent.told.is_some() && sent.is_shown;
            (sent.told.into_iter().collect(), may_see)
        };
        self.sent.iter().map(shown).collect()
    }
}

fn payment(person: usize, amount: i64, at: OffsetDateTime) -> Used {
    Used { person, flow: Flow::PeerPayment, amount, at, is_counted: true }
}

impl<K: Keeper> World<K> {
    pub(super) fn send(
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
        let Ok((payment, told)) = self.decide(&wanted) else { return false };
        self.keep_sent(&payment, &told);
        true
    }

    pub(super) fn keep_sent(&mut self, payment: &Operation, told: &[Announcement]) {
        let mut sent = Named { id: payment.peer_payment_id(), told: Vec::new() };
        sent.hear(told);
        let is_held = payment.state == OperationState::Pending;
        self.held_payments.extend(is_held.then(|| payment.held_payment_id()));
        self.sent.push(sent);
    }

    pub(super) fn peer_payment(&self, person: usize, payee: UserId, amount: i64) -> SendMoney {
        SendMoney {
            payer: self.people[person],
            payee,
            amount: hkd(amount),
            note: None,
            sticker: None,
            visibility: Visibility::Private,
            money_request_id: None,
            accepted_warning: None,
            confirmed: Ok(ConfirmedBy::Device),
            is_new_device: limits::is_new_device(person, self.books.now),
        }
    }

    /// What `store::visibility::hide` writes, between two of our transactions.
    pub(super) fn hide(&mut self, sent: usize) -> bool {
        let sent = nth(sent, self.sent.len());
        let Some(Named { id, .. }) = self.sent.get(sent) else { return false };
        let id = *id;
        self.for_friends.append(&mut self.books.for_friends);
        self.for_friends.retain(|shown| *shown != id);
        let held = self.books.held_payment(id.uuid()).cloned();
        let hidden = held.map(|held| HeldPayment { visibility: Visibility::Private, ..held });
        self.books.held_payments.save(hidden.into_iter().collect());
        self.keeper.hide(id);
        true
    }

    pub(super) fn shown(&self) -> Vec<(Vec<bool>, bool)> {
        let shown = |sent: &Named| (sent.told.clone(), self.for_friends.contains(&sent.id));
        self.sent.iter().map(shown).collect()
    }
}
