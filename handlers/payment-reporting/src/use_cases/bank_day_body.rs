//! How far a day of the bank is, as staff read it.

use serde::Serialize;
use utoipa::ToSchema;
use values::{Balance, HongKongDate, Operator, Timestamp};

use crate::store::bank_days::CountedDay;

/// A day of which the bank's statement was compared with our ledger.
#[derive(Serialize, ToSchema)]
pub(crate) struct BankDayBody {
    /// In Hong Kong.
    day: HongKongDate,
    /// As the bank names it; null if it has none of this day, in which nothing was booked.
    statement_reference: Option<String>,
    opening_balance: Balance,
    closing_balance: Balance,
    /// What the bank should have held at the day's end by our ledger.
    ledger_balance: Balance,
    /// Movements that both have.
    #[schema(value_type = u64, maximum = 4_294_967_295_u64)]
    matched_count: u32,
    /// Differences that nobody has explained.
    #[schema(value_type = u64, maximum = 4_294_967_295_u64)]
    open_count: u32,
    /// Differences whose explanation waits for somebody else to agree.
    #[schema(value_type = u64, maximum = 4_294_967_295_u64)]
    explained_count: u32,
    read_at: Timestamp,
    /// Who brought it; null if it was found in its place.
    brought_by: Option<Operator>,
    /// Null while something is open, or waits for somebody else to agree.
    closed_at: Option<Timestamp>,
}

impl From<CountedDay> for BankDayBody {
    fn from(CountedDay { day, open, explained }: CountedDay) -> Self {
        Self {
            day: HongKongDate(day.day),
            statement_reference: day.statement_id,
            opening_balance: Balance::hkd(day.opening),
            closing_balance: Balance::hkd(day.closing),
            ledger_balance: Balance::hkd(day.ledger_balance),
            matched_count: day.matched,
            open_count: open,
            explained_count: explained,
            read_at: day.read_at.into(),
            brought_by: day.brought_by,
            closed_at: day.closed_at.map(Timestamp::from),
        }
    }
}
