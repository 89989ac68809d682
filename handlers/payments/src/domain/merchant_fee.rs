//! What a shop pays the platform for each payment that it takes.
//!
//! The fee is a share of what the shop has taken, tip included, rounded half up to a cent: at 1.5 %
//! there is none below HK$0.34. It moves in the decision that moves the payment, by a transfer of
//! its own, and comes back with refunds in proportion.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{Money, OperationKind, TransferId};

use super::account::{Account, AccountKind};
use super::operation::Operation;
use super::transfer::{Phase, Transfer};

const BASIS_POINTS_OF_ALL: i64 = 10_000;

/// The bits that differ between versions 7 and 8 of a UUID.
const VERSION_7_OR_8: u128 = 0xF << 76;
/// The version of an id that [`beside`] made.
const VERSION_BESIDE: usize = 8;

/// A share in hundredths of a percent (basis points), at most ten percent: more is a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u16")]
#[schema(value_type = u16, minimum = 0, maximum = 1_000, example = 150)]
pub(crate) struct FeeRate(u16);

impl FeeRate {
    /// Of a shop of which nothing else was said: 1.5 percent. `shops` has the same default.
    pub(crate) const DEFAULT: Self = Self(150);
    const BASIS_POINTS_MAX: u16 = 1_000;

    pub(crate) const fn basis_points(self) -> u16 {
        self.0
    }

    /// The fee of an amount, in minor units.
    pub(super) fn of(self, amount: Money) -> i64 {
        share(amount.minor_units(), self.0.into(), BASIS_POINTS_OF_ALL)
    }
}

impl TryFrom<u16> for FeeRate {
    type Error = &'static str;

    fn try_from(basis_points: u16) -> Result<Self, &'static str> {
        let is_allowed = basis_points <= Self::BASIS_POINTS_MAX;
        is_allowed.then_some(Self(basis_points)).ok_or("a fee is 0 to 1000 basis points")
    }
}

/// What has come back of a payment's fee once so much of it is refunded, in minor units. It is
/// rounded as a whole, so that a refund in any number of parts gives back exactly the fee.
pub(super) fn fee_returned(payment: &Operation, refunded: i64) -> i64 {
    let paid = payment.moved.map_or(0, Money::minor_units);
    share(payment.fee, refunded, paid)
}

/// `amount * part / whole`, rounded half up; nothing of nothing. None of them is negative, and the
/// part is not more than the whole.
fn share(amount: i64, part: i64, whole: i64) -> i64 {
    let (product, whole) = (i128::from(amount).saturating_mul(part.into()), i128::from(whole));
    let doubled = product.saturating_mul(2).saturating_add(whole);
    let rounded = doubled.checked_div(whole.saturating_mul(2)).unwrap_or(0);
    i64::try_from(rounded).unwrap_or(amount)
}

/// The account that a business's fees go to: one for each, since all payments would wait for each
/// other if they shared one.
pub(crate) fn fees_account(business: Uuid) -> Uuid {
    beside(business)
}

/// What was found of the accounts that a transaction has locked, and the fees accounts that are not
/// there yet: one opens with its shop's first fee. The shop's own row, which is locked before it,
/// keeps every twin waiting until it is written.
pub(crate) fn with_fees_accounts(found: Vec<Account>, locked: &BTreeSet<Uuid>) -> Vec<Account> {
    let is_missing = |id: &&Uuid| {
        id.get_version_num() == VERSION_BESIDE && !found.iter().any(|account| account.id == **id)
    };
    let missing = locked.iter().filter(is_missing);
    let opened: Vec<Account> =
        missing.map(|id| Account::opened(*id, AccountKind::MerchantFees)).collect();
    found.into_iter().chain(opened).collect()
}

/// The transfer of the fee of a payment beside the one that moves its money, or of what comes back
/// of it beside a refund's; `None` if that is nothing.
pub(super) fn fee_transfer(operation: &Operation, moving: &Transfer) -> Option<Transfer> {
    let (debit, credit) = if operation.kind == OperationKind::Refund {
        (fees_account(moving.debit), moving.debit)
    } else {
        (moving.credit, fees_account(moving.credit))
    };
    Some(Transfer {
        id: TransferId::from_uuid(beside(moving.id.uuid())),
        debit,
        credit,
        amount: Money::hkd(operation.fee).ok()?,
        phase: Phase::Posted,
        is_fee: true,
        ..moving.clone()
    })
}

