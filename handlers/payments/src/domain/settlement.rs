//! A shop's takings up to the end of a day in Hong Kong: paid out to the bank account of its
//! business in one batch, or carried over to the next.

use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;
use values::{
    BankAccount, BusinessId, OperationKind, Refusal, SettlementId, UserId, code_enum,
    hong_kong_day, hong_kong_midnight,
};

use super::audit::Cut;
use super::record::Record;
use super::refusals::SETTLEMENT_DAY_NOT_OVER;
use super::transfer::{Phase, Transfer};

/// Less is carried over: HK$100.00. The figure has no source; a transfer costs the bank something.
pub(crate) const PAID_OUT_MIN: i64 = 10_000;
/// From then on all that moved before midnight is committed: a transaction takes 20 seconds at
/// most, and clocks differ by less than the rest.
const CLOSES_AFTER: Duration = Duration::minutes(5);

code_enum! {
    /// When a shop's takings go to its bank account.
    pub(crate) enum SettlementMode {
        /// After each day, by themselves.
        Daily = "daily",
        /// When the shop's owner asks.
        OnDemand = "on-demand",
    }
}

code_enum! {
    /// Why all of a day's takings are carried over.
    pub(crate) enum CarryReason {
        /// The business has registered no bank account.
        NoBankAccount = "no-bank-account",
        /// It is not known, or no longer, who stands behind the business.
        NotApproved = "not-approved",
        /// An operator has stopped the account.
        Stopped = "stopped",
        /// What is done in the owner's own wallet is looked at.
        UnderReview = "under-review",
        /// What is left after what is held back is less than is paid out.
        BelowMinimum = "below-minimum",
    }
}

/// Where the takings of a business go. Each that was registered is kept; the newest counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BusinessBankAccount {
    pub(crate) id: Uuid,
    pub(crate) business_id: BusinessId,
    pub(crate) account: BankAccount,
    pub(crate) mode: SettlementMode,
    pub(crate) registered_by: UserId,
    pub(crate) registered_at: OffsetDateTime,
}

/// The first moment after a day in Hong Kong.
pub(crate) fn end_of(day: Date) -> OffsetDateTime {
    day.next_day().map_or(OffsetDateTime::UNIX_EPOCH, hong_kong_midnight)
}

/// The last day that is over; `None` for the first minutes after it.
pub(crate) fn day_to_settle(now: OffsetDateTime) -> Option<Date> {
    let day = hong_kong_day(now).previous_day()?;
    (end_of(day).saturating_add(CLOSES_AFTER) <= now).then_some(day)
}

/// Of no other day: what an older one has left is in its takings.
pub(crate) fn require_to_settle(day: Date, now: OffsetDateTime) -> Result<(), Refusal> {
    (day_to_settle(now) == Some(day)).then_some(()).ok_or(SETTLEMENT_DAY_NOT_OVER)
}

/// What must be known of a shop beside its account, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SinceDay {
    /// What has come since the day's end, less what has left, but for payouts: below zero if more
    /// was refunded than taken.
    pub(crate) taken: i64,
    /// What has been paid out since the day's end.
    pub(crate) paid_out: i64,
    /// What payers dispute of the shop's payments, and may still get back.
    pub(crate) disputed: i64,
}

impl SinceDay {
    /// With what was decided in the same transaction.
    pub(super) fn with(mut self, business_id: BusinessId, transfers: &[Transfer]) -> Self {
        for transfer in transfers {
            let amount = match transfer.phase {
                Phase::Posted | Phase::Settled(_) => transfer.amount.minor_units(),
                Phase::Pending | Phase::Released(_) | Phase::Expired(_) => continue,
            };
            if transfer.credit == business_id.uuid() {
                self.taken = self.taken.saturating_add(amount);
            } else if transfer.debit != business_id.uuid() {
                continue;
            } else if transfer.kind == OperationKind::Settlement {
                self.paid_out = self.paid_out.saturating_add(amount);
            } else {
                self.taken = self.taken.saturating_sub(amount);
            }
        }
        self
    }
}

/// What became of a shop's takings up to a day's end: there is one for each shop and day. Amounts
/// are minor units, as of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settlement {
    /// That of its operation, if anything is paid out.
    pub(crate) id: SettlementId,
    pub(crate) business_id: BusinessId,
    pub(crate) day: Date,
    /// What the account held at the day's end.
    pub(crate) closing: i64,
    /// Of that: what was on its way to the bank since an earlier day, what is held by law, and
    /// what is disputed.
    pub(crate) on_its_way: i64,
    pub(crate) held_by_law: i64,
    pub(crate) disputed: i64,
    /// What the bank is told to pay; nothing if all is carried over.
    pub(crate) amount: i64,
    pub(crate) carry_reason: Option<CarryReason>,
    pub(crate) decided_at: OffsetDateTime,
}

impl Settlement {
    /// What is neither paid out nor on its way: it is in the takings of the next.
    pub(crate) const fn carried_over(&self) -> i64 {
        self.closing.saturating_sub(self.on_its_way).saturating_sub(self.amount)
    }

    /// The place of the day's end among transfers.
    pub(crate) fn cut(day: Date) -> Cut {
        Cut::at(end_of(day))
    }
}

/// What the account of a shop had from one settlement to the next, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MadeOf {
    /// The day of the settlement before; `None` if there is none.
    pub(crate) after_day: Option<Date>,
    /// What it left the account with.
    pub(crate) opening: i64,
    pub(crate) gross: i64,
    pub(crate) refunded: i64,
    pub(crate) fees: i64,
    pub(crate) fees_returned: i64,
    /// What the bank has paid out of earlier settlements.
    pub(crate) paid_out: i64,
}

impl MadeOf {
    /// What all of it leaves. If that is not what the account held, one of them is wrong.
    pub(crate) const fn closing(&self) -> i64 {
        self.opening
            .saturating_add(self.gross)
            .saturating_sub(self.refunded)
            .saturating_sub(self.fees)
            .saturating_add(self.fees_returned)
            .saturating_sub(self.paid_out)
    }
}

impl Record for Settlement {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn a_day_is_settled_from_five_minutes_after_its_end_in_hong_kong() {
        for (now, day) in [
            (datetime!(2026-12-31 15:59:59.999999 UTC), Some(date!(2026 - 12 - 30))),
            (datetime!(2026-12-31 16:00 UTC), None),
            (datetime!(2026-12-31 16:04:59.999999 UTC), None),
            (datetime!(2026-12-31 16:05 UTC), Some(date!(2026 - 12 - 31))),
            (datetime!(2027-02-28 16:05 UTC), Some(date!(2027 - 02 - 28))),
            (datetime!(2028-02-28 17:00 UTC), Some(date!(2028 - 02 - 28))),
            (datetime!(2028-02-29 16:05 UTC), Some(date!(2028 - 02 - 29))),
        ] {
            assert_eq!(day_to_settle(now), day, "{now}");
        }
        assert_eq!(end_of(date!(2026 - 12 - 31)), datetime!(2026-12-31 16:00 UTC));
        let now = datetime!(2027-01-01 04:00 UTC);
        for (day, is_allowed) in [
            (date!(2026 - 12 - 30), false),
            (date!(2026 - 12 - 31), true),
            (date!(2027 - 01 - 01), false),
        ] {
            assert_eq!(require_to_settle(day, now).is_ok(), is_allowed, "{day}");
        }
    }
}
