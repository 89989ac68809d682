//! The rules: pure, nothing asynchronous.

mod camt;
mod csv;
mod export;
mod export_file;
mod hour;
mod month;
mod period;
mod refusals;
mod statement;
mod takings;
mod transaction;

pub(crate) use export::{
    ANSWERED_AGAIN, BLOCK_ROWS_MAX, BLOCKS_SUMMED, DOWNLOAD_LINK_LASTS, EXPORT_DAYS_MAX,
    EXPORT_KNOWN, EXPORT_LAYOUT, EXPORT_ROWS_MAX, EXPORTS_PER_DAY_MAX, Export, ExportFailure,
    ExportFormat, ExportStatus, FILE_LASTS, LEASE_MINUTES, LEASE_MINUTES_MAX, OPEN_EXPORTS_MAX,
    Summed, Written,
};
pub(crate) use export_file::Block;
pub(crate) use hour::Hour;
pub(crate) use month::HongKongMonth;
pub(crate) use period::{Period, week_before};
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    BOOKS_BEHIND, EXPORT_NOT_DONE, EXPORTS_UNFINISHED, NO_EXPORT, NO_STATEMENT, PERIOD_INVALID,
    READ_AFTER_INVALID, STATEMENT_TOO_LONG, TABLE_TOO_LONG,
};
pub(crate) use statement::{Line, Statement, title};
pub(crate) use takings::{Counted, Takings, counted};
pub(crate) use transaction::TransactionTable;