/// The id of what belongs to a thing: the same UUID in version 8 rather than 7, so that each leads
/// to the other. Everything else has an id of version 7, so none is taken. It sorts after all of
/// version 7 of the same millisecond, and before those of the next.
fn beside(id: Uuid) -> Uuid {
    Uuid::from_u128(id.as_u128() ^ VERSION_7_OR_8)
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::literal_books::hkd;
    use crate::domain::operation::Side;
    use time::OffsetDateTime;

    fn paid(amount: i64, rate: FeeRate) -> Operation {
        let side = || Side { account_id: Uuid::now_v7(), name: String::new() };
        let (id, kind, now) = (Uuid::now_v7(), OperationKind::Payment, OffsetDateTime::UNIX_EPOCH);
        let payment = Operation::completed(id, kind, [side(), side()], hkd(amount), now);
        Operation { fee: rate.of(hkd(amount)), ..payment }
    }

    #[test]
    fn a_fee_is_rounded_half_up_to_a_cent() {
        for (amount, basis_points, fee) in [
            (12_850, 150, 193),
            (33, 150, 0),
            (34, 150, 1),
            (99, 150, 1),
            (100, 150, 2),
            (12_850, 0, 0),
            (1, 1_000, 0),
            (5, 1_000, 1),
            (Money::MINOR_UNITS_MAX, 1_000, 100_000_000_000),
        ] {
            assert_eq!(FeeRate(basis_points).of(hkd(amount)), fee, "{basis_points} of {amount}");
        }
        assert_eq!(FeeRate::try_from(1_000), Ok(FeeRate(1_000)));
        assert!(FeeRate::try_from(1_001).is_err());
    }

    #[test]
    fn the_account_and_the_transfer_of_a_fee_are_named_after_what_they_belong_to() {
        let shop = Uuid::now_v7();
        let fees = fees_account(shop);
        assert_eq!(beside(fees), shop);
        let opened = |found| with_fees_accounts(found, &BTreeSet::from([shop, fees]));
        assert_eq!(opened(Vec::new()), [Account::opened(fees, AccountKind::MerchantFees)]);
        let known = Account { credits_posted: 1, ..opened(Vec::new()).remove(0) };
        assert_eq!(opened(vec![known.clone()]), [known]);
        // Accounts are locked in the order of their ids: a shop's own comes first.
        assert!(shop < fees && fees < Uuid::from_u128(shop.as_u128() + (1 << 80)));
        let differing = shop.as_u128() ^ fees.as_u128();
        assert_eq!(differing, 0xF << 76);
        let payment = paid(12_850, FeeRate::DEFAULT);
        let moving = payment.first_transfer();
        let fee = fee_transfer(&payment, &moving).unwrap();
        assert_eq!((fee.debit, fee.credit), (moving.credit, fees_account(moving.credit)));
        assert_eq!((fee.amount, fee.operation_id), (hkd(193), payment.id));
        assert_eq!(fee_transfer(&paid(33, FeeRate::DEFAULT), &moving), None);
    }

    proptest! {
        #[test]
        fn a_refund_in_any_parts_gives_back_exactly_the_fee_and_never_more_than_is_refunded(
            parts in prop::collection::vec(1..100_000_i64, 1..40),
            rate in 0..=FeeRate::BASIS_POINTS_MAX,
        ) {
            let amount = parts.iter().sum();
            let payment = paid(amount, FeeRate(rate));
            // Of a shop whose only takings these are.
            let (mut takings, mut refunded, mut returned) = (amount - payment.fee, 0, 0);
            for part in parts {
                refunded += part;
                let fee = fee_returned(&payment, refunded) - returned;
                prop_assert!((0..=part).contains(&fee), "{fee} of {part}");
                returned += fee;
                takings += fee - part;
                prop_assert!(takings >= 0);
            }
            prop_assert_eq!((returned, takings), (payment.fee, 0));
        }
    }
}
