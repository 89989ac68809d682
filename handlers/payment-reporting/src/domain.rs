//! The rules: pure, nothing asynchronous.

mod bank_day;
mod bank_difference;
mod bank_statement;
mod camt;
mod csv;
mod export;
mod export_file;
mod hour;
mod month;
mod period;
mod refusals;
mod spending;
mod statement;
mod statement_pdf;
mod takings;
mod transaction;
mod xlsx;

pub(crate) use bank_day::{BankDay, BankMovement, Elsewhere, Unmatched, unaccounted};
pub(crate) use bank_difference::{BankDifference, DifferenceStatus, DifferenceType, Explanation};
pub(crate) use bank_statement::{
    BANK_LINES_MAX, BankStatement, STATEMENT_BYTES_MAX, read_bank_statement,
};
pub(crate) use export::{
    ANSWERED_AGAIN, BLOCK_ROWS_MAX, BLOCKS_SUMMED, DOWNLOAD_LINK_LASTS, EXPORT_DAYS_MAX,
    EXPORT_KNOWN, EXPORT_LAYOUT, EXPORTS_PER_DAY_MAX, Export, ExportFailure, ExportFormat,
    ExportStatus, FILE_LASTS, LEASE_MINUTES, LEASE_MINUTES_MAX, OPEN_EXPORTS_MAX, Summed, Written,
};
pub(crate) use export_file::Block;
pub(crate) use hour::Hour;
pub(crate) use month::HongKongMonth;
pub(crate) use period::{Period, week_before};
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    BANK_DAY_OUT_OF_TURN, BANK_DAY_READ_OTHERWISE, BANK_DAY_TOO_LONG, BANK_STATEMENT_INVALID,
    BOOKS_BEHIND, EXPORT_NOT_DONE, EXPORTS_UNFINISHED, NO_BANK_DAY, NO_BANK_DIFFERENCE,
    NO_BANK_STATEMENT, NO_EXPORT, NO_STATEMENT, PERIOD_INVALID, READ_AFTER_INVALID,
    SPENDING_TOO_LONG, STATEMENT_TOO_LONG, TABLE_TOO_LONG, TAKINGS_TOO_LONG,
};
pub(crate) use spending::{CategorySpending, Spending, SpendingCategory, Spent};
pub(crate) use statement::{Line, Statement, title};
pub(crate) use statement_pdf::statement_pdf;
pub(crate) use takings::{Counted, Takings, counted};
pub(crate) use transaction::TransactionTable;
pub(crate) use xlsx::Sheet;
