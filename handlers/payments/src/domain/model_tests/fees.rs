//! What shops pay, in the simple model.

use super::{Model, Paid};

/// In hundredths of a percent.
const RATE: i64 = 150;

impl Model {
    /// The shop takes what the person has agreed to, and pays for that.
    pub(super) fn sell(&mut self, person: usize, shop: usize, taken: i64, used: usize) {
        let fee = (taken * RATE + 5_000) / 10_000;
        self.takings[shop] += taken - fee;
        self.fees[shop] += fee;
        self.payments.push(Paid { person, shop, taken, left: taken, fee, fee_left: fee, used });
    }

    /// A wallet takes it however full it is, and the shop always has it: with all that is given
    /// back of a payment its whole fee comes back.
    pub(super) fn give_back(&mut self, payment: usize, amount: i64) -> bool {
        let Some(paid) = self.payments.get_mut(payment) else { return false };
        if paid.left < amount {
            return false;
        }
        paid.left -= amount;
        // Half a cent more is the shop's.
        let fee_left = (2 * paid.fee * paid.left + paid.taken - 1) / (2 * paid.taken);
        let returned = paid.fee_left - fee_left;
        paid.fee_left = fee_left;
        self.takings[paid.shop] += returned - amount;
        self.fees[paid.shop] -= returned;
        self.wallets[paid.person] += amount;
        self.uses[paid.used].amount -= amount;
        true
    }
}
