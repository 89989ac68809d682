//! Withdrawals and payments by FPS, in the simple model and in the real books.

use time::OffsetDateTime;
use values::{FpsPayeeId, FpsPaymentId, FpsProxy, FpsProxyType, WithdrawalId};

use super::held_payments::Awaited;
use super::limits::{self, Used};
use super::{Keeper, Model, OUTSIDE, World};
use crate::domain::fps_payee::FpsPayee;
use crate::domain::held_payment::HeldStatus;
use crate::domain::limits::Flow;
use crate::domain::literal_books::{bank_account, hkd};
use crate::domain::operation::ConfirmedBy;
use crate::domain::operations::{EndPayout, PayByFps, Payout, PayoutEnd, Withdraw};
use crate::domain::voice::Voice;

/// What the simple model knows of what goes to a bank.
pub(super) struct Withdrawn {
    person: usize,
    amount: i64,
    is_by_fps: bool,
    /// Once the bank is told: never, of what a reviewer or time has returned.
    begun_at: Option<OffsetDateTime>,
    /// Once the bank has answered, or it was returned.
    is_paid: Option<bool>,
    /// Its numbers among what counts towards limits.
    used: Vec<usize>,
}

impl Model {
    pub(super) fn withdraw(
        &mut self,
        person: usize,
        amount: i64,
        is_by_fps: bool,
        now: OffsetDateTime,
    ) -> bool {
        let flows = [Flow::Withdrawal, Flow::PeerPayment];
        let used = flows.map(|flow| Used { person, flow, amount, at: now, is_counted: true });
        let used = &used[..1 + usize::from(is_by_fps)];
        let is_held = is_by_fps && self.is_held_back([person, OUTSIDE], amount, now);
        let may = self.may_spend(person, amount) && used.iter().all(|used| self.may_use(*used));
        if may {
            let used = used.iter().map(|used| self.note(*used)).collect();
            self.wallets[person] -= amount;
            let (begun_at, is_paid) = ((!is_held).then_some(now), None);
            if is_held {
                self.hold(Awaited::Outside(self.withdrawals.len()), now);
            }
            self.withdrawals.push(Withdrawn { person, amount, is_by_fps, begun_at, is_paid, used });
        }
        may
    }

    pub(super) fn withdrawer(&self, withdrawal: usize) -> usize {
        self.withdrawals[withdrawal].person
    }

    /// The bank is told of what a reviewer has released.
    pub(super) fn tell_bank(&mut self, withdrawal: usize, now: OffsetDateTime) {
        self.withdrawals[withdrawal].begun_at = Some(now);
    }

    pub(super) fn end_withdrawal(&mut self, withdrawal: usize, is_paid: bool) -> bool {
        let Some(found) = self.withdrawals.get(withdrawal) else { return false };
        match found.is_paid {
            // The bank knows nothing of it.
            _ if found.begun_at.is_none() => false,
            Some(known) => known == is_paid,
            None if is_paid => {
                self.withdrawals[withdrawal].is_paid = Some(true);
                true
            }
            None => {
                self.pay_back(withdrawal);
                true
            }
        }
    }

    /// The wallet has it again, and has used nothing of any limit.
    pub(super) fn pay_back(&mut self, withdrawal: usize) {
        let found = &mut self.withdrawals[withdrawal];
        found.is_paid = Some(false);
        self.wallets[found.person] += found.amount;
        for used in &found.used {
            let used = &mut self.uses[*used];
            (used.amount, used.is_counted) = (0, false);
        }
    }

    /// When this person began to pay by FPS, and how much, whatever the bank said.
    pub(super) fn begun_by_fps(&self, person: usize) -> Vec<(OffsetDateTime, i64)> {
        let begun = self.withdrawals.iter().filter(|found| found.is_by_fps);
        let begun = begun.filter(|found| found.person == person);
        begun.filter_map(|found| found.begun_at.map(|at| (at, found.amount))).collect()
    }

    /// What is held of this person's money for a bank, or for a reviewer before that.
    pub(super) fn withdrawn(&self, person: usize) -> i64 {
        let pending = self.withdrawals.iter().filter(|found| found.is_paid.is_none());
        pending.filter(|found| found.person == person).map(|found| found.amount).sum()
    }
}

impl<K: Keeper> World<K> {
    pub(super) fn withdraw(&mut self, person: usize, amount: i64, is_by_fps: bool) -> bool {
        let is_new_device = limits::is_new_device(person, self.books.now);
        let (confirmed, is_instructed) = (Ok(ConfirmedBy::Pin), true);
        let (user_id, amount) = (self.people[person], hkd(amount));
        let begun = if is_by_fps {
            let payee = FpsPayee {
                id: FpsPayeeId::new(),
                user_id,
                proxy: FpsProxy::new(FpsProxyType::Mobile, "61234567").unwrap(),
                name: "DEMO SHOP".to_owned().try_into().unwrap(),
                quoted: None,
                created_at: self.books.now,
            };
            self.decide(&PayByFps {
                payee,
                amount,
                accepted_warning: None,
                confirmed,
                is_new_device,
                is_instructed,
            })
        } else {
            self.decide(&Withdraw {
                user_id,
                amount,
                bank_account: bank_account(),
                confirmed,
                is_new_device,
                is_instructed,
                registered: None,
            })
        };
        let payout = |id| match is_by_fps {
            true => Payout::Fps(FpsPaymentId::from_uuid(id)),
            false => Payout::Withdrawal(WithdrawalId::from_uuid(id)),
        };
        let Ok((begun, _)) = begun else { return false };
        self.withdrawals.push(payout(begun.id));
        let is_held = self.books.held_payment(begun.id).is_some();
        self.held_payments.extend(is_held.then(|| begun.held_payment_id()));
        true
    }

    pub(super) fn end_withdrawal(&mut self, withdrawal: usize, is_paid: bool) -> bool {
        let Some(payout) = self.withdrawals.get(withdrawal).copied() else { return false };
        let held = self.books.held_payment(payout.operation_id());
        if held.is_some_and(|held| held.status != HeldStatus::Released) {
            return false;
        }
        let outcome = if is_paid { PayoutEnd::Paid } else { PayoutEnd::Refused };
        self.decide(&EndPayout { payout, outcome, by: Voice::Bank }).is_ok()
    }
}
