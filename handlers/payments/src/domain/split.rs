//! How a bill is divided into whole cents.
//!
//! Everybody gets their exact share, rounded down. The cents that are left over go one each to
//! those who lost the most by that (largest remainder). Where several lost the same, as they all do
//! in equal shares, a hash of the bill's id and the person's decides: on each bill it falls on
//! somebody else, and nobody can choose on whom.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use values::{BillId, Money, Refusal, UserId};

use super::refusals::{BILL_PEOPLE_INVALID, BILL_SUM_MISMATCH, SHARE_TOO_SMALL};

/// The most people who are asked for a share of one bill.
const OTHERS_MAX: usize = 29;

/// Who has which part of a bill; one of them may be who made it.
pub(crate) enum Split {
    /// The same for each.
    Equal(Vec<UserId>),
    /// In proportion to a number.
    Weights(Vec<(UserId, u16)>),
    /// As somebody worked it out.
    Amounts(Vec<(UserId, Money)>),
}

impl Split {
    /// Everybody, in the order in which they were named.
    pub(crate) fn people(&self) -> Vec<UserId> {
        match self {
            Self::Equal(people) => people.clone(),
            Self::Weights(parts) => parts.iter().map(|(person, _)| *person).collect(),
            Self::Amounts(shares) => shares.iter().map(|(person, _)| *person).collect(),
        }
    }

    /// Whether a bill of this person's may be split among them.
    pub(super) fn require_people(&self, creator: UserId) -> Result<(), Refusal> {
        let people = self.people();
        let others = people.iter().filter(|person| **person != creator).count();
        let different = people.iter().collect::<HashSet<_>>().len();
        let is_sound = (1..=OTHERS_MAX).contains(&others) && different == people.len();
        is_sound.then_some(()).ok_or(BILL_PEOPLE_INVALID)
    }

    /// What each pays, in the same order. They add up to the total, and nobody pays nothing.
    pub(super) fn shares(
        &self,
        bill_id: BillId,
        total: Money,
    ) -> Result<Vec<(UserId, Money)>, Refusal> {
        match self {
            Self::Equal(people) => {
                let parts: Vec<_> = people.iter().map(|person| (*person, 1)).collect();
                in_proportion(bill_id, total, &parts)
            }
            Self::Weights(parts) => in_proportion(bill_id, total, parts),
            Self::Amounts(shares) => {
                let sum = shares.iter().map(|(_, share)| i128::from(share.minor_units()));
                let is_total = sum.sum::<i128>() == i128::from(total.minor_units());
                is_total.then(|| shares.clone()).ok_or(BILL_SUM_MISMATCH)
            }
        }
    }
}

/// One person's part while the cents are given out.
struct Part {
    person: UserId,
    cents: i64,
    /// What rounding took, in parts of a cent.
    lost: i64,
}

fn in_proportion(
    bill_id: BillId,
    total: Money,
    parts: &[(UserId, u16)],
) -> Result<Vec<(UserId, Money)>, Refusal> {
    let whole: i64 = parts.iter().map(|(_, weight)| i64::from(*weight)).sum();
    let mut parts: Vec<Part> = parts
        .iter()
        .map(|(person, weight)| {
            // At most 10^12 cents times 65,535, which an i64 holds.
            let exact = total.minor_units().saturating_mul(i64::from(*weight));
            let cents = exact.checked_div(whole).unwrap_or(0);
            Part { person: *person, cents, lost: exact.checked_rem(whole).unwrap_or(0) }
        })
        .collect();
    let given: i64 = parts.iter().map(|part| part.cents).sum();
    // Fewer than there are people: each lost less than a cent.
    let left = usize::try_from(total.minor_units().saturating_sub(given)).unwrap_or(0);
    let mut order: Vec<&mut Part> = parts.iter_mut().collect();
    order.sort_by_key(|part| Reverse((part.lost, lot(bill_id, part.person))));
    for part in order.into_iter().take(left) {
        part.cents = part.cents.saturating_add(1);
    }
    let share = |part: Part| Some((part.person, Money::hkd(part.cents).ok()?));
    parts.into_iter().map(share).collect::<Option<_>>().ok_or(SHARE_TOO_SMALL)
}

