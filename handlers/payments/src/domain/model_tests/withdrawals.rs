//! Withdrawals, in the simple model and in the real books.

use time::OffsetDateTime;
use values::WithdrawalId;

use super::limits::{self, Used};
use super::{Model, World};
use crate::domain::limits::Flow;
use crate::domain::literal_books::{bank_account, hkd};
use crate::domain::operation::ConfirmedBy;
use crate::domain::operations::{EndPayout, Payout, PayoutEnd, Withdraw};
use crate::domain::voice::Voice;

/// What the simple model knows of a withdrawal.
pub(super) struct Withdrawn {
    person: usize,
    amount: i64,
    /// Once the bank has answered.
    is_paid: Option<bool>,
    /// Its number among what counts towards limits.
    used: usize,
}

impl Model {
    pub(super) fn withdraw(&mut self, person: usize, amount: i64, now: OffsetDateTime) -> bool {
        let used = Used { person, flow: Flow::Withdrawal, amount, at: now, is_counted: true };
        let may = self.wallets[person] >= amount && self.may_use(used);
        if may {
            let used = self.note(used);
            self.wallets[person] -= amount;
            self.withdrawals.push(Withdrawn { person, amount, is_paid: None, used });
        }
        may
    }

    pub(super) fn end_withdrawal(&mut self, withdrawal: usize, is_paid: bool) -> bool {
        let Some(found) = self.withdrawals.get_mut(withdrawal) else { return false };
        match found.is_paid {
            Some(known) => known == is_paid,
            None => {
                found.is_paid = Some(is_paid);
                if !is_paid {
                    self.wallets[found.person] += found.amount;
                    let used = &mut self.uses[found.used];
                    (used.amount, used.is_counted) = (0, false);
                }
                true
            }
        }
    }

    /// What is held of this person's money for their bank.
    pub(super) fn withdrawn(&self, person: usize) -> i64 {
        let pending = self.withdrawals.iter().filter(|found| found.is_paid.is_none());
        pending.filter(|found| found.person == person).map(|found| found.amount).sum()
    }
}

impl World {
    pub(super) fn withdraw(&mut self, person: usize, amount: i64) -> bool {
        let wanted = Withdraw {
            user_id: self.people[person],
            amount: hkd(amount),
            bank_account: bank_account(),
            confirmed: Ok(ConfirmedBy::Pin),
            is_new_device: limits::is_new_device(person, self.books.now),
            is_instructed: true,
            registered: None,
        };
        let withdrawal = self.books.decide(&wanted);
        self.withdrawals.extend(withdrawal.iter().map(|(begun, _)| begun.id));
        withdrawal.is_ok()
    }

    pub(super) fn end_withdrawal(&mut self, withdrawal: usize, is_paid: bool) -> bool {
        let Some(id) = self.withdrawals.get(withdrawal).copied() else { return false };
        let outcome = if is_paid { PayoutEnd::Paid } else { PayoutEnd::Refused };
        let payout = Payout::Withdrawal(WithdrawalId::from_uuid(id));
        self.books.decide(&EndPayout { payout, outcome, by: Voice::Bank }).is_ok()
    }
}
