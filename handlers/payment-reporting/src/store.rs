//! All SQL of this service: on its own schema, and in `ledger` on that of payments, which is only
//! read.

pub(crate) mod bank_days;
pub(crate) mod bank_differences;
pub(crate) mod exports;
pub(crate) mod ledger;
pub(crate) mod takings;

use mysql_async::prelude::FromValue;
use mysql_async::{Error, Row};
use time::{OffsetDateTime, PrimitiveDateTime};

/// Times are stored in UTC, without an offset.
fn stored(at: OffsetDateTime) -> PrimitiveDateTime {
    let utc = at.to_offset(time::UtcOffset::UTC);
    PrimitiveDateTime::new(utc.date(), utc.time())
}

/// The error for a row that no version of a service has written.
fn unreadable(what: &str) -> Error {
    Error::Other(format!("{what} cannot be read").into())
}

fn take<T: FromValue>(row: &mut Row, column: &str) -> Result<T, Error> {
    row.take_opt(column).and_then(Result::ok).ok_or_else(|| unreadable(column))
}