/// What decides between those who lost the same. It is used once and kept nowhere, so it need not
/// be the same in the next version of the program.
fn lot(bill_id: BillId, person: UserId) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one((bill_id, person))
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::literal_books::hkd;

    fn people(count: usize) -> Vec<UserId> {
        (0..count).map(|_| UserId::new()).collect()
    }

    fn cents(split: &Split, total: i64) -> Vec<i64> {
        let shares = split.shares(BillId::new(), hkd(total)).unwrap();
        shares.iter().map(|(_, share)| share.minor_units()).collect()
    }

    proptest! {
        #[test]
        fn equal_shares_add_up_and_differ_by_a_cent_at_most(
            count in 1..=30_usize, total in 30..=Money::MINOR_UNITS_MAX,
        ) {
            let shares = cents(&Split::Equal(people(count)), total);
            prop_assert_eq!(shares.iter().sum::<i64>(), total);
            let least = total / i64::try_from(count).unwrap();
            prop_assert!(shares.iter().all(|share| (least..=least + 1).contains(share)));
            prop_assert!(least >= 1);
        }

        #[test]
        fn weighted_shares_add_up_and_are_less_than_a_cent_from_the_exact_ones(
            weights in prop::collection::vec(1..=u16::MAX, 1..=30),
            total in 1..=Money::MINOR_UNITS_MAX,
        ) {
            let named = weights.iter().map(|weight| (UserId::new(), *weight)).collect();
            let shares = Split::Weights(named).shares(BillId::new(), hkd(total));
            let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            let exact = |weight: u16| i128::from(total) * i128::from(weight);
            match shares {
                Ok(shares) => {
                    let sum: i64 = shares.iter().map(|(_, share)| share.minor_units()).sum();
                    prop_assert_eq!(sum, total);
                    for ((_, share), weight) in shares.iter().zip(&weights) {
                        let away = i128::from(share.minor_units()) * whole - exact(*weight);
                        prop_assert!(away.abs() < whole, "{share} for {weight}");
                    }
                }
                // Somebody's exact share is less than a cent.
                Err(refusal) => {
                    prop_assert_eq!(refusal, SHARE_TOO_SMALL);
                    prop_assert!(weights.iter().any(|weight| exact(*weight) < whole));
                }
            }
        }
    }

    #[test]
    fn the_odd_cent_falls_on_each_about_as_often() {
        const BILLS: usize = 3_000;
        let three = people(3);
        let mut paid: HashMap<UserId, usize> = HashMap::new();
        for _ in 0..BILLS {
            let shares = Split::Equal(three.clone()).shares(BillId::new(), hkd(100)).unwrap();
            let odd = shares.into_iter().find(|(_, share)| *share == hkd(34)).unwrap();
            *paid.entry(odd.0).or_default() += 1;
        }
        // A fair lot leaves this range once in billions of runs.
        assert!(three.iter().all(|person| (800..1_200).contains(&paid[person])), "{paid:?}");
    }

    #[test]
    fn whoever_lost_the_most_by_rounding_pays_the_odd_cent() {
        let split = Split::Weights(people(3).into_iter().zip([2, 1, 1]).collect());
        // 50.5, 25.25, 25.25
        assert_eq!(cents(&split, 101), [51, 25, 25]);
        // 51.5, 25.75, 25.75
        assert_eq!(cents(&split, 103), [51, 26, 26]);
        let split = Split::Weights(people(3).into_iter().zip([1, 0, 1]).collect());
        assert_eq!(split.shares(BillId::new(), hkd(100)), Err(SHARE_TOO_SMALL));
    }

    #[test]
    fn fewer_cents_than_people_are_not_split_and_amounts_must_be_the_total() {
        let too_many = Split::Equal(people(4)).shares(BillId::new(), hkd(3));
        assert_eq!(too_many, Err(SHARE_TOO_SMALL));
        assert_eq!(cents(&Split::Equal(people(4)), 4), [1; 4]);
        let by_hand = Split::Amounts(people(2).into_iter().zip([hkd(60), hkd(40)]).collect());
        assert_eq!(cents(&by_hand, 100), [60, 40]);
        for total in [99, 101] {
            let refused = by_hand.shares(BillId::new(), hkd(total));
            assert_eq!(refused, Err(BILL_SUM_MISMATCH));
        }
    }

    #[test]
    fn a_bill_is_shared_with_one_to_twenty_nine_others_each_named_once() {
        let creator = UserId::new();
        let with = |others: usize| [people(others), vec![creator]].concat();
        let judged = |people: Vec<UserId>| Split::Equal(people).require_people(creator);
        assert_eq!(judged(with(1)), Ok(()));
        assert_eq!(judged(with(29)), Ok(()));
        assert_eq!(judged(people(29)), Ok(()));
        let twice = people(1).repeat(2);
        for wrong in [Vec::new(), with(0), with(30), people(30), twice, [creator; 2].to_vec()] {
            assert_eq!(judged(wrong), Err(BILL_PEOPLE_INVALID));
        }
    }
}
