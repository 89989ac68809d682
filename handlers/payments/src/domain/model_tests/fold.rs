//! What transfers add up to.

use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::account::Account;
use crate::domain::transfer::{Phase, Transfer};

/// Debits and credits posted, debits and credits pending.
pub(super) fn fold(transfers: &[Transfer]) -> HashMap<Uuid, [i64; 4]> {
    let mut sums: HashMap<Uuid, [i64; 4]> = HashMap::new();
    for transfer in transfers {
        let amount = transfer.amount.minor_units();
        let (posted, pending) = match transfer.phase {
            Phase::Posted => (amount, 0),
            Phase::Pending => (0, amount),
            Phase::Settled(hold) => (amount, -hold.amount.minor_units()),
            Phase::Released(hold) | Phase::Expired(hold) => (0, -hold.amount.minor_units()),
        };
        for (account, side) in [(transfer.debit, 0), (transfer.credit, 1)] {
            let sums = sums.entry(account).or_default();
            sums[side] += posted;
            sums[side + 2] += pending;
        }
    }
    sums
}

pub(super) fn sums(account: &Account) -> [i64; 4] {
    let Account { debits_posted, credits_posted, debits_pending, credits_pending, .. } = account;
    [*debits_posted, *credits_posted, *debits_pending, *credits_pending]
}
