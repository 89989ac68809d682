//! Double entry: each transfer debits one account and credits another by the same amount, so all
//! debits always equal all credits.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use values::Refusal;

use super::account::{Account, AccountKind, Entry};
use super::limit_use::Counted;
use super::operation_rules::{LimitEffect, enters_frozen, limit_effect, needs_room};
use super::refusals::{HOLD_EXCEEDED, NO_WALLET, PAYEE_UNAVAILABLE, SAME_ACCOUNT};
use super::transfer::{Phase, Transfer};

/// Accounts that a transaction has locked, and the transfers it will write with their new sums.
#[derive(Clone, Default)]
pub(crate) struct Ledger {
    accounts: BTreeMap<Uuid, Account>,
    changed: BTreeSet<Uuid>,
    transfers: Vec<Transfer>,
}

impl Ledger {
    pub(crate) fn new(locked: impl IntoIterator<Item = Account>) -> Self {
        let accounts = locked.into_iter().map(|account| (account.id, account)).collect();
        Self { accounts, ..Self::default() }
    }

    pub(crate) fn account(&self, id: Uuid) -> Option<&Account> {
        self.accounts.get(&id)
    }

    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// The accounts whose sums have changed, as they will be written.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &Account> {
        self.changed.iter().filter_map(|id| self.accounts.get(id))
    }

    /// The transfers to write, in the order in which they were entered.
    pub(crate) fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// Enters all of the transfers, or leaves everything as it is. An account that was not locked
    /// neither gives nor takes.
    pub(crate) fn enter(&mut self, transfers: Vec<Transfer>) -> Result<(), Refusal> {
        let mut draft: BTreeMap<Uuid, Account> = BTreeMap::new();
        for transfer in &transfers {
            let account = |id| draft.get(&id).or_else(|| self.accounts.get(&id)).cloned();
            if transfer.debit == transfer.credit {
                return Err(SAME_ACCOUNT);
            }
            let mut debit = account(transfer.debit).ok_or(NO_WALLET)?;
            let mut credit = account(transfer.credit).ok_or(PAYEE_UNAVAILABLE)?;
            enter(transfer, &mut debit, &mut credit)?;
            draft.extend([(debit.id, debit), (credit.id, credit)]);
        }
        self.changed.extend(draft.keys());
        self.accounts.extend(draft);
        self.transfers.extend(transfers);
        Ok(())
    }
}

fn enter(transfer: &Transfer, debit: &mut Account, credit: &mut Account) -> Result<(), Refusal> {
    let amount = transfer.amount.minor_units();
    match transfer.phase {
        // A fee goes with money that has just come, or comes back with what leaves, so it asks only
        // whether it is there: what stops a shop's outgoing money, or is held by law, lets it be
        // paid. All of a decision is entered or nothing.
        Phase::Posted if transfer.is_fee => {
            debit.require_covered(amount)?;
            debit.post(Entry::Debit, amount)?;
            credit.post(Entry::Credit, amount)
        }
        Phase::Posted => {
            debit.require_giving()?;
            if !enters_frozen(transfer.kind) {
                credit.require_taking()?;
            }
            debit.require_available(amount)?;
            if needs_room(transfer.kind) {
                credit.require_room_for(amount)?;
            }
            count(transfer, debit, credit)?;
            debit.post(Entry::Debit, amount)?;
            credit.post(Entry::Credit, amount)
        }
        Phase::Pending => {
            require_moving(debit, credit)?;
            debit.require_available(amount)?;
            credit.require_room_for(amount)?;
            count(transfer, debit, credit)?;
            debit.hold(Entry::Debit, amount)?;
            credit.hold(Entry::Credit, amount)
        }
        // From or to the bank also where an account is frozen: what the bank has given or paid out
        // must stand in the books, which would be wrong otherwise. Between customers it stays.
        Phase::Settled(hold) => {
            let is_bank = |account: &Account| account.kind == AccountKind::BankClearing;
            if !is_bank(debit) && !is_bank(credit) {
                require_moving(debit, credit)?;
            }
            let held = hold.amount.minor_units();
            if amount > held {
                return Err(HOLD_EXCEEDED);
            }
            count_no_more(transfer, held.saturating_sub(amount), 0, debit, credit);
            debit.end_hold(Entry::Debit, held)?;
            credit.end_hold(Entry::Credit, held)?;
            debit.post(Entry::Debit, amount)?;
            credit.post(Entry::Credit, amount)
        }
        // Also where an account is frozen: nothing moves, and a hold must be able to end.
        Phase::Released(hold) | Phase::Expired(hold) => {
            let held = hold.amount.minor_units();
            count_no_more(transfer, held, 1, debit, credit);
            debit.end_hold(Entry::Debit, held)?;
            credit.end_hold(Entry::Credit, held)
        }
    }
}

/// Counts what begins, or takes back what a return undoes. How often somebody paid stays counted:
/// they did.
fn count(transfer: &Transfer, debit: &mut Account, credit: &mut Account) -> Result<(), Refusal> {
    let Transfer { at, counted_at, .. } = *transfer;
    let amount = transfer.amount.minor_units();
    let counted = |flow| Counted { flow, amount, at, is_new_device: false };
    match limit_effect(transfer.kind) {
        LimitEffect::CountsForPayer(flows) => {
            flows.iter().try_for_each(|flow| debit.count(counted(*flow)))
        }
        LimitEffect::CountsForPayee(flow) => credit.count(counted(flow)),
        LimitEffect::Returns(flow) => {
            credit.count_no_more(flow, amount, 0, counted_at);
            Ok(())
        }
        LimitEffect::Nothing => Ok(()),
    }
}

/// Takes back what was counted of a hold from which so much does not move.
fn count_no_more(
    transfer: &Transfer,
    unmoved: i64,
    movements: i64,
    debit: &mut Account,
    credit: &mut Account,
) {
    let counted_at = transfer.counted_at;
    match limit_effect(transfer.kind) {
        LimitEffect::CountsForPayer(flows) => {
            flows.iter().for_each(|flow| {
                debit.count_no_more(*flow, unmoved, movements, counted_at);
            });
        }
        LimitEffect::CountsForPayee(flow) => {
            credit.count_no_more(flow, unmoved, movements, counted_at);
        }
        // It was not counted.
        LimitEffect::Returns(_) | LimitEffect::Nothing => {}
    }
}

fn require_moving(debit: &Account, credit: &Account) -> Result<(), Refusal> {
    debit.require_giving()?;
    credit.require_taking()
}

#[cfg(test)]
mod tests;
