//! What a wallet may hold, take and give, by how well its owner is known. Amounts are minor units.

use values::code_enum;

/// The most that may leave a wallet in a day, in each way, if a device asks that was added to the
/// account less than a day ago: HK$1,000. In 2018 some twenty PayMe accounts were taken over and
/// lost HK$5,000 each.
pub(crate) const NEW_DEVICE_DAY_MAX: i64 = 100_000;

code_enum! {
    /// How well the owner of a wallet is known.
    pub(crate) enum WalletTier {
        /// By a phone number.
        Unverified = "unverified",
        /// By an identity card as well.
        Verified = "verified",
        /// And it is known where they live.
        AddressVerified = "address-verified",
    }
}

code_enum! {
    /// What a person applies for at onboarding, as its applications call it.
    pub(crate) enum VerificationKind {
        /// With an identity document.
        Identity = "identity",
        /// With a proof of address.
        Address = "address",
    }
}

code_enum! {
    /// A way in which money comes into a wallet or leaves it, with limits of its own. What others
    /// pay into a wallet is limited only by what it may hold.
    pub(crate) enum Flow {
        /// From the person's bank.
        TopUp = "top-up",
        /// To shops.
        Payment = "payment",
        /// To people, also by FPS.
        PeerPayment = "peer-payment",
        /// To banks: withdrawals, and what is paid by FPS, together.
        Withdrawal = "withdrawal",
    }
}

impl Flow {
    /// What a day allows, of the day's limit, on a device that is new to its account or not.
    pub(crate) fn day_max(self, day: i64, is_new_device: bool) -> i64 {
        if is_new_device && self.leaves() { day.min(NEW_DEVICE_DAY_MAX) } else { day }
    }

    /// Whether it takes money away, as a thief would.
    const fn leaves(self) -> bool {
        match self {
            Self::TopUp => false,
            Self::Payment | Self::PeerPayment | Self::Withdrawal => true,
        }
    }
}

/// The limits of one flow, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) transaction: i64,
    pub(crate) day: i64,
    pub(crate) month: i64,
    pub(crate) year: i64,
    /// Transactions in a day.
    pub(crate) count: i64,
}

impl WalletTier {
    /// The tier of a new wallet. Those that were opened before onboarding stood keep theirs.
    pub(crate) const AT_OPENING: Self = Self::Unverified;

    /// The next better one, and what a person applies for to have it.
    pub(crate) const fn next(self) -> Option<(Self, VerificationKind)> {
        match self {
            Self::Unverified => Some((Self::Verified, VerificationKind::Identity)),
            Self::Verified => Some((Self::AddressVerified, VerificationKind::Address)),
            Self::AddressVerified => None,
        }
    }

    /// The most that a wallet may hold, in minor units: HK$3,000, up to which Hong Kong
    /// asks for no due diligence, then HK$100,000 (PayMe, AlipayHK).
    pub(crate) const fn balance_max(self) -> i64 {
        match self {
            Self::Unverified => 300_000,
            Self::Verified | Self::AddressVerified => 10_000_000,
        }
    }

