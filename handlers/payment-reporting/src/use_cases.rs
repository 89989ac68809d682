//! What the service does, one file each.

mod bank_day_body;
mod begin_export;
mod check_takings;
mod compare_takings;
mod count_takings;
mod csv_answer;
mod decide_bank_difference;
mod file_answer;
mod link_export;
mod list_bank_days;
mod list_bank_differences;
mod list_exports;
mod list_found_movements;
mod list_transactions;
mod movement_body;
mod own_shop;
mod read_daily_takings;
mod read_export;
mod read_hourly_takings;
mod read_member_takings;
mod read_spending;
mod read_statement;
mod read_transaction_table;
mod reconcile_bank;
mod search;
mod statement_answer;
mod takings_body;
mod type_filter;
mod write_exports;

pub(crate) use begin_export::begin_export;
pub(crate) use check_takings::check_takings;
pub(crate) use compare_takings::compare_takings;
pub(crate) use count_takings::count_takings;
pub(crate) use decide_bank_difference::{
    close_bank_difference, explain_bank_difference, reopen_bank_difference,
};
pub(crate) use link_export::link_export;
pub(crate) use list_bank_days::{list_bank_days, read_bank_day};
pub(crate) use list_bank_differences::list_bank_differences;
pub(crate) use list_exports::list_exports;
pub(crate) use list_found_movements::list_found_movements;
pub(crate) use list_transactions::list_transactions;
pub(crate) use read_daily_takings::read_daily_takings;
pub(crate) use read_export::read_export;
pub(crate) use read_hourly_takings::read_hourly_takings;
pub(crate) use read_member_takings::read_member_takings;
pub(crate) use read_spending::read_spending;
pub(crate) use read_statement::read_statement;
pub(crate) use read_transaction_table::read_transaction_table;
pub(crate) use reconcile_bank::{reconcile_bank, reconcile_bank_day};
pub(crate) use write_exports::write_exports;
