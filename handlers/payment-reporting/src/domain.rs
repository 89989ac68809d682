//! The rules: pure, nothing asynchronous.

mod csv;
mod hour;
mod month;
mod period;
mod refusals;
mod statement;
mod takings;
mod transaction;

pub(crate) use hour::Hour;
pub(crate) use month::HongKongMonth;
pub(crate) use period::{Period, week_before};
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    BOOKS_BEHIND, NO_STATEMENT, PERIOD_INVALID, READ_AFTER_INVALID, STATEMENT_TOO_LONG,
    TABLE_TOO_LONG,
};
pub(crate) use statement::{Line, Statement, title};
pub(crate) use takings::{Counted, Takings, counted};
pub(crate) use transaction::TransactionTable;
