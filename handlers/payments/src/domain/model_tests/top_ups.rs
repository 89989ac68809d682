//! Top-ups, in the simple model and in the real books.

use time::OffsetDateTime;
use values::TopUpId;

use super::limits::Used;
use super::{Keeper, Model, World};
use crate::domain::limits::Flow;
use crate::domain::literal_books::hkd;
use crate::domain::operations::{EndTopUp, TopUp, TopUpEnd, TopUpMethod};
use crate::domain::voice::Voice;

/// What the model knows of a top-up by bank debit.
pub(super) struct Debit {
    person: usize,
    amount: i64,
    /// What came of it, once something did: what was given, or why nothing was.
    end: Option<Result<i64, &'static str>>,
    /// Its number among what counts towards limits.
    used: usize,
}

impl Model {
    pub(super) fn top_up(
        &mut self,
        person: usize,
        amount: i64,
        is_debit: bool,
        now: OffsetDateTime,
    ) -> bool {
        let used = Used { person, flow: Flow::TopUp, amount, at: now, is_counted: true };
        if !(self.has_room(person, amount) && self.may_use(used)) {
            return false;
        }
        let used = self.note(used);
        if is_debit {
            self.debits.push(Debit { person, amount, end: None, used });
        } else {
            self.wallets[person] += amount;
        }
        true
    }

    /// What a bank was asked for and has not answered.
    pub(super) fn debited(&self, person: usize) -> i64 {
        let pending = self.debits.iter().filter(|debit| debit.end.is_none());
        pending.filter(|debit| debit.person == person).map(|debit| debit.amount).sum()
    }

    pub(super) fn is_pending(&self, top_up: usize) -> bool {
        self.debits[top_up].end.is_none()
    }

    pub(super) fn end(&mut self, top_up: usize, end: Result<i64, &'static str>) -> bool {
        let Some(debit) = self.debits.get_mut(top_up) else { return false };
        match debit.end {
            // The same again changes nothing.
            Some(known) => known == end,
            None if end.is_ok_and(|amount| amount > debit.amount) => false,
            None => {
                debit.end = Some(end);
                self.wallets[debit.person] += end.unwrap_or(0);
                let used = &mut self.uses[debit.used];
                (used.amount, used.is_counted) = (end.unwrap_or(0), end.is_ok());
                true
            }
        }
    }
}

impl<K: Keeper> World<K> {
    pub(super) fn top_up(&mut self, person: usize, amount: i64, is_debit: bool) -> bool {
        let method = if is_debit { TopUpMethod::BankDebit } else { TopUpMethod::Instant };
        let (user_id, amount) = (self.people[person], hkd(amount));
        let wanted = TopUp { user_id, amount, method, is_instructed: true };
        let Ok((top_up, _)) = self.decide(&wanted) else { return false };
        let top_up_id = top_up.top_up_id();
        if is_debit {
            self.debits.push(top_up_id);
            return true;
        }
        // The bank gives it at once.
        let outcome = TopUpEnd::Given(amount);
        self.decide(&EndTopUp { top_up_id, outcome, by: Voice::Bank }).is_ok()
    }

    pub(super) fn end(&mut self, top_up: usize, outcome: TopUpEnd) -> bool {
        let Some(top_up_id): Option<TopUpId> = self.debits.get(top_up).copied() else {
            return false;
        };
        self.decide(&EndTopUp { top_up_id, outcome, by: Voice::Bank }).is_ok()
    }
}
