//! How a sum is split into shares of one cent at least.

use std::collections::BTreeSet;

use values::{Money, Refusal, code_enum};

use super::refusals::FEWER_CENTS_THAN_SHARES;

code_enum! {
    /// How a red packet is split.
    pub(crate) enum PacketSplit {
        /// All shares are alike; cents that are left over go to the first ones, one to each.
        Equal = "equal",
        /// Every way to split the sum into so many shares of a cent or more is as likely as any
        /// other, so it does not matter who comes first.
        Random = "random",
    }
}

impl PacketSplit {
    /// The shares in the order in which they are taken, whose sum is the amount. `draw` gives a
    /// number from 0 up to the one before its argument, each as likely as any other.
    pub(crate) fn shares(
        self,
        amount: Money,
        shares: u32,
        draw: impl FnMut(i64) -> i64,
    ) -> Result<Vec<Money>, Refusal> {
        let (cents, shares) = (amount.minor_units(), i64::from(shares));
        if shares == 0 || cents < shares {
            return Err(FEWER_CENTS_THAN_SHARES);
        }
        let parts = match self {
            Self::Equal => equal(cents, shares),
            Self::Random => random(cents, shares, draw),
        };
        parts
            .into_iter()
            .map(|part| Money::hkd(part).map_err(|_| FEWER_CENTS_THAN_SHARES))
            .collect()
    }
}

fn equal(cents: i64, shares: i64) -> Vec<i64> {
    let (each, left) = (cents.div_euclid(shares), cents.rem_euclid(shares));
    (0..shares).map(|share| each.saturating_add(i64::from(share < left))).collect()
}

/// The cents stand in a row, and one cut fewer than shares falls between them: the cuts are drawn
/// without repeating one (Floyd's algorithm: as many draws as cuts), all sets of them being equally
/// likely.
fn random(cents: i64, shares: i64, mut draw: impl FnMut(i64) -> i64) -> Vec<i64> {
    let mut cuts = BTreeSet::new();
    // The places between the cents are 1 to `cents - 1`.
    for last in cents.saturating_sub(shares).saturating_add(1)..cents {
        let drawn = draw(last).saturating_add(1);
        if !cuts.insert(drawn) {
            cuts.insert(last);
        }
    }
    let ends = cuts.into_iter().chain([cents]);
    let mut from = 0;
    ends.map(|end| end.saturating_sub(std::mem::replace(&mut from, end))).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::literal_books::hkd;

    /// Splitmix64: a few lines that give the same numbers for ever.
    fn generator(mut state: u64) -> impl FnMut(i64) -> i64 {
        move |limit| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            i64::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
        }
    }

    fn cents(shares: Vec<Money>) -> Vec<i64> {
        shares.into_iter().map(Money::minor_units).collect()
    }

    proptest! {
        #[test]
        fn shares_are_a_cent_at_least_and_add_up_exactly(
            shares in 1..=100_u32, more in 0..20_000_i64, seed: u64, is_random: bool,
        ) {
            let amount = i64::from(shares) + more;
            let split = if is_random { PacketSplit::Random } else { PacketSplit::Equal };
            let parts = cents(split.shares(hkd(amount), shares, generator(seed)).unwrap());
            prop_assert_eq!(parts.len(), usize::try_from(shares).unwrap());
            prop_assert!(parts.iter().all(|part| *part >= 1));
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            if !is_random {
                let apart = parts.iter().max().unwrap() - parts.iter().min().unwrap();
                prop_assert!(apart <= 1 && parts.is_sorted_by(|one, next| one >= next));
            }
        }
    }

    #[test]
    fn fewer_cents_than_shares_are_refused_and_as_many_are_a_cent_each() {
        for split in [PacketSplit::Equal, PacketSplit::Random] {
            let refused = split.shares(hkd(9), 10, generator(1)).err();
            assert_eq!(refused, Some(FEWER_CENTS_THAN_SHARES));
            assert_eq!(cents(split.shares(hkd(3), 3, generator(1)).unwrap()), [1, 1, 1]);
            assert_eq!(cents(split.shares(hkd(7), 1, generator(1)).unwrap()), [7]);
        }
        assert_eq!(cents(PacketSplit::Equal.shares(hkd(11), 3, generator(1)).unwrap()), [4, 4, 3]);
    }

    /// Six cents among three: ten ways, each drawn about as often as any other.
    #[test]
    fn every_way_to_split_is_as_likely_as_any_other() {
        const DRAWN: usize = 10_000;
        let mut draw = generator(7);
        let mut seen: HashMap<Vec<i64>, usize> = HashMap::new();
        for _ in 0..DRAWN {
            let parts = cents(PacketSplit::Random.shares(hkd(6), 3, &mut draw).unwrap());
            *seen.entry(parts).or_default() += 1;
        }
        assert_eq!(seen.len(), 10);
        // Four standard deviations of 30 around a thousand.
        assert!(seen.values().all(|times| (880..1_120).contains(times)), "{seen:?}");
    }
}
