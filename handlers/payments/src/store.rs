//! All SQL of this service, by what it stores. `books` is what decisions read and write at once.

pub(crate) mod account_freezes;
pub(crate) mod api_credentials;
pub(crate) mod approval_changes;
pub(crate) mod audit;
pub(crate) mod automatic_top_ups;
pub(crate) mod bank_accounts;
pub(crate) mod bank_instructions;
pub(crate) mod bills;
pub(crate) mod blocks;
pub(crate) mod books;
pub(crate) mod business_bank_accounts;
pub(crate) mod credential_reminders;
pub(crate) mod day_counts;
pub(crate) mod disputes;
pub(crate) mod expiring;
pub(crate) mod fee_rates;
pub(crate) mod fps_payees;
pub(crate) mod fps_payments;
pub(crate) mod frozen_neighbours;
pub(crate) mod heartbeat;
pub(crate) mod held_payments;
pub(crate) mod known_payees;
pub(crate) mod ledger;
pub(crate) mod merchant_calls;
pub(crate) mod merchant_orders;
#[cfg(test)]
mod model_histories;
pub(crate) mod money_requests;
pub(crate) mod months;
pub(crate) mod movements;
pub(crate) mod operation_keys;
pub(crate) mod operations;
pub(crate) mod overdue;
pub(crate) mod parcels;
pub(crate) mod payee_warnings;
pub(crate) mod payment_requests;
pub(crate) mod read_models;
pub(crate) mod releases;
pub(crate) mod schedules;
pub(crate) mod seen_risks;
pub(crate) mod settlements;
pub(crate) mod shop_members;
mod sources;
mod sql;
mod staff_decisions;
pub(crate) mod tier_changes;
pub(crate) mod visibility;
pub(crate) mod wallet_closings;
pub(crate) mod withdrawals;
pub(crate) mod wrong_secrets;

pub(crate) use sql::Lock;

use mysql_async::Error;
use time::{OffsetDateTime, PrimitiveDateTime};
use values::Money;

/// Times are stored in UTC, without an offset.
fn stored(at: OffsetDateTime) -> PrimitiveDateTime {
    let utc = at.to_offset(time::UtcOffset::UTC);
    PrimitiveDateTime::new(utc.date(), utc.time())
}

/// Amounts are stored in minor units; the database holds no other currency than HKD.
fn money(minor_units: i64) -> Result<Money, Error> {
    Money::hkd(minor_units).map_err(|error| Error::Other(Box::new(error)))
}

/// The error for a row that no version of this service has written.
fn unreadable(what: &str) -> Error {
    Error::Other(format!("{what} cannot be read").into())
}