    /// What may come and go, in Hong Kong dollars, and how often in a day.
    ///
    /// - Top-ups of the unverified are PayMe's of 2017: 3,000 a day, 10,000 a month, 25,000 a year.
    ///   The month of the others is PayMe's of 2018: 30,000, and 50,000 with an address.
    /// - One transaction, the day and the year are otherwise those of AlipayHK's three tiers:
    ///   2,000, 3,000, 25,000; then 5,000, 10,000, 100,000; then 5,000, 20,000, 200,000.
    /// - Withdrawals are PayMe's of 2018, 30,000 a month and 100,000 a year, of the unverified as
    ///   much as they may top up; ten a day as at AlipayHK, and a day's can be one. What is paid by
    ///   FPS is in them: to a thief it is as good as a withdrawal.
    /// - Without a source: a month of payments is one of top-ups; the other counts are there to
    ///   stop programs, not people.
    #[rustfmt::skip]
    pub(crate) const fn limits(self, flow: Flow) -> Limits {
        use Flow::{Payment, PeerPayment, TopUp, Withdrawal};
        use WalletTier::{AddressVerified, Unverified, Verified};
        const fn hkd(transaction: i64, day: i64, month: i64, year: i64, count: i64) -> Limits {
            Limits {
                transaction: cents(transaction),
                day: cents(day),
                month: cents(month),
                year: cents(year),
                count,
            }
        }
        match (self, flow) {
            (Unverified, TopUp)              => hkd(3_000, 3_000, 10_000, 25_000, 20),
            (Unverified, Payment)            => hkd(2_000, 3_000, 10_000, 25_000, 50),
            (Unverified, PeerPayment)        => hkd(2_000, 3_000, 10_000, 25_000, 20),
            (Unverified, Withdrawal)         => hkd(3_000, 3_000, 10_000, 25_000, 10),
            (Verified, TopUp)                => hkd(5_000, 10_000, 30_000, 100_000, 100),
            (Verified, Payment)              => hkd(5_000, 10_000, 30_000, 100_000, 200),
            (Verified, PeerPayment)          => hkd(5_000, 10_000, 30_000, 100_000, 100),
            (Verified, Withdrawal)           => hkd(10_000, 10_000, 30_000, 100_000, 10),
            (AddressVerified, TopUp)         => hkd(5_000, 20_000, 50_000, 200_000, 100),
            (AddressVerified, Payment)       => hkd(5_000, 20_000, 50_000, 200_000, 200),
            (AddressVerified, PeerPayment)   => hkd(5_000, 20_000, 50_000, 200_000, 100),
            (AddressVerified, Withdrawal)    => hkd(20_000, 20_000, 30_000, 100_000, 10),
        }
    }
}

const fn cents(dollars: i64) -> i64 {
    dollars.saturating_mul(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_period_allows_no_less_and_so_does_a_better_tier() {
        for flow in Flow::ALL {
            let all = WalletTier::ALL.iter().map(|tier| tier.limits(*flow));
            let all: Vec<Limits> = all.collect();
            for limits in &all {
                let Limits { transaction, day, month, year, .. } = *limits;
                assert!([transaction, day, month, year].is_sorted(), "{flow:?}: {limits:?}");
            }
            let columns: [fn(&Limits) -> i64; 5] = [
                |limits| limits.transaction,
                |limits| limits.day,
                |limits| limits.month,
                |limits| limits.year,
                |limits| limits.count,
            ];
            assert!(columns.iter().all(|column| all.iter().is_sorted_by_key(column)), "{flow:?}");
        }
        assert!(WalletTier::ALL.iter().is_sorted_by_key(|tier| tier.balance_max()));
    }

    #[test]
    fn what_is_used_fits_its_columns() {
        for (tier, flow) in
            WalletTier::ALL.iter().flat_map(|tier| Flow::ALL.iter().map(move |flow| (tier, flow)))
        {
            // INT UNSIGNED and SMALLINT UNSIGNED; nothing is counted beyond its limit.
            assert!(u32::try_from(tier.limits(*flow).year).is_ok());
            assert!(u16::try_from(tier.limits(*flow).count).is_ok());
        }
    }

    #[test]
    fn a_new_wallet_holds_pocket_money_and_two_applications_lead_to_the_best_tier() {
        assert_eq!(WalletTier::AT_OPENING.balance_max(), 300_000);
        let steps = std::iter::successors(WalletTier::AT_OPENING.next(), |(tier, _)| tier.next());
        let expected = [
            (WalletTier::Verified, VerificationKind::Identity),
            (WalletTier::AddressVerified, VerificationKind::Address),
        ];
        assert_eq!(steps.collect::<Vec<_>>(), expected);
    }
}
