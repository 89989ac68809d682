//! Whom people have paid before: what rules of step-up ask of a payee.

use std::collections::{BTreeMap, BTreeSet};

use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::NewPayee;

/// How long a payee is new after they were first paid: a probe buys nothing for a day.
pub(crate) const NEW_FOR: Duration = Duration::hours(24);

/// A person, or somebody whom FPS knows, whom a person has paid. Amounts are minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownPayee {
    pub(crate) payer: Uuid,
    pub(crate) payee: Uuid,
    pub(crate) first_paid_at: OffsetDateTime,
    pub(crate) first_amount: i64,
    /// All that was paid while the payee was new.
    pub(crate) first_day_amount: i64,
}

impl KnownPayee {
    fn is_new(&self, now: OffsetDateTime) -> bool {
        self.first_paid_at > now.saturating_sub(NEW_FOR)
    }
}

/// The payees of those who pay, as far as a batch asks: each that is paid, and all that are new to
/// a payer. A payer's account is locked when they are read, as it is by whoever pays from it, so
/// no two payments find the same payee unpaid.
#[derive(Debug, Clone, Default)]
pub(crate) struct KnownPayees {
    known: BTreeMap<(Uuid, Uuid), KnownPayee>,
    changed: BTreeSet<(Uuid, Uuid)>,
}

impl KnownPayees {
    pub(crate) fn new(read: impl IntoIterator<Item = KnownPayee>) -> Self {
        let known = read.into_iter().map(|row| ((row.payer, row.payee), row)).collect();
        Self { known, changed: BTreeSet::new() }
    }

    /// What stands after a payment to a payee who is new; `None` for any other.
    pub(super) fn after_payment(
        &self,
        (payer, payee): (Uuid, Uuid),
        amount: i64,
        now: OffsetDateTime,
    ) -> Option<KnownPayee> {
        let first = KnownPayee {
            payer,
            payee,
            first_paid_at: now,
            first_amount: amount,
            first_day_amount: amount,
        };
        self.known.get(&(payer, payee)).map_or(Some(first), |known| {
            let first_day_amount = known.first_day_amount.saturating_add(amount);
            known.is_new(now).then_some(KnownPayee { first_day_amount, ..*known })
        })
    }

    /// The payee as rules know them, if they are new, and how many are new to the payer with them.
    pub(super) fn facts(
        &self,
        (payer, payee): (Uuid, Uuid),
        amount: i64,
        now: OffsetDateTime,
    ) -> (Option<NewPayee>, u32) {
        let before = self.known.get(&(payer, payee));
        let after = self.after_payment((payer, payee), amount, now);
        let others = self.known.range((payer, Uuid::nil())..=(payer, Uuid::max()));
        let others = others.map(|(_, known)| known);
        let new = others.filter(|known| known.payee != payee && known.is_new(now)).chain(&after);
        let (mut payees, mut given) = (0_u32, 0_i64);
        for known in new {
            payees = payees.saturating_add(1);
            given = given.saturating_add(known.first_day_amount);
        }
        let first_paid = before.map(|before| before.first_amount);
        (after.map(|_| NewPayee { first_paid, given }), payees)
    }

    pub(super) fn save(&mut self, rows: Vec<KnownPayee>) {
        for row in rows {
            let key = (row.payer, row.payee);
            self.known.insert(key, row);
            self.changed.insert(key);
        }
    }

    /// Those to write.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &KnownPayee> {
        self.changed.iter().filter_map(|key| self.known.get(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::NOW;

    const PAYER: Uuid = Uuid::from_u128(1);
    const PAYEE: Uuid = Uuid::from_u128(2);
    const PAIR: (Uuid, Uuid) = (PAYER, PAYEE);

    fn known(payer: Uuid, payee: Uuid, first_paid_at: OffsetDateTime) -> KnownPayee {
        KnownPayee { payer, payee, first_paid_at, first_amount: 100, first_day_amount: 300 }
    }

    #[test]
    fn a_payee_is_new_until_a_day_after_the_first_payment() {
        let never = KnownPayees::default();
        let first = NewPayee { first_paid: None, given: 50 };
        assert_eq!(never.facts(PAIR, 50, NOW), (Some(first), 1));
        for (hours, given) in [(0, Some(350)), (23, Some(350)), (24, None), (1_000, None)] {
            let then = NOW.saturating_sub(Duration::hours(hours));
            let payees = KnownPayees::new([known(PAYER, PAYEE, then)]);
            let new = given.map(|given| NewPayee { first_paid: Some(100), given });
            assert_eq!(payees.facts(PAIR, 50, NOW), (new, given.is_some().into()), "{hours}");
            let after = payees.after_payment(PAIR, 50, NOW);
            assert_eq!(after.map(|row| row.first_day_amount), given);
            assert_eq!(after.map_or(then, |row| row.first_paid_at), then);
        }
    }

    #[test]
    fn a_payers_new_payees_count_and_nobody_elses_do() {
        let other = Uuid::from_u128(7);
        let payees = KnownPayees::new([
            known(PAYER, Uuid::from_u128(3), NOW),
            known(PAYER, Uuid::from_u128(4), NOW.saturating_sub(Duration::hours(23))),
            known(PAYER, Uuid::from_u128(5), NOW.saturating_sub(Duration::hours(24))),
            known(other, PAYEE, NOW),
            known(other, Uuid::from_u128(3), NOW),
        ]);
        let new = NewPayee { first_paid: None, given: 300 + 300 + 50 };
        assert_eq!(payees.facts(PAIR, 50, NOW), (Some(new), 3));
        // One who is new already is not counted twice, and one who is known is not counted.
        assert_eq!(payees.facts((PAYER, Uuid::from_u128(3)), 50, NOW).1, 2);
        assert_eq!(payees.facts((PAYER, Uuid::from_u128(5)), 50, NOW).1, 2);
    }

    #[test]
    fn a_neighbour_in_the_same_batch_finds_what_was_paid() {
        let mut payees = KnownPayees::default();
        let first = payees.after_payment(PAIR, 50, NOW).unwrap();
        payees.save(vec![first]);
        let (new, _) = payees.facts(PAIR, 25, NOW);
        assert_eq!(new, Some(NewPayee { first_paid: Some(50), given: 75 }));
        payees.save(payees.after_payment(PAIR, 25, NOW).into_iter().collect());
        let written: Vec<_> = payees.changed().copied().collect();
        assert_eq!(written, [KnownPayee { first_day_amount: 75, ..first }]);
    }
}
