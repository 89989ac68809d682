//! What the service does, one file each.

mod check_takings;
mod compare_takings;
mod count_takings;
mod csv_answer;
mod list_found_movements;
mod list_transactions;
mod movement_body;
mod own_shop;
mod read_daily_takings;
mod read_hourly_takings;
mod read_statement;
mod read_transaction_table;
mod search;
mod statement_answer;
mod takings_body;
mod type_filter;

pub(crate) use check_takings::check_takings;
pub(crate) use compare_takings::compare_takings;
pub(crate) use count_takings::count_takings;
pub(crate) use list_found_movements::list_found_movements;
pub(crate) use list_transactions::list_transactions;
pub(crate) use read_daily_takings::read_daily_takings;
pub(crate) use read_hourly_takings::read_hourly_takings;
pub(crate) use read_statement::read_statement;
pub(crate) use read_transaction_table::read_transaction_table;
